package org.martsync.sync;

import java.time.Duration;

/**
 * How long a run waits for a DHIS2 or a database that does not answer.
 *
 * @param firstPause before the first new try; it doubles with each
 * @param longestPause which no pause exceeds
 * @param limit after which the run stops, counted from the first failure in a row
 */
public record Patience(Duration firstPause, Duration longestPause, Duration limit) {

    /** Returns the pause after a number of failures in a row, the first being 1. */
    public Duration pause(int failures) {
        Duration pause = firstPause;
        for (int i = 1; i < failures && pause.compareTo(longestPause) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(longestPause) < 0 ? pause : longestPause;
    }
}
