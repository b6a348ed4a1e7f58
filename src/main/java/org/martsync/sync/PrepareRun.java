package org.martsync.sync;

import java.util.List;
import java.util.Map;
import org.martsync.dhis2.CachedProgram;
import org.martsync.event.Catalogue;
import org.martsync.event.Mappings;

/** Gives a run what all its batches need. */
public final class PrepareRun {

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
