package org.martsync.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jolokia.server.core.service.api.Restrictor;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.event.AuthorizationDeniedEvent;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.provisioning.UserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

import static jakarta.servlet.DispatcherType.ERROR;

/**
 * Lets nobody in without the console's login: everything but the liveness probe is closed. People get a form, scripts send
 * a password (HTTP basic) or a token (bearer) with each request.
 *
 * <p>Three roles: look (GET), act (everything else), and patients, to see their data. What the console may ask of JMX is
 * told by {@link JolokiaRestrictor}.
 *
 * <p>Whoever changes something sends back the token of the cookie {@code XSRF-TOKEN} in the header {@code X-XSRF-TOKEN};
 * only scripts that use the API need none. Hawtio reads that cookie, which is why scripts of the page may see it, and why the token must be made with
 * the first answer and not when it is first asked for: with deferred tokens Jolokia's POSTs fail with 403.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnExpression("'${martsync.site:}'.isEmpty()") // several sites have one login
public class ConsoleLogin {

    static final String LOOK = "LOOK";
    static final String ACT = "ACT";
    static final String PATIENTS = "PATIENTS";
    private static final String BASIC = "Basic ";
    private static final String BEARER = "Bearer ";
    private static final int BYTES_OF_A_MADE_UP_PASSWORD = 15;

    /** Scripts and all else come from here and not out of the page. Hawtio has a policy of its own, which is left to it. */
    private static final String OUR_PAGES = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    @Bean
    SecurityFilterChain onlyWithLogin(HttpSecurity http, UserDetailsManager users, PasswordEncoder encoder, LoginLimit limit,
            TokenLogin tokens, ApplicationEventPublisher events) throws Exception {
        CsrfTokenRequestAttributeHandler atOnce = new CsrfTokenRequestAttributeHandler();
        atOnce.setCsrfRequestAttributeName(null);
        return http
                .authorizeHttpRequests(ask -> ask
                        .dispatcherTypeMatchers(ERROR).permitAll()
                        .requestMatchers("/actuator/health/liveness").permitAll()
                        // what may be asked there by whom is the restrictor's to say; Hawtio only uses POST
                        .requestMatchers("/actuator/jolokia/**", "/actuator/hawtio/jolokia/**").hasAuthority(LOOK)
                        // would ask other servers in our name
                        .requestMatchers("/actuator/hawtio/proxy/**").denyAll()
                        .requestMatchers(HttpMethod.GET).hasAuthority(LOOK)
                        .requestMatchers(HttpMethod.HEAD).hasAuthority(LOOK)
                        // a search is no deed: it is posted only to keep a patient's identifier out of addresses
                        .requestMatchers(HttpMethod.POST, "/search").hasAuthority(LOOK)
                        .anyRequest().hasAuthority(ACT))
                .formLogin(form -> form.failureHandler(ConsoleLogin::backToTheForm))
                .httpBasic(basic -> basic.authenticationEntryPoint(ConsoleLogin::askForLogin))
                .addFilterBefore(byToken(tokens), BasicAuthenticationFilter.class)
                .authenticationManager(new ProviderManager(new LimitedLogin(users, encoder, limit)))
                .exceptionHandling(refused -> refused.accessDeniedHandler((request, answer, why) -> {
                    sayWhy(request, answer, why);
                    if (why instanceof CsrfException) {
                        events.publishEvent(refusal(request, "It came without the page's token or with a wrong one, as what other sites send does."));
                    }
                }))
                .headers(headers -> headers
                        .contentSecurityPolicy(policy -> policy.policyDirectives(OUR_PAGES))
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN)))
                .csrf(csrf -> csrf
                        .csrfTokenRepository(readableToken())
                        .csrfTokenRequestHandler(atOnce)
                        .ignoringRequestMatchers(ConsoleLogin::isFromScript))
                .build();
    }

    private static AuthenticationFilter byToken(TokenLogin tokens) {
        AuthenticationFilter filter = new AuthenticationFilter(tokens, ConsoleLogin::token);
        filter.setSuccessHandler((request, answer, login) -> { });
        filter.setFailureHandler((request, answer, why) -> {
            if (why instanceof LimitedLogin.MustWait wait) {
                sayHowLong(answer, wait);
            } else {
                answer.setHeader(HttpHeaders.WWW_AUTHENTICATE, BEARER + "realm=\"mart-dhis2-sync\"");
                answer.sendError(HttpServletResponse.SC_UNAUTHORIZED);
            }
        });
        return filter;
    }

    private static Authentication token(HttpServletRequest request) {
        if (!isLogin(request, BEARER)) {
            return null;
        }
        PreAuthenticatedAuthenticationToken token = new PreAuthenticatedAuthenticationToken("",
                request.getHeader(HttpHeaders.AUTHORIZATION).substring(BEARER.length()).strip());
        token.setDetails(new WebAuthenticationDetails(request));
        return token;
    }

    /**
     * Whether a request comes from a script and so needs no token of the page: to the API, with a login of its own and no
     * session. A browser that remembers a password adds it to a request that another site had it send, but never the third
     * header, for which it would have to ask us first. A bearer's token it never remembers.
     */
    private static boolean isFromScript(HttpServletRequest request) {
        return isForApi(request) && request.getRequestedSessionId() == null
                && (isLogin(request, BEARER) || isLogin(request, BASIC) && request.getHeader("X-Requested-With") != null);
    }

    private static boolean isLogin(HttpServletRequest request, String kind) {
        String login = request.getHeader(HttpHeaders.AUTHORIZATION);
        return login != null && login.regionMatches(true, 0, kind, 0, kind.length());
    }

    private static CookieCsrfTokenRepository readableToken() {
        CookieCsrfTokenRepository token = CookieCsrfTokenRepository.withHttpOnlyFalse();
        token.setCookieCustomizer(cookie -> cookie.sameSite("Strict"));
        return token;
    }

    private static boolean isForApi(HttpServletRequest request) {
        return request.getServletPath().startsWith("/api/");
    }

    /**
     * Tells of a refusal as Spring Security does of a missing role, for those of which it tells nobody.
     *
     * @param request what was asked by whoever is signed in
     * @param why a sentence without anything of the request
     */
    static AuthorizationDeniedEvent<?> refusal(Object request, String why) {
        Authentication login = SecurityContextHolder.getContext().getAuthentication();
        return new AuthorizationDeniedEvent<>(() -> login, request, (AuthorizationResult) new AuthorizationDeniedException(why));
    }

    private static void sayWhy(HttpServletRequest request, HttpServletResponse answer, AccessDeniedException why) throws IOException {
        answer.setStatus(HttpServletResponse.SC_FORBIDDEN);
        answer.setContentType(MediaType.APPLICATION_JSON_VALUE);
        answer.getWriter().write(why instanceof CsrfException
                ? "{\"problem\":\"A script sends its login and the header X-Requested-With with each request, and no cookies; a page sends the token.\"}"
                : "{\"problem\":\"This login does not have the role for that.\"}");
    }

    private static void askForLogin(HttpServletRequest request, HttpServletResponse answer, AuthenticationException why) throws IOException {
        if (why instanceof LimitedLogin.MustWait wait) {
            sayHowLong(answer, wait);
        } else {
            answer.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"mart-dhis2-sync\"");
            answer.sendError(HttpServletResponse.SC_UNAUTHORIZED);
        }
    }

    private static void backToTheForm(HttpServletRequest request, HttpServletResponse answer, AuthenticationException why) throws IOException {
        if (why instanceof LimitedLogin.MustWait wait) {
            sayHowLong(answer, wait);
        } else {
            answer.sendRedirect(request.getContextPath() + "/login?error");
        }
    }

    private static void sayHowLong(HttpServletResponse answer, LimitedLogin.MustWait wait) throws IOException {
        answer.setStatus(HttpStatus.TOO_MANY_REQUESTS.value());
        answer.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(wait.seconds()));
        answer.setContentType(MediaType.TEXT_PLAIN_VALUE);
        answer.getWriter().write(wait.getMessage());
    }

    @Bean
    LoginLimit loginLimit(@Value("${console.failed-logins}") int most, @Value("${console.login-wait}") Duration wait, Clock clock) {
        return new LoginLimit(most, wait, clock);
    }

    @Bean
    Restrictor jolokiaRestrictor() {
        return new JolokiaRestrictor();
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    /**
     * Who may sign in: one who may do all, and those of a file.
     *
     * @param password plain, or prefixed with {@code {bcrypt}} or {@code {noop}}; empty: one is made up and logged, this once
     * @param others the file, see {@link ConsoleUsers}; empty for none
     */
    @Bean
    UserDetailsManager consoleUser(@Value("${console.user}") String user, @Value("${console.password}") String password,
            @Value("${console.users}") String others, PasswordEncoder encoder) {
        String secret = password.isEmpty() ? madeUp() : password;
        if (password.isEmpty()) {
            LoggerFactory.getLogger("console").warn(
                    "console.password is not set; until the next start {} signs in with {}", user, secret);
        }
        List<UserDetails> users = new ArrayList<>(others.isEmpty() ? List.of() : ConsoleUsers.people(Path.of(others), encoder));
        users.add(ConsoleUsers.user(user, secret, encoder, LOOK, ACT, PATIENTS));
        return new InMemoryUserDetailsManager(users);
    }

    /** @param others the file, see {@link ConsoleUsers}; empty for none */
    @Bean
    TokenLogin tokenLogin(@Value("${console.users}") String others, LoginLimit limit) {
        return new TokenLogin(others.isEmpty() ? List.of() : ConsoleUsers.tokens(Path.of(others)), limit);
    }

    private static String madeUp() {
        byte[] bytes = new byte[BYTES_OF_A_MADE_UP_PASSWORD];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }
}
