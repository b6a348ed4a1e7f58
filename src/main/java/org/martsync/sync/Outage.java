package org.martsync.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** A time in which DHIS2 or the database cannot answer, from the first failure in a row on, and the pauses that are made in it. */
final class Outage {

    private final Patience patience;
    private Instant since;
    private Instant pausesUntil;
    private int tries;

    Outage(Patience patience, Instant since) {
        this.patience = patience;
        this.since = since;
        this.pausesUntil = since;
    }

    /**
     * Takes another failure, and returns the pause before the next try. What fails during a pause waits for its end, so
     * that many workers at once do not make the pauses grow faster.
     *
     * @param asked how long DHIS2 wants to be left alone, zero where it did not say
     * @return zero when the patience is at its end
     */
    Duration pause(Instant now, Duration asked) {
        if (now.isBefore(since)) {
            // the clock was set back: counted from here on, else the run would wait for the clock to catch up
            since = now;
            pausesUntil = now;
        }
        Duration left = patience.limit().minus(lasted(now));
        if (left.isNegative() || left.isZero()) {
            return Duration.ZERO;
        }
        if (!now.isBefore(pausesUntil)) {
            tries++;
            pausesUntil = now.plus(patience.pause(tries, ThreadLocalRandom.current().nextDouble()));
        }
        if (now.plus(asked).isAfter(pausesUntil)) {
            pausesUntil = now.plus(asked);
        }
        Duration pause = Duration.between(now, pausesUntil);
        return pause.compareTo(left) < 0 ? pause : left;
    }

    /** How long it has lasted; a clock that was set back counts as no time. */
    Duration lasted(Instant now) {
        return now.isBefore(since) ? Duration.ZERO : Duration.between(since, now);
    }

    /** How many tries were in vain, those of several workers at once being one. */
    int tries() {
        return tries;
    }
}
