package org.martsync.operate;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.ClinicAssert;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.sync.Runs;

/** A clinic, a DHIS2 and the whole program between them, in the hands of an operator; emptied before each test. */
final class OperatedProgram implements AutoCloseable {

    static final String PROGRAM = "vatFxlZR2lj";
    static final String PATIENT = """
            {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
              "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "birthdate": {"id": "wSp6Q7QDMsk"}}}}""";
    static final String VISIT = """
            {"dhisProgramStageId": {"id": "VtStage0001"}, "formTableMappings": {"visit_form": {"f_text": {"id": "VtElem00001"}}}}""";

    final Clinic clinic = Clinic.installed();
    final Dhis2StandIn dhis2 = Dhis2StandIn.start();
    final RunningProgram program;

    OperatedProgram(String... settings) {
        clinic.formTable("visit_form", "f_text");
        program = RunningProgram.start(clinic, dhis2, PROGRAM, Stream.concat(Stream.of("spring.jmx.enabled=true"), Stream.of(settings))
                .toArray(String[]::new));
    }

    void reset() {
        await().until(() -> !operations().isRunning());
        dhis2.heal();
        dhis2.store().clear();
        clinic.emptied();
        clinic.mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"], \"comparable\": [\"birthdate\"]}");
        clinic.mapping("Visit", VISIT, "{}");
    }

    Operations operations() {
        return program.bean(Operations.class);
    }

    /** Registers patients 1 to {@code count}. */
    void patients(int count) {
        for (int patient = 1; patient <= count; patient++) {
            clinic.patient(patient);
        }
    }

    /** A visit of a registered patient, queued under a mapping's name; returns the event's id. */
    int visit(int patient, String mapping, String text) {
        LocalDateTime when = LocalDateTime.of(2024, 2, 1, 10, 0);
        int encounter = clinic.jdbc().queryForObject("SELECT 1001 + count(*) FROM encounter", Integer.class);
        clinic.encounter(encounter, patient, "ZW", when);
        clinic.form("visit_form", encounter, patient, Map.of("f_text", text), when);
        return clinic.pending(patient, mapping, encounter);
    }

    /** Waits until no run goes on. */
    void atRest() {
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20)).until(() -> program.bean(Runs.class).current() == null);
    }

    ClinicAssert.EventAssert assertEvent(int event) {
        return ClinicAssert.assertThat(clinic).event(event);
    }

    /** The newest row of sync_audit. */
    Map<String, Object> audit() {
        return clinic.jdbc().queryForMap("SELECT who, what, asked, queued, outcome FROM sync_audit ORDER BY id DESC LIMIT 1");
    }

    List<String> audits() {
        return clinic.jdbc().queryForList("SELECT what FROM sync_audit ORDER BY id", String.class);
    }

    @Override
    public void close() {
        program.close();
        dhis2.close();
        clinic.close();
    }
}
