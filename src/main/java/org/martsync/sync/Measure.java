package org.martsync.sync;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.martsync.event.Batch;
import org.martsync.event.Mappings;
import org.martsync.event.PendingEvent;

/**
 * Keeps the numbers that an operator's charts are drawn from. Tags are names of mappings and words of our own; what
 * stands in a row of events_to_sync could be anything, and a name that is no mapping's is counted as {@code unknown}.
 */
public final class Measure {

    private static final String UNKNOWN = "unknown";

    private final MeterRegistry meters;
    private final Map<String, AtomicLong> pending = new ConcurrentHashMap<>();
    private final AtomicLong lastEnd = new AtomicLong();

    public Measure(MeterRegistry meters) {
        this.meters = meters;
        // there from the start, because Prometheus takes the first value it sees of a counter for no growth
        List.of("done", "stopped").forEach(this::runs);
        List.of("synced", "rejected").forEach(this::firstTries);
    }

    /** Counts a batch whose transaction is through: its size, and its events by how they ended. */
    void batch(Batch batch, Mappings mappings) {
        size("mart.batch.events", "pending events in a batch", batch.events().size());
        size("mart.batch.patients", "patients in a batch", batch.events().stream().map(PendingEvent::patientId).distinct().count());
        count("synced", batch.stored(), mappings);
        count("rejected", batch.rejected(), mappings);
        firstTries("synced").increment(batch.stored().stream().filter(PendingEvent::firstTry).count());
        firstTries("rejected").increment(batch.rejected().stream().filter(PendingEvent::firstTry).count());
    }

    private void size(String name, String what, long size) {
        DistributionSummary.builder(name).description(what).register(meters).record(size);
    }

    private void count(String outcome, List<PendingEvent> events, Mappings mappings) {
        events.stream()
                .collect(groupingBy(event -> mappings.has(event.mappingName()) ? event.mappingName() : UNKNOWN, counting()))
                .forEach((mapping, count) -> Counter.builder("mart.events").description("events by how they ended")
                        .tag("outcome", outcome).tag("mapping", mapping)
                        .register(meters).increment(count));
    }

    private Counter firstTries(String outcome) {
        return Counter.builder("mart.first.tries").description("events tried for the first time, by how that ended")
                .tag("outcome", outcome).register(meters);
    }

    private Timer runs(String end) {
        return Timer.builder("mart.run").description("runs and how long they took").tag("end", end).register(meters);
    }

    /** Counts a run that is over. */
    void run(Run run) {
        runs(run.stopped() == null ? "done" : "stopped").record(Duration.ofMillis(Math.round(run.seconds() * 1000)));
        lastEnd.set(run.ended().getEpochSecond());
        Gauge.builder("mart.run.ended", () -> lastEnd).description("when the last run ended, in seconds since 1970")
                .baseUnit("seconds").register(meters);
    }

    /**
     * Takes how many events are pending now; a mapping that is not named any more has none.
     *
     * @param rows of {@code routes/sql/count-pending.sql}: {@code mapping}, null for names that are no mapping's, and {@code pending}
     */
    void pending(List<Map<String, Object>> rows) {
        Map<String, Long> now = new ConcurrentHashMap<>();
        rows.forEach(row -> now.put(row.get("mapping") == null ? UNKNOWN : (String) row.get("mapping"),
                ((Number) row.get("pending")).longValue()));
        now.keySet().forEach(mapping -> pending.computeIfAbsent(mapping, this::gauge));
        pending.forEach((mapping, gauge) -> gauge.set(now.getOrDefault(mapping, 0L)));
    }

    private AtomicLong gauge(String mapping) {
        AtomicLong value = new AtomicLong();
        Gauge.builder("mart.pending.events", () -> value).description("events pending at the end of the last run")
                .tag("mapping", mapping).register(meters);
        return value;
    }
}
