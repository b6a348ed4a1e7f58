package org.martsync.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.martsync.bench.OwnProcess.Ended;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.TrackerStore.Event;

/** Measures two processes on one database against one, with a DHIS2 that takes its time and a worker each. */
final class TwoProcesses {

    private static final int WARM_UP = 5_000;
    /** Enough that the second in which a run begins and first searches, which two cannot share, hardly counts. */
    private static final int EVENTS = 20_000;

    private final Figures figures;

    TwoProcesses(Figures figures) {
        this.figures = figures;
    }

    void measure() throws Exception {
        figures.progress("two processes: starting them");
        try (Clinic clinic = BenchClinic.prepared(); Dhis2StandIn dhis2 = BenchClinic.dhis2();
                OwnProcess first = new OwnProcess("bench-first", clinic, dhis2, "sync.workers=1");
                OwnProcess second = new OwnProcess("bench-second", clinic, dhis2, "sync.workers=1")) {
            for (OwnProcess each : new OwnProcess[] {first, second}) {
                BenchClinic.add(clinic, WARM_UP);
                seconds(each);
            }
            dhis2.slow(request -> true).by(Duration.ofMillis(300)).byPerObject(Duration.ofMillis(1));
            figures.progress("one process, a DHIS2 that takes 300 ms and 1 ms an object");
            BenchClinic.add(clinic, EVENTS);
            double one = seconds(first);
            figures.progress("two processes, the same DHIS2");
            BenchClinic.add(clinic, EVENTS);
            double two = seconds(first, second);
            if (clinic.pendingCount() > 0) {
                throw new IllegalStateException(clinic.pendingCount() + " events did not arrive");
            }
            figures.put("twoProcessRatio", one / two);
            figures.put("eventsSentTwice", dhis2.store().events().stream().mapToInt(Event::writes).filter(writes -> writes > 1).count());
        }
    }

    /** Lets all begin a run at the same moment and returns how long the last one took. */
    private static double seconds(OwnProcess... processes) throws Exception {
        Instant moment = OwnProcess.soon();
        List<CompletableFuture<Ended>> runs = Arrays.stream(processes).map(each -> each.runAt(moment)).toList();
        double seconds = 0;
        for (CompletableFuture<Ended> run : runs) {
            seconds = Math.max(seconds, run.get(5, TimeUnit.MINUTES).seconds());
        }
        return seconds;
    }
}
