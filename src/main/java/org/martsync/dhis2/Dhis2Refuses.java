package org.martsync.dhis2;

/** DHIS2 will answer nothing until a person has put something right (login, address, rights): the run stops. */
public class Dhis2Refuses extends RuntimeException {

    /** What a person has to put right. */
    public enum Wrong {
        LOGIN,
        /** The user may not do what is asked. */
        RIGHTS,
        /** There is no DHIS2 at this address. */
        ADDRESS,
        /** DHIS2 does not have the program, or does not let this user see it. */
        PROGRAM_UNKNOWN,
        /** It is there, and nobody can be enrolled in it. */
        PROGRAM_UNUSABLE,
        /** DHIS2 is too old. */
        VERSION,
        /** DHIS2 answers what cannot be made use of. */
        ANSWER
    }

    private final Wrong wrong;

    public Dhis2Refuses(String sentence) {
        this(Wrong.ANSWER, sentence);
    }

    public Dhis2Refuses(Wrong wrong, String sentence) {
        super(sentence);
        this.wrong = wrong;
    }

    public Wrong wrong() {
        return wrong;
    }
}
