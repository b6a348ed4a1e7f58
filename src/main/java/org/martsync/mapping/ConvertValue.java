package org.martsync.mapping;

import java.math.BigDecimal;
import org.martsync.dhis2.Option;
import org.martsync.dhis2.OptionSet;
import org.martsync.dhis2.ValueType;

/**
 * Writes a value of the analytics database as DHIS2 takes it, or says why that cannot be. Free text goes through untouched, byte for
 * byte; everything else comes out in the one form that DHIS2 takes both as a data value and as an attribute
 * (dhis2-tracker-api.md, "Values"; recordings 051-074, 080).
 */
public final class ConvertValue {

    /** Recordings 051, 052, 342; DHIS2 counts as Java does. */
    private static final int LONGEST_DATA_VALUE = 50_000;
    /** Recording 080 (E1077). */
    private static final int LONGEST_ATTRIBUTE = 1_200;

    private final int longest;

    private ConvertValue(int longest) {
        this.longest = longest;
    }

    /** For the data values of an event: up to 50000 characters. */
    public static ConvertValue forDataElements() {
        return new ConvertValue(LONGEST_DATA_VALUE);
    }

    /** For the attributes of a tracked entity: up to 1200 characters. */
    public static ConvertValue forAttributes() {
        return new ConvertValue(LONGEST_ATTRIBUTE);
    }

    /** Whether there is nothing in it: null, {@code ""} or blanks only, which DHIS2 takes for nothing too (recordings 342, 343). */
    public static boolean isEmpty(Object value) {
        return value == null || (value instanceof String text && text.isBlank());
    }

    /**
     * The value as DHIS2 takes it; {@code ""} for an empty one, and for a {@code false} of type TRUE_ONLY.
     *
     * @param value text as the flattener writes it, or a number, boolean, {@link java.sql.Timestamp} or {@code java.time} object
     * @param options the option set to choose from, or null
     * @throws NotConvertible when DHIS2 would refuse the value
     */
    public String convert(Object value, ValueType type, OptionSet options) {
        if (isEmpty(value)) {
            return "";
        }
        String text = text(value);
        refuseUnwritable(text);
        return notTooLong(options == null ? typed(text, type) : chosen(text, type, options));
    }

    String notTooLong(String converted) {
        if (converted.length() > longest) {
            throw NotConvertible.because(converted, "value.too-long", converted.length(), longest);
        }
        return converted;
    }

    /** The value as text, before any conversion. */
    static String text(Object value) {
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number) ? new BigDecimal(value.toString()).toPlainString() : value.toString();
        }
        return value instanceof BigDecimal number ? number.toPlainString() : DateText.of(value);
    }

    private static String typed(String text, ValueType type) {
        return switch (type) {
            case BOOLEAN -> truth(text) ? "true" : "false";
            case TRUE_ONLY -> truth(text) ? "true" : "";
            case NUMBER, INTEGER, INTEGER_POSITIVE, INTEGER_NEGATIVE, INTEGER_ZERO_OR_POSITIVE, PERCENTAGE, UNIT_INTERVAL ->
                NumberText.of(text, type);
            case DATE -> DateText.date(text);
            case AGE -> age(text);
            case DATETIME -> DateText.dateTime(text);
            case TIME -> DateText.time(text);
            case LETTER -> CheckedText.letter(text);
            case PHONE_NUMBER -> CheckedText.phoneNumber(text);
            case EMAIL -> CheckedText.email(text);
            case URL -> CheckedText.url(text);
            case COORDINATE -> CheckedText.coordinate(text);
            case ORGANISATION_UNIT -> CheckedText.uid(text, "value.no-org-unit");
            case TRACKER_ASSOCIATE -> CheckedText.uid(text, "value.no-tracked-entity");
            case FILE_RESOURCE, IMAGE -> CheckedText.uid(text, "value.no-file");
            case TEXT, LONG_TEXT, MULTI_TEXT, USERNAME, GEOJSON, REFERENCE, OTHER -> text;
        };
    }

    /** A date of birth; the one frequent mistake, a number of years, gets its own sentence (recording 066). */
    private static String age(String text) {
        String age = text.strip();
        if (age.length() <= 3 && age.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw NotConvertible.because(age, "value.years");
        }
        return DateText.date(age);
    }

    private static boolean truth(String text) {
        Boolean truth = Truth.of(text);
        if (truth == null) {
            throw NotConvertible.because(text.strip(), "value.no-truth");
        }
        return truth;
    }

    /**
     * The code of the option that the text names. An option set on a number, a date or a yes-no has its codes in that type's form
     * while the flattener writes {@code 1.0} or {@code Yes}, so the typed form is looked up too.
     */
    private static String chosen(String text, ValueType type, OptionSet options) {
        if (type == ValueType.MULTI_TEXT) {
            return ChooseOption.joined(ChooseOption.several(text, options), options);
        }
        Option option = ChooseOption.find(text, options);
        if (option == null && (type.isNumber() || type.isTruth() || type == ValueType.DATE || type == ValueType.DATETIME
            || type == ValueType.TIME || type == ValueType.AGE)) {
            option = typedOption(text, type, options);
            if (option == null && type == ValueType.TRUE_ONLY && Boolean.FALSE.equals(Truth.of(text))) {
                return "";
            }
        }
        return option != null ? option.code() : ChooseOption.one(text, options).code();
    }

    private static Option typedOption(String text, ValueType type, OptionSet options) {
        String typed;
        try {
            typed = typed(text, type);
        } catch (NotConvertible notEvenOfTheType) {
            // The sentence that lists the options helps more.
            return null;
        }
        Option option = ChooseOption.find(typed, options);
        if (option == null && type.isNumber()) {
            option = ChooseOption.find(NumberText.shortest(typed), options);
        }
        return option;
    }

    /**
     * A NUL character makes DHIS2 fail the whole request, good neighbours included (recordings 337-339); half a character (an
     * unpaired surrogate) is stored as {@code ?} (recording 340), a wrong value.
     */
    private static void refuseUnwritable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\0') {
                throw NotConvertible.because(text, "value.nul");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw NotConvertible.because(text.substring(0, i) + "?" + text.substring(i + 1), "value.broken");
                }
                i++;
            }
        }
    }
}
