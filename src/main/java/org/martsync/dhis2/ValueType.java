package org.martsync.dhis2;

/** What kind of value a data element or attribute takes; DHIS2's own names (recordings 003, 051-074). */
public enum ValueType {
    TEXT, LONG_TEXT, MULTI_TEXT, LETTER,
    PHONE_NUMBER, EMAIL, URL, USERNAME,
    BOOLEAN, TRUE_ONLY,
    DATE, DATETIME, TIME, AGE,
    NUMBER, INTEGER, INTEGER_POSITIVE, INTEGER_NEGATIVE, INTEGER_ZERO_OR_POSITIVE, PERCENTAGE, UNIT_INTERVAL,
    COORDINATE, GEOJSON,
    ORGANISATION_UNIT, TRACKER_ASSOCIATE, REFERENCE, FILE_RESOURCE, IMAGE,

    /** A type of a DHIS2 newer than this program: its values pass as they are and DHIS2 judges them. */
    OTHER;

    /** The type with DHIS2's name; TEXT when the name is missing, OTHER when it is not known here. */
    public static ValueType named(String name) {
        if (name == null || name.isBlank()) {
            return TEXT;
        }
        for (ValueType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return OTHER;
    }

    /** Whether values are numbers, so that {@code 1} and {@code 1.0} are the same value. */
    public boolean isNumber() {
        return switch (this) {
            case NUMBER, INTEGER, INTEGER_POSITIVE, INTEGER_NEGATIVE, INTEGER_ZERO_OR_POSITIVE, PERCENTAGE, UNIT_INTERVAL -> true;
            default -> false;
        };
    }

    /** Whether a value is a yes or no, of which {@code false} also means "not chosen". */
    public boolean isTruth() {
        return this == BOOLEAN || this == TRUE_ONLY;
    }
}
