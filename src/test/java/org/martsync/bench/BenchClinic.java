package org.martsync.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.martsync.clinic.Clinic;
import org.martsync.demo.DemoProgram;
import org.martsync.dhis2.Dhis2StandIn;

/**
 * Fills a clinic with any number of good events by SQL: patients with five encounters each, three mappings, forms of
 * some thirty columns.
 */
final class BenchClinic {

    /** Events that each patient has. */
    static final int EVENTS_A_PATIENT = 5;

    /** Encounters of {@link #visit} have this number or a higher one. */
    static final int FIRST_VISIT = 1_000_000_000;

    private static final String PATIENT = """
            {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
              "uic": {"id": "%s", "displayName": "UIC"},
              "patient_identifier": {"id": "%s", "displayName": "Patient identifier"},
              "gender": {"id": "%s", "displayName": "Gender"},
              "birthdate": {"id": "%s", "displayName": "Date of birth"}}}}"""
            .formatted(DemoProgram.UIC, DemoProgram.PATIENT_IDENTIFIER, DemoProgram.GENDER, DemoProgram.DATE_OF_BIRTH);

    private BenchClinic() {
    }

    /** Starts the DHIS2 stand-in that belongs to it. */
    static Dhis2StandIn dhis2() {
        ObjectMapper json = new ObjectMapper();
        try {
            return Dhis2StandIn.start(json.readTree(DemoProgram.metadata()), json.readTree(DemoProgram.orgUnits()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the demo's program is JSON", e);
        }
    }

    /** Prepares mappings and form tables in an installed clinic. */
    static Clinic prepared() {
        Clinic clinic = Clinic.installed();
        clinic.mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"], \"comparable\": [\"gender\", \"birthdate\"]}");
        clinic.mapping("Screening", stage(DemoProgram.SCREENING, "bench_screening", """
                "consent": {"id": "DmScConse01"}, "temperature": {"id": "DmScTempe01"}, "notes": {"id": "DmScNotes01"},
                "last_test": {"id": "DmScLastT01"}, "visit": {"id": "DmScVisit01"}, "cough": {"id": "DmScCough01"}"""), "{}");
        clinic.mapping("Counselling", stage(DemoProgram.COUNSELLING, "bench_counselling", """
                "topic": {"id": "DmCoTopic01"}, "minutes": {"id": "DmCoMinut01"}, "notes": {"id": "DmCoNotes01"}"""), "{}");
        clinic.formTable("bench_screening", "consent", "temperature", "notes", "last_test", "visit", "cough");
        clinic.formTable("bench_counselling", "topic", "minutes", "notes");
        clinic.jdbc().execute("INSERT INTO orgunit_tracker (orgunit, id) VALUES ('" + DemoProgram.SITE_CODE + "', '" + DemoProgram.SITE + "')");
        return clinic;
    }

    private static String stage(String stage, String table, String columns) {
        return """
                {"isPatientMapping": false, "dhisProgramStageId": {"id": "%s"}, "formTableMappings": {"%s": {%s}}}"""
                .formatted(stage, table, columns);
    }

    /** Adds patients and their pending events, so that there are {@code events} in all more than before. */
    static void add(Clinic clinic, int events) {
        int patients = events / EVENTS_A_PATIENT;
        Integer first = clinic.jdbc().queryForObject("SELECT coalesce(max(patient_id), 0) + 1 FROM patient", Integer.class);
        clinic.jdbc().update("""
                INSERT INTO patient (patient_id, patient_identifier, gender, birthdate, date_created, given_name, family_name, uic)
                SELECT i, 'B-' || i, CASE WHEN i %% 2 = 0 THEN 'Female' ELSE 'Male' END, '1990-01-01'::timestamp + (i %% 9000) * interval '1 day',
                       '2024-01-08', 'Bench', 'Test', 'BENCH-' || lpad(i::text, 8, '0')
                FROM generate_series(?, ?) i""".replace("%%", "%"), first, first + patients - 1);
        clinic.jdbc().update("""
                INSERT INTO encounter (encounter_id, uuid, patient_id, encounter_date_created, location_name, org_unit)
                SELECT (p - 1) * 5 + n, gen_random_uuid()::text, p, '2024-03-01'::timestamp + n * interval '1 day', 'Bench', ?
                FROM generate_series(?, ?) p, generate_series(1, 5) n""", DemoProgram.SITE_CODE, first, first + patients - 1);
        clinic.jdbc().update("""
                INSERT INTO bench_screening (consent, temperature, notes, last_test, visit, cough, encounter_id, patient_id, date_created, instance_id)
                SELECT 'true', '36.' || n, 'Note ' || p || ', "quoted" / ü ' || n, '2023-11-30', 'First visit', 'false',
                       (p - 1) * 5 + n, p, '2024-03-01'::timestamp + n * interval '1 day', 1
                FROM generate_series(?, ?) p, generate_series(1, 3) n""", first, first + patients - 1);
        clinic.jdbc().update("""
                INSERT INTO bench_counselling (topic, minutes, notes, encounter_id, patient_id, date_created, instance_id)
                SELECT 'Prevention', '15', 'Talk ' || p || '-' || n, (p - 1) * 5 + n, p, '2024-03-01'::timestamp + n * interval '1 day', 1
                FROM generate_series(?, ?) p, generate_series(4, 5) n""", first, first + patients - 1);
        clinic.jdbc().update("""
                INSERT INTO events_to_sync (patient_id, program_id, encounter_id, synced)
                SELECT p::text, CASE WHEN n <= 3 THEN 'Screening' ELSE 'Counselling' END, ((p - 1) * 5 + n)::text, false
                FROM generate_series(?, ?) p, generate_series(1, 5) n
                ORDER BY p.p, n.n""", first, first + patients - 1);
        clinic.jdbc().execute("ANALYZE");
    }

    /** Adds a pending event of a patient who is there, with its encounter and its form, at one go. */
    static void visit(Clinic clinic, int patient, int encounter) {
        clinic.jdbc().update("""
                WITH seen AS (
                  INSERT INTO encounter (encounter_id, uuid, patient_id, encounter_date_created, location_name, org_unit)
                  VALUES (?, gen_random_uuid()::text, ?, '2024-04-01', 'Bench', ?)
                ), filled AS (
                  INSERT INTO bench_screening (consent, temperature, notes, last_test, visit, cough, encounter_id, patient_id, date_created, instance_id)
                  VALUES ('true', '36.6', 'A visit', '2023-11-30', 'First visit', 'false', ?, ?, '2024-04-01', 1)
                )
                INSERT INTO events_to_sync (patient_id, program_id, encounter_id, synced) VALUES (?::text, 'Screening', ?::text, false)""",
                encounter, patient, DemoProgram.SITE_CODE, encounter, patient, patient, encounter);
    }
}
