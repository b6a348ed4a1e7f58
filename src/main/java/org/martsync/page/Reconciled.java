package org.martsync.page;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of the last comparison with DHIS2, in a sentence.
 *
 * @param found whether something is not as it should be
 */
public record Reconciled(String sentence, boolean found) {

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM yyyy", Locale.ENGLISH);

    /**
     * @param row of {@code routes/sql/page-reconciled.sql} with {@code overdue}, whether two were due since; or null where there is
     *     nothing to tell, then null is returned
     */
    static Reconciled of(Map<String, Object> row, TellTime time) {
        if (row == null) {
            return null;
        }
        boolean overdue = Boolean.TRUE.equals(row.get("overdue"));
        if (row.get("ended_at") == null) {
            return new Reconciled("No comparison with DHIS2 has ended, though two were due. The log says why.", true);
        }
        String events = String.format(Locale.ENGLISH, "%,d events%s", number(row, "events"),
                row.get("since") == null ? "" : " since " + DAY.format(((Date) row.get("since")).toLocalDate()));
        String checked = ", checked " + time.at(((Timestamp) row.get("ended_at")).toInstant()) + ".";
        List<String> found = new ArrayList<>();
        add(found, number(row, "missing"), "missing in DHIS2");
        add(found, number(row, "deleted"), "deleted there");
        add(found, number(row, "changed"), "changed there");
        add(found, number(row, "other"), "otherwise not as it should be");
        String sentence = found.isEmpty() ? "All " + events + " are in DHIS2" + checked
                : "Of " + events + ": " + String.join(", ", found) + checked + " The command reconcile names them.";
        return new Reconciled(sentence + (overdue ? " Two that were due since have not ended. The log says why." : ""), overdue || !found.isEmpty());
    }

    private static void add(List<String> found, long count, String what) {
        if (count > 0) {
            found.add(String.format(Locale.ENGLISH, "%,d %s", count, what));
        }
    }

    private static long number(Map<String, Object> row, String column) {
        return ((Number) row.get(column)).longValue();
    }
}
