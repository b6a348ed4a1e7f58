package org.martsync.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.martsync.database.JsonValue;
import org.martsync.reconcile.Finding.Kind;

/**
 * Keeps the numbers of the last comparison with DHIS2 for an operator's charts; there are none before the first. They are the
 * database's, so that they are there after a restart too, and on whatever node or command compared.
 */
public final class MeasureReconcile {

    private final MeterRegistry meters;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final Map<Kind, AtomicLong> findings = new EnumMap<>(Kind.class);

    public MeasureReconcile(MeterRegistry meters) {
        this.meters = meters;
    }

    /** @param comparisons rows of {@code routes/sql/reconcile-kept.sql}; where none of them ended the numbers stay as they are */
    public synchronized void take(List<Map<String, Object>> comparisons) {
        comparisons.stream().filter(row -> row.get("found") != null).findFirst().ifPresent(last -> {
            JsonNode found = JsonValue.read(last.get("found"));
            for (Kind kind : Kind.values()) {
                findings.computeIfAbsent(kind, this::gauge).set(found.path(kind.toString()).asLong());
            }
            events.set(((Number) last.get("events")).longValue());
            ended.set(((Timestamp) last.get("ended_at")).toInstant().getEpochSecond());
            Gauge.builder("mart.reconcile.events", events::get).description("events that the last comparison with DHIS2 looked at").register(meters);
            Gauge.builder("mart.reconcile.ended", ended::get).description("when the last comparison with DHIS2 ended, in seconds since 1970")
                    .baseUnit("seconds").register(meters);
        });
    }

    private AtomicLong gauge(Kind kind) {
        AtomicLong value = new AtomicLong();
        Gauge.builder("mart.reconcile.findings", value::get).description("what the last comparison with DHIS2 found, by kind")
                .tag("kind", kind.toString()).register(meters);
        return value;
    }
}
