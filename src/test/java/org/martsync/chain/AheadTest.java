package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.dhis2.StandInFaults.path;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.sync.Run;

/** While DHIS2 imports as many batches as it is given at once, the next ones are made ready. */
class AheadTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with("sync.workers=2", "sync.ahead=2", "sync.batch-patients=5", "sync.batch-events=20");

    @Test
    void batchesAreSearchedForWhileOthersAreSentAndNeverMoreAreSentThanAllowed() {
        chain.patients(40);
        List<Integer> events = chain.visitOfEach(40, "x");
        CountDownLatch searches = new CountDownLatch(4);
        CountDownLatch two = new CountDownLatch(2);
        CountDownLatch three = new CountDownLatch(3);
        AtomicInteger posts = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        chain.dhis2.onRequest(request -> {
            if (path("/api/tracker/trackedEntities").test(request)) {
                searches.countDown();
            } else if (path("/api/tracker").test(request)) {
                most.accumulateAndGet(posts.incrementAndGet(), Math::max);
                two.countDown();
                three.countDown();
                assertThat(await(two, 20_000)).as("two POSTs were on their way at once").isTrue();
                assertThat(await(searches, 20_000)).as("two batches more were searched for meanwhile").isTrue();
                await(three, 300);
                posts.decrementAndGet();
            }
        });

        Run run = chain.program.run();

        assertThat(run.synced()).isEqualTo(events.size());
        assertThat(most).hasValue(2);
        chain.assertOnlyTheseStandInDhis2(events);
    }

    private static boolean await(CountDownLatch latch, long millis) {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
