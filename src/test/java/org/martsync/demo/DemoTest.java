package org.martsync.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.check.Checkup;
import org.martsync.clinic.ClinicAssert;
import org.martsync.clinic.LogRow;
import org.martsync.clinic.SyncEvent;
import org.martsync.demo.DemoClinic.Person;
import org.martsync.demo.DemoClinic.SentEvent;
import org.martsync.dhis2.Dhis2StandIn.Answered;
import org.martsync.dhis2.TrackerStore;
import org.martsync.dhis2.TrackerStore.Enrolment;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.dhis2.TrackerStore.TrackedEntity;
import org.martsync.rehearse.Rehearsal;

/**
 * The demo after its first run, held against what was written down while its clinic was filled.
 *
 * <p>The tests look at one and the same demo; those that let it run once more come last, in a fixed order.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoTest {

    private static final int EVENTS_PER_REQUEST = 50;
    private static final int EVENTS_PER_STATEMENT = 10;

    private static Demo demo;
    private static DemoClinic.Expected expected;
    private static Account account;
    private static TrackerStore store;
    private static List<Answered> requests;
    private static Checkup checkup;
    private static Rehearsal rehearsal;
    private static List<String> before;
    private static List<String> afterRehearsal;
    private static int eventsAfterRehearsal;

    @BeforeAll
    static void firstRun() {
        demo = new Demo();
        expected = demo.expected();
        store = demo.dhis2().store();
        demo.start(List.of("--server.port=0", "--org-units.refresh=false", "--console.password=for-the-test",
                "--camel.main.run-controller=false", "--routes.watch=false",
                "--schedule.job=none, each run is asked for"));
        before = everyTable();
        checkup = demo.check();
        rehearsal = demo.rehearse();
        afterRehearsal = everyTable();
        eventsAfterRehearsal = store.events().size();
        demo.run();
        account = demo.accountOfFirstRun();
        requests = demo.dhis2().requestLog();
    }

    @AfterAll
    static void close() {
        demo.close();
    }

    private static List<String> everyTable() {
        return demo.clinic().jdbc().queryForList("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1", String.class)
                .stream().map(table -> demo.clinic().jdbc().queryForObject("SELECT '" + table + " ' || count(*) || ' rows '"
                        + " || coalesce(md5(string_agg(r.xmin::text || r::text, '|' ORDER BY r::text)), '') FROM \"" + table + "\" r", String.class))
                .toList();
    }

    // ---- before it

    @Test
    @Order(1)
    void theCheckAndTheRehearsalWroteNothing() {
        assertThat(afterRehearsal).isEqualTo(before);
        assertThat(eventsAfterRehearsal).isZero();
    }

    @Test
    @Order(1)
    void whatTheCheckSaidIsHeldBackWasRejectedAndNearlyAllThatWasRejectedItSaid() {
        Set<Integer> rejected = demo.clinic().log().stream().filter(row -> "failed".equals(row.status())).map(LogRow::eventId)
                .collect(Collectors.toSet());

        assertThat(rejected).containsAll(checkup.held());
        // what only DHIS2 can tell, or two events between them
        rejected.removeAll(checkup.held());
        assertThat(rejected).allSatisfy(id -> assertThat(expected.kinds().get(id)).isIn(Kind.NOT_REPEATABLE_TWICE,
                Kind.IN_DHIS2_DISAGREEING, Kind.IN_DHIS2_TWICE));
    }

    @Test
    @Order(1)
    void theRehearsalSaidOfEachEventWhatBecameOfIt() {
        Map<Integer, String> said = new HashMap<>();
        rehearsal.outcomes().forEach((id, outcome) -> said.put(id, outcome.reason() == null ? "stored" : outcome.reason()));
        Map<Integer, String> was = new HashMap<>();
        demo.clinic().log().stream().filter(row -> "dhis-sync".equals(row.category()))
                .forEach(row -> was.put(row.eventId(), "failed".equals(row.status()) ? row.statusInfo() : "stored"));
        // DHIS2 stores nothing, so of two that clash with each other it refuses neither
        for (Kind clash : List.of(Kind.NOT_REPEATABLE_TWICE, Kind.UIC_SHARED)) {
            expected.of(clash).forEach(id -> was.put(id, "stored"));
        }
        assertThat(said).containsExactlyInAnyOrderEntriesOf(was);
    }

    // ---- after the first run

    @Test
    @Order(1)
    void everyEventEndsAsItMust() {
        assertAll(expected.kinds().entrySet().stream().map(entry -> () -> {
            int id = entry.getKey();
            switch (expected.ending(id)) {
                case SYNCED -> ClinicAssert.assertThat(demo.clinic()).event(id).as("%s %d", entry.getValue(), id).isSynced();
                case REJECTED -> ClinicAssert.assertThat(demo.clinic()).event(id).as("%s %d", entry.getValue(), id).isRejected();
                case EITHER -> assertThat(endings(id)).as("%s %d", entry.getValue(), id).hasSize(1);
            }
        }));
    }

    @Test
    @Order(1)
    void everyEventHasOneLogRowAndTheRejectedAreCountedOnce() {
        Map<Integer, List<LogRow>> log = demo.clinic().log().stream().filter(row -> "dhis-sync".equals(row.category()))
                .collect(Collectors.groupingBy(LogRow::eventId));
        assertThat(log.keySet()).containsExactlyInAnyOrderElementsOf(expected.kinds().keySet());
        assertThat(log.values()).allSatisfy(rows -> assertThat(rows).hasSize(1));
        log.forEach((id, rows) -> ClinicAssert.assertThat(demo.clinic()).event(id)
                .hasFailed("failed".equals(rows.get(0).status()) ? 1 : 0));
    }

    @Test
    @Order(1)
    void everySyncedEventStandsInDhis2AsItWasAnsweredAndHoldsNothingElse() {
        assertAll(expected.events().entrySet().stream().map(entry -> () -> {
            SentEvent sent = entry.getValue();
            Event event = held(sent.encounterId(), sent.stage());
            assertThat(event.stage()).isEqualTo(sent.stage());
            assertThat(event.occurredAt()).as("occurredAt of event %d", entry.getKey()).isEqualTo(sent.occurredAt().atStartOfDay());
            assertThat(event.orgUnit()).as("org unit of event %d", entry.getKey()).isEqualTo(sent.orgUnit());
            assertThat(event.dataValues()).as("%s %d", expected.kinds().get(entry.getKey()), entry.getKey())
                    .containsExactlyInAnyOrderEntriesOf(sent.dataValues());
            Enrolment enrolment = store.enrolment(event.enrolment()).orElseThrow();
            assertThat(personOf(sent.patientIdentifier()).uid()).isEqualTo(enrolment.trackedEntity());
        }));
    }

    @Test
    @Order(1)
    void nothingElseStandsInDhis2() {
        Set<String> wanted = new TreeSet<>();
        expected.events().values().forEach(sent -> wanted.add(held(sent.encounterId(), sent.stage()).uid()));
        for (int id : expected.ending(Ending.EITHER)) {
            if (!demo.clinic().event(id).isPending()) {
                SyncEvent event = demo.clinic().event(id);
                wanted.add(held(Integer.parseInt(event.encounterId()), stageOf(event.mapping())).uid());
            }
        }
        assertThat(store.events()).extracting(Event::uid).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(store.events()).allSatisfy(event -> assertThat(event.writes()).isEqualTo(1));
    }

    @Test
    @Order(1)
    void everyPersonOfASyncedEventHasTheirAttributesAndTheirOldestEnrolment() {
        Set<String> identifiers = expected.events().values().stream().map(SentEvent::patientIdentifier).collect(Collectors.toSet());
        assertAll(identifiers.stream().map(identifier -> () -> {
            Person person = expected.people().get(identifier);
            TrackedEntity entity = personOf(identifier);
            assertThat(entity.attributes()).as(identifier).containsExactlyInAnyOrderEntriesOf(person.attributes());
            List<Enrolment> enrolments = store.enrolmentsOf(entity.uid());
            assertThat(enrolments).as("enrolments of %s", identifier).hasSize(1);
            assertThat(enrolments.get(0).enrolledAt()).as("enrolment of %s", identifier).isEqualTo(person.enrolledAt().atStartOfDay());
        }));
    }

    @Test
    @Order(1)
    void nobodyStandsInDhis2Twice() {
        for (String attribute : List.of(DemoProgram.UIC, DemoProgram.PATIENT_IDENTIFIER)) {
            Map<String, Long> counts = store.trackedEntities().stream().map(entity -> entity.attributes().get(attribute))
                    .filter(value -> value != null).collect(Collectors.groupingBy(value -> value, Collectors.counting()));
            // DHIS2 had one person twice before we came
            counts.remove(DemoClinic.TWICE.get(0).uic());
            assertThat(counts.values()).as(attribute).containsOnly(1L);
        }
    }

    @Test
    @Order(1)
    void ofRivalsExactlyOneIsSynced() {
        assertThat(expected.rivals()).isNotEmpty().allSatisfy(rivals -> {
            assertThat(rivals.stream().filter(id -> !demo.clinic().event(id).isPending())).as("synced of %s", rivals).hasSize(1);
            rivals.stream().filter(id -> demo.clinic().event(id).isPending())
                    .forEach(id -> ClinicAssert.assertThat(demo.clinic()).event(id).isRejected());
        });
    }

    @Test
    @Order(1)
    void whereTheRulesLeaveNoChoiceTheOthersEndOneWayOnly() {
        expected.of(Kind.TWO_ROWS_DISAGREE).forEach(id -> ClinicAssert.assertThat(demo.clinic()).event(id).isSynced());
        expected.of(Kind.ENCOUNTER_ROW_MISSING).forEach(id -> ClinicAssert.assertThat(demo.clinic()).event(id).isSynced());
        expected.of(Kind.YEAR_ONE_ENCOUNTER).forEach(id -> ClinicAssert.assertThat(demo.clinic()).event(id).isRejected());
        expected.of(Kind.YEAR_ONE_ANSWER).forEach(id -> ClinicAssert.assertThat(demo.clinic()).event(id).isRejected());
    }

    @Test
    @Order(1)
    void whoIsSomebodyElseInDhis2OrThereTwiceIsRejectedForThatReason() {
        expected.of(Kind.IN_DHIS2_DISAGREEING).forEach(id -> ClinicAssert.assertThat(demo.clinic()).event(id)
                .isRejectedBecause("(DmKnownTe02) differs in "));
        expected.of(Kind.IN_DHIS2_TWICE).forEach(id -> ClinicAssert.assertThat(demo.clinic()).event(id)
                .isRejectedBecause("DHIS2 has 2 patients with ").isRejectedBecause("(DmKnownTe03, DmKnownTe04)"));
    }

    @Test
    @Order(1)
    void whatWasSyncedBeforeIsNotTouched() {
        assertThat(expected.done()).isNotEmpty().allSatisfy(id -> {
            assertThat(demo.clinic().event(id).isPending()).isFalse();
            assertThat(demo.clinic().logOf(id)).isEmpty();
        });
    }

    @Test
    @Order(1)
    void thePeopleWhoWereInDhis2AndAreSomebodyElseAreNotTouched() {
        for (DhisPatient other : List.of(DemoClinic.DISAGREEING, DemoClinic.TWICE.get(0), DemoClinic.TWICE.get(1))) {
            assertThat(store.trackedEntity(other.trackedEntity()).orElseThrow().writes()).isEqualTo(1);
            assertThat(store.enrolment(other.enrolment()).orElseThrow().writes()).isEqualTo(1);
            assertThat(store.eventsOf(other.enrolment())).isEmpty();
        }
        assertThat(store.enrolment(DemoClinic.AGREEING.enrolment()).orElseThrow().writes()).isEqualTo(1);
        assertThat(store.eventsOf(DemoClinic.AGREEING.enrolment())).hasSize(2);
    }

    @Test
    @Order(1)
    void requestsAndStatementsStayWithinTheirLimits() {
        assertThat(account.httpRequests()).isPositive().isLessThanOrEqualTo(account.pending() / EVENTS_PER_REQUEST);
        assertThat(account.sqlStatements()).isPositive().isLessThanOrEqualTo(account.pending() / EVENTS_PER_STATEMENT);
        assertThat(requests).hasSize(account.httpRequests());
    }

    @Test
    @Order(1)
    void theAccountSaysInJsonWhatBecameOfThem() throws Exception {
        assertThat(account.balances()).isTrue();
        JsonNode json = new ObjectMapper().readTree(account.json());
        assertThat(json.properties()).extracting(Map.Entry::getKey).containsExactlyInAnyOrder("pending", "synced", "rejected",
                "waiting", "eventsInDhis2", "lost", "duplicated", "httpRequests", "sqlStatements", "seconds");
        assertThat(json.get("pending").asInt()).isEqualTo(expected.kinds().size());
        assertThat(json.get("synced").asInt()).isEqualTo((int) expected.kinds().keySet().stream()
                .filter(id -> !demo.clinic().event(id).isPending()).count());
        assertThat(json.get("rejected").asInt()).isEqualTo(expected.kinds().size() - json.get("synced").asInt());
        assertThat(json.get("waiting").asInt()).isZero();
        assertThat(json.get("lost").asInt()).isZero();
        assertThat(json.get("duplicated").asInt()).isZero();
        assertThat(json.get("seconds").asDouble()).isPositive();
    }

    // ---- further runs

    @Test
    @Order(2)
    void aSecondRunTriesTheRejectedAgainAndSendsNothingThatStandsInDhis2() {
        Map<String, Integer> writes = writes();
        Set<Integer> rejected = pending();

        demo.run();

        assertThat(pending()).isEqualTo(rejected).isNotEmpty();
        rejected.forEach(id -> ClinicAssert.assertThat(demo.clinic()).event(id).isRejected().hasFailed(2));
        assertThat(writes()).isEqualTo(writes);
        expected.events().keySet().forEach(id -> assertThat(demo.clinic().logOf(id)).hasSize(1));
    }

    @Test
    @Order(3)
    void anEditArrivesInTheSameEventWithTheClearedFieldClearedAndThePersonNotSentAgain() {
        int id = expected.of(Kind.GOOD).stream().filter(one -> expected.events().get(one).stage().equals(DemoProgram.COUNSELLING))
                .findFirst().orElseThrow();
        SentEvent sent = expected.events().get(id);
        Event before = held(sent.encounterId(), sent.stage());
        assertThat(before.dataValues()).containsKeys("DmCoNotes01", "DmCoMinut01");
        Map<String, Integer> writes = writes();
        Map<String, Object> answers = new HashMap<>();
        answers.put("co_notes", null);
        answers.put("co_minutes", "61");
        demo.clinic().edit(id, "demo_counselling", answers);

        demo.run();

        ClinicAssert.assertThat(demo.clinic()).event(id).isSynced();
        Map<String, String> dataValues = new LinkedHashMap<>(sent.dataValues());
        dataValues.remove("DmCoNotes01");
        dataValues.put("DmCoMinut01", "61");
        Event after = held(sent.encounterId(), sent.stage());
        assertThat(after.uid()).isEqualTo(before.uid());
        assertThat(after.dataValues()).containsExactlyInAnyOrderEntriesOf(dataValues);
        assertThat(after.occurredAt()).isEqualTo(before.occurredAt());
        writes.merge(after.uid(), 1, Integer::sum);
        assertThat(writes()).isEqualTo(writes);
    }

    @Test
    @Order(4)
    void anEditOfAPersonIsSentOnceAndHerEventsAreNot() {
        int id = expected.of(Kind.GOOD).iterator().next();
        SentEvent sent = expected.events().get(id);
        int patient = Integer.parseInt(demo.clinic().event(id).patientId());
        demo.clinic().patientAgain(patient).column("address1", "Moved to \"Étoile\" / 2");
        Map<String, Integer> writes = writes();
        demo.clinic().edit(id);

        demo.run();

        TrackedEntity person = personOf(sent.patientIdentifier());
        assertThat(person.attributes()).containsEntry(DemoProgram.ADDRESS, "Moved to \"Étoile\" / 2");
        writes.merge(person.uid(), 1, Integer::sum);
        writes.merge(held(sent.encounterId(), sent.stage()).uid(), 1, Integer::sum);
        assertThat(writes()).isEqualTo(writes);
    }

    // ---- as it is started

    @Test
    @Order(5)
    void startedWithOnceItEndsWithTheAccountAndExitCodeZeroInAQuarterOfAGigabyte(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("demo.out");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Demo.class.getName(),
                "--demo.once=true", "--server.port=0")
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("the demo ends").isTrue();
        } finally {
            process.destroyForcibly();
        }

        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(() -> String.join(System.lineSeparator(), lines)).isZero();
        JsonNode json = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        assertThat(json.get("pending").asInt()).isEqualTo(account.pending());
        assertThat(json.get("synced").asInt()).isEqualTo(account.synced());
        assertThat(json.get("rejected").asInt()).isEqualTo(account.rejected());
        assertThat(json.get("lost").asInt()).isZero();
        assertThat(json.get("duplicated").asInt()).isZero();
        assertThat(json.get("httpRequests").asInt()).isLessThanOrEqualTo(account.pending() / EVENTS_PER_REQUEST);
        assertThat(json.get("sqlStatements").asInt()).isLessThanOrEqualTo(account.pending() / EVENTS_PER_STATEMENT);
    }

    @Test
    @Order(6)
    void theReadersOwnEventArrivesByWhatTheReadmePrints() throws Exception {
        String chapter = Files.readString(Path.of("README.md")).replaceFirst("(?s).*\n### An event of yours\n(.*?)\n## .*", "$1");
        MatchResult sql = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(chapter).results().findFirst().orElseThrow();
        MatchResult curl = Pattern.compile("curl -u (\\S+) http://\\S+?(/api/\\S+/)\\$\\(psql .*?-c \"(.*?)\"", Pattern.DOTALL).matcher(chapter).results().findFirst().orElseThrow();

        demo.clinic().jdbc().execute(sql.group(1));
        demo.run();

        String uid = demo.clinic().jdbc().queryForObject(curl.group(3), String.class);
        HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(demo.dhis2().url() + curl.group(2) + uid))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(curl.group(1).getBytes(StandardCharsets.UTF_8))).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains(uid, "An event of mine");
        assertThat(chapter).contains("An event of mine");
    }

    // ---- how it is looked at

    private static List<Ending> endings(int id) {
        List<Ending> endings = new ArrayList<>();
        for (Ending ending : List.of(Ending.SYNCED, Ending.REJECTED)) {
            try {
                ClinicAssert.EventAssert event = ClinicAssert.assertThat(demo.clinic()).event(id);
                if (ending == Ending.SYNCED) {
                    event.isSynced();
                } else {
                    event.isRejected();
                }
                endings.add(ending);
            } catch (AssertionError other) {
                // then it is not this one
            }
        }
        return endings;
    }

    /** The event that the trackers hold for an encounter, as DHIS2 has it. */
    private static Event held(int encounter, String stage) {
        String uid = demo.clinic().eventUidOf(encounter, stage).orElseThrow(() ->
                new AssertionError("the trackers have no event of encounter " + encounter + " in stage " + stage));
        return store.event(uid).filter(event -> !event.deleted()).orElseThrow(() ->
                new AssertionError("DHIS2 has no event of encounter " + encounter + " in stage " + stage));
    }

    private static TrackedEntity personOf(String identifier) {
        List<TrackedEntity> people = store.holdersOf(DemoProgram.PATIENT_IDENTIFIER, identifier);
        assertThat(people).as("people with identifier %s", identifier).hasSize(1);
        return people.get(0);
    }

    private static String stageOf(String mapping) {
        return demo.clinic().jdbc().queryForObject("""
                SELECT coalesce(mapping_json -> 'dhisProgramStageId' ->> 'id', mapping_json ->> 'dhisProgramStageId')
                FROM mapping WHERE program_name = ?""", String.class, mapping);
    }

    private static Set<Integer> pending() {
        return new TreeSet<>(demo.clinic().jdbc().queryForList("SELECT id FROM events_to_sync WHERE synced IS NOT TRUE", Integer.class));
    }

    /** How often each object in DHIS2 was written. */
    private static Map<String, Integer> writes() {
        Map<String, Integer> writes = new HashMap<>();
        store.trackedEntities().forEach(entity -> writes.put(entity.uid(), entity.writes()));
        store.enrolments().forEach(enrolment -> writes.put(enrolment.uid(), enrolment.writes()));
        store.events().forEach(event -> writes.put(event.uid(), event.writes()));
        return writes;
    }
}
