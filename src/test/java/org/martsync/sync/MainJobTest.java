package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.ClinicAssert;
import org.martsync.dhis2.Dhis2StandIn;

/** The main job from a pending event to its place in DHIS2, with all routes. */
class MainJobTest {

    private static final String PATIENT = """
            {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
              "uic": {"id": "zRA08XEYiSF", "displayName": "UIC"},
              "patient_identifier": {"id": "GGvUui7Dc3F", "displayName": "Patient identifier"},
              "birthdate": {"id": "wSp6Q7QDMsk", "displayName": "Date of birth"}}}}""";
    private static final String IPV = """
            {"isPatientMapping": false, "dhisProgramStageId": {"id": "TGvGDt6e6OM", "displayName": "IPV"},
             "formTableMappings": {"gbv_form": {"site_type": {"id": "SqX8j4oFNN3", "displayName": "Site type"},
               "asked": {"id": "tadIzybMHE7", "displayName": "Asked"}}}}""";

    private static Clinic clinic;
    private static Dhis2StandIn dhis2;
    private static RunningProgram program;

    @BeforeAll
    static void start() {
        clinic = Clinic.installed();
        dhis2 = Dhis2StandIn.start();
        clinic.mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"], \"comparable\": [\"birthdate\"]}");
        clinic.mapping("IPV", IPV, "{\"searchable\": []}");
        clinic.formTable("gbv_form", "site_type", "asked");
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj");
    }

    @AfterAll
    static void stop() {
        program.close();
        dhis2.close();
        clinic.close();
    }

    @Test
    void anEventOfANewPatientArrivesWithItsPatientAndEnrolment() {
        clinic.patient(1);
        clinic.encounter(10, 1, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        clinic.form("gbv_form", 10, 1, Map.of("site_type", "Static", "asked", "true"), LocalDateTime.of(2024, 2, 1, 0, 0));
        int event = clinic.pending(1, "IPV", 10);

        program.run();

        ClinicAssert.assertThat(clinic).event(event).isSynced();
        assertThat(dhis2.store().events()).hasSize(1);
        assertThat(dhis2.store().enrolments()).hasSize(1);
        assertThat(dhis2.store().trackedEntities()).hasSize(1);
    }
}
