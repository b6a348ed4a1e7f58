package org.martsync.reconcile;

import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** Says when a comparison with DHIS2 is due by the schedule. */
public final class ReconcileDue {

    private final CronExpression cron;
    private final int days;
    private final ZoneId zone;
    private final Clock clock;
    private Instant looked;

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
        this.looked = clock.instant();
        if (this.cron != null) {
            this.cron.setTimeZone(TimeZone.getTimeZone(zone));
        }
    }

    /** Returns the comparison that has become due since the last call, the latest if several have, else null. */
    public synchronized Reconciliation next() {
        if (cron == null) {
            return null;
        }
        Instant now = clock.instant();
        Instant due = null;
        for (Date tick = cron.getNextValidTimeAfter(Date.from(looked)); tick != null && !tick.toInstant().isAfter(now);
                tick = cron.getNextValidTimeAfter(tick)) {
            due = tick.toInstant();
        }
        looked = now;
        return due == null ? null : new Reconciliation(due, due.atZone(zone).toLocalDate().minusDays(days), false);
    }
}
