package org.martsync.operate;

import java.util.List;

/** What somebody is told who had the program do something. Has getters, since the console reads it through JMX. */
public final class Receipt {

    private final int asked;
    private final int queued;
    private final List<String> refused;
    private final String outcome;

    private Receipt(int asked, int queued, List<String> refused, String outcome) {
        this.asked = asked;
        this.queued = queued;
        this.refused = refused;
        this.outcome = outcome;
    }

    /** The receipt of what has nothing to do with single events. */
    static Receipt of(String outcome) {
        return new Receipt(0, 0, List.of(), outcome);
    }

    static Receipt of(int asked, int queued, List<String> refused, String outcome) {
        return new Receipt(asked, queued, refused, outcome);
    }

    /** The same with a sentence more. */
    Receipt and(String sentence) {
        return new Receipt(asked, queued, refused, outcome + " " + sentence);
    }

    /** How many events it was asked for. */
    public int getAsked() {
        return asked;
    }

    /** How many of them a run takes now. */
    public int getQueued() {
        return queued;
    }

    /** A sentence for each of the others. */
    public List<String> getRefused() {
        return refused;
    }

    /** All of it in sentences. */
    public String getOutcome() {
        return outcome;
    }
}
