package org.martsync.sync;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The pauses that a run makes while DHIS2 or the database cannot answer. */
class OutageTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final Patience patience = new Patience(ofSeconds(1), ofSeconds(60), ofMinutes(10));
    private final Outage outage = new Outage(patience, NOON);

    @Test
    void thePausesDoubleUpToTheLongest() {
        assertThat(patience.pause(1, 0)).isEqualTo(ofSeconds(1));
        assertThat(patience.pause(2, 0)).isEqualTo(ofSeconds(2));
        assertThat(patience.pause(6, 0)).isEqualTo(ofSeconds(32));
        assertThat(patience.pause(7, 0)).isEqualTo(ofSeconds(60));
        assertThat(patience.pause(1_000_000, 0)).isEqualTo(ofSeconds(60));
    }

    @Test
    void chanceMakesAPauseShorterByUpToAHalf() {
        assertThat(patience.pause(4, 0.5)).isEqualTo(ofSeconds(6));
        assertThat(patience.pause(4, 1)).isEqualTo(ofSeconds(4));
        Outage another = new Outage(patience, NOON);
        assertThat(java.util.stream.IntStream.range(0, 20).mapToObj(i -> new Outage(patience, NOON).pause(NOON, ZERO)).distinct().count())
                .as("machines that fail at one moment come back at several").isGreaterThan(1);
        assertThat(another.pause(NOON, ZERO)).isBetween(Duration.ofMillis(500), ofSeconds(1));
    }

    @Test
    void workersThatFailTogetherWaitForOneEndAndDoNotMakeThePausesGrow() {
        Duration first = outage.pause(NOON, ZERO);
        assertThat(outage.pause(NOON.plusMillis(100), ZERO)).isEqualTo(first.minusMillis(100));
        assertThat(outage.pause(NOON.plusMillis(200), ZERO)).isEqualTo(first.minusMillis(200));
        assertThat(outage.tries()).isEqualTo(1);
        assertThat(outage.pause(NOON.plusSeconds(2), ZERO)).isBetween(ofSeconds(1), ofSeconds(2));
        assertThat(outage.tries()).isEqualTo(2);
    }

    @Test
    void dhis2IsLeftAloneAsLongAsItAsksFor() {
        assertThat(outage.pause(NOON, ofSeconds(120))).isEqualTo(ofSeconds(120));
        assertThat(outage.pause(NOON.plusSeconds(20), ZERO)).as("of another worker").isEqualTo(ofSeconds(100));
        assertThat(outage.pause(NOON.plusSeconds(120), ofSeconds(1))).as("its own pause is longer").isBetween(ofSeconds(1), ofSeconds(2));
    }

    @Test
    void noPauseIsLongerThanThePatience() {
        assertThat(outage.pause(NOON, Duration.ofDays(1))).isEqualTo(ofMinutes(10));
        assertThat(outage.pause(NOON.plus(ofMinutes(10)), ZERO)).as("the patience is at its end").isZero();
    }

    @Test
    void aClockThatIsSetBackLetsTheRunWaitOnAndNotForever() {
        outage.pause(NOON, ZERO);
        Instant earlier = NOON.minus(ofMinutes(60));
        assertThat(outage.pause(earlier, ZERO)).isLessThanOrEqualTo(ofSeconds(60));
        assertThat(outage.lasted(earlier)).isZero();
    }
}
