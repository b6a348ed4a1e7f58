package org.martsync.page;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import org.martsync.operate.Operations;
import org.martsync.schedule.ApplySchedule;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;
import org.quartz.SchedulerException;

/** Says how the program is at this moment. */
final class TellNow {

    private final Runs runs;
    private final ApplySchedule schedule;
    private final Operations operations;
    private final Figures figures;
    private final TellTime time;

    TellNow(Runs runs, ApplySchedule schedule, Operations operations, Figures figures, TellTime time) {
        this.runs = runs;
        this.schedule = schedule;
        this.operations = operations;
        this.figures = figures;
        this.time = time;
    }

    /** @throws org.martsync.operate.OperationFailed when the database cannot be asked */
    Now tell() {
        Run current = runs.current();
        Run last = runs.last();
        Map<String, Object> pause = figures.pause();
        Figures.Counts counts = figures.counts(current);
        long ended = current == null ? 0 : current.synced() + current.rejected();
        return new Now(current != null, pause != null, state(current, last, pause), next(pause), counts.pending() - counts.rejected(),
                counts.rejected(), ended, current == null ? 0 : ended + counts.leftForRun(), problem(current, last));
    }

    private String state(Run current, Run last, Map<String, Object> pause) {
        if (current != null) {
            return "Running since " + time.at(current.started()) + (current.isStopped() ? ", ends after the batches on their way." : ".");
        }
        String before = pause == null ? "At rest." : "Paused by " + pause.get("paused_by") + " since "
                + time.at(((Timestamp) pause.get("since")).toInstant()) + ".";
        return last == null ? before : before + " The last run ended at " + time.at(last.ended()) + ": " + last.synced() + " arrived, "
                + last.rejected() + " refused, in " + TellTime.span(last.seconds()) + ".";
    }

    private String next(Map<String, Object> pause) {
        if (pause != null) {
            return "No run begins by itself until it is resumed.";
        }
        try {
            Instant next = schedule.next();
            return next == null ? "No run begins by itself: " + schedule.whyNot() + "." : "The next run begins " + time.until(next) + ".";
        } catch (SchedulerException e) {
            return "Nobody can tell when the next run begins: the clock does not answer.";
        }
    }

    private String problem(Run current, Run last) {
        String dhis2 = operations.getDhis2Reachable();
        return current == null && last != null && last.isStopped() ? "The last run stopped early: " + last.stopped()
                : dhis2.startsWith("no: ") ? "DHIS2 does not answer as it should: " + dhis2.substring(4) : null;
    }
}
