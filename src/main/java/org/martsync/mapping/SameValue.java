package org.martsync.mapping;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import org.martsync.dhis2.OptionSet;
import org.martsync.dhis2.ValueType;

/**
 * Says whether two values mean the same to DHIS2, which stores a value as it was sent (dhis2-tracker-api.md, "Values"): {@code 1} and
 * {@code 1.0}, {@code true} and {@code TRUE}, a date with and without a time of day.
 */
public final class SameValue {

    private static final int UP_TO_OFFSET = 19;

    private SameValue() {
    }

    /**
     * Compares two values of one data element or attribute.
     *
     * @param one null or blank where there is none
     * @param other likewise
     * @param options its choices, or null; codes are compared as they are
     */
    public static boolean of(String one, String other, ValueType type, OptionSet options) {
        String here = one == null || one.isBlank() ? "" : one;
        String there = other == null || other.isBlank() ? "" : other;
        if (here.equals(there)) {
            return true;
        }
        if (type == ValueType.TRUE_ONLY) {
            return here.equalsIgnoreCase("true") == there.equalsIgnoreCase("true");
        }
        if (here.isEmpty() || there.isEmpty()) {
            return false;
        }
        if (type == ValueType.MULTI_TEXT) {
            return new HashSet<>(List.of(here.split(","))).equals(new HashSet<>(List.of(there.split(","))));
        }
        return options == null && typed(here, there, type);
    }

    private static boolean typed(String one, String other, ValueType type) {
        try {
            return switch (type) {
                case BOOLEAN -> one.equalsIgnoreCase(other);
                case DATE, AGE -> DateText.date(one).equals(DateText.date(other));
                case DATETIME -> sameMoment(DateText.dateTime(one), DateText.dateTime(other));
                case TIME -> DateText.time(one).equals(DateText.time(other));
                case COORDINATE -> one.replace(" ", "").equals(other.replace(" ", ""));
                default -> type.isNumber() && new BigDecimal(one.strip()).compareTo(new BigDecimal(other.strip())) == 0;
            };
        } catch (NotConvertible | NumberFormatException notOfTheType) {
            return false;
        }
    }

    private static boolean sameMoment(String one, String other) {
        if (one.equals(other)) {
            return true;
        }
        boolean zoned = hasOffset(one) && hasOffset(other);
        return zoned && OffsetDateTime.parse(one).isEqual(OffsetDateTime.parse(other));
    }

    /** Behind the seconds, where a date-time that was read has its fraction, then its offset if any. */
    private static boolean hasOffset(String moment) {
        return moment.substring(UP_TO_OFFSET).matches(".*[Z+-].*");
    }
}
