package org.martsync.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.RouteFixture.SITE;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.TrackedEntity;
import org.martsync.dhis2.ValueType;
import org.martsync.mapping.ConvertValue;
import org.martsync.patient.EnrolmentToSend;
import org.martsync.patient.EnrolmentToSend.Send;
import org.martsync.patient.Patient;

/** The routes of {@code routes/events.camel.yaml}: from form rows to the event that DHIS2 takes; customise is played by the test. */
class EventsRouteTest {

    private static final String IPV = "TGvGDt6e6OM";
    private static final LocalDateTime MORNING = LocalDateTime.of(2024, 2, 1, 10, 30);
    private static final Processor NOTHING = exchange -> { };

    private static Clinic clinic;
    private static RouteFixture routes;
    private static volatile Processor customise;

    @BeforeAll
    static void start() {
        clinic = Clinic.installed().migrated();
        clinic.formTable("odd; \"form\"", "it's \"odd\"").formTable("second_form", "answer");
        clinic.jdbc().execute("CREATE TABLE texts_form (id serial, encounter_id varchar, answer varchar)");
        routes = RouteFixture.load("events", clinic, List.of(), new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:customise").process(exchange -> customise.process(exchange));
                from("direct:check-as-a-site-did").bean("checkPayload", "check(${variable.event}, ${body}, ${header.reject})");
            }
        });
    }

    @AfterAll
    static void stop() {
        routes.close();
        clinic.close();
    }

    @BeforeEach
    void anUntouchedClinic() {
        customise = NOTHING;
        clinic.emptied();
        clinic.mapping("Patient", """
                {"isPatientMapping": true, "formTableMappings": {"patient": {"uic": {"id": "zRA08XEYiSF"}}}}""", "{\"searchable\": [\"uic\"]}");
        mapping("IPV", "\"ipv_form\": {\"sp_if_site_type\": \"SqX8j4oFNN3\", \"if_partner_ever_physically_hurt_you\": \"tadIzybMHE7\"}");
    }

    // ---- the forms

    @Test
    void eachFormTableIsReadOnceHoweverManyEventsNeedIt() {
        mapping("Two", "\"ipv_form\": {\"sp_if_site_type\": \"SqX8j4oFNN3\"}, \"second_form\": {\"answer\": \"JkER9yR2Nxm\"}");
        for (int i = 1; i <= 20; i++) {
            anEvent(i, i % 2 == 0 ? "Two" : "IPV", 100 + i);
            clinic.form("ipv_form", 100 + i, i, Map.of("sp_if_site_type", "Site " + i), MORNING);
        }

        RouteFixture.Claimed claimed = collect();

        assertThat(routes.statements()).as("which columns there are, and two forms").hasSize(3);
        assertThat(claimed.batch().forms("ipv_form", 120)).singleElement()
                .satisfies(row -> assertThat(row).containsEntry("sp_if_site_type", "Site 20"));
    }

    @Test
    void whatAMappingNamesInVainIsLeftOutOfTheQueries() {
        mapping("IPV", "\"ipv_form\": {\"sp_if_site_type\": \"SqX8j4oFNN3\", \"gone\": \"xVgZuIlZEk2\"}, \"gone_form\": {\"answer\": \"JkER9yR2Nxm\"}");
        anEvent(1, "IPV", 101);
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "Static"), MORNING);

        PendingEvent event = mapped().events().get(0);

        assertThat(routes.statements()).last().asString().contains("sp_if_site_type").doesNotContain("gone");
        assertThat(event.rejection()).isNull();
        assertThat(values(event)).isEqualTo(Map.of("SqX8j4oFNN3", "Static"));
    }

    @Test
    void aNameWithQuotesIsReadQuotedAndNothingElseIsRun() {
        mapping("Odd", "\"odd; \\\"form\\\"\": {\"it's \\\"odd\\\"\": \"SqX8j4oFNN3\"}, \"ipv_form; DROP TABLE log\": {\"a\": \"SqX8j4oFNN3\"},"
                + " \"ipv_form\": {\"sp_if_site_type\\\" FROM log; --\": \"SqX8j4oFNN3\"}");
        anEvent(1, "Odd", 101);

        collect();

        assertThat(routes.statements()).allSatisfy(statement -> assertThat(statement).doesNotContain("DROP", "--"));
        assertThat(routes.statements()).anySatisfy(statement ->
                assertThat(statement).contains("\"it's \"\"odd\"\"\"", "FROM \"odd; \"\"form\"\"\""));
    }

    @Test
    void aTableWhoseEncountersAreTextsIsLeftOutAndRejectsItsEventsOnly() {
        mapping("Texts", "\"texts_form\": {\"answer\": \"SqX8j4oFNN3\"}");
        anEvent(1, "Texts", 101);
        anEvent(2, "IPV", 102);
        clinic.form("ipv_form", 102, 2, Map.of("sp_if_site_type", "Static"), MORNING);

        Batch batch = mapped();

        assertThat(batch.events()).extracting(PendingEvent::rejected).containsExactly(true, false);
        assertThat(batch.events().get(0).rejection()).contains("None of the forms of the mapping Texts has a table");
        assertThat(missing()).contains("mapping Texts: table texts_form has an encounter_id of type character varying, where numbers are needed,"
                + " and is left out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bigint", "numeric", "smallint", "whole_number"})
    void anEncounterMayBeAnyKindOfNumber(String type) {
        clinic.jdbc().execute("DROP DOMAIN IF EXISTS whole_number");
        clinic.jdbc().execute("CREATE DOMAIN whole_number AS int");
        clinic.jdbc().execute("CREATE TABLE other_form (encounter_id " + type + ", answer varchar)");
        clinic.jdbc().execute("INSERT INTO other_form VALUES (101, 'Static')");
        mapping("Other", "\"other_form\": {\"answer\": \"SqX8j4oFNN3\"}");
        anEvent(1, "Other", 101);
        try {
            assertThat(values(mapped().events().get(0))).isEqualTo(Map.of("SqX8j4oFNN3", "Static"));
            assertThat(missing()).isEmpty();
        } finally {
            clinic.jdbc().execute("DROP TABLE other_form");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", "PARTITIONED TABLE"})
    void aFormMayBeMoreThanATable(String kind) {
        anEvent(1, "IPV", 101);
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "Static"), MORNING);
        mapping("Seen", "\"seen_form\": {\"sp_if_site_type\": \"SqX8j4oFNN3\"}");
        clinic.jdbc().execute("UPDATE events_to_sync SET program_id = 'Seen'");
        clinic.jdbc().execute(switch (kind) {
            case "FOREIGN TABLE" -> """
                    CREATE EXTENSION IF NOT EXISTS postgres_fdw;
                    CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'localhost', port '%s', dbname '%s');
                    CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere OPTIONS (user '%s', password '%s');
                    CREATE FOREIGN TABLE seen_form (encounter_id int, date_created timestamp, sp_if_site_type varchar)
                        SERVER elsewhere OPTIONS (table_name 'ipv_form')""".formatted(clinic.jdbcUrl().replaceAll(".*:(\\d+)/.*", "$1"),
                            clinic.jdbcUrl().replaceAll(".*/", ""), clinic.user(), clinic.password());
            case "PARTITIONED TABLE" -> """
                    CREATE TABLE seen_form (encounter_id int, date_created timestamp, sp_if_site_type varchar) PARTITION BY RANGE (encounter_id);
                    CREATE TABLE seen_form_1 PARTITION OF seen_form FOR VALUES FROM (1) TO (1000);
                    INSERT INTO seen_form SELECT encounter_id, date_created, sp_if_site_type FROM ipv_form""";
            default -> "CREATE " + kind + " seen_form AS SELECT encounter_id, date_created, sp_if_site_type FROM ipv_form";
        });
        try {
            PendingEvent event = mapped().events().get(0);

            assertThat(values(event)).isEqualTo(Map.of("SqX8j4oFNN3", "Static"));
            assertThat(event.payload()).containsEntry("occurredAt", "2024-02-01");
        } finally {
            clinic.jdbc().execute("DROP " + kind.replace("PARTITIONED ", "") + " seen_form");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"date", "timestamptz", "text"})
    void theTimeOfAFormMayHaveAnotherType(String type) {
        clinic.jdbc().execute("CREATE TABLE other_form (encounter_id int, answer varchar, date_created " + type + ")");
        clinic.jdbc().execute("INSERT INTO other_form VALUES (101, 'Static', '2024-02-01 12:00')");
        mapping("Other", "\"other_form\": {\"answer\": \"SqX8j4oFNN3\"}");
        anEvent(1, "Other", 101);
        try {
            assertThat(mapped().events().get(0).payload()).as("a text is no date, then the encounter's counts").containsEntry("occurredAt", "2024-02-01");
        } finally {
            clinic.jdbc().execute("DROP TABLE other_form");
        }
    }

    @Test
    void twoColumnsThatDifferInCapitalsOnlyAreTwo() {
        clinic.jdbc().execute("CREATE TABLE other_form (encounter_id int, notes varchar, \"Notes\" varchar, \"NOTES\" varchar)");
        clinic.jdbc().execute("INSERT INTO other_form VALUES (101, 'small', 'Static', 'LARGE')");
        mapping("Other", "\"other_form\": {\"notes\": \"JkER9yR2Nxm\", \"Notes\": \"SqX8j4oFNN3\"}");
        anEvent(1, "Other", 101);
        try {
            assertThat(collect().batch().forms("other_form", 101)).singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("notes", "small").containsEntry("Notes", "Static").doesNotContainKey("NOTES"));
        } finally {
            clinic.jdbc().execute("DROP TABLE other_form");
        }
    }

    @Test
    void aColumnThatComesAfterTheRunBeganIsRead() {
        mapping("Second", "\"second_form\": {\"answer\": \"SqX8j4oFNN3\", \"late\": \"tadIzybMHE7\"}");
        anEvent(1, "Second", 101);
        clinic.form("second_form", 101, 1, Map.of("answer", "Static"), MORNING);
        RouteFixture.Claimed claimed = routes.claim();
        enrolled(claimed);
        clinic.jdbc().execute("ALTER TABLE second_form ADD COLUMN late varchar DEFAULT 'true'");
        try {
            routes.send("direct:collect-forms", claimed);
            routes.send("direct:map-events", claimed);
        } finally {
            clinic.jdbc().execute("ALTER TABLE second_form DROP COLUMN late");
        }

        assertThat(values(claimed.batch().events().get(0))).isEqualTo(Map.of("SqX8j4oFNN3", "Static", "tadIzybMHE7", "true"));
    }

    @Test
    void numbersKeepAllTheirDigits() {
        clinic.jdbc().execute("CREATE TABLE other_form (encounter_id int, a numeric, b bigint, c float4, d float8, e numeric(30,10))");
        clinic.jdbc().execute("INSERT INTO other_form VALUES (101, 12345678901234567890.12345678901234567890, 9007199254740993, 0.1, 1e22, 100)");
        mapping("Other", "\"other_form\": {\"a\": \"SqX8j4oFNN3\", \"b\": \"b0000000001\", \"c\": \"c0000000001\", \"d\": \"d0000000001\"}");
        anEvent(1, "Other", 101);
        try {
            Map<String, Object> row = collect().batch().forms("other_form", 101).get(0);

            assertThat(List.of("a", "b", "c", "d")).extracting(column -> ConvertValue.forDataElements().convert(row.get(column), ValueType.TEXT, null))
                    .containsExactly("12345678901234567890.12345678901234567890", "9007199254740993", "0.1", "10000000000000000000000");
        } finally {
            clinic.jdbc().execute("DROP TABLE other_form");
        }
    }

    @Test
    void theFormsOfRejectedEventsAreNotRead() {
        anEvent(1, "IPV", 101);
        RouteFixture.Claimed claimed = routes.claim();
        claimed.batch().rejectAll("rejected before");

        routes.send("direct:collect-forms", claimed);

        assertThat(routes.statements()).isEmpty();
    }

    // ---- the event

    @Test
    void anEventBecomesWhatDhis2Takes() {
        clinic.orgUnit("ZW_01", "zjiCmkAyHCv");
        anEvent(1, "IPV", 101, "ZW_01");
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "Static", "if_partner_ever_physically_hurt_you", "true"), MORNING);

        PendingEvent event = mapped().events().get(0);

        assertThat(event.payload()).containsEntry("event", event.uid()).containsEntry("program", "vatFxlZR2lj")
                .containsEntry("programStage", IPV).containsEntry("enrollment", "Enrolment01").containsEntry("orgUnit", "zjiCmkAyHCv")
                .containsEntry("occurredAt", "2024-02-01").containsEntry("status", "ACTIVE");
        assertThat(values(event)).isEqualTo(Map.of("SqX8j4oFNN3", "Static", "tadIzybMHE7", "true"));
    }

    @Test
    void anUnknownOrgUnitCodeMeansTheSite() {
        anEvent(1, "IPV", 101, "NOWHERE");
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "Static"), MORNING);

        assertThat(mapped().events().get(0).payload()).containsEntry("orgUnit", SITE);
    }

    @Test
    void anEventThatIsThereKeepsItsStatusAndItsEnrolment() {
        anEvent(1, "IPV", 101);
        clinic.eventTracked(101, IPV, "Event000001");
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "Static"), MORNING);
        RouteFixture.Claimed claimed = collect();
        Patient patient = claimed.batch().patients().iterator().next();
        patient.is(new TrackedEntity("Person00001", null, SITE, Map.of(), List.of(new TrackedEntity.Enrolment("Enrolment09", "vatFxlZR2lj",
                "COMPLETED", SITE, "2024-01-01T00:00:00.000", null, Map.of("Event000001", "COMPLETED")))));

        routes.send("direct:map-events", claimed);

        assertThat(claimed.batch().events().get(0).payload()).containsEntry("event", "Event000001").containsEntry("status", "COMPLETED")
                .containsEntry("enrollment", "Enrolment09");
    }

    // ---- customise

    @Test
    void customiseGetsTheEventAndWhatItIsOf() {
        anEvent(1, "IPV", 101);
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "Static"), MORNING);
        List<Exchange> seen = new ArrayList<>();
        customise = seen::add;

        mapped();

        assertThat(seen.get(0).getMessage().getHeader("program")).isEqualTo("vatFxlZR2lj");
        assertThat(seen.get(0).getMessage().getHeader("stage")).isEqualTo(IPV);
        assertThat(seen.get(0).getMessage().getHeader("mapping")).isEqualTo("IPV");
        assertThat(seen.get(0).getMessage().getHeader("orgUnit")).isEqualTo(SITE);
        assertThat(seen.get(0).getMessage().getBody(Map.class).keySet().stream().map(String::valueOf)).containsExactly(
                "event", "program", "programStage", "enrollment", "orgUnit", "occurredAt", "status", "dataValues");
    }

    @Test
    void whatCustomiseChangesIsSent() {
        anEvent(1, "IPV", 101);
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "Static"), MORNING);
        customise = exchange -> {
            Map<String, Object> event = body(exchange);
            event.put("status", "COMPLETED");
            Map<String, Object> added = Map.of("dataElement", "xVgZuIlZEk2", "value", "true");
            @SuppressWarnings("unchecked") List<Map<String, Object>> values = (List<Map<String, Object>>) event.get("dataValues");
            values.add(added);
        };

        PendingEvent event = mapped().events().get(0);

        assertThat(event.payload()).containsEntry("status", "COMPLETED");
        assertThat(values(event)).containsEntry("xVgZuIlZEk2", "true");
    }

    @Test
    void customiseRejectsOneEventWithItsReasonAndNoOther() {
        threeEvents();
        customise = exchange -> {
            if (body(exchange).toString().contains("Site 2")) {
                exchange.getMessage().setHeader("reject", "IPV is not sent before the training in June");
            }
        };

        Batch batch = mapped();

        assertThat(batch.events()).extracting(PendingEvent::rejection)
                .containsExactly(null, "IPV is not sent before the training in June", null);
        assertThat(batch.open()).hasSize(2);
    }

    @Test
    void customiseLeavesOneEventToALaterRunWhichIsNeitherAnOutcomeNorAReasonToLookForItAgain() {
        threeEvents();
        customise = exchange -> {
            if (body(exchange).toString().contains("Site 2")) {
                exchange.getMessage().setHeader("later", "HTS is sent at night.");
            }
        };

        Batch batch = mapped();

        assertThat(batch.events()).extracting(PendingEvent::open).containsExactly(true, false, true);
        assertThat(batch.events().get(1).waitsFor()).isEqualTo("HTS is sent at night.");
        assertThat(batch.rejected()).isEmpty();
        batch.open().forEach(PendingEvent::store);
        assertThat(batch.deferred()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"older", "newer"})
    void twoVersionsOfOneEventWaitTogetherSoThatTheOlderIsNotSentOverTheNewer(String held) {
        mapping("Second", "\"second_form\": {\"answer\": \"SqX8j4oFNN3\"}");
        anEvent(1, "IPV", 101);
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "older"), MORNING);
        clinic.pending(1, "Second", 101);
        clinic.form("second_form", 101, 1, Map.of("answer", "newer"), MORNING);
        clinic.encounter(102, 1, "ZW", MORNING);
        clinic.pending(1, "IPV", 102);
        clinic.form("ipv_form", 102, 1, Map.of("sp_if_site_type", "another"), MORNING);
        customise = exchange -> {
            if (body(exchange).toString().contains(held)) {
                exchange.getMessage().setHeader("later", "It is sent at night.");
            }
        };

        Batch batch = mapped();

        assertThat(batch.events()).extracting(PendingEvent::waitsFor).containsExactly("It is sent at night.", "It is sent at night.", null);
        assertThat(batch.open()).singleElement().satisfies(event -> assertThat(event.encounter()).isEqualTo(102));
        assertThat(batch.rejected()).isEmpty();
    }

    @Test
    void aVersionThatIsRejectedStaysSoBesideOneThatWaits() {
        mapping("Second", "\"second_form\": {\"answer\": \"SqX8j4oFNN3\"}");
        anEvent(1, "IPV", 101);
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "older"), MORNING);
        clinic.pending(1, "Second", 101);
        clinic.form("second_form", 101, 1, Map.of("answer", "newer"), MORNING);
        customise = exchange -> exchange.getMessage().setHeader(body(exchange).toString().contains("older") ? "later" : "reject", "Not today.");

        Batch batch = mapped();

        assertThat(batch.events()).extracting(PendingEvent::rejected).containsExactly(false, true);
        assertThat(batch.events()).extracting(PendingEvent::waitsFor).containsExactly("Not today.", null);
    }

    @Test
    void aMapEventOfASiteThatKnowsNoLaterIsStillServed() {
        threeEvents();
        Batch batch = mapped();
        EventForms forms = new EventForms(batch.events().get(0), RouteFixture.program(), Map.of(), Map.of(), SITE);
        Map<String, Object> payload = new LinkedHashMap<>(batch.events().get(0).payload());
        batch.events().get(0).send(null);

        Exchange checked = routes.send("direct:check-as-a-site-did", Map.of("event", forms), payload);

        assertThat(checked.getException()).isNull();
        assertThat(batch.events().get(0).payload()).isSameAs(payload);
        assertThat(batch.events().get(0).open()).isTrue();

        EventForms second = new EventForms(batch.events().get(1), RouteFixture.program(), Map.of(), Map.of(), SITE);
        routes.send("direct:check-as-a-site-did", Map.of("event", second), Map.of("reject", "Not before June."), payload);
        assertThat(batch.events().get(1).rejection()).isEqualTo("Not before June.");
    }

    @Test
    void whatCustomiseLeavesInTheHeadersOfOneEventIsNotTheNextOnes() {
        threeEvents();
        List<Object> left = new ArrayList<>();
        customise = exchange -> {
            left.add(exchange.getMessage().getHeader("left"));
            exchange.getMessage().setHeader("left", "behind");
        };

        mapped();

        assertThat(left).hasSize(3).containsOnlyNulls();
    }

    @Test
    void aStopInCustomiseRejectsOneEventAndTheOthersGoOn() {
        threeEvents();
        customise = exchange -> exchange.setRouteStop(body(exchange).toString().contains("Site 2"));

        RouteFixture.Claimed claimed = collect();
        Exchange exchange = routes.send("direct:map-events", claimed);

        assertThat(exchange.isRouteStop()).as("the run goes on").isFalse();
        assertThat(claimed.batch().events()).extracting(PendingEvent::rejected).containsExactly(false, true, false);
        assertThat(claimed.batch().events().get(1).rejection()).contains("routes/customise.camel.yaml").contains("reject or later").contains("not stop");
        assertThat(claimed.batch().open()).allSatisfy(event -> assertThat(event.payload()).isNotNull());
    }

    @Test
    void anExceptionInCustomiseRejectsOneEventAndTellsNoPatientsData() {
        threeEvents();
        customise = exchange -> {
            if (body(exchange).toString().contains("Site 2")) {
                throw new IllegalStateException("Amber Test-002");
            }
        };

        Batch batch = mapped();

        assertThat(batch.events()).extracting(PendingEvent::rejected).containsExactly(false, true, false);
        assertThat(batch.events().get(1).rejection()).contains("IllegalStateException").doesNotContain("Amber");
        assertThat(batch.open()).allSatisfy(event -> assertThat(event.payload()).isNotNull());
    }

    @Test
    void whatWouldMakeDhis2RefuseTheWholeRequestRejectsItsEventBeforeItIsSent() {
        Map<String, Object> spoilt = new LinkedHashMap<>();
        spoilt.put("orgUnit", "ZW_01");
        spoilt.put("occurredAt", "1 February 2024");
        spoilt.put("status", "DONE");
        spoilt.put("enrollment", null);
        spoilt.put("event", "Another0001");
        spoilt.put("dataValues", List.of(Map.of("dataElement", "SqX8j4oFNN3", "value", "a\0b")));
        spoilt.forEach((field, value) -> {
            clinic.jdbc().update("DELETE FROM events_to_sync");
            clinic.jdbc().update("DELETE FROM patient");
            clinic.jdbc().update("DELETE FROM encounter");
            clinic.jdbc().update("DELETE FROM ipv_form");
            threeEvents();
            customise = exchange -> {
                if (body(exchange).toString().contains("Site 2")) {
                    body(exchange).put(field, value);
                }
            };

            assertThat(mapped().events()).as(field).extracting(PendingEvent::rejected).containsExactly(false, true, false);
        });
    }

    @Test
    void aBodyThatIsNoLongerAnEventRejectsIt() {
        threeEvents();
        customise = exchange -> exchange.getMessage().setBody("gone");

        assertThat(mapped().events()).allSatisfy(event -> assertThat(event.rejection()).contains("routes/customise.camel.yaml"));
    }

    @Test
    void anEventThatCannotBeMappedIsRejectedWithAllThatIsWrongAndNeverCustomised() {
        anEvent(1, "IPV", 101);
        clinic.form("ipv_form", 101, 1, Map.of("sp_if_site_type", "Static", "if_partner_ever_physically_hurt_you", "perhaps"), MORNING);
        List<Exchange> seen = new ArrayList<>();
        customise = seen::add;

        assertThat(mapped().events().get(0).rejection()).contains("tadIzybMHE7").contains("perhaps");
        assertThat(seen).isEmpty();
    }

    // ---- the words of these tests

    private static void mapping(String name, String tables) {
        clinic.mapping(name, "{\"dhisProgramStageId\": \"" + IPV + "\", \"formTableMappings\": {" + tables + "}}", "{}");
    }

    private static void anEvent(int patient, String mapping, int encounter) {
        anEvent(patient, mapping, encounter, "ZW");
    }

    private static void anEvent(int patient, String mapping, int encounter, String orgUnit) {
        clinic.patient(patient);
        clinic.encounter(encounter, patient, orgUnit, MORNING);
        clinic.pending(patient, mapping, encounter);
    }

    private static void threeEvents() {
        for (int i = 1; i <= 3; i++) {
            anEvent(i, "IPV", 100 + i);
            clinic.form("ipv_form", 100 + i, i, Map.of("sp_if_site_type", "Site " + i), MORNING);
        }
    }

    private static RouteFixture.Claimed collect() {
        RouteFixture.Claimed claimed = routes.claim();
        enrolled(claimed);
        routes.send("direct:collect-forms", claimed);
        return claimed;
    }

    private static void enrolled(RouteFixture.Claimed claimed) {
        claimed.batch().patients().forEach(patient ->
                patient.enrol(RouteFixture.program(), new EnrolmentToSend("Enrolment01", true, Send.NOTHING, SITE, "2024-01-01", null)));
    }

    /** What the run says at its beginning of the mappings. */
    private static List<String> missing() {
        return routes.missing(routes.prepared(RouteFixture.program()));
    }

    private static Batch mapped() {
        RouteFixture.Claimed claimed = collect();
        routes.send("direct:map-events", claimed);
        return claimed.batch();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> body(Exchange exchange) {
        return exchange.getMessage().getBody(Map.class);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> values(PendingEvent event) {
        Map<String, String> values = new LinkedHashMap<>();
        ((List<Map<String, Object>>) event.payload().get("dataValues")).forEach(value ->
                values.put((String) value.get("dataElement"), (String) value.get("value")));
        return values;
    }
}
