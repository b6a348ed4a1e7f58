package org.martsync.reconcile;

/** A comparison that did not come to its end; the message says why. What it found is kept, and it can be gone on with. */
public final class BrokenOff extends RuntimeException {

    BrokenOff(String why) {
        super(why);
    }
}
