package org.martsync.page;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Rejected events of one mapping whose reasons are alike.
 *
 * @param mapping its name; empty where the events name none
 * @param reason what the reasons have in common, with … for what differs; empty for who may not see patients
 * @param count how many events there are
 * @param example one of the reasons in full; empty for who may not see patients
 * @param ids the first 1000 events, as a JSON list
 */
public record FailureGroup(String mapping, String reason, long count, String example, String ids) {

    static final int MOST_AT_ONCE = 1000;
    private static final int SHOWN = 10;

    /** Reads a row of {@code routes/sql/page-failures.sql}. */
    static FailureGroup of(Map<String, Object> row) {
        return new FailureGroup((String) row.get("mapping"), (String) row.get("shape"), ((Number) row.get("events")).longValue(),
                (String) row.get("example"), (String) row.get("ids"));
    }

    /** What was asked for, as the audit has it. */
    public String inWords() {
        return "mapping '" + mapping + "' reasons like '" + reason + "' limit " + MOST_AT_ONCE;
    }

    /** The first few events. */
    public List<Integer> first() {
        return Stream.of(ids.substring(1, ids.length() - 1).split(",")).limit(SHOWN).map(String::strip).map(Integer::valueOf).toList();
    }

    public long more() {
        return Math.max(0, count - SHOWN);
    }

    /** The text of the button that tries these again. */
    public String button() {
        return count == 1 ? "Try it again" : count <= MOST_AT_ONCE ? "Try these " + count + " again" : "Try the first " + MOST_AT_ONCE + " again";
    }
}
