package org.martsync.check;

/** What sort of thing a check found. The names stand in reports that programs read, and are never changed. */
public enum Code {
    DHIS2_NO_ANSWER(Weight.STOPS),
    LOGIN_REFUSED(Weight.STOPS),
    RIGHTS_REFUSED(Weight.STOPS),
    ADDRESS_WRONG(Weight.STOPS),
    PROGRAM_UNKNOWN(Weight.STOPS),
    PROGRAM_UNUSABLE(Weight.STOPS),
    VERSION_TOO_OLD(Weight.STOPS),
    ANSWER_UNUSABLE(Weight.STOPS),
    DATABASE_NO_ANSWER(Weight.STOPS),
    DATABASE_NOT_PREPARED(Weight.STOPS),
    ORG_UNIT_UNKNOWN(Weight.STOPS),
    ORG_UNIT_OUT_OF_REACH(Weight.STOPS),
    PROGRAM_NOT_IN_ORG_UNIT(Weight.STOPS),
    NO_RIGHT_TO_WRITE(Weight.STOPS),
    NO_RIGHT_TO_READ(Weight.STOPS),
    MAPPING_UNKNOWN(Weight.STOPS),

    MAPPING_UNUSABLE(Weight.HOLDS_BACK),
    MAPPING_MISSING(Weight.HOLDS_BACK),
    /**
     * Of DHIS2's authorities only F_EDIT_EXPIRED decides what is taken from us. F_UNCOMPLETE_EVENT (E1083) is needed by who opens a
     * completed event again, and ours are sent with the status they have in DHIS2; F_TRACKED_ENTITY_INSTANCE_SEARCH_IN_ALL_ORGUNITS
     * by who searches with orgUnitMode=ALL; the cascading ones (E1100, E1103) by who deletes. By the error codes of DHIS2's documentation
     * and the sources of its tracker import and search.
     */
    AUTHORITY_MISSING(Weight.HOLDS_BACK),
    PERIOD_CLOSED(Weight.HOLDS_BACK),
    SEARCH_STOPS_RUN(Weight.HOLDS_BACK),
    UNIQUE_IN_TWO_TYPES(Weight.HOLDS_BACK),
    EVENT_UNUSABLE(Weight.HOLDS_BACK),
    EVENT_WITHOUT_DATE(Weight.HOLDS_BACK),
    ORG_UNIT_UID_UNUSABLE(Weight.HOLDS_BACK),
    PATIENT_UNKNOWN(Weight.HOLDS_BACK),
    PATIENT_WITHOUT_IDENTIFIER(Weight.HOLDS_BACK),
    IDENTIFIER_SHARED(Weight.HOLDS_BACK),
    UNIQUE_VALUE_SHARED(Weight.HOLDS_BACK),
    SEARCHED_VALUE_SHARED(Weight.HOLDS_BACK),
    NO_TABLE(Weight.HOLDS_BACK),
    NO_ROWS(Weight.HOLDS_BACK),
    NOT_A_TARGET(Weight.HOLDS_BACK),
    UNFIT_VALUE(Weight.HOLDS_BACK),
    COLUMNS_DISAGREE(Weight.HOLDS_BACK),
    COMPULSORY_EMPTY(Weight.HOLDS_BACK),
    COMPULSORY_UNMAPPED(Weight.HOLDS_BACK),

    VERSION(Weight.WARNS),
    CLOCK_OF_DHIS2(Weight.WARNS),
    CLOCK_OF_DATABASE(Weight.WARNS),
    TABLE_MISSING(Weight.WARNS),
    COLUMN_MISSING(Weight.WARNS),
    TARGET_UNKNOWN(Weight.WARNS),
    ORG_UNIT_CODE_UNKNOWN(Weight.WARNS),
    ORG_UNIT_WITHOUT_UID(Weight.WARNS),
    PATIENT_ORG_UNIT_UNKNOWN(Weight.WARNS),
    MAPPING_REFUSED(Weight.WARNS),
    NOT_SEARCHABLE(Weight.WARNS),
    PATIENT_COLUMN_EMPTY(Weight.WARNS),

    SUPERUSER(Weight.NOTE),
    COLUMN_UNMAPPED(Weight.NOTE),
    FORM_SHARED(Weight.NOTE);

    /** What follows from a finding; the gravest first. */
    public enum Weight {
        /** Nothing at all arrives. */
        STOPS,
        /** Some events are rejected. */
        HOLDS_BACK,
        /** Events arrive, but perhaps not as somebody thinks. */
        WARNS,
        /** Worth knowing. */
        NOTE
    }

    private final Weight weight;

    Code(Weight weight) {
        this.weight = weight;
    }

    public Weight weight() {
        return weight;
    }
}
