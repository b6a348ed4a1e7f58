package org.martsync.sync;

import java.time.Clock;
import java.time.Instant;

/** Begins runs, one at a time on this node, and remembers the last one. */
public final class Runs {

    private final Limits limits;
    private final Patience patience;
    private final Clock clock;
    private Run current;
    private Run last;
    private boolean closed;

    public Runs(Limits limits, Patience patience, Clock clock) {
        this.limits = limits;
        this.patience = patience;
        this.clock = clock;
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
        current = new Run(name, limits, patience, clock);
        return current;
    }

    /**
     * Ends the run that is going on.
     *
     * @param waiting how many events are pending still, those rejected in the run left out
     */
    public synchronized void end(Run run, long waiting) {
        run.end(waiting);
        last = run;
        current = null;
    }

    /** Lets the run that is going on finish its batches and begins no other. */
    public synchronized void close() {
        closed = true;
        if (current != null) {
            current.stop("the program is stopping");
        }
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
