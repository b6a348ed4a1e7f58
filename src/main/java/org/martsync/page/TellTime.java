package org.martsync.page;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes times as a person reads them, in the zone of the schedule. */
final class TellTime {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("EEE d MMM yyyy, HH:mm", Locale.ENGLISH);

    private final Clock clock;

    TellTime(Clock clock) {
        this.clock = clock;
    }

    /** {@code 14:45} today, {@code Tue 24 Nov 2026, 14:45} on another day. */
    String at(Instant when) {
        ZonedDateTime there = when.atZone(clock.getZone());
        boolean today = there.toLocalDate().equals(clock.instant().atZone(clock.getZone()).toLocalDate());
        return (today ? TIME : DAY_AND_TIME).format(there);
    }

    /** {@code in 12 minutes, at 14:45}. */
    String until(Instant when) {
        long seconds = Math.max(0, Duration.between(clock.instant(), when).toSeconds());
        String span = seconds < 60 ? "in less than a minute"
                : seconds < 2 * 3600 ? "in " + some(seconds / 60, "minute")
                : seconds < 48 * 3600 ? "in " + some(seconds / 3600, "hour")
                : "in " + some(seconds / 86_400, "day");
        return span + ", at " + at(when);
    }

    /** {@code 41 s} or {@code 12 min}. */
    static String span(double seconds) {
        return seconds < 120 ? Math.round(seconds) + " s" : Math.round(seconds / 60) + " min";
    }

    private static String some(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }
}
