package org.martsync.dhis2;

/** DHIS2 cannot answer just now: nothing is counted against an event, the run waits. */
public class Dhis2Unavailable extends RuntimeException {

    public Dhis2Unavailable(String sentence) {
        super(sentence);
    }
}
