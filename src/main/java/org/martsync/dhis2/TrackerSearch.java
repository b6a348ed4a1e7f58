package org.martsync.dhis2;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Writes the queries by which tracked entities are asked for (names of DHIS2 2.41 and newer).
 *
 * <p>Searches go by tracked entity type and not by program: a search with a program does not find people whose
 * enrolment was refused after they had been stored (recordings 126, 127, 286, 287).
 */
public final class TrackerSearch {

    /** Keeps a request line with its headers under the 8 KiB that DHIS2 takes (recordings 278, 279). */
    private static final int LONGEST_LIST = 5000;

    private static final String FIELDS = "trackedEntity,orgUnit,attributes[attribute,value],"
            + "enrollments[enrollment,program,status,orgUnit,enrolledAt,occurredAt";

    private TrackerSearch() {
    }

    /**
     * Writes the queries that read tracked entities by their UIDs.
     *
     * @param withEvents whether their events with their status are wanted too
     */
    public static List<String> byUids(Collection<String> uids, boolean withEvents) {
        return cut(uids.stream().map(TrackerSearch::encode).toList(), ",").stream()
                .map(list -> "trackedEntities=" + list + "&fields=" + fields(withEvents) + "&paging=false")
                .toList();
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
    public static List<String> byValues(String trackedEntityType, String orgUnit, List<Map<String, String>> people,
                                        boolean withEvents) {
        String scope = orgUnit == null || orgUnit.isBlank() ? "&orgUnitMode=ACCESSIBLE"
                : "&orgUnits=" + encode(orgUnit) + "&orgUnitMode=DESCENDANTS";
        String frame = "trackedEntityType=" + encode(trackedEntityType) + scope + "&fields=" + fields(withEvents)
                + "&paging=false";
        List<String> queries = new ArrayList<>();
        List<Map<String, String>> together = new ArrayList<>();
        int length = 0;
        for (Map<String, String> person : people) {
            if (person.values().stream().anyMatch(value -> value.contains(";"))) {
                queries.add(frame + filters(List.of(person)));
                continue;
            }
            int more = length(person);
            if (length + more > LONGEST_LIST && !together.isEmpty()) {
                queries.add(frame + filters(together));
                together.clear();
                length = 0;
            }
            together.add(person);
            length += more;
        }
        if (!together.isEmpty()) {
            queries.add(frame + filters(together));
        }
        return queries;
    }

    private static String fields(boolean withEvents) {
        return encode(FIELDS + (withEvents ? ",events[event,status]]" : "]"));
    }

    /** Whether a person can be searched for by these values at all: a longer request DHIS2 refuses, with all others in it. */
    public static boolean fits(Map<String, String> person) {
        return length(person) <= LONGEST_LIST;
    }

    private static int length(Map<String, String> person) {
        return person.values().stream().mapToInt(value -> encode(escape(value)).length() + 3).sum();
    }

    private static String filters(List<Map<String, String>> people) {
        StringBuilder filters = new StringBuilder();
        for (String attribute : people.get(0).keySet()) {
            List<String> values = people.stream().map(person -> escape(person.get(attribute))).distinct().toList();
            // ';' parts the values of an 'in' and cannot be escaped there; 'eq' takes it (recordings 260, 273, 275)
            String operator = values.size() == 1 ? ":eq:" : ":in:";
            filters.append("&filter=").append(encode(attribute + operator + String.join(";", values)));
        }
        return filters.toString();
    }

    /** Escapes what parts a filter's parts (recordings 259, 261, 262, 271, 272, 274). */
    private static String escape(String value) {
        return value.replace("/", "//").replace(",", "/,").replace(":", "/:");
    }

    private static List<String> cut(List<String> items, String separator) {
        List<String> lists = new ArrayList<>();
        StringBuilder list = new StringBuilder();
        for (String item : items) {
            if (list.length() + item.length() > LONGEST_LIST) {
                lists.add(list.toString());
                list.setLength(0);
            }
            list.append(list.isEmpty() ? "" : separator).append(item);
        }
        if (!list.isEmpty()) {
            lists.add(list.toString());
        }
        return lists;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
