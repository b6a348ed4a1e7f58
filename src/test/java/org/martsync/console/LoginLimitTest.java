package org.martsync.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.martsync.SetClock;

class LoginLimitTest {

    private final SetClock clock = new SetClock();
    private final LoginLimit limit = new LoginLimit(3, Duration.ofMinutes(1), clock);

    @Test
    void afterTheLastAttemptTheWaitBegins() {
        fail(3, "a", "nurse");
        assertThat(limit.isUsedUp("a", "nurse")).isTrue();
        clock.pass(Duration.ofSeconds(20));
        assertThat(limit.attempt("a", "nurse")).isEqualTo(Duration.ofSeconds(40));
        assertThat(limit.attempt("b", "nurse")).as("from another address").isZero();
        assertThat(limit.attempt("a", "sister")).as("by another name").isZero();
        clock.pass(Duration.ofSeconds(40));
        fail(3, "a", "nurse");
        assertThat(limit.attempt("a", "nurse")).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aRightPasswordForgetsTheWrongOnes() {
        fail(2, "a", "nurse");
        limit.succeeded("a", "nurse");
        fail(3, "a", "nurse");
    }

    @Test
    void aClockThatIsSetBackLocksNobodyOut() {
        fail(3, "a", "nurse");
        clock.pass(Duration.ofDays(-365));
        assertThat(limit.attempt("a", "nurse")).isZero();
    }

    @Test
    void whoeverMakesUpNamesFillsNoMemory() {
        String name = "x".repeat(1_000_000);
        fail(1, "a", name + "y");
        fail(2, "a", name + "z");
        assertThat(limit.attempt("a", name)).as("only the beginning of a name counts").isPositive();
        for (int i = 0; i < LoginLimit.PAIRS; i++) {
            fail(1, "a", "name " + i);
        }
        assertThat(limit.attempt("a", name)).as("forgotten").isZero();
    }

    private void fail(int times, String address, String name) {
        for (int i = 0; i < times; i++) {
            assertThat(limit.attempt(address, name)).isZero();
        }
    }
}
