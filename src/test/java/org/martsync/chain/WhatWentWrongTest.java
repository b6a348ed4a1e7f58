package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.chain.WholeChain.ADDRESS;
import static org.martsync.chain.WholeChain.BIRTHDATE;
import static org.martsync.chain.WholeChain.EMPTY_CONFIG;
import static org.martsync.chain.WholeChain.GENDER;
import static org.martsync.chain.WholeChain.IDENTIFIER;
import static org.martsync.chain.WholeChain.LONG_TEXT;
import static org.martsync.chain.WholeChain.MORNING;
import static org.martsync.chain.WholeChain.NUMBER;
import static org.martsync.chain.WholeChain.PATIENT_MAPPING;
import static org.martsync.chain.WholeChain.TEXT;
import static org.martsync.chain.WholeChain.UIC;
import static org.martsync.chain.WholeChain.VISIT_MAPPING;
import static org.martsync.dhis2.StandInFaults.gets;
import static org.martsync.dhis2.StandInFaults.holding;
import static org.martsync.dhis2.StandInFaults.path;
import static org.martsync.dhis2.StandInFaults.posts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.MartSync;
import org.martsync.RunningProgram;
import org.martsync.clinic.LogRow;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.StandInFaults;
import org.martsync.dhis2.TrackerStore.Enrolment;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.sync.Run;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * The fourteen things that went wrong with the program this one replaces, by their numbers, in the whole program.
 *
 * <p>8, runs that missed or doubled their time, is in {@code ScheduleRouteTest}; 14, migrations that altered an installed
 * site, in {@code MigrationsTest}. The machine is east of Greenwich here, where a midnight is another day in UTC.
 */
@ExtendWith(OutputCaptureExtension.class)
class WhatWentWrongTest {

    private static final TimeZone ZONE = TimeZone.getDefault();
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(3);

    private static WholeChain chain;

    @BeforeAll
    static void start() {
        TimeZone.setDefault(TimeZone.getTimeZone("Africa/Harare"));
        chain = WholeChain.start("dhis2.response-timeout=" + RESPONSE_TIMEOUT.toMillis());
    }

    @AfterAll
    static void stop() {
        TimeZone.setDefault(ZONE);
        chain.close();
    }

    @BeforeEach
    void reset() {
        chain.reset();
    }

    // ---- 1

    @Test
    @DisplayName("1 values were escaped twice: they arrive byte for byte, in events and persons")
    void valuesArriveByteForByte() {
        List<String> texts = List.of("N/A", "n/a / N\\A", "She said \"it's nothing\"", "C:\\new\\table", "a\nb\r\nc\td", "Été à Kilimà",
                "e\u0301 decomposed", "🙂👩🏽‍⚕️", "<b>&amp; &lt;</b>", "100 % %20 +", "{\"a\": [1]}", "${body} {{dhis2.password}} #{x} :#id ?",
                "'; DROP TABLE log; --", "\\u0041 \\n", "null", "  kept blanks  ", "中文 العربية");
        List<Integer> events = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            chain.clinic.patient(i + 1).column("address1", texts.get(i));
            events.add(chain.visit(i + 1, Map.of("f_text", texts.get(i), "f_long", texts.get(i))));
        }

        chain.program.run();

        for (int i = 0; i < texts.size(); i++) {
            chain.assertEvent(events.get(i)).isSynced();
            assertThat(chain.stored(events.get(i)).dataValues())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(TEXT, texts.get(i), LONG_TEXT, texts.get(i)));
            assertThat(chain.personOf(events.get(i)).attributes()).containsEntry(ADDRESS, texts.get(i));
        }
    }

    // ---- 2

    @Test
    @DisplayName("2 midnight became 24:00 or the day before: dates and times stay what they are")
    void midnightStaysOnItsDay() {
        chain.clinic.patient(1).birthdate(LocalDate.of(1990, 1, 1)).created(LocalDateTime.of(2024, 1, 2, 0, 0));
        int midnight = chain.visit(1, "ZWNSC-CHITUNGWIZA", LocalDateTime.of(2024, 2, 29, 0, 0), Map.of("f_date", "2024-02-01 00:00:00",
                "f_datetime", "2024-02-01 00:00:00", "f_time", "00:00:00", "f_age", "1999-12-31 00:00:00.0"));
        int late = chain.visit(1, "ZWNSC-CHITUNGWIZA", LocalDateTime.of(2024, 12, 31, 23, 59, 59), Map.of("f_date", "2024-12-31",
                "f_datetime", "2024-12-31 23:59:59", "f_time", "23:59"));

        chain.program.run();

        Event event = chain.stored(midnight);
        assertThat(event.occurredAt()).isEqualTo(LocalDate.of(2024, 2, 29).atStartOfDay());
        assertThat(event.dataValues()).containsExactlyInAnyOrderEntriesOf(Map.of("VtElem00013", "2024-02-01",
                "VtElem00014", "2024-02-01T00:00:00.000", "VtElem00015", "00:00", "VtElem00016", "1999-12-31"));
        assertThat(chain.stored(late).occurredAt()).isEqualTo(LocalDate.of(2024, 12, 31).atStartOfDay());
        assertThat(chain.stored(late).dataValues()).containsExactlyInAnyOrderEntriesOf(Map.of("VtElem00013", "2024-12-31",
                "VtElem00014", "2024-12-31T23:59:59.000", "VtElem00015", "23:59"));
        assertThat(chain.personOf(midnight).attributes()).containsEntry(BIRTHDATE, "1990-01-01");
        assertThat(chain.enrolmentOf(midnight).enrolledAt()).isEqualTo(LocalDate.of(2024, 1, 2).atStartOfDay());
        assertThat(chain.enrolmentOf(midnight).occurredAt()).isEqualTo(LocalDate.of(2024, 2, 29).atStartOfDay());
    }

    // ---- 3

    /** What hides from the program that DHIS2 has stored everything. */
    private enum Lost {
        RESET(dhis2 -> dhis2.failAlways(posts()).byResetAfterProcessing()),
        CUT(dhis2 -> dhis2.failAlways(posts()).byCuttingTheAnswer()),
        TIMED_OUT(dhis2 -> dhis2.hold(Integer.MAX_VALUE, posts()));

        private final Consumer<Dhis2StandIn> happens;

        Lost(Consumer<Dhis2StandIn> happens) {
            this.happens = happens;
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("3 an answer that was lost made a second event: the next run updates the one there is")
    void anAnswerThatIsLostMakesNoSecondEvent(Lost lost) {
        chain.patients(3);
        List<Integer> events = List.of(chain.visit(1, "old"), chain.visit(2, "same"), chain.visit(3, "same"));
        lost.happens.accept(chain.dhis2);

        Run broken = chain.program.run();

        assertThat(broken.stopped()).isNotNull();
        assertThat(chain.dhis2.store().events()).as("stored without our knowing").hasSize(3);
        events.forEach(event -> chain.assertEvent(event).isWaiting());

        chain.dhis2.heal();
        Map<String, Object> answers = new HashMap<>();
        answers.put("f_text", "new");
        answers.put("f_number", "7");
        chain.clinic.edit(events.get(0), "visit_form", answers);
        chain.program.run();

        chain.assertOnlyTheseStandInDhis2(events);
        assertThat(chain.stored(events.get(0)).dataValues()).containsExactlyInAnyOrderEntriesOf(Map.of(TEXT, "new", NUMBER, "7"));
        assertThat(chain.stored(events.get(1)).dataValues()).containsExactly(Map.entry(TEXT, "same"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    @DisplayName("3 an answer that was lost is made good within the run")
    void anAnswerThatIsLostIsMadeGoodWithinTheRun(int times) {
        chain.patients(2);
        List<Integer> events = List.of(chain.visit(1, "a"), chain.visit(2, "b"));
        chain.dhis2.fail(times, posts()).byResetAfterProcessing();

        Run run = chain.program.run();

        assertThat(run.stopped()).isNull();
        assertThat(run.synced()).isEqualTo(2);
        chain.assertOnlyTheseStandInDhis2(events);
        events.forEach(event -> assertThat(chain.clinic.logOf(event)).hasSize(1));
    }

    @Test
    @DisplayName("3 a POST that DHIS2 stores late brings old values back: after a while its events are sent once more")
    void aPostThatIsStoredLateIsMadeGood() {
        int event = oldVisitOfAnOldStreet();
        StandInFaults.Held held = sentButNotStoredYet();
        assertThat(held.arrived()).isEqualTo(1);
        newStreetAndNewAnswer(event);
        chain.assertOnlyTheseStandInDhis2(List.of(event));

        storedLate(held, event);
        assertThat(chain.clinic.event(event).isPending()).as("nobody can know yet").isFalse();
        theNoteComesDue();
        chain.program.run();

        chain.assertOnlyTheseStandInDhis2(List.of(event));
        assertThat(chain.stored(event).dataValues()).containsExactly(Map.entry(TEXT, "new"));
        assertThat(chain.personOf(event).attributes()).containsEntry(ADDRESS, "new street");
        assertThat(chain.clinic.jdbc().queryForList("SELECT * FROM sync_request")).isEmpty();
    }

    @Test
    @DisplayName("3 so are the patient's details, also where the event was edited by then and is sent for that")
    void detailsThatAPostBroughtBackLateAreMadeGoodWithAnEventThatIsPendingAnyway() {
        int event = oldVisitOfAnOldStreet();
        StandInFaults.Held held = sentButNotStoredYet();
        newStreetAndNewAnswer(event);
        storedLate(held, event);
        assertThat(chain.personOf(event).attributes()).containsEntry(ADDRESS, "old street");

        theNoteComesDue();
        chain.clinic.edit(event, "visit_form", Map.of("f_text", "newest"));
        chain.program.run();

        assertThat(chain.stored(event).dataValues()).containsExactly(Map.entry(TEXT, "newest"));
        assertThat(chain.personOf(event).attributes()).containsEntry(ADDRESS, "new street");
    }

    private static int oldVisitOfAnOldStreet() {
        chain.clinic.patient(1).column("address1", "old street");
        return chain.visit(1, "old");
    }

    /** Runs into a DHIS2 whose answer does not come in time. */
    private static StandInFaults.Held sentButNotStoredYet() {
        StandInFaults.Held held = chain.dhis2.holdUnprocessed(1, posts());
        chain.program.run();
        return held;
    }

    private static void newStreetAndNewAnswer(int event) {
        chain.clinic.patientAgain(1).column("address1", "new street");
        chain.clinic.edit(event, "visit_form", Map.of("f_text", "new"));
        chain.program.run();
    }

    private static void storedLate(StandInFaults.Held held, int event) {
        held.release();
        Awaitility.await().until(() -> chain.stored(event).dataValues().containsValue("old"));
    }

    private static void theNoteComesDue() {
        chain.clinic.jdbc().update("UPDATE sync_request SET sent_at = sent_at - interval '1 hour'");
    }

    @Test
    @DisplayName("3 a database lost after the POST makes no second event")
    void aDatabaseLostAfterThePostMakesNoSecondEvent() {
        chain.patients(3);
        List<Integer> events = List.of(chain.visit(1, "a"), chain.visit(2, "b"), chain.visit(3, "c"));
        AtomicBoolean once = new AtomicBoolean();
        chain.dhis2.onRequest(request -> {
            if (posts().test(request) && once.compareAndSet(false, true)) {
                chain.clinic.jdbc().queryForList("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        + "WHERE application_name = 'mart-dhis2-sync' AND datname = current_database()");
            }
        });

        chain.program.run();
        assertThat(once).isTrue();
        assertThat(chain.dhis2.store().events()).hasSize(3);
        chain.program.run(); // the patience of this program may have ended while the pool found its connections dead

        chain.assertOnlyTheseStandInDhis2(events);
        events.forEach(event -> assertThat(chain.clinic.logOf(event)).hasSize(1));
    }

    @Test
    @DisplayName("3 an edit during the POST was lost: the event stays pending and its newest answers arrive")
    void anEditDuringThePostIsNotLost() {
        chain.patients(1);
        int event = chain.visit(1, "before");
        AtomicBoolean once = new AtomicBoolean();
        chain.dhis2.onRequest(request -> {
            if (posts().test(request) && once.compareAndSet(false, true)) {
                chain.clinic.edit(event, "visit_form", Map.of("f_text", "after"));
            }
        });

        chain.program.run();
        // another worker may have got the patient right after the first was done
        assertThat(chain.clinic.event(event).isPending() || chain.clinic.logOf(event).size() == 2).as("pending, or sent again").isTrue();
        chain.program.run();

        chain.assertOnlyTheseStandInDhis2(List.of(event));
        assertThat(chain.stored(event).dataValues()).containsExactly(Map.entry(TEXT, "after"));
    }

    @Test
    @DisplayName("3 a kill during the POST made everything twice: started again, each event is there once")
    void aProgramKilledDuringThePostGoesOnWhenStartedAgain(@TempDir Path folder) throws Exception {
        chain.patients(12);
        List<Integer> events = new ArrayList<>();
        for (int patient = 1; patient <= 12; patient++) {
            events.add(chain.visit(patient, "first " + patient));
            events.add(chain.visit(patient, "second " + patient));
        }
        // a job of its own: the program of this class has another
        chain.clinic.jdbc().update("INSERT INTO analytics_cron_job (name, start_delay, expression, enabled) VALUES ('killed', 0, '* * * ? * *', true)");
        StandInFaults.Held held = chain.dhis2.hold(1, posts());

        Process first = ownProcess(folder.resolve("first.log"));
        try {
            awaitFor(first, folder.resolve("first.log"), () -> held.arrived() == 1);
        } finally {
            first.destroyForcibly().waitFor();
        }
        assertThat(first.exitValue()).as("128 and SIGKILL").isEqualTo(137);
        held.release();
        assertThat(chain.dhis2.store().events()).as("stored without our knowing").hasSize(24);
        events.forEach(event -> chain.assertEvent(event).isWaiting());
        assertThat(chain.clinic.instanceOf("P-000001")).isEmpty();
        chain.clinic.edit(events.get(0), "visit_form", Map.of("f_text", "newest"));

        Process second = ownProcess(folder.resolve("second.log"));
        try {
            awaitFor(second, folder.resolve("second.log"), () -> chain.clinic.pendingCount() == 0);
        } finally {
            second.destroyForcibly().waitFor();
        }

        chain.assertOnlyTheseStandInDhis2(events);
        assertThat(chain.stored(events.get(0)).dataValues()).containsExactly(Map.entry(TEXT, "newest"));
        assertThat(chain.stored(events.get(1)).dataValues()).containsExactly(Map.entry(TEXT, "second 1"));
        events.forEach(event -> assertThat(chain.clinic.logOf(event)).extracting(LogRow::status).containsExactly("success"));
    }

    private static Process ownProcess(Path log) throws Exception {
        URI database = URI.create(chain.clinic.jdbcUrl().substring("jdbc:".length()));
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), MartSync.class.getName(),
                "--analytics.server=" + database.getHost() + ":" + database.getPort(),
                "--analytics.database=" + database.getPath().substring(1),
                "--analytics.user=" + chain.clinic.user(), "--analytics.password=" + chain.clinic.password(),
                "--dhis2.url=" + chain.dhis2.url(), "--dhis2.user=" + Dhis2StandIn.USER, "--dhis2.password=" + Dhis2StandIn.PASSWORD,
                "--dhis2.program=" + WholeChain.PROGRAM, "--site.org-unit=" + RunningProgram.SITE, "--server.port=0",
                "--schedule.job=killed", "--org-units.refresh=false", "--console.password=for-the-test")
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    private static void awaitFor(Process process, Path log, Callable<Boolean> done) {
        Awaitility.await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(50))
                .failFast(() -> assertThat(process.isAlive()).as(() -> "the program runs; it said " + said(log)).isTrue()).until(done);
    }

    private static String said(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- 4

    @Test
    @DisplayName("4 an event without a form row was marked synced: it is rejected")
    void anEventWithoutAFormRowIsRejected() {
        chain.patients(1);
        int event = chain.clinic.pending(1, "Visit", chain.encounter(1));

        chain.program.run();

        chain.assertEvent(event).isRejectedBecause("No form data found for the encounter in visit_form.").hasFailed(1);
        assertThat(chain.dhis2.store().events()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "<html><body>Down for maintenance</body></html>", "{}", "[]", "null", "{\"status\": \"OK\"}",
            "{\"status\": \"OK\", \"validationReport\": {\"errorReports\": []}, \"bundleReport\": {\"status\": \"OK\", \"typeReportMap\": {}}}",
            "{\"status\": \"OK\", \"stats\": {\"created\": 1}, \"validationReport\": {}}"})
    @DisplayName("4 any answer with status 200 marked an event synced: only the report of it does")
    void anAnswerThatIsNoReportOfTheEventNeverMarksItSynced(String body) {
        chain.patients(1);
        int event = chain.visit(1, "x");
        chain.dhis2.failAlways(posts()).with(200, body.startsWith("<") ? "text/html" : "application/json", body);

        chain.program.run();

        assertThat(chain.clinic.event(event).isPending()).isTrue();
        assertThat(chain.clinic.logOf(event)).extracting(LogRow::status).doesNotContain("success");
        assertThat(chain.clinic.eventUidOf(chain.encounterOf(event), WholeChain.VISIT)).isEmpty();
        assertThat(chain.clinic.instanceOf("P-000001")).isEmpty();

        chain.dhis2.heal();
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(List.of(event));
    }

    // ---- 5

    @Test
    @DisplayName("5 two rows of one form made two events: there is one, with the latest answer to each question, and a note")
    void twoRowsOfAFormMakeOneEventWithTheLatestOfEachField() {
        chain.patients(1);
        int event = chain.visit(1, Map.of("f_text", "old", "f_long", "only in the first", "f_number", "1"));
        Map<String, Object> second = new HashMap<>(Map.of("f_text", "new", "f_yes", "true", "f_long", ""));
        second.put("f_number", null);
        chain.clinic.form("visit_form", chain.encounterOf(event), 1, second, MORNING.plusHours(1));

        chain.program.run();

        chain.assertOnlyTheseStandInDhis2(List.of(event));
        assertThat(chain.stored(event).dataValues()).containsExactlyInAnyOrderEntriesOf(
                Map.of(TEXT, "new", LONG_TEXT, "only in the first", NUMBER, "1", "VtElem00011", "true"));
        assertThat(chain.clinic.logOf(event)).singleElement().satisfies(row -> {
            assertThat(row.status()).isEqualTo("success");
            assertThat(row.statusInfo()).contains("2 rows of form visit_form");
        });
    }

    // ---- 6

    @Test
    @DisplayName("6 one poisonous row stopped every run: it is rejected and all others are synced")
    void poisonousRowsDoNotStopTheRun() {
        chain.patients(9);
        List<Integer> good = new ArrayList<>();
        List<Integer> bad = new ArrayList<>(List.of(chain.clinic.pending(null, null, null), chain.clinic.pending(" ", "Visit", "x")));
        for (int patient = 1; patient <= 9; patient++) {
            good.add(chain.visit(patient, "good " + patient));
            if (patient % 4 == 1) { // first, middle and last
                bad.add(chain.visit(patient, "POISON " + patient));
            }
        }
        bad.add(chain.visit(2, Map.of("f_number", "many")));
        chain.clinic.patient(10).uic("中".repeat(1200)); // longer than any request line that DHIS2 takes
        bad.add(chain.visit(10, "of somebody odd"));
        chain.dhis2.failAlways(posts().and(holding("POISON"))).with(500, "An internal error has occurred");

        for (int run = 1; run <= 2; run++) {
            Run ran = chain.program.run();

            assertThat(ran.stopped()).isNull();
            assertThat(ran.rejected()).isEqualTo(bad.size());
            for (int event : bad) {
                chain.assertEvent(event).isRejected().hasFailed(run);
            }
            chain.assertOnlyTheseStandInDhis2(good);
        }
        chain.assertEvent(bad.get(2)).isRejectedBecause("DHIS2 could not take this event: An internal error has occurred.");
        chain.assertEvent(bad.get(bad.size() - 1)).isRejectedBecause("(UIC) (zRA08XEYiSF) of the patient is too long to look them up in DHIS2.");
    }

    // ---- 7

    @Test
    @DisplayName("7 a mapping with date_modified NULL was not seen: it is used, and so is what it becomes")
    void aMappingThatWasNeverModifiedIsUsedAsItIsNow() {
        chain.patients(1);
        assertThat(chain.clinic.jdbc().queryForList("SELECT date_modified FROM mapping", String.class)).hasSize(3).containsOnlyNulls();
        int first = chain.visit(1, "x");
        chain.program.run();
        assertThat(chain.stored(first).dataValues()).containsExactly(Map.entry(TEXT, "x"));

        chain.clinic.jdbc().update("UPDATE mapping SET mapping_json = ?::jsonb WHERE program_name = 'Visit'",
                VISIT_MAPPING.replace("VtElem00001", "VtElem00020").replace("VtElem00002", "VtElem00001"));
        int second = chain.visit(1, "y");
        chain.program.run();

        assertThat(chain.stored(second).dataValues()).containsExactly(Map.entry("VtElem00020", "y"));
    }

    // ---- 9

    @Test
    @DisplayName("9 an empty searchable made everybody the first person found: nobody is searched for and nobody taken over")
    void withNothingToSearchByEverybodyIsNew() {
        chain.clinic.mapping("Patient", PATIENT_MAPPING, EMPTY_CONFIG);
        chain.inDhis2("OtherTe0001", "OtherEn0001", LocalDate.of(2020, 1, 1), Map.of(UIC, "SOMEBODY-ELSE", GENDER, "Female"));
        chain.patients(2);
        List<Integer> events = List.of(chain.visit(1, "a"), chain.visit(2, "b"), chain.visit(1, "c"));

        chain.program.run();

        events.forEach(event -> chain.assertEvent(event).isSynced());
        assertThat(chain.personOf(events.get(0)).attributes()).containsEntry(IDENTIFIER, "P-000001");
        assertThat(chain.personOf(events.get(1)).attributes()).containsEntry(IDENTIFIER, "P-000002");
        assertThat(chain.personOf(events.get(2)).uid()).isEqualTo(chain.personOf(events.get(0)).uid());
        assertThat(chain.dhis2.store().trackedEntities()).hasSize(3);
        assertThat(chain.dhis2.store().trackedEntity("OtherTe0001").orElseThrow().writes()).isEqualTo(1);
        assertThat(chain.dhis2.requestLog()).filteredOn(request -> request.path().endsWith("/trackedEntities")).isEmpty();
    }

    @Test
    @DisplayName("9 of two hits the first was taken: the event is rejected and neither is changed")
    void ofTwoHitsNeitherIsTaken() {
        Map<String, String> attributes = Map.of(UIC, "UIC-000001", GENDER, "Female", BIRTHDATE, "1990-01-01");
        chain.inDhis2("TwinTe00001", "TwinEn00001", LocalDate.of(2020, 1, 1), attributes);
        chain.inDhis2("TwinTe00002", "TwinEn00002", LocalDate.of(2020, 1, 1), attributes);
        chain.patients(2);
        int doubtful = chain.visit(1, "x");
        int other = chain.visit(2, "y");

        chain.program.run();

        chain.assertEvent(doubtful).isRejectedBecause("DHIS2 has 2 patients with ");
        chain.assertEvent(doubtful).isRejectedBecause("(TwinTe00001, TwinTe00002)");
        chain.assertEvent(other).isSynced();
        assertThat(chain.dhis2.store().events()).hasSize(1);
        assertThat(chain.writes()).containsEntry("TwinTe00001", 1).containsEntry("TwinTe00002", 1)
                .containsEntry("TwinEn00001", 1).containsEntry("TwinEn00002", 1);
        assertThat(chain.dhis2.store().trackedEntities()).hasSize(3);
    }

    @Test
    @DisplayName("9 the one hit that agrees is the patient, one that differs is not")
    void theOneHitThatAgreesIsThePatient() {
        chain.inDhis2("AgreesTe001", "AgreesEn001", LocalDate.of(2020, 1, 1),
                Map.of(UIC, "UIC-000001", GENDER, "Female", BIRTHDATE, "1990-01-01"));
        chain.inDhis2("DiffersTe01", "DiffersEn01", LocalDate.of(2020, 1, 1),
                Map.of(UIC, "UIC-000002", GENDER, "Male", BIRTHDATE, "1990-01-01"));
        chain.patients(2);
        int agrees = chain.visit(1, "x");
        int differs = chain.visit(2, "y");

        chain.program.run();

        chain.assertEvent(agrees).isSynced();
        assertThat(chain.personOf(agrees).uid()).isEqualTo("AgreesTe001");
        chain.assertEvent(differs).isRejectedBecause("(DiffersTe01) differs in ");
        assertThat(chain.writes()).containsEntry("DiffersTe01", 1);
        assertThat(chain.dhis2.store().trackedEntities()).hasSize(2);
    }

    // ---- 10

    @Test
    @DisplayName("10 later events rewrote the enrolment: its dates and org unit stay")
    void laterEventsLeaveTheEnrolmentAsItIs() {
        chain.clinic.patient(1);
        chain.clinic.enrolled(1, LocalDate.of(2024, 1, 20));
        int first = chain.visit(1, "first");
        chain.program.run();
        Enrolment before = chain.enrolmentOf(first);
        assertThat(before.enrolledAt()).isEqualTo(LocalDate.of(2024, 1, 20).atStartOfDay());
        assertThat(before.orgUnit()).isEqualTo(RunningProgram.SITE);

        chain.clinic.enrolled(1, LocalDate.of(2023, 6, 1));
        chain.clinic.patientAgain(1).column("address1", "moved").orgUnit("zjiCmkAyHCv");
        int later = chain.visit(1, "ZW_01", MORNING.plusYears(1), Map.of("f_text", "elsewhere and later"));
        int earlier = chain.visit(1, "ZW_01", MORNING.minusYears(1), Map.of("f_text", "entered late"));
        chain.clinic.edit(first, "visit_form", Map.of("f_text", "corrected"));
        chain.program.run();

        chain.assertOnlyTheseStandInDhis2(List.of(first, later, earlier));
        assertThat(chain.stored(later).orgUnit()).isEqualTo("zjiCmkAyHCv");
        assertThat(chain.enrolmentOf(later)).isEqualTo(before);
    }

    @Test
    @DisplayName("10 an enrolment made by somebody else stays as they made it")
    void anEnrolmentOfSomebodyElseStaysAsItIs() {
        chain.inDhis2("AgreesTe001", "AgreesEn001", LocalDate.of(2020, 1, 1),
                Map.of(UIC, "UIC-000001", GENDER, "Female", BIRTHDATE, "1990-01-01"));
        Enrolment before = chain.dhis2.store().enrolment("AgreesEn001").orElseThrow();
        chain.clinic.patient(1);
        chain.clinic.enrolled(1, LocalDate.of(2024, 1, 20));
        int event = chain.visit(1, "ZW_01", MORNING, Map.of("f_text", "x"));

        chain.program.run();

        chain.assertEvent(event).isSynced();
        assertThat(chain.enrolmentOf(event)).isEqualTo(before);
    }

    // ---- 11

    @Test
    @DisplayName("11 each event cost several requests and dozens of statements: at most one in 50 and one in 10 events")
    void requestsAndStatementsDoNotGrowWithEachEvent() {
        // a program of its own: what was slow in the others makes the batches of theirs smaller
        try (WholeChain chain = WholeChain.start()) {
            chain.reset();
            chain.patients(121);
            List<Integer> events = new ArrayList<>(List.of(chain.visit(121, "before, with which the mappings are no longer new and so checked")));
            chain.program.run();
            for (int patient = 1; patient <= 120; patient++) {
                for (int i = 0; i < 5; i++) {
                    events.add(chain.visit(patient, "visit " + i));
                }
            }
            // so many that the claims of workers who find nothing left do not decide
            chain.dhis2.resetCounts();
            chain.statements.reset();

            Run run = chain.program.run();

            assertThat(run.synced()).isEqualTo(600);
            assertThat(chain.dhis2.requests()).isLessThanOrEqualTo(600 / 50);
            assertThat(chain.statements.count()).isPositive().isLessThanOrEqualTo(600 / 10);
            chain.assertOnlyTheseStandInDhis2(events);
        }
    }

    // ---- 12

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 502, 503, 504})
    @DisplayName("12 an outage was taken for the events' fault: nothing is counted, nothing logged, and the run stops trying")
    void anOutageIsNotTheEventsFault(int status) {
        List<Integer> events = thirtyPatientsWithAVisit();
        chain.dhis2.failAlways(path("/api/tracker")).with(status, "text/plain", "not now");

        Run run = chain.program.run();

        assertThat(run.stopped()).contains("HTTP " + status).contains("in vain");
        assertThat(run.waiting()).isEqualTo(30);
        events.forEach(event -> chain.assertEvent(event).isWaiting());
        assertThat(chain.clinic.log()).isEmpty();

        chain.dhis2.heal();
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(events);
        events.forEach(event -> chain.assertEvent(event).hasFailed(0));
    }

    @Test
    @DisplayName("12 every event waited for a time-out of its own: one pause is made for all")
    void aDhis2ThatHangsIsWaitedForOnceAndNotByEachEvent() {
        List<Integer> events = thirtyPatientsWithAVisit();
        chain.dhis2.holdUnprocessed(Integer.MAX_VALUE, path("/api/tracker"));

        Run run = chain.program.run();

        assertThat(run.stopped()).isNotNull();
        assertThat(run.seconds()).isLessThan(4.0 * RESPONSE_TIMEOUT.toSeconds());
        events.forEach(event -> chain.assertEvent(event).isWaiting());
        assertThat(chain.clinic.log()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 500})
    @DisplayName("12 an outage that shows in POSTs only is waited for too, and is no event's fault")
    void aDhis2ThatTakesNothingIsNoEventsFault(int status) {
        List<Integer> events = thirtyPatientsWithAVisit();
        chain.dhis2.failAlways(posts()).with(status, "text/html", "<html>not now</html>");

        Run run = chain.program.run();

        assertThat(run.stopped()).contains("HTTP " + status + " to everything it was sent").contains("in vain");
        assertThat(run.waiting()).isEqualTo(30);
        events.forEach(event -> chain.assertEvent(event).isWaiting());
        assertThat(chain.clinic.log()).isEmpty();

        chain.dhis2.heal();
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(events);
        events.forEach(event -> chain.assertEvent(event).hasFailed(0));
    }

    @Test
    @DisplayName("12 one event that DHIS2 cannot take is rejected by name, also when it is all there is to send")
    void theOneEventThatDhis2CannotTakeIsRejectedAloneInARun() {
        chain.patients(1);
        int event = chain.visit(1, "POISON");
        chain.dhis2.failAlways(posts().and(holding("POISON"))).with(500, "An internal error has occurred");

        for (int times = 1; times <= 2; times++) {
            Run run = chain.program.run();

            assertThat(run.stopped()).isNull();
            chain.assertEvent(event).isRejectedBecause("DHIS2 could not take this event: An internal error has occurred").hasFailed(times);
        }
    }

    @Test
    @DisplayName("12 a DHIS2 that refuses connections leaves the events waiting")
    void aDhis2ThatIsNotThereLeavesTheEventsWaiting() {
        List<Integer> events = thirtyPatientsWithAVisit();
        chain.dhis2.refuseConnections();

        Run run = chain.program.run();

        assertThat(run.stopped()).contains("DHIS2 cannot be reached");
        events.forEach(event -> chain.assertEvent(event).isWaiting());
        assertThat(chain.clinic.log()).isEmpty();

        chain.dhis2.acceptConnections();
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(events);
    }

    @Test
    @DisplayName("12 a short outage delays the run and nothing else")
    void aShortOutageOnlyDelaysTheRun() {
        List<Integer> events = thirtyPatientsWithAVisit();
        chain.dhis2.fail(1, posts()).with(503, "text/plain", "not now");
        chain.dhis2.fail(1, gets()).byResetBeforeProcessing();

        Run run = chain.program.run();

        assertThat(run.stopped()).isNull();
        chain.assertOnlyTheseStandInDhis2(events);
        assertThat(chain.clinic.log()).hasSize(30).extracting(LogRow::status).containsOnly("success");
        events.forEach(event -> chain.assertEvent(event).hasFailed(0));
    }

    private static List<Integer> thirtyPatientsWithAVisit() {
        chain.patients(30);
        return chain.visitOfEach(30, "x");
    }

    // ---- 13

    /** Stands in every field; what is no text is written so that it does not occur by itself. */
    private static final String SECRET = "GEHEIM";
    private static final List<String> SECRETS = List.of(SECRET, "481516", "1977-07-07", Dhis2StandIn.PASSWORD, Dhis2StandIn.TOKEN, "for-the-test");

    @Test
    @DisplayName("13 patients stood in the log file: no value of a patient, form or mapping does, however a run ends")
    void nothingOfAPatientStandsInTheLogOutput(CapturedOutput output) throws Exception {
        mappingWithSecrets();
        for (int patient = 1; patient <= 9; patient++) {
            patientWithSecrets(patient);
        }
        int good = chain.visit(1, answersWithSecrets());
        int number = chain.visit(2, Map.of("f_number", SECRET));
        int option = chain.visit(3, Map.of("f_option", SECRET));
        chain.clinic.patientAgain(4).column("telephone", SECRET);
        int phone = chain.visit(4, answersWithSecrets());
        List<Integer> names = List.of(chain.clinic.pending(SECRET, SECRET, SECRET), chain.clinic.pending("5", SECRET, "1"),
                chain.clinic.pending("5", "Visit", SECRET));
        chain.clinic.jdbc().update("UPDATE events_to_sync SET username = ?, comment = ?", SECRET, SECRET);
        // somebody else with the same UIC
        chain.inDhis2("DiffersTe01", "DiffersEn01", LocalDate.of(2020, 1, 1), Map.of(UIC, SECRET + "-UIC-6", GENDER, "Male"));
        int other = chain.visit(6, answersWithSecrets());
        int poison = chain.visit(7, Map.of("f_text", SECRET + " POISON"));
        chain.dhis2.failAlways(posts().and(holding("POISON"))).with(500, SECRET + " of the request");
        int firstHts = hts(8);
        int secondHts = hts(8);

        chain.program.run();

        chain.assertEvent(good).isSynced();
        assertThat(chain.stored(good).dataValues()).containsValue(SECRET + " note");
        chain.assertEvent(number).isRejectedBecause(SECRET);
        chain.assertEvent(option).isRejectedBecause(SECRET);
        chain.assertEvent(phone).isRejectedBecause(SECRET);
        names.forEach(event -> chain.assertEvent(event).isRejected());
        chain.assertEvent(other).isRejectedBecause("differs in");
        chain.assertEvent(poison).isRejectedBecause("could not take");
        assertThat(List.of(chain.clinic.event(firstHts).isPending(), chain.clinic.event(secondHts).isPending())).containsExactlyInAnyOrder(true, false);
        assertNoSecretIn(output);
    }

    @Test
    @DisplayName("13 an exception quoted what it fell over: the log names its kind and place")
    void nothingOfAPatientStandsInTheLogOutputAfterAnException(CapturedOutput output) {
        mappingWithSecrets();
        patientWithSecrets(1);
        patientWithSecrets(2);
        chain.visit(1, answersWithSecrets());
        chain.visit(2, answersWithSecrets());
        chain.clinic.jdbc().execute("""
                CREATE FUNCTION quote_it() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'row % of GEHEIM', NEW; END $$""");
        chain.clinic.jdbc().execute("CREATE TRIGGER quote_it BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION quote_it()");
        try {
            Run run = chain.program.run();

            assertThat(run.synced()).isZero();
            assertThat(chain.clinic.pendingCount()).isEqualTo(2);
        } finally {
            chain.clinic.jdbc().execute("DROP TRIGGER quote_it ON log");
            chain.clinic.jdbc().execute("DROP FUNCTION quote_it()");
        }
        assertThat(output.toString()).contains("a batch broke, its patients are tried in smaller ones: PSQLException");
        assertNoSecretIn(output);

        chain.program.run();
        assertThat(chain.clinic.pendingCount()).isZero();
        chain.assertNobodyIsThereTwice();
    }

    /** Ways in which DHIS2 fails while it holds, or quotes, what it was sent. */
    private enum Outage {
        HTML(dhis2 -> dhis2.failAlways(path("/api/tracker")).with(200, "text/html", "<p>GEHEIM</p>")),
        UNAVAILABLE(dhis2 -> dhis2.failAlways(posts()).with(503, "GEHEIM is not available")),
        SEARCH_BROKEN(dhis2 -> dhis2.failAlways(gets().and(path("/api/tracker"))).with(500, "GEHEIM-UIC-1 could not be cast")),
        RESET(dhis2 -> dhis2.failAlways(posts()).byResetAfterProcessing()),
        CUT(dhis2 -> dhis2.failAlways(gets().and(path("/api/tracker"))).byCuttingTheAnswer()),
        LOGIN(dhis2 -> dhis2.failAlways(path("/api/tracker")).withLoginRedirect()),
        WRONG_PASSWORD(dhis2 -> dhis2.failAlways(path("/api/tracker")).with(401, "GEHEIM")),
        GONE(Dhis2StandIn::refuseConnections);

        private final Consumer<Dhis2StandIn> happens;

        Outage(Consumer<Dhis2StandIn> happens) {
            this.happens = happens;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 409})
    @DisplayName("13 a refused search quoted what was searched for: the log does not")
    void nothingOfAPatientStandsInTheLogOutputWhenASearchIsRefused(int status, CapturedOutput output) {
        mappingWithSecrets();
        patientWithSecrets(1);
        int event = chain.visit(1, answersWithSecrets());
        chain.dhis2.failAlways(gets().and(request -> request.query().contains("GEHEIM-UIC-1"))).with(status, "filter=zRA08XEYiSF:in:GEHEIM-UIC-1 is invalid.");

        chain.program.run();

        chain.assertEvent(event).isRejectedBecause("DHIS2 answered a question with HTTP " + status);
        assertThat(chain.clinic.logOf(event).get(0).statusInfo()).doesNotContain(SECRET);
        assertNoSecretIn(output);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("13 an outage quoted the request: the log does not")
    void nothingOfAPatientStandsInTheLogOutputAfterAnOutage(Outage outage, CapturedOutput output) {
        mappingWithSecrets();
        patientWithSecrets(1);
        int event = chain.visit(1, answersWithSecrets());
        outage.happens.accept(chain.dhis2);

        Run run = chain.program.run();

        assertThat(run.stopped()).isNotNull();
        chain.assertEvent(event).isWaiting();
        assertThat(output.toString()).contains("stopped: ");
        assertNoSecretIn(output);
    }

    @Test
    @DisplayName("13 a lost database connection quoted the statement: the log does not")
    void nothingOfAPatientStandsInTheLogOutputWhenTheDatabaseIsLost(CapturedOutput output) {
        mappingWithSecrets();
        patientWithSecrets(1);
        int event = chain.visit(1, answersWithSecrets());
        AtomicBoolean once = new AtomicBoolean();
        chain.dhis2.onRequest(request -> {
            if (posts().test(request) && once.compareAndSet(false, true)) {
                chain.clinic.jdbc().queryForList("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        + "WHERE application_name = 'mart-dhis2-sync' AND datname = current_database()");
            }
        });

        chain.program.run();
        chain.program.run(); // as above

        chain.assertEvent(event).isSynced();
        assertThat(output.toString()).contains("the database cannot answer");
        assertNoSecretIn(output);
    }

    private static void assertNoSecretIn(CapturedOutput output) {
        // what the database server says on its own log is not the program's
        List<String> lines = output.toString().lines().filter(line -> !line.contains(" EmbeddedPostgres: ")).toList();
        assertThat(lines).as("the log").anyMatch(line -> line.contains("sync: run "))
                .as("stack traces").noneMatch(line -> line.startsWith("\tat "));
        for (String secret : SECRETS) {
            assertThat(lines).filteredOn(line -> line.contains(secret)).as("lines with %s", secret).isEmpty();
        }
    }

    private static void mappingWithSecrets() {
        chain.clinic.mapping("Patient", PATIENT_MAPPING.replace("\"displayName\": \"", "\"displayName\": \"" + SECRET + " "), WholeChain.PATIENT_CONFIG);
        chain.clinic.mapping("Visit", VISIT_MAPPING.replace("\"displayName\": \"", "\"displayName\": \"" + SECRET + " "), EMPTY_CONFIG);
        chain.clinic.jdbc().update("UPDATE mapping SET created_by = ?, modified_by = ?", SECRET, SECRET);
    }

    private static void patientWithSecrets(int patient) {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (String column : List.of("given_name", "middle_name", "family_name", "address1", "nationality", "occupation", "marital_status", "education")) {
            columns.put(column, SECRET + " " + column);
        }
        columns.put("patient_identifier", SECRET + "-ID-" + patient);
        columns.put("uic", SECRET + "-UIC-" + patient);
        columns.put("telephone", "0777 481516");
        columns.put("birthdate", LocalDate.of(1977, 7, 7).atStartOfDay());
        chain.clinic.patient(patient).columns(columns);
    }

    private static Map<String, String> answersWithSecrets() {
        return Map.of("f_text", SECRET + " text", "f_long", SECRET + " note", "f_number", "481516", "f_date", "1977-07-07");
    }

    private static int hts(int patient) {
        int encounter = chain.encounter(patient);
        chain.clinic.form("hts_form", encounter, patient, Map.of("h_place", SECRET + " place"), MORNING);
        return chain.clinic.pending(patient, "HTS", encounter);
    }

    @Test
    @DisplayName("13 names went into queries unquoted: quotes and semicolons in them harm nothing and are read")
    void oddNamesOfTablesAndColumnsAreQuoted() {
        chain.clinic.mapping("Odd", """
                {"dhisProgramStageId": "VtStage0001", "formTableMappings": {
                  "odd \\"form\\"; --": {"it's \\"odd\\"; DROP TABLE log; --": "VtElem00001", "Upper Case": "VtElem00002"},
                  "visit_form\\"; DROP TABLE log; --": {"x": "VtElem00005"},
                  "visit_form": {"f_number\\" FROM visit_form; DROP TABLE log; --": "VtElem00006", "f_number": "VtElem00004"}}}""", EMPTY_CONFIG);
        if (chain.clinic.jdbc().queryForObject("SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'odd%'", Integer.class) == 0) {
            chain.clinic.formTable("odd \"form\"; --", "it's \"odd\"; DROP TABLE log; --", "Upper Case");
        }
        chain.patients(1);
        int encounter = chain.encounter(1);
        chain.clinic.form("odd \"form\"; --", encounter, 1, Map.of("it's \"odd\"; DROP TABLE log; --", "read", "Upper Case", "too"), MORNING);
        chain.clinic.form("visit_form", encounter, 1, Map.of("f_number", "3"), MORNING);
        int event = chain.clinic.pending(1, "Odd", encounter);

        chain.program.run();

        chain.assertEvent(event).isSynced();
        assertThat(chain.stored(event).dataValues()).containsExactlyInAnyOrderEntriesOf(Map.of(TEXT, "read", LONG_TEXT, "too", NUMBER, "3"));
        assertThat(chain.clinic.log()).hasSize(1);
    }
}
