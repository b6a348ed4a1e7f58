package org.martsync.mapping;

import java.util.Locale;

/** Yes and no as the flattener and people write them; DHIS2 takes {@code true} and {@code false} only (recordings 061, 062). */
final class Truth {

    private Truth() {
    }

    /** TRUE or FALSE, or null for anything that does not clearly say one of them. */
    static Boolean of(String text) {
        String word = text.strip();
        if (word.length() > 5) {
            return null;
        }
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "t", "y", "1" -> Boolean.TRUE;
            case "false", "no", "f", "n", "0" -> Boolean.FALSE;
            default -> null;
        };
    }
}
