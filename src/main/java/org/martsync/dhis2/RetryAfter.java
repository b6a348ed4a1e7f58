package org.martsync.dhis2;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** Reads the header with which a server says how long it wants to be left alone (RFC 9110, 10.2.3). */
public final class RetryAfter {

    private RetryAfter() {
    }

    /**
     * Returns the time from now on; zero where the header is missing, cannot be read or lies in the past.
     *
     * @param header seconds, or a date like {@code Wed, 21 Oct 2026 07:28:00 GMT}; may be null
     */
    public static Duration read(String header, Instant now) {
        String text = header == null ? "" : header.strip();
        if (text.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Duration left = Duration.between(now, Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException unreadable) {
            return Duration.ZERO;
        }
    }
}
