package org.martsync.mapping;

import java.math.BigDecimal;
import org.martsync.dhis2.ValueType;

/**
 * Numbers as DHIS2 takes them: plain decimal notation without {@code +}, exponent, leading zeros or a bare point (recordings 054-060).
 * A text that DHIS2 takes stays as it is; no digit is ever lost or made up.
 */
final class NumberText {

    private static final BigDecimal MAX_INTEGER = BigDecimal.valueOf(Integer.MAX_VALUE);
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    /** Longer numbers come from an exponent typed by mistake; a plain number that long would fill memory. */
    private static final int MAX_EXPONENT = 300;

    private NumberText() {
    }

    /** The number as DHIS2 takes it for the type. */
    static String of(String text, ValueType type) {
        String number = text.strip();
        return switch (type) {
            case NUMBER -> plain(number);
            case PERCENTAGE -> between(number, BigDecimal.ZERO, HUNDRED, "value.no-percentage");
            case UNIT_INTERVAL -> between(number, BigDecimal.ZERO, BigDecimal.ONE, "value.no-interval");
            default -> integer(number, type);
        };
    }

    /** Whether two numbers that {@link #of} wrote are the same number. */
    static boolean same(String one, String other) {
        return new BigDecimal(one).compareTo(new BigDecimal(other)) == 0;
    }

    /** The shortest form, without zeros behind the point: {@code 1.0} is {@code 1}. */
    static String shortest(String number) {
        return new BigDecimal(number).stripTrailingZeros().toPlainString();
    }

    private static String plain(String number) {
        return isPlain(number) ? number : parsed(number).toPlainString();
    }

    private static String between(String number, BigDecimal least, BigDecimal most, String orElse) {
        BigDecimal value = parsed(number);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw NotConvertible.because(number, orElse);
        }
        return isPlain(number) ? number : value.toPlainString();
    }

    private static String integer(String number, ValueType type) {
        BigDecimal value = parsed(number);
        if (value.stripTrailingZeros().scale() > 0) {
            throw NotConvertible.because(number, "value.not-whole");
        }
        if (value.abs().compareTo(MAX_INTEGER) > 0) {
            throw NotConvertible.because(number, "value.too-large", MAX_INTEGER);
        }
        int sign = value.signum();
        if (type == ValueType.INTEGER_POSITIVE && sign <= 0) {
            throw NotConvertible.because(number, "value.not-positive");
        }
        if (type == ValueType.INTEGER_NEGATIVE && sign >= 0) {
            throw NotConvertible.because(number, "value.not-negative");
        }
        if (type == ValueType.INTEGER_ZERO_OR_POSITIVE && sign < 0) {
            throw NotConvertible.because(number, "value.below-zero");
        }
        return Integer.toString(value.intValueExact());
    }

    private static BigDecimal parsed(String number) {
        if (!isNumber(number)) {
            throw NotConvertible.because(number, number.indexOf(',') >= 0
                ? "value.comma"
                : "value.no-number");
        }
        try {
            BigDecimal value = new BigDecimal(number);
            if (Math.abs((long) value.scale()) <= MAX_EXPONENT + (long) number.length()) {
                return value;
            }
        } catch (NumberFormatException exponentBeyondAllBounds) {
            // falls through to the sentence
        }
        throw NotConvertible.because(number, "value.beyond");
    }

    /** {@code -?(0|[1-9][0-9]*)([.][0-9]+)?}, but no negative zero: that one DHIS2 refuses as an integer (recording 055). */
    private static boolean isPlain(String number) {
        int at = number.startsWith("-") ? 1 : 0;
        int whole = digits(number, at);
        if (whole == at || (number.charAt(at) == '0' && whole > at + 1)) {
            return false;
        }
        int end = whole;
        if (end < number.length() && number.charAt(end) == '.') {
            end = digits(number, whole + 1);
            if (end == whole + 1) {
                return false;
            }
        }
        return end == number.length() && !(at == 1 && isZero(number));
    }

    private static boolean isZero(String number) {
        for (int i = 0; i < number.length(); i++) {
            if (number.charAt(i) >= '1' && number.charAt(i) <= '9') {
                return false;
            }
        }
        return true;
    }

    /** {@code [+-]?} digits with at most one point, {@code ([eE][+-]?[0-9]+)?}: ASCII digits only, unlike BigDecimal's own parser. */
    private static boolean isNumber(String number) {
        int at = sign(number, 0);
        int whole = digits(number, at);
        int end = whole;
        int count = whole - at;
        if (end < number.length() && number.charAt(end) == '.') {
            end = digits(number, whole + 1);
            count += end - whole - 1;
        }
        if (count == 0) {
            return false;
        }
        if (end < number.length() && (number.charAt(end) == 'e' || number.charAt(end) == 'E')) {
            int exponent = sign(number, end + 1);
            end = digits(number, exponent);
            if (end == exponent) {
                return false;
            }
        }
        return end == number.length();
    }

    private static int sign(String number, int at) {
        return at < number.length() && (number.charAt(at) == '+' || number.charAt(at) == '-') ? at + 1 : at;
    }

    private static int digits(String number, int from) {
        int at = from;
        while (at < number.length() && number.charAt(at) >= '0' && number.charAt(at) <= '9') {
            at++;
        }
        return at;
    }
}
