package org.martsync.operate;

import java.sql.Timestamp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.martsync.event.Batch;
import org.martsync.event.DeliverBatch;
import org.martsync.event.PendingEvent;

/**
 * Tells everything known of an event. What may hold a patient's data is left out for who may not see patients: ids and
 * identifiers, the payload, and reasons too, since they quote the values that are wrong.
 */
public final class ExplainEvent {

    private final SignedIn signedIn;

    ExplainEvent(SignedIn signedIn) {
        this.signedIn = signedIn;
    }

    /**
     * Returns what is known, under names that say what it is.
     *
     * @param id the event's
     * @param known the row of {@code routes/sql/explain-event.sql}, or null when there is no such event
     * @param answers rows of {@code routes/sql/explain-log.sql}, the newest first
     * @param batch the event as far as its rehearsal came, or null
     * @param obstacle why the rehearsal did not come to its end, or null
     */
    public Map<String, Object> explain(int id, Map<String, Object> known, List<Map<String, Object>> answers, Batch batch, String obstacle) {
        boolean all = signedIn.maySeePatients();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("event", id);
        if (known == null) {
            told.put("problem", "No event has the id " + id + ".");
            return told;
        }
        boolean mapped = Boolean.TRUE.equals(known.get("mapped"));
        // the name in a row that is no mapping's could be anything
        told.put("mapping", mapped || all ? known.get("mapping") : "(unknown)");
        told.put("synced", Boolean.TRUE.equals(known.get("synced")));
        told.put("retryCount", known.get("retry_count"));
        told.put("lastRejectedInRun", known.get("attempted") instanceof Timestamp run ? run.toInstant().toString() : null);
        if (all) {
            told.put("patientId", known.get("patient_id"));
            told.put("encounterId", known.get("encounter_id"));
            told.put("username", known.get("username"));
        }
        putKnown("eventUid", known.get("event_uid"), told);
        putKnown("trackedEntityUid", known.get("tracked_entity"), told);
        putKnown("enrolmentUid", known.get("enrolment"), told);
        if (obstacle != null) {
            told.put("problem", "What would be sent cannot be told: " + obstacle);
        }
        if (batch != null) {
            batch.events().forEach(event -> rehearsed(event, batch, all && obstacle == null, told));
        }
        told.put("answers", answers.stream().map(answer -> answer(answer, all)).toList());
        if (!all) {
            told.put("leftOut", "The patient, the payload and the reasons are told to those with the role patients.");
        }
        return told;
    }

    private static void rehearsed(PendingEvent event, Batch batch, boolean all, Map<String, Object> told) {
        putKnown("eventUid", event.uid(), told);
        if (event.patient() != null && event.patient().trackedEntity() != null) {
            putKnown("trackedEntityUid", event.patient().trackedEntity().uid(), told);
            told.put("patientKnownInDhis2", event.patient().inDhis2() != null);
        }
        if (event.patient() != null && event.program() != null && event.patient().enrolment(event.program()) != null) {
            putKnown("enrolmentUid", event.patient().enrolment(event.program()).uid(), told);
        }
        told.put("wouldBeRejected", event.rejected());
        told.put("wouldWait", event.waitsFor() != null);
        if (all && (event.rejected() || event.waitsFor() != null)) {
            told.put("reason", event.rejected() ? event.rejection() : event.waitsFor());
        }
        if (all && event.open() && event.payload() != null) {
            told.put("payload", new DeliverBatch(1).plan(batch).get(0).payload());
        }
    }

    /** What the rehearsal finds takes the place of what the trackers have, as far as it came. */
    private static void putKnown(String name, Object uid, Map<String, Object> told) {
        if (uid != null && !"".equals(uid)) {
            told.put(name, uid);
        }
    }

    private static Map<String, Object> answer(Map<String, Object> row, boolean all) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("at", String.valueOf(row.get("date_created")));
        answer.put("status", row.get("status"));
        if (all) {
            answer.put("reason", row.get("status_info"));
            answer.put("comments", row.get("comments"));
        }
        return answer;
    }
}
