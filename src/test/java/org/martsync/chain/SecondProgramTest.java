package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.chain.WholeChain.ADDRESS;
import static org.martsync.chain.WholeChain.MORNING;
import static org.martsync.chain.WholeChain.PROGRAM;
import static org.martsync.chain.WholeChain.VISIT;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RunningProgram;
import org.martsync.check.Checkup;
import org.martsync.check.Finding;
import org.martsync.check.Report;
import org.martsync.dhis2.TrackerStore.Enrolment;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.reconcile.Reconciliation;

/** Mappings whose config names a program of its own, beside those of the configured program. */
class SecondProgramTest {

    private static final String TB = "TbProgram01";
    private static final String TB_STAGE = "TbStage0001";
    private static final String ELSEWHERE = "zjiCmkAyHCv";
    private static final String TB_MAPPING = """
            {"isPatientMapping": false, "dhisProgramStageId": {"id": "TbStage0001", "displayName": "Cough"},
             "formTableMappings": {"tb_form": {"t_cough": {"id": "TbElem00001", "displayName": "Cough"}}}}""";

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with();

    @BeforeAll
    static void start() {
        chain.clinic.formTable("tb_form", "t_cough");
        chain.dhis2.add(program("""
                {"mandatory": true, "searchable": true, "trackedEntityAttribute": {"id": "gjL1o6xvoUl", "displayName": "Phone", "valueType": "PHONE_NUMBER"}}"""));
    }

    @BeforeEach
    void aMappingToTheSecondProgram() {
        chain.clinic.mapping("TB", TB_MAPPING, config("program", TB));
    }

    private static String program(String attribute) {
        return """
                {"id": "%s", "displayName": "TB", "programType": "WITH_REGISTRATION", "trackedEntityType": {"id": "%s"}, "onlyEnrollOnce": true,
                 "programTrackedEntityAttributes": [%s],
                 "programStages": [{"id": "%s", "displayName": "Cough", "repeatable": true, "programStageDataElements": [
                   {"compulsory": false, "dataElement": {"id": "%s", "displayName": "Cough", "valueType": "TEXT"}}]}]}"""
                .formatted(TB, "XV3kldsZq0H", attribute, TB_STAGE, "TbElem00001");
    }

    private static String config(String key, String value) {
        return "{\"" + key + "\": \"" + value + "\"}";
    }

    private static int cough(int patient, String answer) {
        int encounter = chain.encounter(patient);
        chain.clinic.form("tb_form", encounter, patient, Map.of("t_cough", answer), MORNING);
        return chain.clinic.pending(patient, "TB", encounter);
    }

    private static void patientWithPhone(int patient) {
        chain.clinic.patient(patient).column("telephone", "+263 77 123 4567");
    }

    private static List<String> enrolledIn() {
        return chain.dhis2.store().enrolments().stream().map(Enrolment::program).toList();
    }

    @Test
    void aPatientWithEventsOfTwoProgramsIsOnePersonWithTwoEnrolments() {
        patientWithPhone(1);
        int visit = chain.visit(1, "x");
        int cough = cough(1, "dry");

        chain.program.run();

        Event ofVisit = chain.stored(visit, VISIT);
        Event ofCough = chain.stored(cough, TB_STAGE);
        assertThat(chain.enrolmentOf(ofVisit).program()).isEqualTo(PROGRAM);
        assertThat(chain.enrolmentOf(ofCough).program()).isEqualTo(TB);
        assertThat(chain.dhis2.store().trackedEntities()).hasSize(1);
        assertThat(chain.dhis2.requestLog()).filteredOn(request -> request.method().equals("POST")).hasSize(1);
        assertThat(chain.clinic.jdbc().queryForList("SELECT enrolment_id FROM enrolment_tracker", String.class)).containsExactly(ofVisit.enrolment());
        assertThat(chain.clinic.jdbc().queryForList("SELECT enrolment_id FROM sync_enrolment WHERE program = '" + TB + "'", String.class))
                .containsExactly(ofCough.enrolment());
    }

    @Test
    void laterEventsGoIntoTheEnrolmentsThatAreThere() {
        patientWithPhone(1);
        int first = cough(1, "dry");
        chain.program.run();
        int second = cough(1, "wet");
        int visit = chain.visit(1, "x");

        chain.program.run();

        assertThat(chain.stored(second, TB_STAGE).enrolment()).isEqualTo(chain.stored(first, TB_STAGE).enrolment());
        assertThat(enrolledIn()).containsExactlyInAnyOrder(PROGRAM, TB);
        assertThat(chain.enrolmentOf(chain.stored(first, TB_STAGE)).writes()).isEqualTo(1);
        assertThat(chain.stored(visit, VISIT).enrolment()).isNotEqualTo(chain.stored(first, TB_STAGE).enrolment());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEnrolmentThatSomebodyElseMadeIsUsedAndKeptInTheTracker(boolean completedOnceInALifetime) {
        patientWithPhone(1);
        int visit = chain.visit(1, "x");
        chain.program.run();
        chain.dhis2.store().put(new Enrolment("Elsewhere01", chain.personOf(visit).uid(), TB, RunningProgram.SITE, MORNING));
        if (completedOnceInALifetime) {
            chain.dhis2.store().completeEnrolment("Elsewhere01");
        }

        Event cough = afterRun(cough(1, "wet"));

        assertThat(cough.enrolment()).isEqualTo("Elsewhere01");
        assertThat(enrolledIn()).containsExactlyInAnyOrder(PROGRAM, TB);
        assertThat(chain.clinic.jdbc().queryForList("SELECT enrolment_id FROM sync_enrolment", String.class)).containsExactly("Elsewhere01");
    }

    @Test
    void anEnrolmentThatWasDeletedInDhis2IsFollowedByAnother() {
        patientWithPhone(1);
        String deleted = afterRun(cough(1, "dry")).enrolment();
        chain.dhis2.store().deleteEnrolment(deleted);

        Event next = afterRun(cough(1, "wet"));

        assertThat(next.enrolment()).as("DHIS2 takes no UID back").isNotEqualTo(deleted);
        assertThat(chain.clinic.jdbc().queryForList("SELECT enrolment_id FROM sync_enrolment", String.class)).containsExactly(next.enrolment());
    }

    private static Event afterRun(int cough) {
        chain.program.run();
        return chain.stored(cough, TB_STAGE);
    }

    @Test
    void theOrgUnitOfTheConfigIsThatOfEnrolmentAndEvent() {
        chain.clinic.mapping("TB", TB_MAPPING, "{\"program\": \"" + TB + "\", \"orgUnit\": \"" + ELSEWHERE + "\"}");
        patientWithPhone(1);
        int encounter = chain.encounter(1, "CODE-OF-NO-ORG-UNIT", MORNING);
        chain.clinic.form("tb_form", encounter, 1, Map.of("t_cough", "dry"), MORNING);
        int cough = chain.clinic.pending(1, "TB", encounter);
        int visit = chain.visit(1, "x");

        chain.program.run();

        Event stored = chain.stored(cough, TB_STAGE);
        assertThat(stored.orgUnit()).isEqualTo(ELSEWHERE);
        assertThat(chain.enrolmentOf(stored).orgUnit()).isEqualTo(ELSEWHERE);
        assertThat(chain.enrolmentOf(chain.stored(visit, VISIT)).orgUnit()).isEqualTo(RunningProgram.SITE);
    }

    @Test
    void theFirstMappingOfAProgramThatNamesAnOrgUnitDecidesWhereItEnrols() {
        chain.clinic.mapping("TB again", TB_MAPPING, "{\"program\": \"" + TB + "\", \"orgUnit\": \"" + ELSEWHERE + "\"}");
        patientWithPhone(1);
        int first = cough(1, "dry");
        int encounter = chain.encounter(1);
        chain.clinic.form("tb_form", encounter, 1, Map.of("t_cough", "wet"), MORNING);
        chain.clinic.pending(1, "TB again", encounter);

        chain.program.run();

        assertThat(chain.enrolmentOf(chain.stored(first, TB_STAGE)).orgUnit()).isEqualTo(ELSEWHERE);
    }

    @Test
    void whileAProgramCannotBeReadNoAttributeIsClearedThatItMayDemand() {
        chain.clinic.patient(1).column("address1", "12 Main Street");
        int visit = chain.visit(1, "x");
        chain.program.run();
        chain.clinic.mapping("TB", TB_MAPPING, config("program", "NoSuchPrg01"));
        chain.clinic.patientAgain(1).column("address1", null).column("telephone", "+263 77 123 4567");
        chain.visit(1, "y");

        chain.program.run();

        assertThat(chain.personOf(visit).attributes()).containsEntry(ADDRESS, "12 Main Street").containsValue("+263 77 123 4567");

        chain.clinic.mapping("TB", TB_MAPPING, config("program", PROGRAM));
        chain.visit(1, "z");

        chain.program.run();

        assertThat(chain.personOf(visit).attributes()).as("no mapping names it any more").doesNotContainKey(ADDRESS);
    }

    @Test
    void whatOneProgramDemandsHoldsBackItsOwnEventsAlone() {
        chain.clinic.patient(1);
        int visit = chain.visit(1, "x");
        int cough = cough(1, "dry");

        chain.program.run();

        chain.assertEvent(visit).isSynced();
        chain.assertEvent(cough).isRejectedBecause("Phone").isRejectedBecause("compulsory");
        assertThat(enrolledIn()).containsExactly(PROGRAM);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "program|NoSuchPrg01|The mapping TB names in its config the program NoSuchPrg01, which cannot be used: DHIS2 does not have it",
        "program|no uid|program in its config is no UID",
        "orgUnit|7|orgUnit in its config is no UID",
        "trackedEntityType|AnimalType1|the tracked entity type AnimalType1, but the people of its program Key populations (vatFxlZR2lj) are of the type XV3kldsZq0H",
        "program|vatFxlZR2lj|which the program"})
    void aConfigThatCannotBeUsedRejectsItsEventsWithASentenceAndNoOthers(String key, String value, String reason) {
        chain.clinic.mapping("TB", TB_MAPPING, config(key, value));
        patientWithPhone(1);
        int visit = chain.visit(1, "x");
        int cough = cough(1, "dry");

        chain.program.run();

        chain.assertEvent(cough).isRejectedBecause(reason).isRejectedBecause("TB");
        chain.assertEvent(visit).isSynced();
        assertThat(enrolledIn()).containsExactly(PROGRAM);
    }

    @Test
    void bothProgramsAreReadBack() {
        patientWithPhone(1);
        patientWithPhone(2);
        int visit = chain.visit(1, "x");
        int cough = cough(1, "dry");
        int other = cough(2, "wet");
        chain.program.run();
        assertThat(foundByReconcile()).isEmpty();

        Event ofCough = chain.stored(cough, TB_STAGE);
        chain.dhis2.store().put(new Event(ofCough.uid(), ofCough.enrolment(), ofCough.stage(), ofCough.orgUnit(), ofCough.occurredAt(), Map.of("TbElem00001", "none")));
        chain.dhis2.store().forget(chain.stored(other, TB_STAGE).uid());
        chain.dhis2.store().deleteEvent(chain.stored(visit, VISIT).uid());

        assertThat(foundByReconcile()).containsExactlyInAnyOrder("event changed " + cough + " Cough (TbElem00001)", "event missing " + other, "event deleted " + visit);
    }

    @Test
    void aCheckNamesTheProgramThatIsNotAssignedWhereItsMappingEnrols() {
        chain.clinic.mapping("TB", TB_MAPPING, "{\"program\": \"" + TB + "\", \"orgUnit\": \"NoPrgOrgUn1\"}");
        patientWithPhone(1);
        int cough = cough(1, "dry");
        chain.visit(1, "x");

        Checkup checkup = chain.program.bean(ProducerTemplate.class).requestBody("direct:check", new Checkup(Instant.now(), "", 100, 10), Checkup.class);

        assertThat(checkup.findings()).singleElement().satisfies(finding ->
                assertThat(finding.line()).startsWith("mapping TB: the program TB (TbProgram01) is not assigned to the org unit NoPrgOrgUn1."));
        assertThat(checkup.held()).containsExactly(cough);
        assertThat(new Report(checkup, ZoneOffset.UTC, true).result()).isEqualTo("1 finding; 1 event is held back.");

        chain.program.run();

        chain.assertEvent(cough).isRejectedBecause("NoPrgOrgUn1");
    }

    @Test
    void anAttributeThatMayBeOfAProgramThatCannotBeUsedIsToldWithThatProgram() {
        chain.clinic.mapping("TB", TB_MAPPING, config("program", "NoSuchPrg01"));
        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING.replace("gjL1o6xvoUl", "TbAttrib001"), WholeChain.PATIENT_CONFIG);
        patientWithPhone(1);
        int visit = chain.visit(1, "x");

        Checkup checkup = chain.program.bean(ProducerTemplate.class).requestBody("direct:check", new Checkup(Instant.now(), "", 100, 10), Checkup.class);
        chain.program.run();

        String perhaps = ", unless it is in the program NoSuchPrg01, which a mapping names and which cannot be used.";
        assertThat(checkup.findings()).extracting(Finding::sentence).contains("1 of 1 values of patient.telephone is meant for TbAttrib001, which DHIS2 does not have there" + perhaps)
                .anySatisfy(one -> assertThat(one).startsWith("column telephone is mapped to the attribute TbAttrib001, which the program does not have").endsWith(perhaps));
        chain.assertEvent(visit).isRejectedBecause("It may be one of the program NoSuchPrg01, which a mapping names and which cannot be used");
    }

    private static List<String> foundByReconcile() {
        chain.program.bean(ProducerTemplate.class).requestBody("direct:reconcile", new Reconciliation(Instant.now(), null, true));
        return chain.clinic.jdbc().queryForList("SELECT concat_ws(' ', thing, kind, event_id, field) FROM sync_reconcile_finding"
                + " WHERE reconcile = (SELECT max(id) FROM sync_reconcile)", String.class);
    }
}
