package org.martsync.mapping;

/**
 * Why an event or a person cannot be sent.
 *
 * @param kind what sort of problem it is
 * @param target the data element or attribute by DHIS2's own name for it and its id, by the id alone where DHIS2 does not have it
 *        there, or null where it is none's
 * @param columns the columns it lies in, as {@code table.column}, several joined by a comma; or null
 * @param sentence what is wrong and what to do; it may quote values, so it is for the database's log, not the application's
 * @param missing the value that names no option, where it is that; else null
 */
public record Problem(Kind kind, String target, String columns, String sentence, Missing missing) {

    /**
     * A value that names no option.
     *
     * @param value in quotes, and cut where it is long
     * @param nearest code of the option that differs least, in no more than a third of the value's letters; null when there is none
     */
    public record Missing(String value, String nearest) {
    }

    public Problem(Kind kind, String target, String columns, String sentence) {
        this(kind, target, columns, sentence, null);
    }

    /** The sorts of problems; the names stand in reports that programs read. */
    public enum Kind {
        /** None of the mapping's form tables is in the database. */
        NO_TABLE,
        /** The encounter has no row in any of them. */
        NO_ROWS,
        /** A value stands in a column whose target DHIS2 has not in that place. */
        NOT_A_TARGET,
        /** DHIS2 would refuse the value. */
        UNFIT_VALUE,
        /** Two columns of one target say different things. */
        COLUMNS_DISAGREE,
        /** DHIS2 demands a value, and the columns are empty. */
        COMPULSORY_EMPTY,
        /** DHIS2 demands a value, and no column that can be read is mapped to it. */
        COMPULSORY_UNMAPPED
    }
}
