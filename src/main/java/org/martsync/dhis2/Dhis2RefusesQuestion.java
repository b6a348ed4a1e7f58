package org.martsync.dhis2;

/**
 * DHIS2 does not answer this question, for what is asked in it: a value that it cannot be searched by, for instance. Other
 * questions it may answer, so what led to this one is closed in on.
 */
public class Dhis2RefusesQuestion extends RuntimeException {

    public Dhis2RefusesQuestion(String sentence) {
        super(sentence);
    }
}
