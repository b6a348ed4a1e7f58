package org.martsync.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.martsync.dhis2.Dhis2Answer;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2Unavailable;
import org.martsync.dhis2.ExplainFault;
import org.martsync.dhis2.ImportReport;
import org.martsync.dhis2.ImportReport.Kind;
import org.martsync.patient.EnrolmentToSend;
import org.martsync.patient.EnrolmentToSend.Send;
import org.martsync.patient.Patient;
import org.martsync.patient.TrackedEntityToSend;
import org.martsync.words.Words;

/**
 * Events that go to DHIS2 in one POST, with what their patients need there.
 *
 * <p>A POST that DHIS2 refuses as a whole is sent once more, then in halves, until the one event that breaks it stands
 * alone. That event is in doubt, since a DHIS2 that is ill refuses everything: it is rejected by name only when DHIS2
 * reports on something else afterwards, at last on its patient without it. Otherwise it was an outage.
 */
public final class Delivery {

    /** So many refused one after the other are worth the question whether DHIS2 takes anything at all. */
    private static final int MANY = 2;

    private record Doubt(Delivery alone, Dhis2Answer answer) {
    }

    private final List<PendingEvent> events;
    private final boolean triedBefore;
    private final List<Doubt> doubts;

    private Delivery(List<PendingEvent> events, boolean triedBefore, List<Doubt> doubts) {
        this.events = events;
        this.triedBefore = triedBefore;
        this.doubts = doubts;
    }

    static Delivery of(List<PendingEvent> events) {
        return new Delivery(events, false, new ArrayList<>());
    }

    public List<PendingEvent> events() {
        return events;
    }

    /** Whether the refused request is worth sending once more as it is: DHIS2 answers 500 also to a passing clash. */
    public boolean again() {
        return !triedBefore;
    }

    /** The same events, for the second and last time as they are. */
    public Delivery retry() {
        return new Delivery(events, true, doubts);
    }

    /** Whether one event of one patient stands alone. */
    public boolean single() {
        return events.stream().map(PendingEvent::uid).distinct().count() == 1;
    }

    /** Cuts between patients, and only within one when it stands alone. */
    public List<Delivery> halves() {
        Map<Patient, List<PendingEvent>> byPatient = events.stream()
                .collect(Collectors.groupingBy(PendingEvent::patient, LinkedHashMap::new, Collectors.toList()));
        List<List<PendingEvent>> parts = byPatient.size() > 1 ? List.copyOf(byPatient.values())
                : List.copyOf(events.stream().collect(Collectors.groupingBy(PendingEvent::uid, LinkedHashMap::new,
                        Collectors.toList())).values());
        int middle = parts.size() / 2;
        return List.of(half(parts.subList(0, middle)), half(parts.subList(middle, parts.size())));
    }

    private Delivery half(List<List<PendingEvent>> parts) {
        List<PendingEvent> half = parts.stream().flatMap(List::stream).toList();
        // in between nothing is sent twice; the one that stands alone gets its second try before it is rejected
        boolean alone = half.stream().map(PendingEvent::uid).distinct().count() == 1;
        return new Delivery(half, !alone, doubts);
    }

    /** Keeps the event that was refused alone in doubt. */
    void doubt(Dhis2Answer answer) {
        doubts.add(new Doubt(this, answer));
    }

    /** Whether an event of the whole delivery was refused alone and DHIS2 has reported on nothing since. */
    public boolean inDoubt() {
        return !doubts.isEmpty();
    }

    /** Whether so many are in doubt that more would be sent in vain, should DHIS2 be ill. */
    public boolean inMuchDoubt() {
        return doubts.size() >= MANY;
    }

    /**
     * The patient of the event in doubt without the event: a POST that a DHIS2 in health takes. A patient of whom nothing
     * is new goes without attributes, which leaves them as they are (recording 151).
     */
    public Map<String, Object> patientAlone() {
        PendingEvent event = doubts.get(doubts.size() - 1).alone().events.get(0);
        Patient patient = event.patient();
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("trackedEntities", List.of(person(event,
                patient.trackedEntityWaits() ? patient.trackedEntity().attributes() : Map.of())));
        payload.put("enrollments", patient.enrolmentWaits(event.program())
                ? List.of(enrolment(event)) : List.of());
        payload.put("events", List.of());
        return payload;
    }

    /**
     * Takes the answer to {@link #patientAlone}.
     *
     * @throws Dhis2Unavailable when it is no report either: then DHIS2 takes nothing, and no event is to blame
     */
    void judge(Dhis2Answer answer) {
        if (!answer.report()) {
            throw new Dhis2Unavailable("DHIS2 answered HTTP " + answer.status() + " to everything it was sent");
        }
        settlePatients(ImportReport.read(answer.body()), List.of(doubts.get(doubts.size() - 1).alone().events.get(0)));
        decide();
    }

    /** DHIS2 reports on what it is sent, so what it refused alone is to blame. */
    private void decide() {
        doubts.forEach(doubt -> doubt.alone().reject(doubt.answer()));
        doubts.clear();
    }

    private void reject(Dhis2Answer answer) {
        events.forEach(event -> event.reject(Words.say("delivery.not-taken", answer.message(), answer.status())));
    }

    /** The body of the POST: three flat lists joined by UIDs, with what is new or changed (recording 007). */
    public Map<String, Object> payload() {
        List<Map<String, Object>> people = new ArrayList<>();
        List<Map<String, Object>> enrolments = new ArrayList<>();
        Map<String, Map<String, Object>> byUid = new LinkedHashMap<>();
        Set<String> seen = new LinkedHashSet<>();
        for (PendingEvent event : events) {
            Patient patient = event.patient();
            if (seen.add(patient.trackedEntity().uid()) && patient.trackedEntityWaits()) {
                people.add(person(event, patient.trackedEntity().attributes()));
            }
            if (seen.add(patient.enrolment(event.program()).uid()) && patient.enrolmentWaits(event.program())) {
                enrolments.add(enrolment(event));
            }
            byUid.put(event.uid(), event.payload());
        }
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("trackedEntities", people);
        payload.put("enrollments", enrolments);
        payload.put("events", List.copyOf(byUid.values()));
        return payload;
    }

    private static Map<String, Object> person(PendingEvent event, Map<String, String> attributes) {
        TrackedEntityToSend person = event.patient().trackedEntity();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trackedEntity", person.uid());
        json.put("trackedEntityType", event.program().trackedEntityType());
        json.put("orgUnit", person.orgUnit());
        json.put("attributes", attributes.entrySet().stream()
                .map(entry -> Map.of("attribute", entry.getKey(), "value", entry.getValue())).toList());
        return json;
    }

    private static Map<String, Object> enrolment(PendingEvent event) {
        Patient patient = event.patient();
        EnrolmentToSend enrolment = patient.enrolment(event.program());
        String firstEvent = String.valueOf(event.payload().get("occurredAt"));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("enrollment", enrolment.uid());
        json.put("trackedEntity", patient.trackedEntity().uid());
        json.put("program", event.program().id());
        json.put("orgUnit", enrolment.orgUnit());
        json.put("enrolledAt", enrolment.enrolledAt() == null ? firstEvent : enrolment.enrolledAt());
        json.put("occurredAt", enrolment.send() == Send.NEW ? firstEvent : enrolment.occurredAt());
        json.put("status", "ACTIVE");
        return json;
    }

    /** Gives every event its outcome: stored only if the report lists it so, else rejected with all that DHIS2 says. */
    public void settle(ImportReport report) {
        for (PendingEvent event : events) {
            Patient patient = event.patient();
            boolean personRefused = patient.trackedEntityWaits()
                    && !report.stored(Kind.TRACKED_ENTITY, patient.trackedEntity().uid());
            boolean enrolmentRefused = patient.enrolmentWaits(event.program())
                    && !report.stored(Kind.ENROLLMENT, patient.enrolment(event.program()).uid());
            List<String> ofPerson = personRefused
                    ? explain(event, report, Kind.TRACKED_ENTITY, patient.trackedEntity().uid()) : List.of();
            List<String> ofEnrolment = enrolmentRefused
                    ? explain(event, report, Kind.ENROLLMENT, patient.enrolment(event.program()).uid()) : List.of();
            if (report.stored(Kind.EVENT, event.uid())) {
                event.store();
                if (!ofPerson.isEmpty()) {
                    event.notes().add(Words.say("delivery.details-not-updated", String.join(", ", ofPerson)));
                }
                continue;
            }
            List<String> reasons = explain(event, report, Kind.EVENT, event.uid());
            if (reasons.isEmpty()) {
                reasons = !ofPerson.isEmpty() ? ofPerson : ofEnrolment;
            }
            event.reject(reasons.isEmpty() ? Words.say("delivery.no-reason") : String.join(", ", reasons));
        }
        settlePatients(report, events);
        decide();
    }

    /**
     * Gives every event the outcome that it would have, from the answer to a POST that only asked ({@code importMode=VALIDATE}):
     * such a report lists what is refused and nothing of the rest (recordings 012-014).
     */
    void rehearse(Dhis2Answer answer) {
        if (!answer.report()) {
            reject(answer);
            return;
        }
        ImportReport report = ImportReport.read(answer.body());
        if (report.storedAny()) {
            throw new Dhis2Refuses("DHIS2 stored what it was only asked about (importMode=VALIDATE). Rehearse no more with this DHIS2.");
        }
        for (PendingEvent event : events) {
            Patient patient = event.patient();
            boolean withoutPerson = patient.inDhis2() == null && report.refused(Kind.TRACKED_ENTITY, patient.trackedEntity().uid());
            boolean withoutEnrolment = patient.enrolmentWaits(event.program()) && report.refused(Kind.ENROLLMENT, patient.enrolment(event.program()).uid());
            if (!withoutPerson && !withoutEnrolment && !report.refused(Kind.EVENT, event.uid())) {
                event.store();
                continue;
            }
            event.reject(Stream.of(explain(event, report, Kind.EVENT, event.uid()), explain(event, report, Kind.TRACKED_ENTITY, patient.trackedEntity().uid()),
                            explain(event, report, Kind.ENROLLMENT, patient.enrolment(event.program()).uid()))
                    .filter(reasons -> !reasons.isEmpty()).findFirst().map(reasons -> String.join(", ", reasons)).orElse(Words.say("delivery.no-reason")));
        }
    }

    private static void settlePatients(ImportReport report, List<PendingEvent> events) {
        for (PendingEvent event : events) {
            Patient patient = event.patient();
            if (report.stored(Kind.TRACKED_ENTITY, patient.trackedEntity().uid())) {
                patient.trackedEntityStored();
            }
            if (report.stored(Kind.ENROLLMENT, patient.enrolment(event.program()).uid())) {
                patient.enrolmentStored(event.program());
            }
        }
    }

    private static List<String> explain(PendingEvent event, ImportReport report, Kind kind, String uid) {
        return report.faults(kind, uid).stream().map(fault -> ExplainFault.of(fault, event.program())).distinct().toList();
    }
}
