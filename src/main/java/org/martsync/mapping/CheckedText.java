package org.martsync.mapping;

import java.util.regex.Pattern;

/**
 * Texts of a fixed shape: what DHIS2 would surely refuse is refused here, with a sentence. Where DHIS2's own rule is not recorded
 * in full the check is the wider one, and DHIS2 has the last word.
 */
final class CheckedText {

    /** Recordings 067, 080: digits, {@code +}, blanks, {@code -}, brackets and {@code ext} pass, other letters do not. */
    private static final Pattern PHONE_SIGNS = Pattern.compile("[0-9+()#./\\s-]*(?:ext[0-9.\\s]*)?");
    private static final int PHONE_DIGITS = 6;

    private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@.]+(?:\\.[^\\s@.]+)+");
    private static final Pattern URL = Pattern.compile("(?:https?|ftp)://[^\\s/]+\\S*", Pattern.CASE_INSENSITIVE);
    private static final Pattern COORDINATE = Pattern.compile("\\[\\s*(-?\\d{1,3}(?:\\.\\d+)?)\\s*,\\s*(-?\\d{1,2}(?:\\.\\d+)?)\\s*]");

    private CheckedText() {
    }

    /** One letter (recording 053). */
    static String letter(String text) {
        String letter = text.strip();
        if (letter.length() != 1 || !Character.isLetter(letter.charAt(0))) {
            throw NotConvertible.because(letter, "value.no-letter");
        }
        return letter;
    }

    /** A phone number of at least 6 digits, as it was typed (recording 067). */
    static String phoneNumber(String text) {
        String number = text.strip();
        if (!PHONE_SIGNS.matcher(number).matches()) {
            throw NotConvertible.because(number, "value.no-phone");
        }
        if (number.chars().filter(c -> c >= '0' && c <= '9').count() < PHONE_DIGITS) {
            throw NotConvertible.because(number, "value.short-phone", PHONE_DIGITS);
        }
        return number;
    }

    /** An e-mail address with a dot in its domain (recording 068). */
    static String email(String text) {
        String address = text.strip();
        if (!EMAIL.matcher(address).matches()) {
            throw NotConvertible.because(address, "value.no-email");
        }
        return address;
    }

    /** A web address with its scheme (recording 069). */
    static String url(String text) {
        String address = text.strip();
        if (!URL.matcher(address).matches()) {
            throw NotConvertible.because(address, "value.no-url");
        }
        return address;
    }

    /** {@code [longitude,latitude]} in degrees, without blanks; without brackets it is refused, for nobody can tell which comes first (recording 071). */
    static String coordinate(String text) {
        var found = COORDINATE.matcher(text.strip());
        if (!found.matches() || Math.abs(Double.parseDouble(found.group(1))) > 180 || Math.abs(Double.parseDouble(found.group(2))) > 90) {
            throw NotConvertible.because(text.strip(), "value.no-coordinate");
        }
        return "[" + found.group(1) + "," + found.group(2) + "]";
    }

    /** A DHIS2 UID: 11 ASCII letters and digits, first a letter (recordings 041, 072). */
    static String uid(String text, String orElse) {
        String uid = text.strip();
        boolean good = uid.length() == 11 && !isDigit(uid.charAt(0));
        for (int i = 0; good && i < 11; i++) {
            char c = uid.charAt(i);
            good = isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }
        if (!good) {
            throw NotConvertible.because(uid, orElse);
        }
        return uid;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
