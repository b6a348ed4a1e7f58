package org.martsync.mapping;

import org.martsync.words.Words;

/**
 * A value that DHIS2 would refuse. The message says of the value what is wrong, without a full stop, ready to stand behind a name:
 * {@code 'abc' is not a number}.
 */
public class NotConvertible extends RuntimeException {

    private static final int SHOWN = 60;

    NotConvertible(String message) {
        // Data, not a fault of the program: nobody reads the stack, so none is taken.
        super(message, null, false, false);
    }

    /**
     * {@code '<value>' <what is wrong>}, a long value cut to its beginning.
     *
     * @param whatIsWrong the name of the {@link Words} that follow the value
     */
    static NotConvertible because(String value, String whatIsWrong, Object... filledIn) {
        return new NotConvertible(shown(value) + " " + Words.say(whatIsWrong, filledIn));
    }

    /**
     * The value in quotes as messages show it: cut when long, never inside a character, and without NUL, which the log's table could
     * not hold.
     */
    static String shown(String value) {
        String start = value;
        if (value.length() > SHOWN) {
            start = value.substring(0, Character.isHighSurrogate(value.charAt(SHOWN - 1)) ? SHOWN - 1 : SHOWN) + "…";
        }
        return "'" + start.replace('\0', '␀') + "'";
    }
}
