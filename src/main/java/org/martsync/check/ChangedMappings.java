package org.martsync.check;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Remembers the mappings of the last run, so that those which were edited since are checked before the next. */
public final class ChangedMappings {

    private static final int EVENTS = 500;
    private static final int ROWS = 200;

    private final Clock clock;
    private Map<String, Object> seen;

    public ChangedMappings(Clock clock) {
        this.clock = clock;
    }

    /**
     * Returns a small check for each mapping that is new or was edited since the last call; none at the first.
     *
     * @param rows of {@code routes/sql/read-mappings.sql}, with the {@code version} of each
     */
    public synchronized List<Checkup> checkups(List<Map<String, Object>> rows) {
        Map<String, Object> now = new HashMap<>();
        rows.forEach(row -> now.put((String) row.get("program_name"), row.get("version")));
        Map<String, Object> before = seen == null ? now : seen;
        seen = now;
        return now.keySet().stream().filter(name -> !Objects.equals(now.get(name), before.get(name))).sorted()
                .map(name -> new Checkup(clock.instant(), name, EVENTS, ROWS)).toList();
    }

    /**
     * What a check says of its mapping that a person should do something about, a line each. What it says of other names is left
     * out: those of events may hold anything.
     */
    public List<String> lines(Checkup checkup) {
        return checkup.findings().stream().filter(finding -> checkup.mapping().equals(finding.mapping()) && finding.weight() != Code.Weight.NOTE)
                .map(finding -> finding.line() + (finding.events() == 0 || finding.weight() != Code.Weight.HOLDS_BACK ? "" : " Pending events held back: " + finding.events() + ".")).toList();
    }
}
