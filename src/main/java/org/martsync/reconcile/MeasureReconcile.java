package org.martsync.reconcile;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.martsync.reconcile.Finding.Kind;

/** Keeps the numbers of the last comparison with DHIS2 for an operator's charts; there are none before the first. */
public final class MeasureReconcile {

    private final MeterRegistry meters;
    private final Clock clock;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final Map<Kind, AtomicLong> findings = new EnumMap<>(Kind.class);

    public MeasureReconcile(MeterRegistry meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
    }

    synchronized void ended(long compared, Map<Kind, Long> found) {
        events.set(compared);
        ended.set(clock.instant().getEpochSecond());
        found.forEach((kind, count) -> findings.computeIfAbsent(kind, this::gauge).set(count));
        Gauge.builder("mart.reconcile.events", events::get).description("events that the last comparison with DHIS2 looked at").register(meters);
        Gauge.builder("mart.reconcile.ended", ended::get).description("when the last comparison with DHIS2 ended, in seconds since 1970")
                .baseUnit("seconds").register(meters);
    }

    private AtomicLong gauge(Kind kind) {
        AtomicLong value = new AtomicLong();
        Gauge.builder("mart.reconcile.findings", value::get).description("what the last comparison with DHIS2 found, by kind")
                .tag("kind", kind.toString()).register(meters);
        return value;
    }
}
