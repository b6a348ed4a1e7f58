package org.martsync.reconcile;

import java.sql.Timestamp;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.quartz.CronExpression;

/**
 * Says when a comparison with DHIS2 is due by the schedule: at its tick, and every half an hour until the next tick where it did not
 * come to its end.
 */
public final class ReconcileDue {

    private static final Duration PAUSE = Duration.ofMinutes(30);

    private final CronExpression cron;
    private final int days;
    private final ZoneId zone;
    private final Clock clock;
    /** What was due up to then is done. */
    private Instant done;
    private boolean looked;
    private Instant tried;
    private Instant triedAt;

    /**
     * @param cron a Quartz expression, read in the zone; empty for never
     * @param days of how many days back the events are compared
     * @throws ParseException when it is none; the settings are checked before
     */
    public ReconcileDue(String cron, int days, ZoneId zone, Clock clock) throws ParseException {
        this.cron = cron.isBlank() ? null : new CronExpression(cron.strip());
        this.days = days;
        this.zone = zone;
        this.clock = clock;
        this.done = clock.instant();
        if (this.cron != null) {
            this.cron.setTimeZone(TimeZone.getTimeZone(zone));
        }
    }

    /** Whether there is a schedule. */
    public boolean scheduled() {
        return cron != null;
    }

    /**
     * Returns the comparison that is due, the latest if several are, else null. One that was due while no program ran is made up for,
     * unless this database never saw a comparison.
     *
     * @param comparisons rows of {@code routes/sql/reconcile-kept.sql}
     */
    public synchronized Reconciliation next(List<Map<String, Object>> comparisons) {
        if (cron == null) {
            return null;
        }
        settle(comparisons);
        Instant now = clock.instant();
        Instant due = null;
        for (Instant tick = tickAfter(done); tick != null && !tick.isAfter(now); tick = tickAfter(tick)) {
            due = tick;
        }
        if (due == null || isTried(due, comparisons, now)) {
            return null;
        }
        tried = due;
        triedAt = now;
        return new Reconciliation(due, due.atZone(zone).toLocalDate().minusDays(days), false);
    }

    private void settle(List<Map<String, Object>> comparisons) {
        Instant ended = names(comparisons.stream().filter(row -> row.get("ended_at") != null)).max(Instant::compareTo).orElse(null);
        if (!looked) {
            looked = true;
            Instant last = ended != null ? ended : names(comparisons.stream()).min(Instant::compareTo).map(begun -> begun.minusMillis(1)).orElse(done);
            done = last.isBefore(done) ? last : done;
        }
        if (ended != null && ended.isAfter(done)) {
            done = ended;
        }
    }

    private static Stream<Instant> names(Stream<Map<String, Object>> comparisons) {
        return comparisons.map(ReconcileDue::name);
    }

    private static Instant name(Map<String, Object> comparison) {
        return ((Timestamp) comparison.get("name")).toInstant();
    }

    /** Whether somebody was at the one of that tick less than half an hour ago, here or on another node. */
    private boolean isTried(Instant due, List<Map<String, Object>> comparisons, Instant now) {
        return due.equals(tried) && now.isBefore(triedAt.plus(PAUSE))
                || comparisons.stream().anyMatch(row -> name(row).equals(due) && !Boolean.TRUE.equals(row.get("quiet")));
    }

    private Instant tickAfter(Instant time) {
        Date tick = cron.getNextValidTimeAfter(Date.from(time));
        return tick == null ? null : tick.toInstant();
    }

    /** For how many seconds one has been due; 0 where none is. */
    public synchronized long overdueSeconds() {
        Instant tick = cron == null ? null : tickAfter(done);
        return tick == null ? 0 : Math.max(0, Duration.between(tick, clock.instant()).toSeconds());
    }

    /**
     * Adds to what the page tells of the last comparison whether two more were due since.
     *
     * @param last row of {@code routes/sql/page-reconciled.sql}, or null where none ever ended
     * @return the row with {@code overdue}; null where there is neither
     */
    public synchronized Map<String, Object> withOverdue(Map<String, Object> last) {
        Instant first = cron == null ? null : tickAfter(done);
        Instant second = first == null ? null : tickAfter(first);
        boolean overdue = second != null && !second.isAfter(clock.instant());
        if (last == null && !overdue) {
            return null;
        }
        Map<String, Object> told = new HashMap<>(last == null ? Map.of() : last);
        told.put("overdue", overdue);
        return told;
    }
}
