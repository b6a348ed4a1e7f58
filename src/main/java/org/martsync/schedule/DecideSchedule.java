package org.martsync.schedule;

import java.math.BigDecimal;
import java.sql.Timestamp;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Date;
import java.util.Map;
import java.util.TimeZone;
import org.quartz.CronExpression;
import org.springframework.core.NestedExceptionUtils;

/** Decides from the row of {@code analytics_cron_job} when runs start. */
public class DecideSchedule {

    private final String job;
    private final ZoneId zone;
    private final Clock clock;

    /**
     * @param job   the row's name, for the sentences
     * @param zone  where the times of the expression are read
     * @param clock tells whether an expression has a time in the future
     */
    public DecideSchedule(String job, ZoneId zone, Clock clock) {
        this.job = job;
        this.zone = zone;
        this.clock = clock;
    }

    /**
     * Decides what the row asks for. {@code enabled} NULL counts as disabled, as it did in the program this one
     * replaces; {@code start_delay} (milliseconds) NULL or below zero counts as none.
     *
     * @param row the columns {@code expression}, {@code enabled} and {@code start_delay}, and where the program is paused
     *     {@code paused_by} and {@code paused_since}; null when there is no row
     * @return {@link Schedule.Fires} or {@link Schedule.Rests}
     */
    public Schedule decide(Map<String, Object> row) {
        if (row == null) {
            return new Schedule.Rests("no row named '" + job + "' in analytics_cron_job; nothing will run until there is one");
        }
        if (row.get("paused_by") != null) {
            return new Schedule.Rests(job + " is paused by " + row.get("paused_by") + " since " + ((Timestamp) row.get("paused_since")).toInstant()
                    + "; no run begins until it is resumed, but those that are asked for by hand");
        }
        if (!Boolean.TRUE.equals(row.get("enabled"))) {
            return new Schedule.Rests(job + " is disabled (enabled is " + row.get("enabled")
                    + " in analytics_cron_job); enabled it will be taken up");
        }
        String cron = row.get("expression") == null ? "" : row.get("expression").toString().strip();
        if (cron.isEmpty()) {
            return new Schedule.Rests(job + " has no expression in analytics_cron_job; given one it will be taken up");
        }
        return judge(cron, startDelay(row.get("start_delay")));
    }

    /** The schedule is unknown, because the row cannot be read. */
    public Schedule unknown(Exception reason) {
        Throwable root = NestedExceptionUtils.getMostSpecificCause(reason);
        String text = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return new Schedule.Unknown(text.strip().replaceAll("\\s+", " "));
    }

    private Schedule judge(String cron, Duration startDelay) {
        try {
            CronExpression expression = new CronExpression(cron);
            expression.setTimeZone(TimeZone.getTimeZone(zone));
            if (expression.getNextValidTimeAfter(Date.from(clock.instant())) == null) {
                return new Schedule.Rests(job + "'s '" + cron + "' names no time in the future; corrected it will be taken up");
            }
            return new Schedule.Fires(cron, zone, startDelay);
        } catch (ParseException | RuntimeException malformed) {
            return new Schedule.Rests(job + "'s '" + cron + "' is no Quartz cron expression (" + malformed.getMessage()
                    + "); corrected it will be taken up");
        }
    }

    private static Duration startDelay(Object milliseconds) {
        if (!(milliseconds instanceof Number number)) {
            return Duration.ZERO;
        }
        BigDecimal whole = new BigDecimal(number.toString()).max(BigDecimal.ZERO).min(BigDecimal.valueOf(Integer.MAX_VALUE));
        return Duration.ofMillis(whole.longValue());
    }
}
