package org.martsync.sync;

import java.util.List;
import java.util.Map;
import org.martsync.dhis2.CachedProgram;

/** Gives a run what all its batches need. */
public final class PrepareRun {

    private final CachedProgram program;

    public PrepareRun(CachedProgram program) {
        this.program = program;
    }

    /** Gives the run the mappings, checked against the program's metadata. */
    public void takeMappings(Run run, List<Map<String, Object>> rows) {
        run.takeMappings(rows, program.get());
    }

    /** Gives the run the database's catalogue; returns a sentence for each thing that a mapping names in vain. */
    public List<String> takeColumns(Run run, List<Map<String, Object>> rows) {
        return run.takeColumns(rows);
    }

    /** Ends the preparing of a run. */
    public void ready(Run run) {
        run.ready();
    }
}
