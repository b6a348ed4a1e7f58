package org.martsync.dhis2;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Writes the queries by which tracked entities are asked for, in the words of a {@link TrackerDialect}.
 *
 * <p>Searches go by tracked entity type and not by program: a search with a program does not find people whose
 * enrolment was refused after they had been stored (recordings 126, 127, 286, 287).
 */
public final class TrackerSearch {

    /** Keeps a request line with its headers under the 8 KiB that DHIS2 takes (recordings 278, 279). */
    private static final int LONGEST_LIST = 5000;

    private static final String FIELDS = "trackedEntity,trackedEntityType,orgUnit,attributes[attribute,value],"
            + "enrollments[enrollment,program,status,orgUnit,enrolledAt,occurredAt";

    private static final String EVENT = "event,enrollment,programStage,status,orgUnit,occurredAt,deleted,dataValues[dataElement,value]";

    private TrackerSearch() {
    }

    /**
     * Writes the queries that read tracked entities by their UIDs.
     *
     * @param withEvents whether their events with their status are wanted too
     */
    public static List<String> byUids(TrackerDialect dialect, Collection<String> uids, boolean withEvents) {
        return cut(List.copyOf(uids)).stream()
                .map(some -> dialect.uids(some) + "&fields=" + fields(withEvents) + "&" + dialect.wholeList())
                .toList();
    }

    /**
     * Writes the queries that read people by their UIDs with everything they have in a program, what was deleted included
     * (recording 214).
     *
     * @param program its UID: without it the attributes that only the program has are not shown (recordings 104, 286); null for
     *     people without an enrolment, who are not found by a program
     */
    public static List<String> everythingOf(TrackerDialect dialect, Collection<String> uids, String program) {
        String fields = "trackedEntity,orgUnit,deleted,attributes[attribute,value],"
                + "enrollments[enrollment,program,status,orgUnit,enrolledAt,occurredAt,deleted,events[" + EVENT + "]]";
        return cut(List.copyOf(uids)).stream()
                .map(some -> dialect.uids(some) + (program == null ? "" : "&program=" + encode(program))
                        + "&includeDeleted=true&fields=" + encode(fields) + "&" + dialect.wholeList())
                .toList();
    }

    /**
     * Writes the queries that read events by their UIDs, deleted ones and those of deleted enrolments included (recordings 209, 215).
     *
     * @param program the UID of theirs, without which 2.43 answers no question for events
     */
    public static List<String> eventsByUids(TrackerDialect dialect, Collection<String> uids, String program) {
        return cut(List.copyOf(uids)).stream()
                .map(some -> dialect.eventUids(some) + "&program=" + encode(program) + "&includeDeleted=true&fields=" + encode(EVENT) + "&" + dialect.wholeList()).toList();
    }

    /**
     * Writes the queries that find people by the values of one or more attributes.
     *
     * <p>All filters are demanded together, so the hits hold every pair of values asked for, and others:
     * they are compared again by the caller, who also must know that DHIS2 ignores case.
     *
     * @param trackedEntityType the UID of the type
     * @param orgUnit UID of the org unit under which is searched; blank for all that the user may see
     * @param people attribute to value, one map a person, all with the same keys
     * @param withEvents whether their events with their status are wanted too
     */
    public static List<String> byValues(TrackerDialect dialect, String trackedEntityType, String orgUnit,
                                        List<Map<String, String>> people, boolean withEvents) {
        String frame = "trackedEntityType=" + encode(trackedEntityType) + "&" + dialect.below(orgUnit) + "&fields=" + fields(withEvents)
                + "&" + dialect.wholeList();
        List<String> queries = new ArrayList<>();
        List<Map<String, String>> together = new ArrayList<>();
        int length = 0;
        for (Map<String, String> person : people) {
            if (person.values().stream().anyMatch(value -> value.contains(";"))) {
                queries.add(frame + filters(dialect, List.of(person)));
                continue;
            }
            int more = length(dialect, person);
            if (length + more > LONGEST_LIST && !together.isEmpty()) {
                queries.add(frame + filters(dialect, together));
                together.clear();
                length = 0;
            }
            together.add(person);
            length += more;
        }
        if (!together.isEmpty()) {
            queries.add(frame + filters(dialect, together));
        }
        return queries;
    }

    private static String fields(boolean withEvents) {
        return encode(FIELDS + (withEvents ? ",events[event,status]]" : "]"));
    }

    /** Whether a person can be searched for by these values at all: a longer request DHIS2 refuses, with all others in it. */
    public static boolean fits(TrackerDialect dialect, Map<String, String> person) {
        return length(dialect, person) <= LONGEST_LIST;
    }

    private static int length(TrackerDialect dialect, Map<String, String> person) {
        return person.values().stream().mapToInt(value -> encode(dialect.escape(value)).length() + 3).sum();
    }

    private static String filters(TrackerDialect dialect, List<Map<String, String>> people) {
        StringBuilder filters = new StringBuilder();
        for (String attribute : people.get(0).keySet()) {
            List<String> values = people.stream().map(person -> dialect.escape(person.get(attribute))).distinct().toList();
            // ';' parts the values of an 'in' and cannot be escaped there; 'eq' takes it (recordings 260, 273, 275)
            String operator = values.size() == 1 ? ":eq:" : ":in:";
            filters.append("&filter=").append(encode(attribute + operator + String.join(";", values)));
        }
        return filters.toString();
    }

    /** Whether a query written here searches by the values of an attribute. */
    public static boolean goesBy(String query, String attribute) {
        return query.contains("&filter=" + attribute + encode(":"));
    }

    private static List<List<String>> cut(List<String> uids) {
        int most = LONGEST_LIST / (ComputedUid.LENGTH + 3);
        List<List<String>> parts = new ArrayList<>();
        for (int from = 0; from < uids.size(); from += most) {
            parts.add(uids.subList(from, Math.min(uids.size(), from + most)));
        }
        return parts;
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
