package org.martsync.schedule;

import java.time.Duration;
import java.time.ZoneId;

/** What the database says about when runs start. */
public sealed interface Schedule {

    /**
     * Runs start at the times of a cron expression.
     *
     * @param cron       a Quartz cron expression, 6 or 7 fields, known to be well formed and to have a time in the future
     * @param zone       where its times are read
     * @param startDelay no run starts earlier than this after the program's start; zero or more
     */
    record Fires(String cron, ZoneId zone, Duration startDelay) implements Schedule {
    }

    /**
     * No run starts.
     *
     * @param why a sentence for the log, without a full stop
     */
    record Rests(String why) implements Schedule {
    }

    /**
     * The database cannot be asked, so whatever was the schedule remains it.
     *
     * @param why what stands in the way, one line
     */
    record Unknown(String why) implements Schedule {
    }
}
