package org.martsync.sync;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.martsync.database.JsonValue;
import org.martsync.dhis2.CachedProgram;
import org.martsync.event.Catalogue;
import org.martsync.event.Mappings;

/** Gives a run what all its batches need. */
public final class PrepareRun {

    private static final Duration A_DAY = Duration.ofDays(1);

    private final CachedProgram program;
    private final Clock clock;
    /** Sentence to when it was told. */
    private final Map<String, Instant> told = new HashMap<>();

    public PrepareRun(CachedProgram program, Clock clock) {
        this.program = program;
        this.clock = clock;
    }

    /** Gives the run the mappings, checked against the metadata of their programs. */
    public void takeMappings(Run run, List<Map<String, Object>> rows) {
        run.takeMappings(rows, program.programs().among(Mappings.programs(rows)));
    }

    /** Gives a run that is going on the edited mappings, and returns what to say when it took none, else null. */
    public String takeEdited(Run run, List<Map<String, Object>> rows) {
        return run.takeEdited(rows, program.programs().among(Mappings.programs(rows)));
    }

    /** Returns what to say when edited mappings could not be given to a run; {@code rows} of {@code routes/sql/mapping-versions.sql}. */
    public String notTaken(Run run, List<Map<String, Object>> rows, Exception failure) {
        return run.notTaken(rows, failure);
    }

    /** Returns the programs that mappings name beside the configured one and that have to be read: ids divided by commas, or nothing. */
    public String otherPrograms(List<Map<String, Object>> rows) {
        return program.missing(Mappings.programs(rows));
    }

    /**
     * Returns the mappings to keep for the time after an edit that cannot be used; none of a run that has ended, as a check that had to
     * wait comes when a later run may have kept newer ones.
     *
     * @return a JSON list of rows of {@code routes/sql/read-mappings.sql}
     */
    public String toKeep(Run run) {
        return JsonValue.write(run.ended() == null ? run.mappings().toKeep() : List.of());
    }

    /**
     * Returns a sentence for each table and column that a mapping names and that cannot be read.
     *
     * @param rows of {@code routes/sql/read-columns.sql} for {@link Run#tables}
     */
    public List<String> missing(Run run, List<Map<String, Object>> rows) {
        return Catalogue.read(rows).missing(run.mappings());
    }

    /**
     * Returns what a person is to be told of the mappings: that an edit is refused, and what is {@link #missing}. What was told is told
     * again after a day, so that the log of a schedule of every minute is not full of it; what has gone and come back is told at once.
     */
    public synchronized List<String> toTell(Run run, List<String> missing) {
        List<String> sentences = Stream.concat(run.mappings().refusals().stream(), missing.stream()).toList();
        Instant now = clock.instant();
        told.keySet().retainAll(sentences);
        told.values().removeIf(when -> when.plus(A_DAY).isBefore(now) || when.isAfter(now));
        return sentences.stream().filter(sentence -> told.putIfAbsent(sentence, now) == null).toList();
    }

    /** Ends the preparing of a run. */
    public void ready(Run run) {
        run.ready();
    }
}
