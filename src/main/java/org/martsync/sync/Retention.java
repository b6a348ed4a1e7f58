package org.martsync.sync;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Says how long rows are kept and counts what is deleted. Called by {@code routes/retention.camel.yaml}. */
public final class Retention {

    private final Duration log;
    private final Duration audit;
    private final Duration reconcile;
    private final Clock clock;
    private final MeterRegistry meters;

    /** What is deleted of one table. Lives for one walk through it, in one thread. */
    public static final class Forgetting {

        private final String table;
        private final String before;
        private final long days;
        private long behind = -1;
        private long deleted;
        private boolean goesOn = true;

        private Forgetting(String table, Duration kept, Clock clock) {
            this.table = table;
            this.before = clock.instant().minus(kept).toString();
            this.days = kept.toDays();
        }

        public String table() {
            return table;
        }

        /** The moment before which rows are too old, as {@code 2025-01-31T00:00:00Z}. */
        public String before() {
            return before;
        }

        /** The number of the last row that was looked at. */
        public long behind() {
            return behind;
        }

        public long deleted() {
            return deleted;
        }

        /** Whether there may be more. */
        public boolean goesOn() {
            return goesOn;
        }

        /** The line for the application's log. */
        public String sentence() {
            return deleted + " rows of " + table + " older than " + days + " days were deleted";
        }
    }

    /**
     * @param log how long our rows of log are kept, null for ever
     * @param audit how long the rows of sync_audit are kept, null for ever
     * @param reconcile how long is kept what comparisons with DHIS2 found, null for ever
     */
    public Retention(Duration log, Duration audit, Duration reconcile, Clock clock, MeterRegistry meters) {
        this.log = log;
        this.audit = audit;
        this.reconcile = reconcile;
        this.clock = clock;
        this.meters = meters;
    }

    /** What there is to be deleted: a walk for each table of which old rows are not kept, findings before the comparisons they are of. */
    public List<Forgetting> due() {
        return Stream.of(due("log", log), due("sync_attempt", log), due("sync_audit", audit), due("sync_reconcile_finding", reconcile),
                due("sync_reconcile", reconcile)).flatMap(List::stream).toList();
    }

    private List<Forgetting> due(String table, Duration kept) {
        return kept == null ? List.of() : List.of(new Forgetting(table, kept, clock));
    }

    /** Takes the row of {@code routes/sql/forget-*.sql}: how many were {@code deleted}, and the {@code last} one looked at, null when none was left. */
    public void take(Forgetting forgetting, Map<String, Object> row) {
        long deleted = ((Number) row.get("deleted")).longValue();
        forgetting.deleted += deleted;
        forgetting.goesOn = row.get("last") != null;
        if (forgetting.goesOn) {
            forgetting.behind = ((Number) row.get("last")).longValue();
        }
        Counter.builder("mart.deleted.rows").description("rows deleted because they were too old").tag("table", forgetting.table)
                .register(meters).increment(deleted);
    }
}
