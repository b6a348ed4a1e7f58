package org.martsync.sync;

import java.util.concurrent.TimeUnit;

/** A wait before something is tried again; it ends early with the run. */
public final class Pause {

    private final Run run;
    private final long end;

    /** @param millis how long, from now on */
    public Pause(Run run, long millis) {
        this.run = run;
        // by a clock that nobody sets
        this.end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Whether there is still to be waited. */
    public boolean goesOn() {
        return !run.isStopped() && System.nanoTime() < end;
    }
}
