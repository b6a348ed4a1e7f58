package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.chain.WholeChain.MORNING;
import static org.martsync.chain.WholeChain.PROGRAM;
import static org.martsync.chain.WholeChain.VISIT;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.RunningProgram;
import org.martsync.dhis2.TrackerStore.Enrolment;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.reconcile.Reconciliation;

/** A site where dhis2.program is changed after events have gone to another program. */
class ChangedProgramTest {

    private static final String TB = "TbProgram01";
    private static final String TB_STAGE = "TbStage0001";
    private static final String TB_MAPPING = """
            {"dhisProgramStageId": "TbStage0001", "formTableMappings": {"tb_form": {"t_cough": "TbElem00001"}}}""";

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with();
    /** The same site, with dhis2.program changed. */
    private static RunningProgram changed;

    @BeforeAll
    static void start() {
        chain.clinic.formTable("tb_form", "t_cough");
        chain.dhis2.add("""
                {"id": "TbProgram01", "displayName": "TB", "programType": "WITH_REGISTRATION", "trackedEntityType": {"id": "XV3kldsZq0H"}, "onlyEnrollOnce": false,
                 "programTrackedEntityAttributes": [
                   {"mandatory": true, "searchable": true, "trackedEntityAttribute": {"id": "zRA08XEYiSF", "displayName": "UIC", "valueType": "TEXT"}},
                   {"mandatory": false, "searchable": true, "trackedEntityAttribute": {"id": "GGvUui7Dc3F", "displayName": "Identifier", "valueType": "TEXT"}}],
                 "programStages": [{"id": "TbStage0001", "displayName": "Cough", "repeatable": true, "programStageDataElements": [
                   {"compulsory": false, "dataElement": {"id": "TbElem00001", "displayName": "Cough", "valueType": "TEXT"}}]}]}""");
        changed = RunningProgram.start(chain.clinic, chain.dhis2, TB);
        for (int tick = 0; tick < 30; tick++) {
            changed.run();
        }
    }

    @AfterAll
    static void stop() {
        changed.close();
    }

    @BeforeEach
    void aPatientAndAMappingToTheOtherProgram() {
        chain.clinic.mapping("Patient", """
                {"isPatientMapping": true, "formTableMappings": {"patient": {"uic": "zRA08XEYiSF", "patient_identifier": "GGvUui7Dc3F"}}}""", "{\"searchable\": [\"uic\"]}");
        chain.clinic.mapping("TB", TB_MAPPING, "{}");
        chain.patients(1);
    }

    private static int cough() {
        int encounter = chain.encounter(1);
        chain.clinic.form("tb_form", encounter, 1, Map.of("t_cough", "dry"), MORNING);
        return chain.clinic.pending(1, "TB", encounter);
    }

    /** Patient 1 as the program before this one left them: enrolled under a UID of its own, and long since completed. */
    private static void takenOver() {
        chain.inDhis2("OldPerson01", "OldEnrol001", LocalDate.of(2020, 1, 1), Map.of(WholeChain.UIC, "UIC-000001"));
        chain.dhis2.store().completeEnrolment("OldEnrol001");
        chain.clinic.tracked("P-000001", "OldPerson01");
        chain.clinic.jdbc().update("INSERT INTO enrolment_tracker VALUES ('OldPerson01', 'OldEnrol001')");
    }

    private static Enrolment enrolmentOf(int event, String stage) {
        return chain.dhis2.store().enrolment(chain.stored(event, stage).enrolment()).orElseThrow();
    }

    private static List<String> enrolledIn() {
        return chain.dhis2.store().enrolments().stream().map(Enrolment::program).toList();
    }

    private static List<String> tracked(String sql) {
        return chain.clinic.jdbc().queryForList(sql, String.class);
    }

    @Test
    void eventsOfTheNewProgramGoToAnEnrolmentOfItsOwnAndTheOldOneIsKept() {
        takenOver();
        int visit = chain.visit(1, "before");
        chain.program.run();
        assertThat(enrolmentOf(visit, VISIT).uid()).isEqualTo("OldEnrol001");

        int cough = cough();
        changed.run();

        assertThat(enrolmentOf(cough, TB_STAGE).program()).isEqualTo(TB);
        assertThat(chain.personOf(visit).uid()).isEqualTo("OldPerson01");
        assertThat(chain.dhis2.store().trackedEntities()).hasSize(1);
        assertThat(tracked("SELECT enrolment_id FROM enrolment_tracker")).containsExactly(enrolmentOf(cough, TB_STAGE).uid());
        assertThat(tracked("SELECT program || ' ' || enrolment_id FROM sync_enrolment")).containsExactly(PROGRAM + " OldEnrol001");
    }

    @Test
    void eventsOfTheOldProgramWaitUntilSomebodySaysWhereTheyGo() {
        takenOver();
        int visit = chain.visit(1, "before");
        chain.program.run();
        Event before = chain.stored(visit);
        chain.clinic.edit(visit);
        changed.run();

        chain.assertEvent(visit).isRejectedBecause("which the program TB (TbProgram01) does not have").isRejectedBecause("name its program in the config");
        assertThat(chain.dhis2.store().event(before.uid()).orElseThrow().writes()).isEqualTo(before.writes());

        chain.clinic.mapping("Visit", WholeChain.VISIT_MAPPING, "{\"program\": \"" + PROGRAM + "\"}");
        int later = chain.visit(1, "after");
        int cough = cough();
        changed.run();

        assertThat(chain.stored(visit).uid()).isEqualTo(before.uid());
        assertThat(List.of(enrolmentOf(visit, VISIT).uid(), enrolmentOf(later, VISIT).uid())).as("completed, and still theirs").containsOnly("OldEnrol001");
        assertThat(enrolledIn()).containsExactlyInAnyOrder(PROGRAM, TB);
        assertThat(chain.clinic.event(cough).synced()).isTrue();
        assertThat(foundByReconcile(changed)).isEmpty();
    }

    @Test
    void changedBackItGoesOnWithTheEnrolmentOfBefore() {
        takenOver();
        chain.visit(1, "before");
        chain.program.run();
        int cough = cough();
        changed.run();
        chain.clinic.mapping("TB", TB_MAPPING, "{\"program\": \"" + TB + "\"}");
        int visit = chain.visit(1, "after");
        int second = cough();

        chain.program.run();

        assertThat(enrolmentOf(visit, VISIT).uid()).isEqualTo("OldEnrol001");
        assertThat(enrolmentOf(second, TB_STAGE)).isEqualTo(enrolmentOf(cough, TB_STAGE));
        assertThat(enrolledIn()).containsExactlyInAnyOrder(PROGRAM, TB);
        assertThat(tracked("SELECT enrolment_id FROM enrolment_tracker")).containsExactly("OldEnrol001");
        assertThat(foundByReconcile(chain.program)).isEmpty();
    }

    @Test
    void anEnrolmentThatIsAnotherProgramsIsNotMissedInThisOne() {
        takenOver();
        int visit = chain.visit(1, "before");
        chain.program.run();
        chain.dhis2.store().put(new Enrolment("Elsewhere01", "OldPerson01", TB, RunningProgram.SITE, MORNING));
        cough();

        assertThat(foundByReconcile(changed)).containsExactly("event not_compared " + visit);
    }

    @Test
    void anEnrolmentDeletedAfterTheChangeIsFollowedByAnother() {
        int visit = chain.visit(1, "before");
        chain.program.run();
        int cough = cough();
        changed.run();
        String deleted = enrolmentOf(visit, VISIT).uid();
        chain.dhis2.store().deleteEnrolment(deleted);
        chain.clinic.mapping("TB", TB_MAPPING, "{\"program\": \"" + TB + "\"}");
        int later = chain.visit(1, "after");

        chain.program.run();

        assertThat(enrolmentOf(later, VISIT).uid()).as("DHIS2 takes no UID back").isNotEqualTo(deleted);
        assertThat(enrolmentOf(cough, TB_STAGE).deleted()).isFalse();
    }

    private static List<String> foundByReconcile(RunningProgram program) {
        program.bean(ProducerTemplate.class).requestBody("direct:reconcile", new Reconciliation(Instant.now(), null, true));
        return tracked("SELECT concat_ws(' ', thing, kind, event_id) FROM sync_reconcile_finding WHERE reconcile = (SELECT max(id) FROM sync_reconcile)");
    }
}
