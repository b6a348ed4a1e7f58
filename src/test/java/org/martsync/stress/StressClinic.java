package org.martsync.stress;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;

/**
 * A clinic and a DHIS2 for the {@link Judge} to compare: one form, whose answers DHIS2 takes as they stand.
 *
 * <p>The question {@code f_long} holds the encounter's number on both sides, so that an event is found in DHIS2 with
 * no help of the trackers or the computed UIDs. The other questions are anybody's, empty ones included: {@code f_text}
 * takes any text, {@code f_number} a number, {@code f_yes} true or false, {@code f_date} a day.
 */
final class StressClinic implements AutoCloseable {

    static final String PROGRAM = "vatFxlZR2lj";
    static final String HOME = "ZWNSC-CHITUNGWIZA";
    static final LocalDateTime MORNING = LocalDateTime.of(2024, 3, 5, 9, 30);

    /** Columns of the form and the data elements they fill. */
    static final Map<String, String> ELEMENTS = Map.of("f_text", "VtElem00001", "f_long", "VtElem00002",
            "f_number", "VtElem00004", "f_yes", "VtElem00011", "f_date", "VtElem00013");
    /** Columns of the patient and the attributes they fill. */
    static final Map<String, String> ATTRIBUTES = Map.of("uic", "zRA08XEYiSF", "patient_identifier", "GGvUui7Dc3F",
            "gender", "AteZDFhkI0E", "address1", "Q1rBKb09Goz");

    private static final String STAGE = "VtStage0001";

    final Clinic clinic;
    final Dhis2StandIn dhis2 = Dhis2StandIn.start();
    private int lastEncounter = 1000;

    StressClinic() {
        this(Clinic.installed());
    }

    StressClinic(Clinic clinic) {
        this.clinic = clinic;
        clinic.formTable("visit_form", ELEMENTS.keySet().toArray(String[]::new));
        clinic.orgUnit(HOME, RunningProgram.SITE);
        clinic.mapping("Patient", "{\"isPatientMapping\": true, \"dhisProgramStageId\": {}, \"formTableMappings\": {\"patient\": "
                + json(ATTRIBUTES) + "}}", "{\"searchable\": [\"uic\"], \"comparable\": [\"gender\"]}");
        clinic.mapping("Visit", "{\"isPatientMapping\": false, \"dhisProgramStageId\": {\"id\": \"" + STAGE + "\"}, \"formTableMappings\": "
                + "{\"visit_form\": " + json(ELEMENTS) + "}}", "{\"searchable\": [], \"comparable\": []}");
    }

    private static String json(Map<String, String> ids) {
        StringBuilder json = new StringBuilder("{");
        ids.forEach((column, id) -> json.append(json.length() == 1 ? "" : ", ")
                .append("\"%s\": {\"id\": \"%s\"}".formatted(column, id)));
        return json.append('}').toString();
    }

    /** Registers patients 1 to {@code count}. */
    void patients(int count) {
        for (int patient = 1; patient <= count; patient++) {
            clinic.patient(patient).column("address1", "Street " + patient);
        }
    }

    /** Registers one more patient. */
    synchronized int newPatient() {
        int patient = clinic.jdbc().queryForObject("SELECT coalesce(max(patient_id), 0) + 1 FROM patient", Integer.class);
        clinic.patient(patient).column("address1", "Street " + patient);
        return patient;
    }

    /** An encounter of a registered patient with its form, queued; returns the event's id. Callable from any thread. */
    int visit(int patient, Map<String, ?> answers) {
        int encounter = nextEncounter();
        clinic.encounter(encounter, patient, HOME, MORNING);
        Map<String, Object> row = new HashMap<>(answers);
        row.put("f_long", mark(encounter));
        clinic.form("visit_form", encounter, patient, row, MORNING);
        return clinic.pending(patient, "Visit", encounter);
    }

    /** Edits a visit as the flattener does, in one transaction; a null value clears the field. */
    void edit(int event, Map<String, ?> answers) {
        clinic.edit(event, "visit_form", answers);
    }

    synchronized int nextEncounter() {
        return ++lastEncounter;
    }

    /** What the answer f_long of an encounter must be. */
    static String mark(int encounter) {
        return "encounter " + encounter;
    }

    /** Compares clinic and DHIS2. */
    Judge judge() {
        return Judge.of(clinic, dhis2.store());
    }

    @Override
    public void close() {
        dhis2.close();
        clinic.close();
    }
}
