package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.martsync.SetClock;

/** How long the program's metadata is used. */
class CachedProgramTest {

    private final SetClock clock = new SetClock();
    private final CachedProgram cached = new CachedProgram(Duration.ofMinutes(10), clock);

    @Test
    void itIsReadOnceAndAgainWhenItIsOld() throws IOException {
        assertThat(cached.stale()).isTrue();
        read();
        assertThat(cached.stale()).isFalse();
        clock.pass(Duration.ofMinutes(10));
        assertThat(cached.stale()).isFalse();
        clock.pass(Duration.ofMillis(1));
        assertThat(cached.stale()).isTrue();
    }

    @Test
    void aClockThatWasYearsAheadAndIsPutRightDoesNotKeepItForYears() throws IOException {
        read();
        clock.pass(Duration.ofDays(-3650));
        assertThat(cached.stale()).isTrue();
        read();
        assertThat(cached.stale()).isFalse();
    }

    @Test
    void anAnswerWithoutTheListSaysNothingOfWhichProgramsThereAre() throws IOException {
        read();
        ObjectMapper json = new ObjectMapper();

        assertThatThrownBy(() -> cached.takeOthers("IXDlIUrGz3l", json.readTree("{}"))).isInstanceOf(Dhis2Refuses.class)
                .hasMessageContaining("programs IXDlIUrGz3l without the list programs");
        assertThat(cached.missing(Set.of("IXDlIUrGz3l"))).as("the next run asks again").isEqualTo("IXDlIUrGz3l");

        cached.takeOthers("IXDlIUrGz3l", json.readTree("{\"programs\": []}"));

        assertThat(cached.programs().problem("IXDlIUrGz3l")).contains("DHIS2 does not have it");
    }

    private void read() throws IOException {
        cached.take(new ObjectMapper().readTree(getClass().getResourceAsStream("/dhis2/program.json")));
    }
}
