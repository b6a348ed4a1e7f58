package org.martsync.page;

import java.time.Instant;
import java.util.Map;

/**
 * What somebody had the program do.
 *
 * @param at when
 * @param who the login
 * @param what in the words of the page; of a search for rejected events only who may see patients gets what was searched for
 * @param event the one event it was about, or null
 * @param outcome what they were told
 * @param again how often it was refused in that hour and when last, or null for once
 */
public record AuditLine(String at, String who, String what, Integer event, String outcome, String again) {

    /** Reads a row of {@code routes/sql/read-audit.sql}. */
    static AuditLine of(Map<String, Object> row, TellTime time) {
        String[] what = String.valueOf(row.get("what")).split(" ", 2);
        boolean one = what.length == 2 && what[1].matches("\\d{1,9}");
        return new AuditLine(time.at(Instant.parse((String) row.get("at"))), (String) row.get("who"), inWords(what),
                one ? Integer.valueOf(what[1]) : null, (String) row.get("outcome"), row.get("last") == null ? null
                        : "So " + row.get("times") + " times, the last at " + time.at(Instant.parse((String) row.get("last"))) + ".");
    }

    private static String inWords(String[] what) {
        return switch (what[0]) {
            case "runNow" -> "Run now";
            case "stopRun" -> "Stop the run";
            case "pause" -> "Pause";
            case "resume" -> "Resume";
            case "retrigger" -> "Try again";
            case "resend" -> "Send again";
            case "retriggerFailed" -> "Try refused events again" + (what.length == 2 ? ": " + what[1] : "");
            case "JMX" -> "In the console" + (what.length == 2 ? ": " + what[1] : "");
            default -> String.join(" ", what);
        };
    }
}
