package org.martsync.patient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.martsync.RouteFixture.SITE;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.TrackerStore;
import org.martsync.event.Batch;
import org.martsync.event.PendingEvent;
import org.martsync.patient.EnrolmentToSend.Send;

/** The routes of {@code routes/patients.camel.yaml}: which person in DHIS2 a patient is, and under which enrolment. */
class FindPatientsRouteTest {

    private static final String TYPE = "XV3kldsZq0H";
    private static final String PROGRAM = "vatFxlZR2lj";
    private static final String UIC = "zRA08XEYiSF";
    private static final String BIRTH = "wSp6Q7QDMsk";
    private static final String STAGE = "TGvGDt6e6OM";
    private static final String ELSEWHERE = "zjiCmkAyHCv";
    private static final LocalDateTime EARLIER = LocalDateTime.of(2023, 5, 1, 0, 0);

    private static Clinic clinic;
    private static Dhis2StandIn dhis2;
    private static RouteFixture routes;

    @BeforeAll
    static void start() {
        clinic = Clinic.installed().migrated();
        dhis2 = Dhis2StandIn.start();
        routes = load("sync.duplicate-check=false");
    }

    private static RouteFixture load(String... settings) {
        return RouteFixture.load("patients", clinic, List.of(settings), RouteFixture.askingDhis2(dhis2));
    }

    @AfterAll
    static void stop() {
        routes.close();
        dhis2.close();
        clinic.close();
    }

    @BeforeEach
    void anUntouchedClinic() {
        clinic.emptied();
        dhis2.forgetEverything();
        clinic.mapping("Patient", """
                {"isPatientMapping": true, "formTableMappings": {"patient": {
                  "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "birthdate": {"id": "wSp6Q7QDMsk"},
                  "telephone": {"id": "gjL1o6xvoUl"}}}}""",
                "{\"searchable\": [\"uic\"], \"comparable\": [\"birthdate\"]}");
        mapped("IPV", "no");
    }

    private static void mapped(String name, String reopens) {
        clinic.mapping(name, """
                {"dhisProgramStageId": {"id": "TGvGDt6e6OM"},
                 "formTableMappings": {"ipv_form": {"sp_if_site_type": {"id": "SqX8j4oFNN3"}}}}""",
                "{\"openLatestCompletedEnrollment\": \"" + reopens + "\"}");
    }

    // ---- known in the trackers

    @Test
    void aTrackedPatientWhoIsStillThereIsThatPerson() {
        aPatientWithAnEvent(1);
        clinic.tracked("P-000001", "Person00001");
        person("Person00001", "another UIC by now");

        Patient patient = find().get(0);

        assertThat(patient.inDhis2().uid()).isEqualTo("Person00001");
        assertThat(patient.trackedEntity().uid()).isEqualTo("Person00001");
        assertThat(patient.trackedEntity().tracked()).isTrue();
        assertThat(dhis2.requests()).isEqualTo(1);
    }

    @Test
    void aTrackedPatientWhoWasDeletedIsLookedUpAnew() {
        aPatientWithAnEvent(1);
        clinic.tracked("P-000001", "Person00001");
        person("Person00001", "UIC-000001");
        dhis2.store().deleteTrackedEntity("Person00001");
        person("Person00002", "UIC-000001");

        assertThat(find().get(0).trackedEntity().uid()).isEqualTo("Person00002");
        assertThat(dhis2.requests()).isEqualTo(2);
    }

    @Test
    void aTrackedPatientWhoWasDeletedAndIsNowhereElseGetsAUidThatWasNeverUsed() {
        aPatientWithAnEvent(1);
        String first = ComputedUid.ofTrackedEntity(SITE, "P-000001");
        clinic.tracked("P-000001", first);
        person(first, "UIC-000001");
        dhis2.store().deleteTrackedEntity(first);

        TrackedEntityToSend again = find().get(0).trackedEntity();

        assertThat(again.uid()).isEqualTo(ComputedUid.after(first)).isNotEqualTo(first);
        assertThat(again.toSend()).isTrue();
    }

    @Test
    void aTrackedPatientWhomThisUserMayNotSeeIsRejectedAndNotMadeASecondTime() {
        aPatientWithAnEvent(1);
        clinic.tracked("P-000001", "Person00001");
        person("Person00001", "Elsewhere01", "UIC-000001", "1990-01-01");

        Patient patient = find().get(0);

        assertThat(patient.trackedEntity()).isNull();
        assertThat(patient.rejection()).contains("Person00001", "does not show them to this program's user");
        assertThat(dhis2.store().trackedEntities()).hasSize(1);
    }

    @Test
    void ofSeveralTrackedPersonsTheNewestThatIsStillThereIsThePatient() {
        aPatientWithAnEvent(1);
        clinic.tracked("P-000001", "Person00001").tracked("P-000001", "Person00002");
        clinic.jdbc().update("UPDATE instance_tracker SET date_created = '2025-01-01' WHERE instance_id = 'Person00002'");
        person("Person00001", "UIC-000001");
        person("Person00002", "UIC-000001b");

        assertThat(find().get(0).inDhis2().uid()).isEqualTo("Person00002");

        dhis2.store().deleteTrackedEntity("Person00002");

        assertThat(find().get(0).inDhis2().uid()).isEqualTo("Person00001");
    }

    @Test
    void allKnownPatientsAreReadInOneRequestAndAllOthersSearchedInOne() {
        for (int i = 1; i <= 40; i++) {
            aPatientWithAnEvent(i);
            if (i <= 20) {
                clinic.tracked("P-%06d".formatted(i), "Person%05d".formatted(i));
                person("Person%05d".formatted(i), "UIC-%06d".formatted(i));
            }
        }

        assertThat(find()).hasSize(40).allSatisfy(patient -> assertThat(patient.rejection()).isNull());
        assertThat(dhis2.requests()).isEqualTo(2);
    }

    @Test
    void longListsAreCutIntoRequestsThatDhis2Takes() {
        for (int i = 1; i <= 1200; i++) {
            aPatientWithAnEvent(i);
            if (i <= 600) {
                clinic.tracked("P-%06d".formatted(i), "Person%05d".formatted(i));
                person("Person%05d".formatted(i), "UIC-%06d".formatted(i));
            }
        }

        List<Patient> patients = find();

        assertThat(patients.stream().filter(patient -> patient.inDhis2() != null)).hasSize(600);
        assertThat(dhis2.requestLog()).hasSizeGreaterThan(3).allSatisfy(request -> {
            assertThat(request.status()).isEqualTo(200);
            assertThat(request.path().length() + request.query().length()).isLessThan(7 * 1024);
        });
        assertThat(dhis2.requests()).as("cut no finer than needed").isLessThan(8);
    }

    @Test
    void nothingIsAskedForABatchWithoutPatients() {
        clinic.pending(null, "IPV", "10");

        find();

        assertThat(dhis2.requests()).isZero();
    }

    // ---- searched

    @Test
    void aPatientWhoIsNowhereIsNew() {
        aPatientWithAnEvent(1);

        Patient patient = find().get(0);

        assertThat(patient.inDhis2()).isNull();
        assertThat(patient.trackedEntity().uid()).isEqualTo(ComputedUid.ofTrackedEntity(SITE, "P-000001"));
        assertThat(patient.trackedEntity().toSend()).isTrue();
        assertThat(patient.trackedEntity().orgUnit()).isEqualTo(SITE);
    }

    @Test
    void thePersonFoundThatAgreesInEveryComparableColumnIsThePatient() {
        aPatientWithAnEvent(1);
        person("Person00001", "UIC-000001");

        Patient patient = find().get(0);

        assertThat(patient.inDhis2().uid()).isEqualTo("Person00001");
        assertThat(patient.trackedEntity().tracked()).isFalse();
    }

    @Test
    void aPersonFoundThatDiffersInAComparableColumnIsInDoubt() {
        aPatientWithAnEvent(1);
        person("Person00001", ELSEWHERE, "UIC-000001", "1991-12-31");

        assertThatOnlyRejected("Person00001", "differs in CORE - Date of Birth (wSp6Q7QDMsk)");
    }

    @Test
    void aPersonFoundThatLacksAComparableValueIsInDoubt() {
        aPatientWithAnEvent(1);
        person("Person00001", SITE, "UIC-000001", null);

        assertThatOnlyRejected("Person00001", "differs in CORE - Date of Birth");
    }

    @Test
    void twoPersonsFoundAreInDoubtAndNoThirdIsMade() {
        aPatientWithAnEvent(1);
        person("Person00001", "UIC-000001");
        person("Person00002", "UIC-000001");

        assertThatOnlyRejected("2 patients", "Person00001, Person00002");
    }

    @Test
    void aPersonFoundWithOtherCapitalLettersIsInDoubt() {
        aPatientWithAnEvent(1);
        person("Person00001", "uic-000001");

        assertThatOnlyRejected("other capital letters", "Person00001");
    }

    @Test
    void anEmptySearchValueSearchesNothingAndFindsNobody() {
        aPatientWithAnEvent(1);
        clinic.patientAgain(1).uic("");
        person("Person00001", "UIC-000001");

        Patient patient = find().get(0);

        assertThat(dhis2.requests()).isZero();
        assertThat(patient.inDhis2()).isNull();
        assertThat(patient.rejection()).contains("compulsory for enrolment");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a:b", "a;b", "a/b", "/,:;", "a//b", "a/;b,c", "a b+c&d=e%2C", "ä’€"})
    void aValueIsFoundWhateverItIsWrittenWith(String uic) {
        aPatientWithAnEvent(1);
        aPatientWithAnEvent(2);
        aPatientWithAnEvent(3);
        clinic.patientAgain(1).uic(uic);
        person("Person00001", uic);
        person("Person00002", "UIC-000002");
        person("Person00009", "b");

        List<Patient> patients = find();

        assertThat(patients.get(0).inDhis2().uid()).isEqualTo("Person00001");
        assertThat(patients.get(1).inDhis2().uid()).isEqualTo("Person00002");
        assertThat(patients.get(2).inDhis2()).isNull();
    }

    @Test
    void twoSearchableColumnsMustBothBeHeldByTheSamePerson() {
        clinic.jdbc().update("UPDATE mapping SET config = '{\"searchable\": [\"uic\", \"telephone\"]}' WHERE program_name = 'Patient'");
        aPatientWithAnEvent(1);
        aPatientWithAnEvent(2);
        clinic.patientAgain(1).column("telephone", "0771000001");
        clinic.patientAgain(2).column("telephone", "0771000002");
        // holds the UIC of the first and the number of the second: a filter on lists finds it, and it is neither
        dhis2.store().put(new TrackerStore.TrackedEntity("Person00009", TYPE, SITE, Map.of(UIC, "UIC-000001", "gjL1o6xvoUl", "0771000002")));
        dhis2.store().put(new TrackerStore.TrackedEntity("Person00002", TYPE, SITE, Map.of(UIC, "UIC-000002", "gjL1o6xvoUl", "0771000002")));

        List<Patient> patients = find();

        assertThat(patients.get(0).inDhis2()).isNull();
        assertThat(patients.get(1).inDhis2().uid()).isEqualTo("Person00002");
        assertThat(dhis2.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"address1\"]", "[\"uic\", \"address1\"]"})
    void anAttributeThatDhis2SearchesByAndDoesNotShowStopsTheRunAndMakesNobodyTwice(String searchable) {
        clinic.mapping("Patient", """
                {"isPatientMapping": true, "formTableMappings": {"patient": {
                  "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "address1": {"id": "Q1rBKb09Goz"}}}}""",
                "{\"searchable\": " + searchable + "}");
        aPatientWithAnEvent(1);
        clinic.patientAgain(1).column("address1", "12 Main Street");
        dhis2.store().put(new TrackerStore.TrackedEntity("Person00001", TYPE, SITE, Map.of(UIC, "UIC-000001", "Q1rBKb09Goz", "12 Main Street")));

        assertThatThrownBy(FindPatientsRouteTest::find).rootCause().isInstanceOf(Dhis2Refuses.class)
                .hasMessageContainingAll("finds people by ZW - Client address (Q1rBKb09Goz), but", "Take address1 out of searchable", "mapping Patient", TYPE)
                .hasMessageNotContaining("12 Main Street");
    }

    @Test
    void aPersonFoundByFewerValuesThanAnotherIsSearchedByHidesNothing() {
        clinic.jdbc().update("UPDATE mapping SET config = '{\"searchable\": [\"uic\", \"telephone\"]}' WHERE program_name = 'Patient'");
        aPatientWithAnEvent(1);
        aPatientWithAnEvent(2);
        clinic.patientAgain(1).column("telephone", "0771000001");
        clinic.patientAgain(2).column("telephone", null);
        person("Person00002", "UIC-000002");

        List<Patient> patients = find();

        assertThat(patients.get(0).inDhis2()).isNull();
        assertThat(patients.get(1).inDhis2().uid()).isEqualTo("Person00002");
    }

    @Test
    void aPersonFoundWhoIsAnotherPatientOfThisClinicIsInDoubt() {
        aPatientWithAnEvent(1);
        clinic.patient(77);
        clinic.tracked("P-000077", "Person00001");
        person("Person00001", "UIC-000001");

        assertThatOnlyRejected("is patient P-000077 of this clinic", "Person00001");
    }

    @Test
    void ofTwoNewPatientsWithOneUicTheSecondWaitsForALaterBatch() {
        int first = aPatientWithAnEvent(1);
        int second = aPatientWithAnEvent(2);
        clinic.patientAgain(2).uic("uic-000001");

        RouteFixture.Claimed claimed = routes.claim();
        routes.send("direct:find-patients", claimed);

        Batch batch = claimed.batch();
        assertThat(batch.open()).extracting(PendingEvent::id).containsExactly(first);
        assertThat(batch.rejected()).isEmpty();
        assertThat(batch.events().stream().filter(event -> event.patient().deferred())).extracting(PendingEvent::id).containsExactly(second);
    }

    @Test
    void aPersonWhoseTrackersHaveAnIdentifierThatNobodyHasAnyMoreIsThePatient() {
        aPatientWithAnEvent(1);
        clinic.tracked("P-mistyped", "Person00001").enrolmentTracked("Person00001", "Enrolment01");
        clinic.jdbc().update("INSERT INTO sync_tracked_entity (tracked_entity, attributes_hash) VALUES ('Person00001', 'of before')");
        clinic.eventTracked(1001, STAGE, "Event000001");
        person("Person00001", "UIC-000001");
        enrolment("Enrolment01", EARLIER);
        dhis2.store().put(new TrackerStore.Event("Event000001", "Enrolment01", STAGE, SITE, EARLIER, Map.of()));
        dhis2.store().completeEnrolment("Enrolment01");

        Patient patient = find().get(0);

        assertThat(patient.rejection()).isNull();
        assertThat(patient.inDhis2().enrolmentOf("Event000001")).as("where its event stands").isPresent();
        assertThat(patient.trackedEntity().uid()).isEqualTo("Person00001");
        assertThat(patient.trackedEntity().tracked()).as("under this identifier").isFalse();
        assertThat(patient.trackedEntity().attributes()).as("it was sent before, so what is empty now is cleared").containsEntry("gjL1o6xvoUl", "");
        assertThat(patient.enrolment(RouteFixture.program()).uid()).isEqualTo("Enrolment01");
        assertThat(patient.enrolment(RouteFixture.program()).send()).isEqualTo(Send.NOTHING);
    }

    @Test
    void aPersonWhoseIdentifierWasCorrectedIsStillComparedAsAnybody() {
        aPatientWithAnEvent(1);
        clinic.tracked("P-mistyped", "Person00001");
        person("Person00001", ELSEWHERE, "UIC-000001", "1991-12-31");

        assertThatOnlyRejected("Person00001", "differs in CORE - Date of Birth");
    }

    @Test
    void twoPatientsWhomDifferentSearchesLeadToOnePersonDoNotGoTogether() {
        clinic.jdbc().update("UPDATE mapping SET config = '{\"searchable\": [\"uic\", \"telephone\"]}' WHERE program_name = 'Patient'");
        aPatientWithAnEvent(1);
        aPatientWithAnEvent(2);
        clinic.patientAgain(2).uic("UIC-000001").column("telephone", "0771000001");
        dhis2.store().put(new TrackerStore.TrackedEntity("Person00001", TYPE, SITE, Map.of(UIC, "UIC-000001", "gjL1o6xvoUl", "0771000001")));

        List<Patient> patients = find();

        assertThat(patients.get(0).trackedEntity().uid()).isEqualTo("Person00001");
        assertThat(patients.get(1).deferred()).isTrue();
        assertThat(patients.get(1).trackedEntity()).isNull();

        clinic.tracked("P-000001", "Person00001");

        assertThat(find().get(1).rejection()).contains("(Person00001) is patient P-000001 of this clinic");
    }

    // ---- trackers of older installers, in which two patients may be one person

    @Test
    void twoPatientsTrackedToOnePersonAreBothInDoubt() {
        aPatientWithAnEvent(1);
        aPatientWithAnEvent(2);
        person("Person00001", "UIC-000001");

        withOlderTrackers(() -> {
            clinic.tracked("P-000001", "Person00001").tracked("P-000002", "Person00001");

            assertThat(find()).hasSize(2).allSatisfy(patient -> {
                assertThat(patient.rejection()).contains("P-000001", "P-000002", "are one person in DHIS2 (Person00001)");
                assertThat(patient.trackedEntity()).isNull();
            });
        });
    }

    @Test
    void twoPatientsTrackedToOnePersonWhoIsGoneDoNotBecomeOneNewPerson() {
        aPatientWithAnEvent(1);
        aPatientWithAnEvent(2);
        person("Person00001", "UIC-000001");
        dhis2.store().deleteTrackedEntity("Person00001");

        withOlderTrackers(() -> {
            clinic.tracked("P-000001", "Person00001").tracked("P-000002", "Person00001");

            assertThat(find()).hasSize(2).allSatisfy(patient -> assertThat(patient.rejection()).contains("are one person in DHIS2"));
        });
    }

    @Test
    void aPersonFoundWhoIsTwoOtherPatientsOfThisClinicIsInDoubt() {
        aPatientWithAnEvent(1);
        clinic.patient(77);
        clinic.patient(78);
        person("Person00001", "UIC-000001");

        withOlderTrackers(() -> {
            clinic.tracked("P-000077", "Person00001").tracked("P-000078", "Person00001");

            assertThatOnlyRejected("of this clinic", "Person00001");
        });
    }

    @Test
    void ofSeveralIdentifiersThatNobodyHasAnyMoreOneIsCorrectedAndNoneIsLost() {
        clinic.patient(1);
        clinic.patient(2);
        String settled = """
                [{"identifier": "P-000001", "instance": "Person00001", "enrolment": null, "hash": null},
                 {"identifier": "P-000002", "instance": "Person00002", "enrolment": null, "hash": null}]""";

        withOlderTrackers(() -> {
            clinic.tracked("P-old", "Person00001").tracked("P-older", "Person00001");
            clinic.tracked("P-old", "Person00002").tracked("P-000002", "Person00002");

            for (int times = 1; times <= 2; times++) {
                routes.send("sql:file:routes/sql/settle-patients.sql", Map.of(), settled);

                assertThat(clinic.jdbc().queryForList("SELECT instance_id || ' ' || patient_id FROM instance_tracker", String.class))
                        .containsExactlyInAnyOrder("Person00001 P-000001", "Person00001 P-old", "Person00002 P-old", "Person00002 P-000002");
            }
        });
    }

    // ---- the check for patients of other sites

    @Test
    void withTheDuplicateCheckAPersonUnderAnotherOrgUnitIsRefusedInTheWordsTheClinicsKnow() {
        aPatientWithAnEvent(1);
        person("Person00001", ELSEWHERE, "UIC-000001", "1990-01-01");

        try (RouteFixture checking = load("sync.duplicate-check=true")) {
            assertThat(find(checking).get(0).rejection()).isEqualTo(
                    "Patient with UIC UIC-000001 already exists under zjiCmkAyHCv. Check and update UIC for patient in DHIS.");

            person("Person00001", SITE, "UIC-000001", "1990-01-01");
            assertThat(find(checking).get(0).inDhis2().uid()).isEqualTo("Person00001");
        }
    }

    @Test
    void withoutTheDuplicateCheckAPersonUnderAnotherOrgUnitIsThePatient() {
        aPatientWithAnEvent(1);
        person("Person00001", ELSEWHERE, "UIC-000001", "1990-01-01");

        assertThat(find().get(0).trackedEntity().orgUnit()).isEqualTo(ELSEWHERE);
    }

    // ---- enrolments

    @Test
    void aNewPatientGetsANewEnrolmentOfTheClinicsDate() {
        aPatientWithAnEvent(1);
        clinic.enrolled(1, LocalDate.of(2024, 6, 1)).enrolled(1, LocalDate.of(2023, 7, 8));

        EnrolmentToSend enrolment = find().get(0).enrolment(RouteFixture.program());

        assertThat(enrolment.send()).isEqualTo(Send.NEW);
        assertThat(enrolment.enrolledAt()).isEqualTo("2023-07-08");
        assertThat(enrolment.orgUnit()).isEqualTo(SITE);
        assertThat(enrolment.uid()).isEqualTo(ComputedUid.ofEnrolment(SITE, ComputedUid.ofTrackedEntity(SITE, "P-000001"), PROGRAM));
    }

    @Test
    void aTrackedEnrolmentThatIsThereIsUsedAsItIsEvenBesideAnActiveOne() {
        aKnownPatient();
        clinic.enrolmentTracked("Person00001", "Enrolment01");
        enrolment("Enrolment01", EARLIER);
        dhis2.store().completeEnrolment("Enrolment01");
        enrolment("Enrolment02", EARLIER.plusYears(1));

        assertThatEnrolmentIs("Enrolment01", Send.NOTHING);
    }

    @Test
    void withoutATrackedEnrolmentTheActiveOneInDhis2IsUsed() {
        aKnownPatient();
        enrolment("Enrolment01", EARLIER);
        enrolment("Enrolment02", EARLIER.plusYears(1));
        dhis2.store().completeEnrolment("Enrolment02");

        assertThatEnrolmentIs("Enrolment01", Send.NOTHING);
    }

    @Test
    void theLatestCompletedEnrolmentIsReopenedWhereTheMappingSaysYes() {
        mapped("IPV", "yes");
        aKnownPatient();
        enrolment("Enrolment01", EARLIER);
        enrolment("Enrolment02", EARLIER.plusMonths(3));
        enrolment("Enrolment03", EARLIER.minusMonths(3));
        List.of("Enrolment01", "Enrolment02", "Enrolment03").forEach(dhis2.store()::completeEnrolment);

        EnrolmentToSend enrolment = assertThatEnrolmentIs("Enrolment02", Send.REOPEN);

        assertThat(enrolment.enrolledAt()).startsWith("2023-08-01");
        assertThat(enrolment.occurredAt()).startsWith("2023-08-01");
    }

    @Test
    void aCompletedEnrolmentStaysClosedWhereTheMappingSaysNo() {
        aKnownPatient();
        enrolment("Enrolment01", EARLIER);
        dhis2.store().completeEnrolment("Enrolment01");

        assertThatEnrolmentIs(ComputedUid.ofEnrolment(SITE, "Person00001", PROGRAM), Send.NEW);
    }

    @Test
    void inAProgramThatEnrolsOnceTheCompletedEnrolmentIsTheOnlyOneThereCanBe() {
        aKnownPatient();
        enrolment("Enrolment01", EARLIER);
        dhis2.store().completeEnrolment("Enrolment01");
        ProgramMetadata program = RouteFixture.program();

        RouteFixture.Claimed claimed = routes.claim(new ProgramMetadata(program.id(), program.name(), program.trackedEntityType(), true,
                program.futureEnrolment(), program.futureIncident(), program.ofType(), program.attributes(), program.stages()));
        routes.send("direct:find-patients", claimed);

        EnrolmentToSend enrolment = claimed.batch().patients().iterator().next().enrolment(RouteFixture.program());
        assertThat(enrolment.uid()).isEqualTo("Enrolment01");
        assertThat(enrolment.send()).isEqualTo(Send.NOTHING);
    }

    @Test
    void aTrackedEnrolmentThatWasDeletedNeverGetsAnEventAgain() {
        aKnownPatient();
        clinic.enrolmentTracked("Person00001", "Enrolment01");
        enrolment("Enrolment01", EARLIER);
        dhis2.store().deleteEnrolment("Enrolment01");

        assertThatEnrolmentIs(ComputedUid.after("Enrolment01"), Send.NEW);
    }

    @Test
    void ourOwnEnrolmentThatWasDeletedBeforeItWasTrackedNeverGetsAnEventAgain() {
        aKnownPatient();
        String computed = ComputedUid.ofEnrolment(SITE, "Person00001", PROGRAM);
        clinic.enrolmentTracked("Person00001", computed);
        enrolment(computed, EARLIER);
        dhis2.store().deleteEnrolment(computed);

        String next = find().get(0).enrolment(RouteFixture.program()).uid();

        assertThat(dhis2.store().enrolment(next)).isEmpty();
    }

    @Test
    void aDateOfEnrolmentInTheFutureIsRejected() {
        aPatientWithAnEvent(1);
        clinic.enrolled(1, LocalDate.now().plusYears(1));

        assertThat(find().get(0).rejection()).contains("lies in the future");
    }

    @Test
    void theEventsOfATrackedPatientAreReadOnlyWhereOneWasSentBefore() {
        aKnownPatient();
        find();
        assertThat(dhis2.requestLog().get(0).query()).doesNotContain("events");

        clinic.eventTracked(1001, STAGE, "Event000001");
        enrolment("Enrolment01", EARLIER);
        dhis2.store().put(new TrackerStore.Event("Event000001", "Enrolment01", STAGE, SITE, EARLIER, Map.of()));

        assertThat(find().get(0).inDhis2().enrolmentOf("Event000001")).isPresent();
    }

    @Test
    void anOutageGoesToTheRouteThatAsked() {
        aPatientWithAnEvent(1);
        dhis2.fail(1, request -> true).with(503, "down");
        RouteFixture.Claimed claimed = routes.claim();

        assertThatThrownBy(() -> routes.send("direct:find-patients", claimed)).isNotNull();
        assertThat(claimed.batch().rejected()).isEmpty();
    }

    // ---- the words of these tests

    private static int aPatientWithAnEvent(int patient) {
        clinic.patient(patient);
        clinic.encounter(1000 + patient, patient, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        return clinic.pending(patient, "IPV", 1000 + patient);
    }

    /** Trackers keyed by (instance_id, patient_id), see {@code clinic/older.sql}. */
    private static void withOlderTrackers(Runnable story) {
        key("instance_id, patient_id");
        try {
            story.run();
        } finally {
            clinic.jdbc().execute("TRUNCATE instance_tracker");
            key("instance_id");
        }
    }

    private static void key(String columns) {
        clinic.jdbc().execute("ALTER TABLE instance_tracker DROP CONSTRAINT instance_tracker_pkey, ADD PRIMARY KEY (" + columns + ")");
    }

    private static void aKnownPatient() {
        aPatientWithAnEvent(1);
        clinic.tracked("P-000001", "Person00001");
        person("Person00001", "UIC-000001");
    }

    private static void person(String uid, String uic) {
        person(uid, SITE, uic, "1990-01-01");
    }

    private static void person(String uid, String orgUnit, String uic, String birth) {
        Map<String, String> attributes = new LinkedHashMap<>(Map.of(UIC, uic));
        if (birth != null) {
            attributes.put(BIRTH, birth);
        }
        dhis2.store().put(new TrackerStore.TrackedEntity(uid, TYPE, orgUnit, attributes));
    }

    private static void enrolment(String uid, LocalDateTime enrolledAt) {
        dhis2.store().put(new TrackerStore.Enrolment(uid, "Person00001", PROGRAM, SITE, enrolledAt));
    }

    private static List<Patient> find() {
        return find(routes);
    }

    private static List<Patient> find(RouteFixture loaded) {
        RouteFixture.Claimed claimed = loaded.claim();
        loaded.send("direct:find-patients", claimed);
        return List.copyOf(claimed.batch().patients());
    }

    /** The only patient is rejected with these words, and is nobody: neither a person found nor a new one. */
    private static void assertThatOnlyRejected(String... words) {
        Patient patient = find().get(0);
        assertThat(patient.rejection()).contains(words);
        assertThat(patient.inDhis2()).isNull();
        assertThat(patient.trackedEntity()).isNull();
    }

    private static EnrolmentToSend assertThatEnrolmentIs(String uid, Send send) {
        EnrolmentToSend enrolment = find().get(0).enrolment(RouteFixture.program());
        assertThat(enrolment.uid()).isEqualTo(uid);
        assertThat(enrolment.send()).isEqualTo(send);
        return enrolment;
    }
}
