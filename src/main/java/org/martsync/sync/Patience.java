package org.martsync.sync;

import java.time.Duration;

/**
 * How long a run waits for a DHIS2 or a database that does not answer.
 *
 * @param firstPause before the first new try; it doubles with each
 * @param longestPause which no pause exceeds, unless DHIS2 asks for a longer one
 * @param limit after which the run stops, counted from the first failure in a row
 */
public record Patience(Duration firstPause, Duration longestPause, Duration limit) {

    /**
     * Returns the pause after a number of failures in a row.
     *
     * @param failures the first is 1
     * @param chance from 0 to 1, which makes the pause up to a half shorter, so that the machines of a country do not all
     *     come back at the same moment
     */
    public Duration pause(int failures, double chance) {
        Duration pause = firstPause;
        for (int i = 1; i < failures && pause.compareTo(longestPause) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        long longest = (pause.compareTo(longestPause) < 0 ? pause : longestPause).toNanos();
        return Duration.ofNanos(longest - (long) (longest / 2.0 * chance));
    }
}
