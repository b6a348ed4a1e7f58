package org.martsync.operate;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;

/**
 * Which of the rejected events are meant.
 *
 * @param mapping name of their mapping; empty for all
 * @param since when they were tried last at the earliest, {@code yyyy-MM-dd} or {@code yyyy-MM-ddTHH:mm}, in the time of
 *     table log; empty for ever
 * @param reasonContains a part of the reason, in capital or small letters; empty for any
 * @param limit how many at most, 1 to {@value #MOST}
 */
public record FailedEvents(
        @Schema(description = "name of their mapping; empty for all") String mapping,
        @Schema(description = "when they were tried last at the earliest, 2026-01-31 or 2026-01-31T08:00; empty for ever") String since,
        @Schema(description = "a part of the reason, in capital or small letters; empty for any") String reasonContains,
        @Schema(description = "how many at most, 1 to " + FailedEvents.MOST, minimum = "1", maximum = "" + FailedEvents.MOST) int limit) {

    /** The locks of so many patients fit into PostgreSQL's table of locks beside those of the batches. */
    static final int MOST = 1000;

    /** @throws IllegalArgumentException with a sentence that says what is wrong */
    public FailedEvents {
        mapping = mapping == null ? "" : mapping;
        since = since == null ? "" : time(since.strip());
        reasonContains = reasonContains == null ? "" : reasonContains;
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit is " + limit + ", but must be from 1 to " + MOST
                    + ". To try all again, begin a run (runNow).");
        }
    }

    private static String time(String text) {
        try {
            return text.isEmpty() ? "" : text.contains("T") ? LocalDateTime.parse(text).toString() : LocalDate.parse(text).toString();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("since is no time like 2026-01-31 or 2026-01-31T08:00.", e);
        }
    }

    /** What was asked for, as the audit has it. */
    public String inWords() {
        return "mapping '" + mapping + "' since '" + since + "' reasonContains '" + reasonContains + "' limit " + limit;
    }
}
