package org.martsync.dhis2;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Decides which values DHIS2 takes for a value type (recordings 051 to 074 for data values, 080 for attributes).
 *
 * <p>Values are strings; an empty or blank one clears and is not asked about here.
 */
final class StandInValueRules {

    static final int LONGEST_DATA_VALUE = 50_000;
    static final int LONGEST_ATTRIBUTE_VALUE = 1200;

    private static final Pattern NUMBER = Pattern.compile("(-?0|-?[1-9]\\d*)(\\.\\d+)?");
    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9]\\d{0,9}");
    private static final Pattern TIME = Pattern.compile("([01]?\\d|2[0-3]):[0-5]\\d");
    private static final Pattern PHONE = Pattern.compile("[0-9+()#.\\s/ext-]{6,50}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)*\\.[A-Za-z]{2,}");
    private static final Pattern URL = Pattern.compile("(https?|ftp)://[^\\s/]+\\S*");
    private static final Pattern COORDINATE = Pattern.compile("\\[-?\\d{1,3}(\\.\\d+)?,-?\\d{1,2}(\\.\\d+)?]");
    private static final String ZONE = "(Z|[+-]\\d{2}:?\\d{2})?";
    private static final Pattern AFTER_DATE =
            Pattern.compile("([T ]([01]\\d|2[0-4]):[0-5]\\d(:[0-5]\\d(\\.\\d+)?)?" + ZONE + ")?");
    private static final Pattern TIME_OF_DATETIME =
            Pattern.compile("T([01]\\d|2[0-3])(:[0-5]\\d(:[0-5]\\d(\\.\\d+)?)?)?" + ZONE);
    private static final Pattern TIME_OF_ATTRIBUTE_DATE =
            Pattern.compile("(T([01]\\d|2[0-3])(:[0-5]\\d(:[0-5]\\d(\\.\\d+)?)?)?" + ZONE + ")?");

    private StandInValueRules() {
    }

    /** Names what is wrong with a value in DHIS2's words, or gives null where it is taken. */
    static String problem(String valueType, String value) {
        if (value.length() > LONGEST_DATA_VALUE) {
            return "value_length_greater_than_max_length";
        }
        return switch (valueType) {
            case "NUMBER" -> unless(isNumber(value), "value_not_numeric");
            case "INTEGER" -> unless(isInteger(value), "value_not_integer");
            case "INTEGER_POSITIVE" ->
                unless(isInteger(value) && Long.parseLong(value) > 0, "value_not_positive_integer");
            case "INTEGER_NEGATIVE" ->
                unless(isInteger(value) && Long.parseLong(value) < 0, "value_not_negative_integer");
            case "INTEGER_ZERO_OR_POSITIVE" ->
                unless(isInteger(value) && Long.parseLong(value) >= 0, "value_not_zero_or_positive_integer");
            case "PERCENTAGE" -> unless(isBetweenZeroAnd(100, value), "value_not_percentage");
            case "UNIT_INTERVAL" -> unless(isBetweenZeroAnd(1, value), "value_not_unit_interval");
            case "BOOLEAN" ->
                unless(value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false"), "value_not_bool");
            case "TRUE_ONLY" -> unless(value.equalsIgnoreCase("true"), "value_not_true_only");
            case "DATE" -> unless(isDateWith(AFTER_DATE, value), "value_not_valid_date");
            case "AGE" -> unless(isDateWith(AFTER_DATE, value), "value_not_valid_age");
            case "DATETIME" -> unless(isDateWith(TIME_OF_DATETIME, value), "value_not_valid_datetime");
            case "TIME" -> unless(TIME.matcher(value).matches(), "value_not_valid_time");
            case "PHONE_NUMBER" -> unless(PHONE.matcher(value).matches(), "value_not_phone_number");
            case "EMAIL" -> unless(EMAIL.matcher(value).matches(), "value_not_valid_email");
            case "URL" -> unless(URL.matcher(value).matches(), "value_not_url");
            case "LETTER" ->
                unless(value.length() == 1 && Character.isLetter(value.charAt(0)), "value_not_valid_letter");
            case "COORDINATE" -> unless(COORDINATE.matcher(value).matches(), "value_not_coordinate");
            default -> null;
        };
    }

    /** Names what the second look at an attribute's value finds, or null: a date must not have a blank in it. */
    static String problemOfAttributeDate(String value) {
        return unless(isDateWith(TIME_OF_ATTRIBUTE_DATE, value), "Cannot parse \"" + value + "\"");
    }

    /** Tells whether a value is of the option set: one code, or for MULTI_TEXT codes joined by commas, each once. */
    static boolean isOption(StandInMetadata.Field field, String value) {
        if (!field.valueType().equals("MULTI_TEXT")) {
            return field.codes().contains(value);
        }
        List<String> chosen = Arrays.asList(value.split(",", -1));
        return field.codes().containsAll(chosen) && new HashSet<>(chosen).size() == chosen.size();
    }

    private static boolean isNumber(String value) {
        return NUMBER.matcher(value).matches();
    }

    private static boolean isInteger(String value) {
        return INTEGER.matcher(value).matches() && Long.parseLong(value) == (int) Long.parseLong(value);
    }

    private static boolean isBetweenZeroAnd(int most, String value) {
        return isNumber(value) && new BigDecimal(value).signum() >= 0
                && new BigDecimal(value).compareTo(BigDecimal.valueOf(most)) <= 0;
    }

    private static boolean isDateWith(Pattern rest, String value) {
        if (value.length() < 10 || !rest.matcher(value.substring(10)).matches()) {
            return false;
        }
        try {
            LocalDate.parse(value.substring(0, 10));
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static String unless(boolean good, String problem) {
        return good ? null : problem;
    }
}
