package org.martsync.event;

import org.martsync.patient.Patient;
import org.martsync.words.Words;

/** Finds what is broken in a row of events_to_sync, before anything is asked or sent for it. */
final class CheckEvent {

    private CheckEvent() {
    }

    /** Returns what is wrong in one sentence and what to do, or null. */
    static String problem(PendingEvent event, Patient patient, Mappings mappings) {
        String patientId = event.patientId();
        if (patientId == null || patientId.isBlank()) {
            return Words.say("event.no-patient");
        }
        if (PendingEvent.number(patientId) == null) {
            return Words.say("event.patient-no-number", patientId);
        }
        if (patient == null || !patient.known()) {
            return Words.say("event.patient-unknown", patientId);
        }
        if (patient.identifier() == null) {
            return Words.say("event.patient-without-identifier", patientId);
        }
        if (patient.namesakes() > 0) {
            return Words.say("event.identifier-shared", patient.identifier(), patient.namesakes() + 1);
        }
        String encounterId = event.encounterId();
        if (encounterId == null || encounterId.isBlank()) {
            return Words.say("event.no-encounter");
        }
        if (event.encounter() == null) {
            return Words.say("event.encounter-no-number", encounterId);
        }
        if (event.otherPatient() != null) {
            return Words.say("event.other-patient", patientId, encounterId, event.otherPatient());
        }
        String name = event.mappingName();
        if (name == null || name.isBlank()) {
            return Words.say("event.no-mapping");
        }
        return mappings.problem(name);
    }
}
