package org.martsync.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.martsync.database.JsonValue;
import org.martsync.patient.EnrolmentToSend;
import org.martsync.patient.Patient;

/** Writes what becomes of the events of a batch as JSON lists, each of which one statement of {@code routes/sql/} takes in. */
public final class Outcomes {

    /** The ids of the events that go on to DHIS2. */
    public String open(Batch batch) {
        return JsonValue.write(batch.open().stream().map(PendingEvent::id).toList());
    }

    /** The events that stand in DHIS2, to be marked as synced: id and version. */
    public String marked(Batch batch) {
        return JsonValue.write(batch.stored().stream().map(event -> Map.of("id", event.id(), "version", event.version())).toList());
    }

    /** What is to be kept of the events that stand in DHIS2: event (none where the tracker knows it), encounter, stage, and what the log says of them. */
    public String stored(Batch batch) {
        return JsonValue.write(batch.stored().stream().map(event -> {
            Map<String, Object> row = logged(event);
            String stage = event.mapping().stage();
            row.put("event", event.uid().equals(event.trackedUid(stage)) ? null : event.uid());
            row.put("encounter", event.encounter());
            row.put("stage", stage);
            List<String> notes = new ArrayList<>(event.notes());
            notes.addAll(event.patient().notes());
            row.put("info", String.join(", ", notes));
            return row;
        }).toList());
    }

    /** The rejected events: id, and what the log says of them, the reason as info. */
    public String rejected(List<PendingEvent> events) {
        return JsonValue.write(events.stream().map(event -> {
            Map<String, Object> row = logged(event);
            row.put("info", event.rejection());
            return row;
        }).toList());
    }

    /**
     * The patients that now stand in DHIS2: patient (their number), identifier and enrolment (none where the trackers know them), type (none for the configured
     * program's), instance, enrolments in other programs, hash (or none).
     */
    public String placed(Batch batch) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Patient patient : batch.patients()) {
            if (patient.trackedEntity() == null) {
                continue;
            }
            boolean there = patient.inDhis2() != null || !patient.trackedEntityWaits();
            boolean sent = there && patient.trackedEntity().toSend() && !patient.trackedEntityWaits();
            boolean newPerson = there && !patient.trackedEntity().tracked();
            String enrolment = null;
            Map<String, String> others = new LinkedHashMap<>();
            for (Patient.Enrolling in : patient.enrolling()) {
                EnrolmentToSend decided = patient.enrolment(in.program());
                if (!there || decided == null || decided.tracked() || patient.enrolmentWaits(in.program())) {
                    continue;
                }
                if (in.configured()) {
                    enrolment = decided.uid();
                    patient.formerlyConfigured(in.program()).ifPresent(former -> others.put(former.program(), former.uid()));
                } else {
                    others.put(in.program().id(), decided.uid());
                }
            }
            if (newPerson || enrolment != null || !others.isEmpty() || sent) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("patient", Integer.valueOf(patient.id()));
                row.put("identifier", newPerson ? patient.identifier() : null);
                row.put("type", patient.ofOtherType() ? patient.people().trackedEntityType() : null);
                row.put("instance", patient.trackedEntity().uid());
                row.put("enrolment", enrolment);
                row.put("others", others);
                row.put("hash", sent ? patient.trackedEntity().hash() : null);
                rows.add(row);
            }
        }
        return JsonValue.write(rows);
    }

    private static Map<String, Object> logged(PendingEvent event) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", event.id());
        row.put("mapping", event.mappingName());
        row.put("username", event.username());
        String patient = event.patient() == null || event.patient().identifier() == null
                ? event.patientId() : event.patient().identifier();
        row.put("comments", "Patient Id: " + (patient == null ? "" : patient) + "  Encounter id :"
                + (event.encounterId() == null ? "" : event.encounterId()) + " ");
        return row;
    }
}
