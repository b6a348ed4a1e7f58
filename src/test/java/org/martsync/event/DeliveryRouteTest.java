package org.martsync.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.martsync.RouteFixture.SITE;
import static org.martsync.dhis2.StandInFaults.holding;
import static org.martsync.dhis2.StandInFaults.posts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.Dhis2Unavailable;
import org.martsync.dhis2.TrackedEntity;
import org.martsync.dhis2.TrackerStore;
import org.martsync.patient.Patient;
import org.martsync.patient.PlacePatients;

/** The routes of {@code routes/delivery.camel.yaml}: the POST, and what becomes of each event by its answer. */
class DeliveryRouteTest {

    private static final String TYPE = "XV3kldsZq0H";
    private static final String PROGRAM = "vatFxlZR2lj";
    private static final String IPV = "TGvGDt6e6OM";
    private static final String HTS = "bY9Dg3Je4CN";
    private static final LocalDateTime MORNING = LocalDateTime.of(2024, 2, 1, 10, 30);

    private static Clinic clinic;
    private static Dhis2StandIn dhis2;
    private static RouteFixture routes;
    private final List<JsonNode> posted = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        clinic = Clinic.installed().migrated();
        dhis2 = Dhis2StandIn.start();
        routes = RouteFixture.load("delivery", clinic, List.of(), RouteFixture.askingDhis2(dhis2));
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
        posted.clear();
        dhis2.onRequest(request -> posted.add(json(request.text())));
        clinic.mapping("Patient", """
                {"isPatientMapping": true, "formTableMappings": {"patient": {
                  "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "birthdate": {"id": "wSp6Q7QDMsk"}}}}""",
                "{\"searchable\": [\"uic\"]}");
        mapping("IPV", IPV);
        mapping("IPV again", IPV);
        mapping("HTS", HTS);
    }

    // ---- one POST

    @Test
    void aBatchIsOnePostWithPeopleEnrolmentsAndEvents() {
        for (int i = 1; i <= 30; i++) {
            anEvent(i, "IPV", 100 + i);
            clinic.encounter(200 + i, i, "ZW", MORNING);
            clinic.pending(i, "IPV", 200 + i);
        }

        Batch batch = deliver();

        assertThat(batch.stored()).hasSize(60);
        assertThat(posted).hasSize(1);
        assertThat(posted.get(0).path("trackedEntities")).hasSize(30);
        assertThat(posted.get(0).path("enrollments")).hasSize(30);
        assertThat(posted.get(0).path("events")).hasSize(60);
        assertThat(dhis2.requestLog().get(0).query().split("&")).containsExactlyInAnyOrder("async=false", "importStrategy=CREATE_AND_UPDATE",
                "atomicMode=OBJECT", "reportMode=ERRORS");
    }

    @Test
    void whatIsSentIsNotedBeforeWithAnewTimeForEachFurtherPost() {
        for (int patient = 1; patient <= 2; patient++) {
            anEvent(patient, "IPV", 100 + patient);
        }
        List<Map<String, Object>> noted = new CopyOnWriteArrayList<>();
        // seen by another connection than the batch's
        dhis2.onRequest(request -> noted.addAll(clinic.jdbc().queryForList("SELECT id, sent_at, events::text AS events FROM sync_request")));
        dhis2.fail(1, posts()).with(500, "could not serialize access");

        Batch batch = deliver();

        assertThat(batch.stored()).hasSize(2);
        assertThat(noted).hasSize(2).allSatisfy(note -> assertThat(note).containsEntry("id", batch.request())
                .containsEntry("events", "{" + batch.events().get(0).id() + "," + batch.events().get(1).id() + "}"));
        assertThat((Timestamp) noted.get(1).get("sent_at")).isAfter((Timestamp) noted.get(0).get("sent_at"));
    }

    @Test
    void aNoteThatSomebodyTookForOverdueIsThereAgainWithTheNextPost() {
        anEvent(1, "IPV", 101);
        dhis2.fail(1, posts()).with(500, "could not serialize access");
        List<Integer> seen = new CopyOnWriteArrayList<>();
        dhis2.onRequest(request -> {
            seen.add(clinic.jdbc().queryForObject("SELECT count(*) FROM sync_request", Integer.class));
            clinic.jdbc().update("DELETE FROM sync_request");
        });

        deliver();

        assertThat(seen).containsExactly(1, 1);
    }

    @Test
    void anImportThatGetsNoAnswerStaysNoted() {
        anEvent(1, "IPV", 101);
        dhis2.fail(1, posts()).byResetBeforeProcessing();
        RouteFixture.Claimed claimed = planned();

        assertThatThrownBy(() -> routes.send("direct:deliver-batch", claimed)).isNotNull();

        assertThat(clinic.jdbc().queryForList("SELECT id FROM sync_request", Long.class)).containsExactly(claimed.batch().request());
    }

    @Test
    void nothingToSendIsNoPost() {
        anEvent(1, "IPV", 101);
        RouteFixture.Claimed claimed = planned();
        claimed.batch().rejectAll("rejected before");

        routes.send("direct:deliver-batch", claimed);

        assertThat(dhis2.requests()).isZero();
        assertThat(claimed.batch().request()).as("and no note").isZero();
    }

    @Test
    void theEventOfAKnownAndUnchangedPatientGoesAlone() {
        anEvent(1, "IPV", 101);
        Patient first = deliver().patients().iterator().next();
        clinic.tracked("P-000001", first.trackedEntity().uid()).enrolmentTracked(first.trackedEntity().uid(), first.enrolment(RouteFixture.program()).uid());
        clinic.jdbc().update("INSERT INTO sync_tracked_entity (tracked_entity, attributes_hash) VALUES (?, ?)", first.trackedEntity().uid(),
                first.trackedEntity().hash());
        posted.clear();

        RouteFixture.Claimed claimed = planned(DeliveryRouteTest::asTheyAreInDhis2);
        routes.send("direct:deliver-batch", claimed);

        assertThat(claimed.batch().stored()).hasSize(1);
        assertThat(posted).singleElement().satisfies(body -> {
            assertThat(body.path("trackedEntities")).isEmpty();
            assertThat(body.path("enrollments")).isEmpty();
            assertThat(body.path("events")).hasSize(1);
        });
    }

    @Test
    void aKnownPatientWhoChangedIsSentWithTheEvent() {
        anEvent(1, "IPV", 101);
        Patient first = deliver().patients().iterator().next();
        clinic.tracked("P-000001", first.trackedEntity().uid());
        clinic.jdbc().update("INSERT INTO sync_tracked_entity (tracked_entity, attributes_hash) VALUES (?, ?)", first.trackedEntity().uid(),
                first.trackedEntity().hash());
        clinic.patientAgain(1).uic("UIC-new");
        posted.clear();

        routes.send("direct:deliver-batch", planned(DeliveryRouteTest::asTheyAreInDhis2));

        assertThat(posted.get(0).path("trackedEntities")).hasSize(1);
        assertThat(dhis2.store().trackedEntity(first.trackedEntity().uid()).get().attributes()).containsEntry("zRA08XEYiSF", "UIC-new");
    }

    // ---- outcomes

    @Test
    void oneRefusedEventDoesNotHoldUpTheOthers() {
        anEvent(1, "IPV", 101);
        anEvent(2, "IPV", 102);
        anEvent(3, "IPV", 103);
        RouteFixture.Claimed claimed = planned();
        values(event(claimed, 1)).get(0).put("dataElement", "NoElement01");

        routes.send("direct:deliver-batch", claimed);

        assertThat(claimed.batch().events()).extracting(PendingEvent::stored).containsExactly(true, false, true);
        assertThat(event(claimed, 1).rejection()).contains("NoElement01").contains("[E1304]");
        assertThat(posted).hasSize(1);
    }

    @Test
    void aRefusedPatientsReasonIsToldAtEachOfTheirEvents() {
        anEvent(1, "IPV", 101);
        clinic.encounter(102, 1, "ZW", MORNING);
        clinic.pending(1, "IPV", 102);
        anEvent(2, "IPV", 103);
        dhis2.store().put(new TrackerStore.TrackedEntity("Person00009", TYPE, SITE, Map.of("zRA08XEYiSF", "UIC-000001")));

        Batch batch = deliver();

        assertThat(batch.events()).extracting(PendingEvent::stored).containsExactly(false, false, true);
        assertThat(batch.rejected()).allSatisfy(event -> assertThat(event.rejection()).contains("[E1064]").contains("CORE - Unique ID (UIC)")
                .doesNotContain("E5000"));
    }

    @Test
    void onlyWhatTheReportListsIsStoredWhateverTheStatusSays() {
        anEvent(1, "IPV", 101);
        anEvent(2, "IPV", 102);
        RouteFixture.Claimed claimed = planned();
        dhis2.fail(1, posts()).with(200, "application/json", """
                {"status": "OK", "validationReport": {"errorReports": []}, "stats": {"created": 6}, "bundleReport": {"typeReportMap": {"EVENT":
                {"objectReports": [{"trackerType": "EVENT", "uid": "%s", "errorReports": []}]}}}}""".formatted(event(claimed, 0).uid()));

        routes.send("direct:deliver-batch", claimed);

        assertThat(claimed.batch().events()).extracting(PendingEvent::stored).containsExactly(true, false);
        assertThat(event(claimed, 1).rejection()).contains("did not store the event and gave no reason");
    }

    @Test
    void anOutageDecidesNothingOfAnyEvent() {
        anEvent(1, "IPV", 101);
        RouteFixture.Claimed claimed = planned();
        dhis2.fail(1, posts()).with(503, "down");

        assertThatThrownBy(() -> routes.send("direct:deliver-batch", claimed)).isNotNull();

        assertThat(claimed.batch().open()).hasSize(1);
        assertThat(dhis2.requests()).isEqualTo(1);
    }

    // ---- refused as a whole

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 500})
    void theEventThatBreaksTheWholeIsFoundAndItsNeighboursAreStored(int status) {
        for (int i = 1; i <= 16; i++) {
            anEvent(i, "IPV", 100 + i);
        }
        RouteFixture.Claimed claimed = planned();
        PendingEvent breaking = event(claimed, 4);
        dhis2.failAlways(posts().and(holding(breaking.uid()))).with(status, "could not execute statement");

        routes.send("direct:deliver-batch", claimed);

        assertThat(claimed.batch().rejected()).containsExactly(breaking);
        assertThat(breaking.rejection()).contains("could not execute statement", "[HTTP " + status + "]");
        assertThat(claimed.batch().stored()).hasSize(15);
        assertThat(dhis2.store().events()).hasSize(15);
        assertThat(dhis2.requests()).as("two whole, four cuts, once more alone").isLessThanOrEqualTo(2 + 2 * 4 + 1);
    }

    @Test
    void twoEventsOfOnePatientArePartedWhenOneOfThemBreaksTheWhole() {
        anEvent(1, "IPV", 101);
        clinic.encounter(102, 1, "ZW", MORNING);
        clinic.pending(1, "IPV", 102);
        RouteFixture.Claimed claimed = planned();
        dhis2.failAlways(posts().and(holding(event(claimed, 0).uid()))).with(500, "could not execute statement");

        routes.send("direct:deliver-batch", claimed);

        assertThat(claimed.batch().events()).extracting(PendingEvent::stored).containsExactly(false, true);
        assertThat(dhis2.store().enrolments()).hasSize(1);
    }

    @Test
    void aRefusalThatPassesIsSentOnceMoreAsItIs() {
        anEvent(1, "IPV", 101);
        anEvent(2, "IPV", 102);
        RouteFixture.Claimed claimed = planned();
        dhis2.fail(1, posts()).with(500, "could not serialize access");

        routes.send("direct:deliver-batch", claimed);

        assertThat(claimed.batch().stored()).hasSize(2);
        assertThat(posted).hasSize(2);
        assertThat(posted.get(1)).isEqualTo(posted.get(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15})
    void theFirstEventAndTheLastAreFoundLikeAnyOther(int place) {
        for (int i = 1; i <= 16; i++) {
            anEvent(i, "IPV", 100 + i);
        }
        RouteFixture.Claimed claimed = planned();
        PendingEvent breaking = event(claimed, place);
        dhis2.failAlways(posts().and(holding(breaking.uid()))).with(500, "could not execute statement");

        routes.send("direct:deliver-batch", claimed);

        assertThat(claimed.batch().rejected()).containsExactly(breaking);
        assertThat(claimed.batch().stored()).hasSize(15);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 500})
    void anEventThatIsRefusedWithNoOtherBesideItIsRejectedWhenItsPatientIsTakenWithoutIt(int status) {
        anEvent(1, "IPV", 101);
        RouteFixture.Claimed claimed = planned();
        dhis2.failAlways(posts().and(holding(event(claimed, 0).uid()))).with(status, "could not execute statement");

        routes.send("direct:deliver-batch", claimed);

        assertThat(event(claimed, 0).rejection()).contains("could not execute statement", "[HTTP " + status + "]");
        assertThat(dhis2.requests()).isEqualTo(3);
        assertThat(dhis2.store().enrolments()).hasSize(1);
        assertThat(claimed.batch().patients()).noneMatch(Patient::trackedEntityWaits).noneMatch(patient -> patient.enrolmentWaits(RouteFixture.program()));
    }

    @Test
    void aKnownPatientOfWhomNothingIsNewIsTakenWithoutTheEventAndStaysAsTheyAre() {
        anEvent(1, "IPV", 101);
        Patient first = deliver().patients().iterator().next();
        String uid = first.trackedEntity().uid();
        clinic.tracked("P-000001", uid).enrolmentTracked(uid, first.enrolment(RouteFixture.program()).uid());
        clinic.jdbc().update("INSERT INTO sync_tracked_entity (tracked_entity, attributes_hash) VALUES (?, ?)", uid, first.trackedEntity().hash());
        RouteFixture.Claimed claimed = planned(DeliveryRouteTest::asTheyAreInDhis2);
        dhis2.failAlways(posts().and(holding(event(claimed, 0).uid()))).with(500, "could not execute statement");

        routes.send("direct:deliver-batch", claimed);

        assertThat(claimed.batch().rejected()).hasSize(1);
        assertThat(dhis2.store().trackedEntity(uid).orElseThrow().attributes()).containsEntry("zRA08XEYiSF", "UIC-000001");
        assertThat(dhis2.store().trackedEntity(uid).orElseThrow().orgUnit()).isEqualTo(SITE);
        assertThat(dhis2.store().enrolments()).singleElement().satisfies(one -> assertThat(one.writes()).isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 413, 500})
    void aDhis2ThatRefusesEverythingIsAnOutageAndNoEventsFault(int status) {
        for (int i = 1; i <= 64; i++) {
            anEvent(i, "IPV", 100 + i);
        }
        RouteFixture.Claimed claimed = planned();
        dhis2.failAlways(posts()).with(status, "application/json", "{\"message\": \"nothing is taken today\"}");

        assertThatThrownBy(() -> routes.send("direct:deliver-batch", claimed)).hasRootCauseInstanceOf(Dhis2Unavailable.class)
                .hasRootCauseMessage("DHIS2 answered HTTP " + status + " to everything it was sent");

        assertThat(claimed.batch().open()).hasSize(64);
        assertThat(dhis2.requests()).as("two whole, six cuts, two alone and each once more, and a patient").isEqualTo(2 + 6 + 3 + 1);
    }

    @Test
    void anOutageThatBeginsWhileABadEventIsLookedForIsNoEventsFault() {
        for (int i = 1; i <= 4; i++) {
            anEvent(i, "IPV", 100 + i);
        }
        RouteFixture.Claimed claimed = planned();
        dhis2.failAlways(posts().and(holding(event(claimed, 2).uid()))).with(500, "could not execute statement");
        dhis2.failAlways(request -> !dhis2.store().events().isEmpty()).with(500, "the disk is full");

        assertThatThrownBy(() -> routes.send("direct:deliver-batch", claimed)).hasRootCauseInstanceOf(Dhis2Unavailable.class);

        assertThat(claimed.batch().stored()).hasSize(2);
        assertThat(claimed.batch().rejected()).isEmpty();
    }

    // ---- what may not stand in one payload

    @Test
    void twoEventsOfAStageThatIsNotRepeatableGoInDifferentPayloads() {
        anEvent(1, "HTS", 101);
        clinic.encounter(102, 1, "ZW", MORNING);
        clinic.pending(1, "HTS", 102);

        Batch batch = deliver();

        assertThat(posted).hasSize(2);
        assertThat(batch.events()).extracting(PendingEvent::stored).containsExactly(true, false);
        assertThat(batch.rejected().get(0).rejection()).contains("[E1039]");
        assertThat(posted.get(1).path("trackedEntities")).as("stored by the first").isEmpty();
        assertThat(posted.get(1).path("enrollments")).isEmpty();
    }

    @Test
    void twoPeopleWithOneUniqueValueGoInDifferentPayloadsAndTheFirstIsStored() {
        anEvent(1, "IPV", 101);
        anEvent(2, "IPV", 102);
        clinic.patientAgain(2).uic("UIC-000001");

        Batch batch = deliver();

        assertThat(posted).hasSize(2);
        assertThat(batch.events()).extracting(PendingEvent::stored).containsExactly(true, false);
        assertThat(batch.rejected().get(0).rejection()).contains("[E1064]");
    }

    @Test
    void twoMappingsThatFillOneStageOfOneEncounterAreSentOneAfterTheOther() {
        anEvent(1, "IPV", 101);
        clinic.pending(1, "IPV again", 101);

        Batch batch = deliver();

        assertThat(posted).hasSize(2);
        assertThat(batch.stored()).hasSize(2);
        assertThat(dhis2.store().events()).singleElement().satisfies(event -> assertThat(event.writes()).isEqualTo(2));
    }

    @Test
    void twoRowsOfOneEncounterAndMappingAreOneEventAndBothAreStored() {
        anEvent(1, "IPV", 101);
        clinic.pending(1, "IPV", 101);

        Batch batch = deliver();

        assertThat(posted).hasSize(1);
        assertThat(posted.get(0).path("events")).hasSize(1);
        assertThat(batch.stored()).hasSize(2);
    }

    // ---- the words of these tests

    private static void mapping(String name, String stage) {
        clinic.mapping(name, "{\"dhisProgramStageId\": \"" + stage
                + "\", \"formTableMappings\": {\"ipv_form\": {\"sp_if_site_type\": \"SqX8j4oFNN3\"}}}", "{}");
    }

    private static void anEvent(int patient, String mapping, int encounter) {
        clinic.patient(patient);
        clinic.encounter(encounter, patient, "ZW", MORNING);
        clinic.pending(patient, mapping, encounter);
    }

    private Batch deliver() {
        RouteFixture.Claimed claimed = planned();
        routes.send("direct:deliver-batch", claimed);
        return claimed.batch();
    }

    private static RouteFixture.Claimed planned() {
        return planned(patient -> { });
    }

    /** A batch as the routes before this one leave it: every patient placed, every event mapped. */
    private static RouteFixture.Claimed planned(Consumer<Patient> found) {
        RouteFixture.Claimed claimed = routes.claim();
        Batch batch = claimed.batch();
        batch.patients().forEach(found);
        routes.bean(PlacePatients.class).place(batch.patients(), batch.patientMapping());
        for (PendingEvent event : batch.open()) {
            Map<String, Object> payload = new LinkedHashMap<>();
            payload.put("event", event.uid());
            payload.put("program", PROGRAM);
            payload.put("programStage", event.mapping().stage());
            payload.put("enrollment", event.patient().enrolment(event.program()).uid());
            payload.put("orgUnit", SITE);
            payload.put("occurredAt", "2024-02-01");
            payload.put("status", "ACTIVE");
            List<Map<String, Object>> values = new ArrayList<>();
            if (event.mapping().stage().equals(IPV)) {
                values.add(new LinkedHashMap<>(Map.of("dataElement", "SqX8j4oFNN3", "value", "Static")));
            }
            payload.put("dataValues", values);
            event.send(payload);
        }
        return claimed;
    }

    private static void asTheyAreInDhis2(Patient patient) {
        dhis2.store().trackedEntity(patient.trackers().get(0).trackedEntity()).ifPresent(person -> patient.is(new TrackedEntity(person.uid(), null,
                person.orgUnit(), person.attributes(), dhis2.store().enrolmentsOf(person.uid()).stream().map(enrolment ->
                        new TrackedEntity.Enrolment(enrolment.uid(), enrolment.program(), enrolment.status(), enrolment.orgUnit(),
                                enrolment.enrolledAt().toString(), enrolment.occurredAt().toString(), Map.of())).toList())));
    }

    private static PendingEvent event(RouteFixture.Claimed claimed, int index) {
        return claimed.batch().events().get(index);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> values(PendingEvent event) {
        return (List<Map<String, Object>>) event.payload().get("dataValues");
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
