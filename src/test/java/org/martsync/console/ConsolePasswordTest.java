package org.martsync.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder.BCryptVersion;
import org.springframework.security.crypto.password.PasswordEncoder;

@ExtendWith(OutputCaptureExtension.class)
class ConsolePasswordTest {

    private final ConsoleLogin login = new ConsoleLogin();
    private final PasswordEncoder encoder = login.passwordEncoder();

    @Test
    void aPlainPasswordIsKeptAsItsHash() {
        assertThat(stored("{x} plain")).startsWith("{bcrypt}");
        assertThat(encoder.matches("{x} plain", stored("{x} plain"))).isTrue();
    }

    @Test
    void aPreparedPasswordIsTakenAsItIs() {
        String prepared = "{bcrypt}" + new BCryptPasswordEncoder(4).encode("right");
        assertThat(encoder.matches("right", stored(prepared))).isTrue();
        assertThat(encoder.matches("right", stored("{noop}right"))).isTrue();
    }

    /** Tools write different letters: Spring a, htpasswd y, OpenBSD b. */
    @ParameterizedTest
    @EnumSource
    void whateverToolHasMadeTheHashOfAPassword(BCryptVersion tool) {
        String stored = stored("{bcrypt}" + new BCryptPasswordEncoder(tool, 4).encode("right"));
        assertThat(encoder.matches("right", stored)).isTrue();
        assertThat(encoder.matches("wrong", stored)).isFalse();
    }

    @Test
    void withoutOneAPasswordIsMadeUpAndToldOnce(CapturedOutput log) {
        String stored = stored("");
        Matcher told = Pattern.compile("admin signs in with (\\S{20})").matcher(log.getOut());
        assertThat(told.find()).isTrue();
        assertThat(encoder.matches(told.group(1), stored)).isTrue();
        assertThat(told.find()).isFalse();
        assertThat(stored("")).isNotEqualTo(stored);
    }

    private String stored(String password) {
        return login.consoleUser("admin", password, "", encoder).loadUserByUsername("admin").getPassword();
    }
}
