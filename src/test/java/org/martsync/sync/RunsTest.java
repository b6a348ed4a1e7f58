package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.SetClock;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/** What is remembered of a run, with a clock that the test sets. */
@ExtendWith(OutputCaptureExtension.class)
class RunsTest {

    private static final Instant TICK = Instant.parse("2026-01-01T00:00:00Z");

    private final SetClock clock = new SetClock();
    private final Runs runs = new Runs(new BatchSize(new Limits(1, 0, 10, 10), Duration.ofSeconds(30), new SimpleMeterRegistry()),
            new Patience(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)), clock, new Measure(new SimpleMeterRegistry()));

    @Test
    void aRunThatIsOverGrowsNoLonger() {
        Run run = runs.begin(TICK);
        clock.pass(Duration.ofSeconds(90));
        runs.end(run, List.of());
        clock.pass(Duration.ofSeconds(3600));
        assertThat(runs.last().seconds()).isEqualTo(90.0);
        assertThat(runs.last().summary()).endsWith("0 requests; 90.0 s");
    }

    @Test
    void aBatchWhoseRoutesAreStoppedEndsTheRunAndIsNotBroken(CapturedOutput log) {
        Run run = runs.begin(TICK);
        Worker worker = new Worker(run);
        int patients = worker.patients();
        Exception stopped = new RuntimeCamelException(new RejectedExecutionException("stopped while waiting for its turn", new InterruptedException()));
        assertThat(new AfterFailure().ofBatch(worker, stopped).goesOn()).isFalse();
        assertThat(worker.busy()).isFalse();
        assertThat(worker.patients()).isEqualTo(patients);
        assertThat(run.stopped()).startsWith("its routes were stopped.");
        assertThat(run.trouble()).as("nobody is told").isNull();
        assertThat(log.getOut()).doesNotContain("a batch broke");
    }

    @Test
    void whatGoesOnBesideRunsIsStoppedWithTheProgramAndNotWithARun() {
        runs.begin(TICK);
        Run rehearsal = runs.rehearse();
        runs.stop("somebody stopped it");
        assertThat(rehearsal.isStopped()).isFalse();
        runs.close();
        assertThat(rehearsal.stopped()).isEqualTo("the program is stopping");
        assertThat(runs.rehearse().isStopped()).as("begun after that").isTrue();
    }

    @Test
    void whatCouldNotBeCountedIsSaidSo() {
        Run run = runs.begin(TICK);
        runs.end(run, null);
        assertThat(run.summary()).contains("0 rejected, an unknown number waiting;");
    }

    @Test
    void aPasswordOfTheDatabaseThatWasChangedStopsTheRunWithASentence() {
        Run run = runs.begin(TICK);
        assertThat(run.outage(new CannotGetJdbcConnectionException("no connection", new SQLException("for user 'nurse'", "28P01")))).isZero();
        assertThat(run.isStopped()).isTrue();
        assertThat(run.stopped()).startsWith("the database does not let this program in (SQL state 28P01);").doesNotContain("nurse");
    }
}
