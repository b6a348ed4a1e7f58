package org.martsync.dhis2;

import java.time.Duration;

/** DHIS2 cannot answer just now: nothing is counted against an event, the run waits. */
public class Dhis2Unavailable extends RuntimeException {

    private final int status;
    private final Duration retryAfter;

    public Dhis2Unavailable(String sentence) {
        this(sentence, 0, Duration.ZERO);
    }

    /**
     * @param status the HTTP status, or 0
     * @param retryAfter how long DHIS2 wants to be left alone, zero where it did not say
     */
    public Dhis2Unavailable(String sentence, int status, Duration retryAfter) {
        super(sentence);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /** The HTTP status, or 0. */
    public int status() {
        return status;
    }

    /** How long DHIS2 wants to be left alone; zero where it did not say. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
