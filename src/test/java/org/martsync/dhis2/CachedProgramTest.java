package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** How long the program's metadata is used. */
class CachedProgramTest {

    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private final CachedProgram cached = new CachedProgram(Duration.ofMinutes(10), new Clock() {

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    });

    @Test
    void itIsReadOnceAndAgainWhenItIsOld() throws IOException {
        assertThat(cached.stale()).isTrue();
        read();
        assertThat(cached.stale()).isFalse();
        now = now.plus(Duration.ofMinutes(10));
        assertThat(cached.stale()).isFalse();
        now = now.plusMillis(1);
        assertThat(cached.stale()).isTrue();
    }

    @Test
    void aClockThatWasYearsAheadAndIsPutRightDoesNotKeepItForYears() throws IOException {
        read();
        now = now.minus(Duration.ofDays(3650));
        assertThat(cached.stale()).isTrue();
        read();
        assertThat(cached.stale()).isFalse();
    }

    private void read() throws IOException {
        cached.take(new ObjectMapper().readTree(getClass().getResourceAsStream("/dhis2/program.json")));
    }
}
