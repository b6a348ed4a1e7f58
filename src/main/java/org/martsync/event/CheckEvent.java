package org.martsync.event;

import org.martsync.patient.Patient;

/** Finds what is broken in a row of events_to_sync, before anything is asked or sent for it. */
final class CheckEvent {

    private CheckEvent() {
    }

    /** Returns what is wrong in one sentence and what to do, or null. */
    static String problem(PendingEvent event, Patient patient, Mappings mappings) {
        String patientId = event.patientId();
        if (patientId == null || patientId.isBlank()) {
            return "The event names no patient (patient_id is empty). Save the encounter again in the clinic.";
        }
        if (PendingEvent.number(patientId) == null) {
            return "patient_id '" + patientId + "' is not a number. Save the encounter again in the clinic.";
        }
        if (patient == null || !patient.known()) {
            return "Patient " + patientId + " is unknown: table patient has no such patient_id. Save the patient again in the clinic.";
        }
        if (patient.identifier() == null) {
            return "Patient " + patientId + " has no patient identifier. Give the patient one in the clinic.";
        }
        if (patient.namesakes() > 0) {
            return "Patient identifier " + patient.identifier() + " belongs to " + (patient.namesakes() + 1)
                    + " patients of this clinic. Correct it, so that each has their own.";
        }
        String encounterId = event.encounterId();
        if (encounterId == null || encounterId.isBlank()) {
            return "The event names no encounter (encounter_id is empty). Save the encounter again in the clinic.";
        }
        if (event.encounter() == null) {
            return "encounter_id '" + encounterId + "' is not a number. Save the encounter again in the clinic.";
        }
        if (event.otherPatient() != null) {
            return "The event is of patient " + patientId + ", but encounter " + encounterId + " is of patient "
                    + event.otherPatient() + " in table encounter. Save the encounter again in the clinic under the patient"
                    + " whose it is; if it was moved from one patient to the other, give up on this event.";
        }
        String name = event.mappingName();
        if (name == null || name.isBlank()) {
            return "The event names no mapping (program_id is empty). Save the encounter again in the clinic.";
        }
        return mappings.problem(name);
    }
}
