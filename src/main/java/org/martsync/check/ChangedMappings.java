package org.martsync.check;

import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Has the mappings checked that were edited since they were checked last, and says in the log what is wrong with them. */
public final class ChangedMappings {

    private static final int EVENTS = 500;
    private static final int ROWS = 200;

    private final Clock clock;

    public ChangedMappings(Clock clock) {
        this.clock = clock;
    }

    /** Returns a small check for each row of {@code routes/sql/changed-mappings.sql}. */
    public List<Checkup> checkups(List<Map<String, Object>> rows) {
        return rows.stream().map(row -> new Checkup(clock.instant(), (String) row.get("program_name"), EVENTS, ROWS)).toList();
    }

    /**
     * What a check says of its mapping that a person should do something about, a line each. What it says of other names is left
     * out: those of events may hold anything; and that an edit is refused, which the run says.
     */
    public List<String> lines(Checkup checkup) {
        return checkup.findings().stream().filter(finding -> checkup.mapping().equals(finding.mapping()) && finding.weight() != Code.Weight.NOTE && finding.code() != Code.MAPPING_REFUSED)
                .map(finding -> finding.line() + (finding.events() == 0 || finding.weight() != Code.Weight.HOLDS_BACK ? "" : " Pending events held back: " + finding.events() + ".")).toList();
    }
}
