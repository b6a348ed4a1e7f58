package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.martsync.dhis2.StandInFaults.posts;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RunningProgram;
import org.martsync.dhis2.StandInFaults;
import org.martsync.sync.Runs;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a stop does to the batches on their way. A SIGTERM closes the context, as these tests do; each stops a program of its own. */
@ExtendWith(OutputCaptureExtension.class)
class GracefulStopTest {

    @Test
    void aStopWaitsForTheBatchesOnTheirWayAndBeginsNoOther(CapturedOutput log) {
        try (WholeChain chain = WholeChain.start("sync.workers=2", "sync.ahead=0", "sync.batch-patients=2")) {
            List<Integer> events = twentyVisits(chain);
            StandInFaults.Held held = chain.dhis2.hold(2, posts());
            Runs runs = begin(chain);
            await().atMost(Duration.ofMinutes(1)).until(() -> held.arrived() == 2);

            CompletableFuture<Void> stop = CompletableFuture.runAsync(chain.program::close);
            await().until(() -> runs.current().isStopped());
            assertThat(stop).isNotDone();
            held.release();
            assertThat(stop).succeedsWithin(Duration.ofSeconds(20));

            assertThat(log).contains("4 events synced, 0 rejected, 16 waiting").contains("; stopped: the program is stopping").doesNotContain("\tat ");
            List<Integer> synced = events.stream().filter(event -> chain.clinic.event(event).synced()).toList();
            assertThat(synced).hasSize(4);
            chain.assertOnlyTheseStandInDhis2(synced);
        }
    }

    @Test
    void aBatchThatTakesTooLongIsTakenBackAndSentAgainAfterTheNextStart(CapturedOutput log) {
        try (WholeChain chain = WholeChain.start("sync.workers=2", "sync.ahead=0", "sync.batch-patients=2", "camel.main.shutdown-timeout=1")) {
            List<Integer> events = twentyVisits(chain);
            StandInFaults.Held held = chain.dhis2.hold(2, posts());
            begin(chain);
            await().atMost(Duration.ofMinutes(1)).until(() -> held.arrived() == 2);

            assertThat(CompletableFuture.runAsync(chain.program::close)).succeedsWithin(Duration.ofSeconds(20));
            assertThat(log).doesNotContain("\tat ");
            assertThat(chain.clinic.pendingCount()).isEqualTo(events.size());
            assertThat(chain.dhis2.store().events()).as("stored by a DHIS2 whose answer came too late").hasSize(4);
            held.release();

            try (RunningProgram next = RunningProgram.start(chain.clinic, chain.dhis2, WholeChain.PROGRAM)) {
                next.run();
            }
            chain.assertOnlyTheseStandInDhis2(events);
        }
    }

    @Test
    void aStopDoesNotWaitForTheEndOfAPause(CapturedOutput log) {
        try (WholeChain chain = WholeChain.start("sync.first-pause=10m", "sync.longest-pause=10m", "sync.patience=1h")) {
            List<Integer> events = twentyVisits(chain);
            chain.dhis2.failAlways(posts()).with(503, "resting");
            begin(chain);
            await().atMost(Duration.ofMinutes(1)).until(() -> log.toString().contains(" waits: "));

            assertThat(CompletableFuture.runAsync(chain.program::close)).succeedsWithin(Duration.ofSeconds(20));

            assertThat(log).contains("; stopped: the program is stopping").doesNotContain("\tat ");
            assertThat(chain.clinic.pendingCount()).isEqualTo(events.size());
        }
    }

    private static List<Integer> twentyVisits(WholeChain chain) {
        chain.reset();
        chain.patients(20);
        return chain.visitOfEach(20, "x");
    }

    private static Runs begin(WholeChain chain) {
        chain.program.begin();
        return chain.program.bean(Runs.class);
    }
}
