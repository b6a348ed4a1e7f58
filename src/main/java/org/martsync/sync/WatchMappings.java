package org.martsync.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.martsync.dhis2.CachedProgram;
import org.martsync.event.Mappings;

/** Says what has changed in table {@code mapping} since the last look. */
public final class WatchMappings {

    private final CachedProgram program;
    private Map<String, Object> seen;

    public WatchMappings(CachedProgram program) {
        this.program = program;
    }

    /**
     * What a look found new.
     *
     * @param sentence which mappings were added, changed or removed, by their names
     * @param names    those that were added or changed
     * @param versions what the look saw: name to version
     */
    public record Changes(String sentence, Set<String> names, Map<String, Object> versions) {
    }

    /**
     * Compares with the last look that came to its end; the first one has nothing to compare with.
     *
     * @param rows {@code program_name} and the {@code version} of its row
     * @return null when nothing has changed
     */
    public synchronized Changes changes(List<Map<String, Object>> rows) {
        Map<String, Object> now = versions(rows);
        if (seen == null) {
            seen = now;
        }
        Map<String, Object> before = seen;
        List<String> said = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        now.forEach((name, version) -> {
            if (!Objects.equals(before.get(name), version)) {
                names.add(name);
                said.add(name + (before.containsKey(name) ? " changed" : " added"));
            }
        });
        before.keySet().stream().filter(name -> !now.containsKey(name)).forEach(name -> said.add(name + " removed"));
        return said.isEmpty() ? null : new Changes(String.join(", ", said) + "; what can be used of it counts from the next batch on", names, now);
    }

    /** Name to version of rows with {@code program_name} and {@code version}, in the order of the names. */
    static Map<String, Object> versions(List<Map<String, Object>> rows) {
        Map<String, Object> versions = new TreeMap<>();
        rows.forEach(row -> versions.put((String) row.get("program_name"), row.get("version")));
        return versions;
    }

    /**
     * Returns a sentence for each new mapping that nothing can be sent by, or not as it was edited. The program's metadata is looked into where it is
     * fresh, which it is not before the first run. The changes are seen by this, and not before: with the database away in
     * between the next look finds them again.
     *
     * @param rows of {@code routes/sql/read-mappings.sql}
     */
    public synchronized List<String> unusable(Changes changes, List<Map<String, Object>> rows) {
        boolean known = !program.stale() && program.missing(Mappings.programs(rows)).isEmpty();
        Mappings mappings = Mappings.read(rows, known ? program.programs() : null);
        seen = changes.versions();
        return changes.names().stream().map(mappings::trouble).filter(Objects::nonNull).toList();
    }
}
