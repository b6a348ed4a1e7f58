package org.martsync.sync;

/** What people are told of: once when it begins and once when it is over. */
public enum Trouble {

    /** A run ended before its work was done, and not because DHIS2 did not answer or somebody wanted it to. */
    RUN_STOPPED("run-stopped", "runs stop before their work is done", "runs come to their end again"),
    /** DHIS2 did not answer for longer than the patience. */
    DHIS2_AWAY("dhis2-away", "DHIS2 does not answer", "DHIS2 answers again"),
    /** Of the events tried for the first time, too many were rejected. */
    MANY_FAILURES("many-failures", "many new events are rejected", "new events are no longer rejected in numbers");

    private final String title;
    private final String begins;
    private final String over;

    Trouble(String title, String begins, String over) {
        this.title = title;
        this.begins = begins;
        this.over = over;
    }

    /** Its name for programs. */
    public String title() {
        return title;
    }

    /** In a few words that it is there, or is there no more. */
    String inWords(boolean isOver) {
        return isOver ? over : begins;
    }
}
