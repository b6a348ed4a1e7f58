package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a DHIS2 server says of itself.
 *
 * @param host its name, with the port where one is set
 * @param version such as {@code 2.42.4.1}; empty where it does not say
 * @param timeZone the zone of the dates it makes itself, such as {@code Etc/UTC}; empty where it does not say
 */
public record ServerInfo(String host, String version, String timeZone) {

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})(?:\\.(\\d{1,4}))?(?:\\.(\\d{1,4}))?.*");

    /** Reads the answer of {@code GET /api/system/info}. */
    public static ServerInfo read(String host, JsonNode answer) {
        return new ServerInfo(host, answer.path("version").asText(""), answer.path("serverTimeZoneId").asText(""));
    }

    /** The line for the log. */
    public String sentence() {
        return "DHIS2 " + (version.isEmpty() ? "(version unknown)" : version) + " at " + host + ", time zone "
                + (timeZone.isEmpty() ? "unknown" : timeZone);
    }

    /** What may not work with this version, in a sentence, or null. */
    public String warning() {
        Integer release = release();
        if (release == null) {
            return "DHIS2 at " + host + " does not tell a version that can be read, and is asked as 2." + TrackerDialect.NEWEST
                    + " is: it may not understand our searches. Try with a copy of it first.";
        }
        if (tooOld()) {
            return "DHIS2 " + version + " is older than 2." + TrackerDialect.OLDEST + ", and nothing is sent to it: it may not understand"
                    + " our searches, and patients who are there already would be made a second time. Update DHIS2.";
        }
        return release <= TrackerDialect.NEWEST ? null : "DHIS2 " + version + " is newer than 2." + TrackerDialect.NEWEST
                + ", the newest this program knows, and is asked as that one is. If runs stop, look for a newer mart-dhis2-sync.";
    }

    /** Whether it is older than every release this program can ask. */
    public boolean tooOld() {
        return release() != null && release() < TrackerDialect.OLDEST;
    }

    /** The release, 42 for {@code 2.42.4} and for a future {@code 42.1}, above all of them for {@code 3.1}; null where it cannot be read. */
    Integer release() {
        Matcher numbers = VERSION.matcher(version);
        if (!numbers.matches()) {
            return null;
        }
        int first = Integer.parseInt(numbers.group(1));
        if (first == 2) {
            return number(numbers, 2);
        }
        return first > 2 && first < TrackerDialect.OLDEST ? Integer.MAX_VALUE : Integer.valueOf(first);
    }

    /** The patch, 4 for {@code 2.42.4} and 1 for a future {@code 42.1}; 0 where none is told. */
    int patch() {
        Matcher numbers = VERSION.matcher(version);
        Integer patch = !numbers.matches() ? null : number(numbers, numbers.group(1).equals("2") ? 3 : 2);
        return patch == null ? 0 : patch;
    }

    private static Integer number(Matcher numbers, int group) {
        return numbers.group(group) == null ? null : Integer.valueOf(numbers.group(group));
    }
}
