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

    /** The oldest release that knows the words of our searches, see {@link TrackerSearch}. */
    private static final int OLDEST = 41;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})(?:\\.(\\d{1,4}))?.*");

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
        if (release != null && release >= OLDEST) {
            return null;
        }
        return (release == null ? "DHIS2 at " + host + " does not tell a version that can be read"
                : "DHIS2 " + version + " is older than 2." + OLDEST)
                + ": it may not understand our searches, and patients who are there already would be made a second time."
                + " Update DHIS2, or try with a copy of it first.";
    }

    /** The release, 42 for {@code 2.42.4} and for a future {@code 42.1}; null where it cannot be read. */
    private Integer release() {
        Matcher numbers = VERSION.matcher(version);
        if (!numbers.matches()) {
            return null;
        }
        int first = Integer.parseInt(numbers.group(1));
        if (first != 2) {
            return first;
        }
        return numbers.group(2) == null ? null : Integer.valueOf(numbers.group(2));
    }
}
