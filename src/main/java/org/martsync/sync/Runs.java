package org.martsync.sync;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins runs, one at a time on this node, and remembers the last one. */
public final class Runs {

    private static final Logger LOG = LoggerFactory.getLogger("sync");
    private static final String STOPPING = "the program is stopping";

    private final BatchSize size;
    private final Patience patience;
    private final Clock clock;
    private final Measure measure;
    private Run current;
    private Run last;
    /** Whether another run is to follow the one that is going on. */
    private boolean another;
    private boolean closed;
    /** The rehearsals and comparisons that somebody still has in hand. */
    private final Set<Run> beside = Collections.newSetFromMap(new WeakHashMap<>());

    public Runs(BatchSize size, Patience patience, Clock clock, Measure measure) {
        this.size = size;
        this.patience = patience;
        this.clock = clock;
        this.measure = measure;
    }

    /**
     * Begins a run.
     *
     * @param name the moment at which the schedule fired
     * @return the run, or null when one is still going on or the program is stopping
     */
    public synchronized Run begin(Instant name) {
        if (current != null || closed) {
            return null;
        }
        current = new Run(name, size, patience, clock, measure, true);
        return current;
    }

    /** The name of a run that a person asks for. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Returns a run that is none: it holds what a rehearsal or a comparison needs, and is neither begun nor counted. It takes turns
     * as a run does; its wait for one, and a comparison, end with the program.
     */
    public synchronized Run rehearse() {
        Run run = new Run(now(), size, patience, clock, measure, true);
        if (closed) {
            run.stopAsAsked(STOPPING);
        }
        beside.add(run);
        return run;
    }

    /** Returns a run that is none for a single question of a person, whose few requests wait for no turn. */
    public Run question() {
        return new Run(now(), size, patience, clock, measure, false);
    }

    /**
     * Goes on with the last run: under its name only those events are taken that were not tried in it, or were queued
     * again since. While one is going on here, that one is followed instead.
     *
     * @param name of the last run in the database, or null when no event was ever rejected
     * @return the run, or null when it is to follow or the program is stopping
     */
    public synchronized Run goOn(Timestamp name) {
        Run begun = begin(name == null ? now() : name.toInstant());
        another |= begun == null;
        return begun;
    }

    /** Begins the run that {@link #goOn} put off, under the name of the one that has ended; null when there is none. */
    public synchronized Run follow() {
        boolean wanted = another;
        another = false;
        return wanted && last != null ? begin(last.name()) : null;
    }

    /**
     * Ends the run that is going on, after the batches on their way, and what was to follow it.
     *
     * @return that run, or null when there was none
     */
    public synchronized Run stop(String reason) {
        another = false;
        if (current != null) {
            current.stopAsAsked(reason);
        }
        return current;
    }

    /**
     * Ends the run that is going on.
     *
     * @param pending rows of {@code routes/sql/count-pending.sql}: {@code mapping}, how many of its events are
     *     {@code pending} still, and how many of those are {@code waiting}, which leaves out the ones rejected in the
     *     run; null when they could not be counted
     */
    public synchronized void end(Run run, List<Map<String, Object>> pending) {
        run.end(pending == null ? -1 : pending.stream().mapToLong(row -> ((Number) row.get("waiting")).longValue()).sum());
        measure.run(run);
        if (pending != null) {
            measure.pending(pending);
        }
        last = run;
        current = null;
    }

    /**
     * Ends a run that never came to its end, so that the next one can begin; one that ended is left alone.
     *
     * @param failure a rejected execution where its routes were stopped, anything else is a mistake of the program
     */
    public synchronized void brokenOff(Run run, Exception failure) {
        another = false;
        if (current == run) {
            if (!run.routesStopped(failure)) {
                run.stop("something unexpected happened (" + AfterFailure.inWords(failure) + "). Events that are left wait for the next run.");
            }
            end(run, null);
            LOG.warn(run.summary());
        }
    }

    /** Lets the run that is going on finish its batches, and what goes on beside it its requests, and begins no other. */
    public synchronized void close() {
        closed = true;
        if (current != null) {
            current.stopAsAsked(STOPPING);
        }
        beside.forEach(run -> run.stopAsAsked(STOPPING));
    }

    /**
     * Returns the run that is going on if it is to look at these mappings, else null.
     *
     * @param rows of {@code routes/sql/mapping-versions.sql}
     */
    public synchronized Run behind(List<Map<String, Object>> rows) {
        return current != null && current.isBehind(rows) ? current : null;
    }

    /** The run that is going on, or null. */
    public synchronized Run current() {
        return current;
    }

    /** The last run that ended, or null. */
    public synchronized Run last() {
        return last;
    }
}
