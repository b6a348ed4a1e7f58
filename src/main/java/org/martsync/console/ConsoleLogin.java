package org.martsync.console;

import java.security.SecureRandom;
import java.util.Base64;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;

import static jakarta.servlet.DispatcherType.ERROR;

/**
 * Lets nobody in without the console's login: everything but the health probe is closed. People get a form, scripts may
 * send the password with each request (HTTP basic).
 *
 * <p>Whoever changes something sends back the token of the cookie {@code XSRF-TOKEN} in the header {@code X-XSRF-TOKEN},
 * scripts too. Hawtio reads that cookie, which is why scripts of the page may see it, and why the token must be made with
 * the first answer and not when it is first asked for: with deferred tokens Jolokia's POSTs fail with 403.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class ConsoleLogin {

    private static final int BYTES_OF_A_MADE_UP_PASSWORD = 15;

    @Bean
    SecurityFilterChain onlyWithLogin(HttpSecurity http) throws Exception {
        CsrfTokenRequestAttributeHandler atOnce = new CsrfTokenRequestAttributeHandler();
        atOnce.setCsrfRequestAttributeName(null);
        return http
                .authorizeHttpRequests(ask -> ask
                        .dispatcherTypeMatchers(ERROR).permitAll()
                        .requestMatchers("/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness").permitAll()
                        .anyRequest().authenticated())
                .formLogin(form -> form.defaultSuccessUrl("/actuator/hawtio"))
                .httpBasic(Customizer.withDefaults())
                .csrf(csrf -> csrf
                        .csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse())
                        .csrfTokenRequestHandler(atOnce))
                .build();
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    /**
     * The one who may sign in.
     *
     * @param password plain, or prefixed with {@code {bcrypt}} or {@code {noop}}; empty: one is made up and logged, this once
     */
    @Bean
    UserDetailsService consoleUser(@Value("${console.user}") String user, @Value("${console.password}") String password,
            PasswordEncoder encoder) {
        String secret = password.isEmpty() ? madeUp() : password;
        if (password.isEmpty()) {
            LoggerFactory.getLogger("console").warn(
                    "console.password is not set; until the next start {} signs in with {}", user, secret);
        }
        boolean prepared = secret.startsWith("{bcrypt}") || secret.startsWith("{noop}");
        return new InMemoryUserDetailsManager(User.withUsername(user)
                .password(prepared ? secret : encoder.encode(secret)).authorities("CONSOLE").build());
    }

    private static String madeUp() {
        byte[] bytes = new byte[BYTES_OF_A_MADE_UP_PASSWORD];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }
}
