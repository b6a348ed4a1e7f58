package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.chain.WholeChain.BIRTHDATE;
import static org.martsync.chain.WholeChain.GENDER;
import static org.martsync.chain.WholeChain.MORNING;
import static org.martsync.chain.WholeChain.PROGRAM;
import static org.martsync.chain.WholeChain.UIC;
import static org.martsync.chain.WholeChain.VISIT;
import static org.martsync.dhis2.StandInFaults.posts;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RunningProgram;
import org.martsync.check.Checkup;
import org.martsync.check.Code;
import org.martsync.check.Finding;
import org.martsync.dhis2.TrackerStore.Enrolment;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.dhis2.TrackerStore.TrackedEntity;
import org.martsync.operate.Operations;
import org.martsync.reconcile.Reconciliation;
import org.martsync.rehearse.Rehearsal;
import org.martsync.rehearse.Rehearsal.Ending;

/**
 * A mapping whose program has people of another tracked entity type: clients of the laboratory, who have a number there and a gender,
 * and no UIC.
 */
class TwoTypesTest {

    private static final String PERSON = "XV3kldsZq0H";
    private static final String CLIENT = "LabClient01";
    private static final String LAB = "LabProgram1";
    private static final String LAB_STAGE = "LabStage001";
    private static final String NUMBER = "LabNumber01";
    private static final String NUMBER_ATTRIBUTE = "{\"id\": \"LabNumber01\", \"displayName\": \"Laboratory number\", \"valueType\": \"TEXT\", \"unique\": true}";
    private static final String UIC_ATTRIBUTE = "{\"id\": \"zRA08XEYiSF\", \"displayName\": \"UIC\", \"valueType\": \"TEXT\", \"unique\": true}";
    private static final String GENDER_ATTRIBUTE = "{\"id\": \"AteZDFhkI0E\", \"displayName\": \"Gender\", \"valueType\": \"TEXT\"}";
    private static final String PATIENT_MAPPING = WholeChain.PATIENT_MAPPING.replace("\"address1\"",
            "\"occupation\": {\"id\": \"LabNumber01\", \"displayName\": \"Laboratory number\"}, \"address1\"");
    private static final String LAB_MAPPING = """
            {"isPatientMapping": false, "dhisProgramStageId": {"id": "%s"}, "formTableMappings": {"lab_form": {"l_sample": {"id": "%s"}}}}""";

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with();

    @BeforeAll
    static void start() {
        chain.clinic.formTable("lab_form", "l_sample");
        chain.dhis2.add(program(LAB, CLIENT, LAB_STAGE, "LabElem0001", NUMBER_ATTRIBUTE, GENDER_ATTRIBUTE));
        chain.dhis2.add(program("UicProgram1", "UicClient01", "UicStage001", "UicElem0001", UIC_ATTRIBUTE, GENDER_ATTRIBUTE));
    }

    @BeforeEach
    void mappingsToBothTypes() {
        chain.clinic.mapping("Patient", PATIENT_MAPPING, "{\"searchable\": [\"uic\", \"occupation\"], \"comparable\": [\"gender\", \"birthdate\"]}");
        chain.clinic.mapping("Lab", LAB_MAPPING.formatted(LAB_STAGE, "LabElem0001"), "{\"program\": \"LabProgram1\", \"trackedEntityType\": \"LabClient01\"}");
    }

    private static String program(String uid, String type, String stage, String element, String number, String gender) {
        return """
                {"id": "%s", "displayName": "Laboratory", "programType": "WITH_REGISTRATION", "onlyEnrollOnce": true,
                 "trackedEntityType": {"id": "%s", "trackedEntityTypeAttributes": [
                   {"searchable": true, "trackedEntityAttribute": %s}, {"searchable": true, "trackedEntityAttribute": %s}]},
                 "programTrackedEntityAttributes": [{"mandatory": true, "trackedEntityAttribute": %s}, {"mandatory": false, "trackedEntityAttribute": %s}],
                 "programStages": [{"id": "%s", "displayName": "Sample", "repeatable": true, "programStageDataElements": [
                   {"compulsory": false, "dataElement": {"id": "%s", "displayName": "Sample", "valueType": "TEXT"}}]}]}"""
                .formatted(uid, type, number, gender, number, gender, stage, element);
    }

    private static void patient(int patient) {
        chain.clinic.patient(patient).column("occupation", "LAB-" + patient);
    }

    private static int sample(int patient, String answer) {
        int encounter = chain.encounter(patient);
        chain.clinic.form("lab_form", encounter, patient, Map.of("l_sample", answer), MORNING);
        return chain.clinic.pending(patient, "Lab", encounter);
    }

    private static TrackedEntity clientOf(int sample) {
        return chain.personOf(chain.stored(sample, LAB_STAGE));
    }

    private static List<String> tracked(String sql) {
        return chain.clinic.jdbc().queryForList(sql, String.class);
    }

    private static void assertTwoPeopleEnrolledOnce() {
        assertThat(chain.dhis2.store().trackedEntities()).extracting(TrackedEntity::type).containsExactlyInAnyOrder(PERSON, CLIENT);
        assertThat(chain.dhis2.store().enrolments()).extracting(Enrolment::program).containsExactlyInAnyOrder(PROGRAM, LAB);
    }

    @Test
    void aPatientWithEventsOfTwoTypesIsAPersonOfEach() {
        patient(1);
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");

        chain.program.run();

        Event ofVisit = chain.stored(visit, VISIT);
        Event ofSample = chain.stored(sample, LAB_STAGE);
        assertThat(chain.personOf(ofVisit).type()).isEqualTo(PERSON);
        assertThat(chain.personOf(ofVisit).attributes()).containsEntry(UIC, "UIC-000001").containsEntry(GENDER, "Female").doesNotContainKey(NUMBER);
        assertThat(chain.personOf(ofSample).type()).isEqualTo(CLIENT);
        assertThat(chain.personOf(ofSample).attributes()).isEqualTo(Map.of(NUMBER, "LAB-1", GENDER, "Female"));
        assertThat(chain.enrolmentOf(ofVisit).program()).isEqualTo(PROGRAM);
        assertThat(chain.enrolmentOf(ofSample).program()).isEqualTo(LAB);
        assertTwoPeopleEnrolledOnce();
        assertThat(chain.dhis2.requestLog()).filteredOn(request -> request.method().equals("POST")).hasSize(1);
        assertThat(tracked("SELECT instance_id FROM instance_tracker")).as("the contract's tables know people of one type").containsExactly(chain.personOf(ofVisit).uid());
        assertThat(tracked("SELECT enrolment_id FROM enrolment_tracker")).containsExactly(ofVisit.enrolment());
        assertThat(tracked("SELECT concat_ws(' ', patient_id, tracked_entity_type, instance_id) FROM sync_instance"))
                .containsExactly("P-000001 LabClient01 " + chain.personOf(ofSample).uid());
    }

    @Test
    void laterEventsGoToThePeopleWhoAreThereAndTheseAreNotSentAgain() {
        patient(1);
        int sample = sample(1, "sputum");
        chain.program.run();
        int visit = chain.visit(1, "x");
        chain.program.run();
        int second = sample(1, "blood");
        int again = chain.visit(1, "y");

        chain.program.run();

        assertTwoPeopleEnrolledOnce();
        assertThat(clientOf(second)).isEqualTo(clientOf(sample));
        assertThat(chain.personOf(again)).isEqualTo(chain.personOf(visit));
        assertThat(chain.writes().values()).containsOnly(1);
    }

    @Test
    void whatTheClinicChangesGoesToBothAndOnlyWhatEachCanHave() {
        patient(1);
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");
        chain.program.run();
        chain.clinic.patientAgain(1).gender("Male").column("occupation", "LAB-7").uic("UIC-7");
        chain.clinic.edit(visit);
        chain.clinic.edit(sample);

        chain.program.run();

        assertThat(clientOf(sample).attributes()).isEqualTo(Map.of(NUMBER, "LAB-7", GENDER, "Male"));
        assertThat(chain.personOf(visit).attributes()).containsEntry(UIC, "UIC-7").containsEntry(GENDER, "Male").doesNotContainKey(NUMBER);
        assertTwoPeopleEnrolledOnce();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"uic\", \"occupation\"]", "[\"uic\"]", "[\"uic\", \"gender\"]", "[]"})
    void whenTheTrackersAreLostNobodyIsMadeTwice(String searchable) {
        chain.clinic.mapping("Patient", PATIENT_MAPPING, "{\"searchable\": " + searchable + ", \"comparable\": [\"gender\"]}");
        patient(1);
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");
        chain.program.run();
        Set<String> before = chain.writes().keySet();
        chain.clinic.jdbc().execute("TRUNCATE instance_tracker, enrolment_tracker, event_tracker, sync_instance, sync_enrolment, sync_tracked_entity");
        chain.clinic.edit(visit);
        chain.clinic.edit(sample);

        chain.program.run();

        assertThat(chain.writes().keySet()).isEqualTo(before);
        chain.assertEvent(visit).isSynced();
        chain.assertEvent(sample).isSynced();
    }

    @Test
    void anImportWhoseAnswerIsLostMakesNobodyTwice() {
        patient(1);
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");
        chain.dhis2.fail(1, posts()).byResetAfterProcessing();

        chain.program.run();

        assertTwoPeopleEnrolledOnce();
        assertThat(chain.dhis2.store().events()).extracting(Event::uid)
                .containsExactlyInAnyOrder(chain.stored(visit, VISIT).uid(), chain.stored(sample, LAB_STAGE).uid());
    }

    @Test
    void aPersonOfTheTypeWhoIsThereAlreadyIsFoundAndNotOneOfTheOtherType() {
        chain.dhis2.store().put(new TrackedEntity("IsThere0001", CLIENT, RunningProgram.SITE, Map.of(NUMBER, "LAB-1", GENDER, "Female")));
        chain.dhis2.store().put(new TrackedEntity("NotThis0001", PERSON, RunningProgram.SITE, Map.of(NUMBER, "LAB-2", GENDER, "Female")));
        patient(1);
        int sample = sample(1, "sputum");
        int visit = chain.visit(1, "x");

        chain.program.run();

        assertThat(clientOf(sample).uid()).isEqualTo("IsThere0001");
        assertThat(chain.personOf(visit).uid()).isNotEqualTo("NotThis0001");
        assertThat(chain.dhis2.store().trackedEntities()).filteredOn(person -> person.type().equals(CLIENT)).hasSize(1);
        assertThat(tracked("SELECT instance_id FROM sync_instance")).containsExactly("IsThere0001");
    }

    @Test
    void whereBothAreSearchedByOneColumnEachIsFoundAmongTheirOwn() {
        chain.clinic.mapping("Patient", PATIENT_MAPPING, WholeChain.PATIENT_CONFIG);
        chain.clinic.mapping("Lab", LAB_MAPPING.formatted("UicStage001", "UicElem0001"), "{\"program\": \"UicProgram1\"}");
        chain.inDhis2("UicPerson01", "UicEnrol001", MORNING.toLocalDate(), Map.of(UIC, "UIC-000001", GENDER, "Female", BIRTHDATE, "1990-01-01"));
        chain.dhis2.store().put(new TrackedEntity("UicClient11", "UicClient01", RunningProgram.SITE, Map.of(UIC, "UIC-000001", GENDER, "Female")));
        chain.clinic.patient(1);
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");

        chain.program.run();

        assertThat(chain.personOf(visit).uid()).isEqualTo("UicPerson01");
        assertThat(chain.personOf(chain.stored(sample, "UicStage001")).uid()).isEqualTo("UicClient11");
        assertThat(foundByReconcile()).as("nor is one the double of the other").isEmpty();
    }

    @Test
    void whereOneSearchedColumnIsLackingTheOthersFindNobody() {
        chain.clinic.mapping("Patient", PATIENT_MAPPING, "{\"searchable\": [\"uic\", \"gender\"], \"comparable\": []}");
        chain.dhis2.store().put(new TrackedEntity("Stranger001", CLIENT, RunningProgram.SITE, Map.of(GENDER, "Female")));
        patient(1);
        int sample = sample(1, "sputum");

        chain.program.run();

        assertThat(clientOf(sample).uid()).as("somebody else who is a woman too").isNotEqualTo("Stranger001");
    }

    @Test
    void twoPatientsWithOneValueDoNotBecomeOnePersonNorTwo() {
        patient(1);
        patient(2);
        chain.clinic.patientAgain(2).column("occupation", "LAB-1");
        int first = sample(1, "sputum");
        int second = sample(2, "sputum");

        chain.program.run();

        chain.assertEvent(first).isSynced();
        chain.assertEvent(second).isRejectedBecause("is patient P-000001 of this clinic");
        assertThat(chain.dhis2.store().trackedEntities()).hasSize(1);
    }

    @Test
    void aCorrectedIdentifierIsFollowed() {
        patient(1);
        int sample = sample(1, "sputum");
        chain.program.run();
        chain.clinic.patientAgain(1).identifier("P-CORRECTED");
        int later = sample(1, "blood");

        chain.program.run();

        assertThat(clientOf(later)).isEqualTo(clientOf(sample));
        assertThat(chain.dhis2.store().enrolments()).hasSize(1);
        assertThat(tracked("SELECT patient_id FROM sync_instance")).containsExactly("P-CORRECTED");
    }

    @Test
    void aPersonWhoWasDeletedInDhis2IsFollowedByAnother() {
        patient(1);
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");
        chain.program.run();
        String deleted = clientOf(sample).uid();
        chain.dhis2.store().deleteTrackedEntity(deleted);
        int later = sample(1, "blood");

        chain.program.run();

        assertThat(clientOf(later).uid()).as("DHIS2 takes no UID back").isNotEqualTo(deleted);
        assertThat(chain.personOf(visit).deleted()).isFalse();
        assertTwoPeopleEnrolledOnce();
    }

    @Test
    void whoIsInDoubtAsAPersonOfOneTypeIsSentAsOneOfTheOther() {
        patient(1);
        patient(2);
        chain.clinic.patientAgain(2).column("occupation", "LAB-9");
        for (String twin : List.of("TwinLab0001", "TwinLab0002")) {
            chain.dhis2.store().put(new TrackedEntity(twin, CLIENT, RunningProgram.SITE, Map.of(NUMBER, "LAB-1")));
        }
        for (String twin : List.of("TwinUic0001", "TwinUic0002")) {
            chain.dhis2.store().put(new TrackedEntity(twin, PERSON, RunningProgram.SITE, Map.of(UIC, "UIC-000002")));
        }
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");
        int doubtful = chain.visit(2, "x");
        int good = sample(2, "sputum");

        chain.program.run();

        chain.assertEvent(sample).isRejectedBecause("DHIS2 has 2 patients with Laboratory number");
        chain.assertEvent(visit).isSynced();
        chain.assertEvent(doubtful).isRejectedBecause("DHIS2 has 2 patients with");
        chain.assertEvent(good).isSynced();
    }

    @Test
    void whomDhis2RefusesAsAPersonOfOneTypeIsStoredAsOneOfTheOther() {
        chain.clinic.patient(1); // no laboratory number, which that program demands
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");

        chain.program.run();

        chain.assertEvent(sample).isRejectedBecause("Laboratory number").isRejectedBecause("compulsory");
        chain.assertEvent(visit).isSynced();
        assertThat(chain.dhis2.store().trackedEntities()).extracting(TrackedEntity::type).containsExactly(PERSON);
    }

    @Test
    void theValuesAreLockedOfWhomTheTrackersKnowAsOnlyOneOfTheTwo() throws SQLException {
        patient(1);
        patient(2);
        chain.visit(1, "x");
        chain.visit(2, "x");
        sample(2, "sputum");
        chain.program.run();
        int fresh = sample(1, "sputum");
        int known = sample(2, "blood");
        try (Connection another = chain.clinic.dataSource().getConnection(); Statement sql = another.createStatement()) {
            another.setAutoCommit(false);
            sql.execute("SELECT pg_advisory_xact_lock(hashtextextended('mart-dhis2-sync value occupation ' || v, 0)) FROM (VALUES ('lab-1'), ('lab-2')) AS t(v)");

            chain.program.run();

            chain.assertEvent(fresh).isWaiting();
            chain.assertEvent(known).isSynced();
            another.rollback();
        }

        chain.program.run();

        chain.assertEvent(fresh).isSynced();
    }

    @Test
    void afterAnImportThatWasNeverAnsweredTheirDetailsAreSentOnceMore() {
        patient(1);
        int sample = sample(1, "sputum");
        chain.program.run();
        TrackedEntity client = clientOf(sample);
        chain.dhis2.store().put(new TrackedEntity(client.uid(), CLIENT, client.orgUnit(), Map.of(NUMBER, "LAB-1", GENDER, "Male")));
        chain.clinic.jdbc().update("INSERT INTO sync_request (sent_at, events) VALUES (now() - interval '1 hour', ARRAY[?])", sample);

        chain.program.run();

        assertThat(clientOf(sample).attributes()).containsEntry(GENDER, "Female");
    }

    @Test
    void anEventIsExplainedWithThePersonOfItsOwnType() {
        patient(1);
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");
        chain.program.run();

        assertThat(chain.program.bean(Operations.class).explain(sample)).containsEntry("trackedEntityUid", clientOf(sample).uid())
                .containsEntry("enrolmentUid", chain.stored(sample, LAB_STAGE).enrolment()).containsEntry("patientKnownInDhis2", true);
        assertThat(chain.program.bean(Operations.class).explain(visit)).containsEntry("trackedEntityUid", chain.personOf(visit).uid());
    }

    @Test
    void aRehearsalAsksForBothAndStoresNeither() {
        patient(1);
        chain.visit(1, "x");
        sample(1, "sputum");
        Rehearsal rehearsal = new Rehearsal("", 1000, null);

        chain.program.bean(ProducerTemplate.class).requestBody("direct:rehearse-events", rehearsal);

        assertThat(rehearsal.count(Ending.CREATED)).isEqualTo(2);
        assertThat(chain.dhis2.store().trackedEntities()).isEmpty();
    }

    @Test
    void bothPeopleAreReadBack() {
        patient(1);
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");
        chain.program.run();
        assertThat(foundByReconcile()).isEmpty();

        TrackedEntity client = clientOf(sample);
        chain.dhis2.store().put(new TrackedEntity(client.uid(), CLIENT, client.orgUnit(), Map.of(NUMBER, "LAB-1", GENDER, "Male")));
        chain.dhis2.store().put(new TrackedEntity("LabTwin0001", CLIENT, RunningProgram.SITE, Map.of(NUMBER, "lab-1")));
        chain.dhis2.store().put(new TrackedEntity("NoTwin00001", PERSON, RunningProgram.SITE, Map.of(NUMBER, "LAB-1")));
        chain.dhis2.store().put(new TrackedEntity("UicTwin0001", PERSON, RunningProgram.SITE, Map.of(UIC, "uic-000001")));
        chain.dhis2.store().put(new TrackedEntity("NoTwin00002", CLIENT, RunningProgram.SITE, Map.of(UIC, "UIC-000001")));
        chain.dhis2.store().forget(chain.stored(sample, LAB_STAGE).uid());

        assertThat(foundByReconcile()).containsExactlyInAnyOrder("person changed " + sample + " Gender (AteZDFhkI0E) Male",
                "person duplicated " + sample + " LabTwin0001", "person duplicated " + visit + " UicTwin0001", "event missing " + sample);
    }

    @Test
    void aPersonOfAnotherTypeWhoVanishedIsAskedForByThatType() {
        patient(1);
        int sample = sample(1, "sputum");
        chain.program.run();
        String uid = clientOf(sample).uid();
        chain.dhis2.store().clear();
        List<String> asked = new CopyOnWriteArrayList<>();
        chain.dhis2.onRequest(request -> {
            if (posts().test(request)) {
                asked.add(request.text());
            }
        });

        assertThat(foundByReconcile()).contains("event missing " + sample, "person missing " + sample);
        assertThat(asked).singleElement().asString().contains(uid).contains(CLIENT).doesNotContain(PERSON);
    }

    @Test
    void aUniqueAttributeOfBothTypesIsToldBeforeDhis2RefusesIt() {
        chain.clinic.mapping("Patient", PATIENT_MAPPING, WholeChain.PATIENT_CONFIG);
        chain.clinic.mapping("Lab", LAB_MAPPING.formatted("UicStage001", "UicElem0001"), "{\"program\": \"UicProgram1\"}");
        chain.clinic.patient(1);
        chain.clinic.patient(2);
        int visit = chain.visit(1, "x");
        int refused = sample(1, "sputum");
        int alone = sample(2, "sputum");

        Checkup checkup = check();
        chain.program.run();

        assertThat(checkup.findings()).filteredOn(finding -> finding.code() == Code.UNIQUE_IN_TWO_TYPES).singleElement().satisfies(finding -> {
            assertThat(finding.line()).contains("column uic").contains("XV3kldsZq0H and UicClient01");
            assertThat(finding.events()).isEqualTo(1);
        });
        assertThat(checkup.held()).containsExactly(refused);
        chain.assertEvent(refused).isRejectedBecause("UIC");
        chain.assertEvent(visit).isSynced();
        chain.assertEvent(alone).isSynced();

        int later = chain.visit(2, "x");
        int again = chain.visit(1, "y");

        assertThat(check().held()).as("whom the trackers know as a person of the other type").containsExactlyInAnyOrder(refused, later);

        chain.program.run();

        chain.assertEvent(later).isRejectedBecause("UIC");
        chain.assertEvent(again).isSynced();
    }

    @Test
    void whereTheConfiguredProgramIsChangedToOneOfAnotherTypeNobodyIsMadeTwice() {
        chain.clinic.mapping("Patient", PATIENT_MAPPING, "{\"searchable\": []}");
        patient(1);
        int visit = chain.visit(1, "before");
        patient(2);
        int first = sample(2, "before");
        chain.program.run();
        chain.clinic.mapping("Visit", WholeChain.VISIT_MAPPING, "{\"program\": \"vatFxlZR2lj\"}");
        try (RunningProgram changed = RunningProgram.start(chain.clinic, chain.dhis2, LAB)) {
            for (int tick = 0; tick < 60; tick++) { // runs of the same name would pass over what the others tried
                changed.run();
            }
            int again = chain.visit(1, "after");
            int sample = sample(1, "sputum");
            int second = sample(2, "after");

            changed.run();

            assertThat(chain.personOf(again)).isEqualTo(chain.personOf(visit));
            assertThat(clientOf(second)).as("who stood in our own table").isEqualTo(clientOf(first));
            assertThat(tracked("SELECT concat_ws(' ', patient_id, tracked_entity_type) FROM sync_instance"))
                    .containsExactlyInAnyOrder("P-000001 " + PERSON, "P-000002 " + CLIENT);

            int later = sample(1, "blood");
            chain.clinic.edit(visit);

            changed.run();

            assertThat(clientOf(later)).isEqualTo(clientOf(sample));
            chain.assertEvent(visit).isSynced();
            assertThat(chain.dhis2.store().trackedEntities()).extracting(TrackedEntity::type).containsExactlyInAnyOrder(PERSON, CLIENT, CLIENT);
            assertThat(chain.dhis2.store().enrolments()).extracting(Enrolment::program).containsExactlyInAnyOrder(PROGRAM, LAB, LAB);
        }
    }

    @Test
    void aProgramThatCannotBeUsedHoldsUpNobodyElse() {
        chain.clinic.mapping("Lab", LAB_MAPPING.formatted(LAB_STAGE, "LabElem0001"), "{\"program\": \"NoSuchPrg01\"}");
        chain.clinic.patient(1);
        int visit = chain.visit(1, "x");
        int sample = sample(1, "sputum");

        chain.program.run();

        chain.assertEvent(visit).isSynced();
        chain.assertEvent(sample).isRejectedBecause("NoSuchPrg01");
    }

    @Test
    void aColumnToSearchByThatNoProgramKnowsIsNoneForAnyType() {
        chain.clinic.mapping("Patient", PATIENT_MAPPING, "{\"searchable\": [\"uic\", \"occupation\", \"given_name\"]}");
        patient(1);
        int visit = chain.visit(1, "x");

        chain.program.run();

        chain.assertEvent(visit).isRejectedBecause("finds patients by the column given_name");
    }

    @Test
    void aCheckSaysWhichPeopleCanBeSearchedByNothing() {
        chain.clinic.mapping("Patient", PATIENT_MAPPING, WholeChain.PATIENT_CONFIG);
        patient(1);
        chain.visit(1, "x");
        sample(1, "sputum");

        assertThat(check().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(Code.NOT_SEARCHABLE);
            assertThat(finding.line()).contains("(uic) none is left").contains("the tracked entity type LabClient01");
        });
    }

    @Test
    void aCheckCountsWhomNothingIsSearchedForAsAPersonOfTheirType() {
        patient(1);
        chain.visit(1, "x");
        chain.clinic.patient(2);
        sample(2, "sputum");

        assertThat(check().findings()).filteredOn(finding -> finding.code() == Code.NOT_SEARCHABLE).extracting(Finding::line)
                .singleElement().asString().contains("1 patient with pending events has nothing in occupation").contains("LabClient01");
    }

    private static Checkup check() {
        return chain.program.bean(ProducerTemplate.class).requestBody("direct:check", new Checkup(Instant.now(), "", 100, 10), Checkup.class);
    }

    private static List<String> foundByReconcile() {
        chain.program.bean(ProducerTemplate.class).requestBody("direct:reconcile", new Reconciliation(Instant.now(), null, true));
        return tracked("SELECT concat_ws(' ', thing, kind, event_id, field, theirs) FROM sync_reconcile_finding WHERE reconcile = (SELECT max(id) FROM sync_reconcile)");
    }
}
