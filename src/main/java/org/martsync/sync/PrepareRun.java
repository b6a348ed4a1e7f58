package org.martsync.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.martsync.dhis2.CachedProgram;
import org.martsync.event.Catalogue;
import org.martsync.event.Mappings;

/** Gives a run what all its batches need. */
public final class PrepareRun {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final CachedProgram program;

    public PrepareRun(CachedProgram program) {
        this.program = program;
    }

    /** Gives the run the mappings, checked against the metadata of their programs. */
    public void takeMappings(Run run, List<Map<String, Object>> rows) {
        run.takeMappings(rows, program.programs().among(Mappings.programs(rows)));
    }

    /** Returns the programs that mappings name beside the configured one and that have to be read: ids divided by commas, or nothing. */
    public String otherPrograms(List<Map<String, Object>> rows) {
        return program.missing(Mappings.programs(rows));
    }

    /** Returns a sentence for each mapping whose last edit is refused. */
    public List<String> refused(Run run) {
        return run.mappings().refusals();
    }

    /**
     * Returns the mappings to keep for the time after an edit that cannot be used.
     *
     * @param rows those that the run took
     * @return a JSON list of {@code name}, {@code mapping_json} and {@code config}
     */
    public String toKeep(Run run, List<Map<String, Object>> rows) throws JsonProcessingException {
        return JSON.writeValueAsString(run.mappings().toKeep(rows).stream().map(row -> {
            Map<String, Object> kept = new HashMap<>();
            kept.put("name", row.get("program_name"));
            kept.put("mapping_json", row.get("mapping_json"));
            kept.put("config", row.get("config"));
            return kept;
        }).toList());
    }

    /**
     * Returns a sentence for each table and column that a mapping names and that cannot be read.
     *
     * @param rows of {@code routes/sql/read-columns.sql} for {@link Run#tables}
     */
    public List<String> missing(Run run, List<Map<String, Object>> rows) {
        return Catalogue.read(rows).missing(run.mappings());
    }

    /** Ends the preparing of a run. */
    public void ready(Run run) {
        run.ready();
    }
}
