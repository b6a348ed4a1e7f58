package org.martsync.rehearse;

import java.util.List;
import java.util.Map;
import org.martsync.event.Batch;
import org.martsync.event.Mappings;
import org.martsync.event.PendingEvent;
import org.martsync.rehearse.Rehearsal.Ending;
import org.martsync.rehearse.Rehearsal.Outcome;
import org.martsync.rehearse.Rehearsal.Tried;

/** Takes a rehearsal from batch to batch; called by {@code routes/rehearse.camel.yaml}. */
public final class Rehearse {

    /**
     * Puts the mapping that is tried in the place of the clinic's of the same name.
     *
     * @param rows of {@code routes/sql/read-mappings.sql}
     * @throws NoSuchMapping when the clinic has none of that name
     */
    public List<Map<String, Object>> mappings(Rehearsal rehearsal, List<Map<String, Object>> rows) {
        if (!rehearsal.mapping().isEmpty() && rows.stream().noneMatch(row -> rehearsal.mapping().equals(row.get("program_name")))) {
            throw new NoSuchMapping(rehearsal.mapping(), rows.stream().map(row -> (String) row.get("program_name")).sorted().toList());
        }
        Tried tried = rehearsal.tried();
        if (tried == null) {
            return rows;
        }
        return rows.stream().map(row -> !rehearsal.mapping().equals(row.get("program_name")) ? row
                : Mappings.tried(row, tried.mappingJson(), tried.config())).toList();
    }

    /**
     * Takes whose events come next.
     *
     * @param last the last of these patients, or null when there are no more
     */
    public void next(Rehearsal rehearsal, String last) {
        if (last == null) {
            rehearsal.through();
        } else {
            rehearsal.behind(last);
        }
    }

    /** Takes what would become of the events of a batch; those of other mappings were only there for their patients' sake. */
    public void take(Rehearsal rehearsal, Batch batch) {
        batch.events().stream()
                .filter(event -> rehearsal.ofEvents().isEmpty() || rehearsal.ofEvents().equals(event.mappingName()))
                .forEach(event -> rehearsal.add(new Outcome(event.id(), event.mappingName(), ending(event),
                        event.rejected() ? event.rejection() : event.waitsFor())));
    }

    private static Ending ending(PendingEvent event) {
        if (event.rejected()) {
            return Ending.REJECTED;
        }
        if (!event.stored()) {
            return Ending.LEFT;
        }
        return event.trackedUid(event.mapping().stage()) == null ? Ending.CREATED : Ending.UPDATED;
    }
}
