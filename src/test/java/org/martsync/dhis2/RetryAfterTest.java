package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-10-21T07:27:30Z");

    @Test
    void secondsAndDatesAreUnderstood() {
        assertThat(RetryAfter.read("120", NOW)).isEqualTo(Duration.ofMinutes(2));
        assertThat(RetryAfter.read(" 0 ", NOW)).isZero();
        assertThat(RetryAfter.read("Wed, 21 Oct 2026 07:28:00 GMT", NOW)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void whatIsMissingUnreadableOrPastAsksForNothing() {
        for (String header : new String[] {null, "", "soon", "-5", "1.5", "99999999999", "Wed, 21 Oct 2026 07:27:00 GMT"}) {
            assertThat(RetryAfter.read(header, NOW)).as(String.valueOf(header)).isZero();
        }
    }
}
