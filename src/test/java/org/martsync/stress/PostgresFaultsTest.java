package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.dhis2.StandInFaults.gets;
import static org.martsync.dhis2.StandInFaults.path;
import static org.martsync.dhis2.StandInFaults.posts;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.ClinicAssert;
import org.martsync.clinic.CutCable;
import org.martsync.clinic.CutCable.Where;
import org.martsync.clinic.LogRow;
import org.martsync.clinic.OwnServer;
import org.martsync.dhis2.Dhis2StandIn.Request;
import org.martsync.sync.Run;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Everything that a PostgreSQL does to a program in bad hours: it is an outage and never an event's fault, nothing is
 * written in halves, and when all is well again every visit stands in DHIS2 once and with its values.
 */
@ExtendWith(OutputCaptureExtension.class)
class PostgresFaultsTest {

    /** The program's own role, so that what is set for it does not meet the test. */
    private static final String ROLE = "sync_in_bad_hours";

    private static final Set<Integer> GOOD = new LinkedHashSet<>();
    private static final AtomicInteger TRIED = new AtomicInteger();
    private static StressClinic world;
    private static CutCable cable;
    private static RunningProgram program;
    private static int lastPatient;
    private static boolean isSet;

    /** What spring.datasource.hikari.maximum-pool-size allows. */
    private static final int POOL = 18;

    @BeforeAll
    static void start() {
        world = new StressClinic(Clinic.installed().migrated());
        sql("DO $$ BEGIN CREATE ROLE " + ROLE + " SUPERUSER LOGIN PASSWORD 'any'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        cable = new CutCable(world.clinic.jdbcUrl());
        // a pause that PostgreSQL needs to see that a connection is gone: until then its claims stand, and the patients are left to the next run
        program = RunningProgram.start(world.clinic, world.dhis2, StressClinic.PROGRAM, "sync.patience=2s", "sync.batch-patients=4",
                "sync.first-pause=100ms", "sync.longest-pause=200ms",
                "analytics.user=" + ROLE, "spring.datasource.hikari.connection-timeout=250", "spring.datasource.url=jdbc:postgresql://127.0.0.1:"
                + cable.port() + "/" + database() + "?ApplicationName=mart-dhis2-sync&sslmode=disable&prepareThreshold=0");
    }

    @AfterEach
    void heal() {
        world.dhis2.heal();
        sql("DROP FUNCTION IF EXISTS break_it() CASCADE");
        if (isSet) {
            isSet = false;
            sql("ALTER ROLE " + ROLE + " RESET ALL");
            dropConnections();
        }
    }

    @AfterAll
    static void judge() {
        try {
            Judge judge = Judge.of(world.clinic, world.dhis2.store(), bad());
            judge.result("postgresql faults", TRIED.get()).report();
            judge.assertAllIsThereOnceAndRight();
            assertThat(judge.compared()).isGreaterThan(GOOD.size());
        } finally {
            program.close();
            cable.close();
            world.close();
        }
    }

    // ---- a lost connection

    /** The statements of a run, in their order, by a text that no other has. */
    private static final List<String> STEPS = List.of("FROM sync_request WHERE sent_at", "FROM mapping", "pg_attribute",
            "pg_try_advisory_xact_lock", "e.xmin::text AS version", "AS namesakes", "visit_form", "INSERT INTO sync_request",
            "DELETE FROM sync_request WHERE id", "INSERT INTO sync_tracked_entity", "'success'", "'failed'", "SKIP LOCKED", "COMMIT", "AS waiting");

    static Stream<Arguments> everyStepBeforeAndAfter() {
        return STEPS.stream().flatMap(step -> Stream.of(Where.values()).map(where -> Arguments.of(step, where)));
    }

    @ParameterizedTest(name = "{1} {0}")
    @MethodSource("everyStepBeforeAndAfter")
    void aConnectionThatIsCutAtAStepLosesAndDoublesNothing(String step, Where where) {
        List<Integer> events = visits();
        int bad = badVisit();
        cable.cutAt(step, where);

        Run run = program.run();

        TRIED.incrementAndGet();
        assertThat(cable.isWhole()).as("the cable was cut").isTrue();
        assertThat(run.stopped()).isNull();
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
        assertRejectedOnce(bad);
    }

    /** Where in a run all connections of the program are ended by the server. */
    static Stream<Arguments> everyQuestion() {
        return Stream.of(Arguments.of("the metadata is read", gets().and(path("/api/programs"))),
                Arguments.of("people are searched", gets().and(path("/api/tracker"))), Arguments.of("a batch is posted", posts()));
    }

    @ParameterizedTest(name = "while {0}")
    @MethodSource("everyQuestion")
    void allConnectionsThatTheServerEndsLoseAndDoubleNothing(String when, Predicate<Request> question) {
        List<Integer> events = visits();
        once(question, PostgresFaultsTest::dropConnections);

        runUntilSynced(events);

        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
    }

    @Test
    void aServerThatIsRestartedDuringARunIsWaitedFor(@TempDir Path folder) {
        try (OwnServer server = new OwnServer(folder); StressClinic restarted = new StressClinic(server.installed());
                RunningProgram waiting = RunningProgram.start(restarted.clinic, restarted.dhis2, StressClinic.PROGRAM, "sync.patience=60s",
                        "sync.longest-pause=500ms")) {
            restarted.patients(8);
            for (int patient = 1; patient <= 8; patient++) {
                restarted.visit(patient, answers(patient));
            }
            AtomicBoolean struck = new AtomicBoolean();
            restarted.dhis2.onRequest(request -> {
                if (posts().test(request) && struck.compareAndSet(false, true)) {
                    server.stop();
                    server.start();
                }
            });

            Run run = waiting.run();

            TRIED.incrementAndGet();
            assertThat(struck).isTrue();
            assertThat(run.stopped()).isNull();
            restarted.judge().assertAllIsThereOnceAndRight();
            assertThat(restarted.clinic.log()).extracting(LogRow::status).hasSize(8).containsOnly("success");
        }
    }

    // ---- a server in trouble

    /** Disk, memory, connections full; stopped, starting; out of time; read-only; deadlock, clash, lock; disk broken. */
    private static final List<String> STATES = List.of("53100", "57P01", "40P01", "58030",
            "57014", "25006", "53200", "53300", "57P02", "57P03", "25P03", "25P04", "40001", "55P03", "08006");

    static Stream<String> states() {
        return STATES.stream().limit(Form.isLong() ? STATES.size() : 4);
    }

    @ParameterizedTest
    @MethodSource("states")
    void theServersTroubleIsWaitedForAndIsNoEventsFault(String state, CapturedOutput output) {
        List<Integer> events = visits();
        int bad = badVisit();
        breaking("log", "INSERT", state, 3);
        Run passing = program.run();
        TRIED.incrementAndGet();
        assertThat(passing.stopped()).isNull();
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
        assertRejectedOnce(bad);

        List<Integer> later = visits();
        int alsoBad = badVisit();
        breaking("log", "INSERT", state, Integer.MAX_VALUE);
        int before = output.length();
        Run run = program.run();
        TRIED.incrementAndGet();
        assertThat(run.stopped()).contains("the database cannot answer", "in vain");
        later.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isWaiting());
        ClinicAssert.assertThat(world.clinic).event(alsoBad).isWaiting();
        assertThat(output.toString().substring(before).lines().filter(line -> line.contains(" waits: "))).hasSize(1);
        assertThat(output.toString().substring(before).lines()).as("stack traces").noneMatch(line -> line.startsWith("\tat "));

        heal();
        program.run();
        later.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
        assertRejectedOnce(alsoBad);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event_tracker INSERT", "instance_tracker INSERT", "enrolment_tracker INSERT", "sync_tracked_entity INSERT",
            "events_to_sync UPDATE", "sync_attempt INSERT"})
    void aFullDiskAtAnyWriteLeavesNothingHalfWritten(String write) {
        List<Integer> events = visits();
        int bad = badVisit();
        breaking(write.split(" ")[0], write.split(" ")[1], "53100", 2);

        Run run = program.run();

        TRIED.incrementAndGet();
        assertThat(run.stopped()).isNull();
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
        assertRejectedOnce(bad);
    }

    @Test
    void aPoolWithoutAFreeConnectionIsWaitedFor() throws Exception {
        List<Integer> events = visits();
        List<Connection> taken = new ArrayList<>();
        try {
            for (int i = 1; i <= POOL; i++) {
                taken.add(program.bean(DataSource.class).getConnection());
            }
            assertThat(program.run().stopped()).contains("the database cannot answer", "in vain");
            TRIED.incrementAndGet();
            events.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isWaiting());
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }
        runUntilSynced(events);
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
    }

    @Test
    void aStatementTimeoutIsWaitedForWithSmallerBatches() {
        List<Integer> events = visits();
        breaking("log", "INSERT", "slow", Integer.MAX_VALUE);
        set("statement_timeout = '100ms'");

        assertThat(program.run().stopped()).contains("SQL state 57014");

        TRIED.incrementAndGet();
        events.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isWaiting());
        assertThat(program.bean(MeterRegistry.class).get("mart.batch.shrinks").tag("reason", "timeout")
                .counter().count()).isPositive();
        heal();
        runUntilSynced(events);
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
    }

    /** A transaction rests while DHIS2 works; a site's limit for that must not cut off every batch that takes longer. */
    @Test
    void theLimitForTransactionsAtRestDoesNotCutAPostOff() {
        List<Integer> events = visits();
        set("idle_in_transaction_session_timeout = '100ms'");
        world.dhis2.slow(posts()).by(Duration.ofMillis(600));

        Run run = program.run();

        TRIED.incrementAndGet();
        assertThat(run.stopped()).isNull();
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
    }

    @Test
    void aDatabaseThatIsReadOnlyForAWhileIsWaitedFor() {
        List<Integer> events = visits();
        set("default_transaction_read_only = on");

        assertThat(program.run().stopped()).contains("SQL state 25006");

        TRIED.incrementAndGet();
        events.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isWaiting());
        heal();
        runUntilSynced(events);
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
    }

    /** The ALTER waits for the batch that has read the table, and the batch's next statement on the table stands behind the ALTER. */
    @ParameterizedTest
    @ValueSource(strings = {"log", "event_tracker", "events_to_sync"})
    void aTableThatIsAlteredDuringAPostIsWaitedFor(String table) throws Exception {
        List<Integer> events = visits();
        CompletableFuture<Void> altered = new CompletableFuture<>();
        once(posts(), () -> {
            CompletableFuture.runAsync(() -> finish(altered, () -> sql("ALTER TABLE " + table + " ADD COLUMN IF NOT EXISTS added text")));
            Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(() -> altered.isDone()
                    || world.clinic.jdbc().queryForObject("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'", Boolean.class));
        });

        Run run = program.run();

        TRIED.incrementAndGet();
        altered.get();
        assertThat(run.stopped()).isNull();
        runUntilSynced(events);
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
    }

    @ParameterizedTest
    @ValueSource(strings = {"events_to_sync", "visit_form", "patient", "mapping"})
    void aTableThatIsAlteredWhenARunBeginsIsWaitedFor(String table) throws Exception {
        List<Integer> events = visits();
        CompletableFuture<Void> altered = new CompletableFuture<>();
        holdUntilTheProgramWaits("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE", altered);

        Run run = program.run();

        TRIED.incrementAndGet();
        altered.get();
        assertThat(run.stopped()).isNull();
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
    }

    @Test
    void aLockThatIsNotGivenInTimeIsWaitedFor() throws Exception {
        List<Integer> events = visits();
        set("lock_timeout = '50ms'");
        try (Connection other = world.clinic.dataSource().getConnection(); Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE log IN ACCESS EXCLUSIVE MODE");
            Run run = program.run();
            TRIED.incrementAndGet();
            assertThat(run.stopped()).contains("SQL state 55P03", "in vain");
            other.rollback();
        }
        events.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isWaiting());
        heal();
        runUntilSynced(events);
        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
    }

    /** The flattener touches the trackers of a batch in the opposite order, in one transaction, while the program settles it. */
    @Test
    void aDeadlockWithTheFlattenerCostsOneOfThemATryAndNobodyAVisit() throws Exception {
        List<Integer> events = visits();
        List<Integer> encounters = events.stream().map(event -> Integer.valueOf(world.clinic.event(event).encounterId())).toList();
        encounters.forEach(encounter -> world.clinic.eventTracked(encounter, "VtStage0001", null));
        CompletableFuture<Void> saved = new CompletableFuture<>();
        once(posts(), () -> inATransaction(saved,
                // the last so that the program is the one that gives in
                List.of("UPDATE event_tracker SET program_stage = program_stage WHERE encounter_id IN " + in(encounters.subList(1, encounters.size())),
                        "SET LOCAL deadlock_timeout = '1min'"),
                PostgresFaultsTest::awaitTheProgramWaiting,
                "UPDATE event_tracker SET program_stage = program_stage WHERE encounter_id = " + encounters.get(0)));

        program.run();
        saved.get();
        runUntilSynced(events);

        events.forEach(PostgresFaultsTest::assertStoredAndLoggedOnce);
    }

    @Test
    void visitsThatTheFlattenerIsSavingAreLeftToTheNextRunAndNobodyWaits() throws Exception {
        List<Integer> events = visits();
        CompletableFuture<Void> saved = new CompletableFuture<>();
        CompletableFuture<Void> runIsOver = new CompletableFuture<>();
        once(posts(), () -> inATransaction(saved,
                List.of("UPDATE visit_form SET f_text = 'saved again' WHERE encounter_id IN (SELECT encounter_id::int FROM events_to_sync WHERE id IN "
                        + in(events) + ")", "UPDATE events_to_sync SET synced = false WHERE id IN " + in(events)),
                runIsOver::join, "SELECT 1"));

        Run run = program.run();
        runIsOver.complete(null);
        saved.get();

        assertThat(run.stopped()).isNull();
        runUntilSynced(events);
        events.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isSynced().hasFailed(0));
    }

    private static String in(List<Integer> ids) {
        return "(" + String.join(", ", ids.stream().map(String::valueOf).toList()) + ")";
    }

    /** Begins a transaction now, and goes on in another thread: waits for something, does one thing more, commits. */
    private static void inATransaction(CompletableFuture<Void> done, List<String> now, Runnable waiting, String then) {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture.runAsync(() -> finish(done, () -> {
            try (Connection other = world.clinic.dataSource().getConnection(); Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                for (String sql : now) {
                    statement.execute(sql);
                }
                begun.complete(null);
                waiting.run();
                statement.execute(then);
                other.commit();
            } finally {
                begun.complete(null);
            }
        }));
        begun.join();
    }

    // ---- the words of these tests

    private interface Work {
        void run() throws Exception;
    }

    private static void finish(CompletableFuture<Void> done, Work work) {
        try {
            work.run();
            done.complete(null);
        } catch (Exception e) {
            done.completeExceptionally(e);
        }
    }

    /** Takes a lock now, and gives it back when the program stands before it. */
    private static void holdUntilTheProgramWaits(String lock, CompletableFuture<Void> done) {
        inATransaction(done, List.of(lock), PostgresFaultsTest::awaitTheProgramWaiting, "SELECT 1");
    }

    private static void awaitTheProgramWaiting() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(() -> world.clinic.jdbc().queryForObject(
                "SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = ? AND wait_event_type = 'Lock'", Boolean.class, ROLE));
    }

    private static void once(Predicate<Request> which, Runnable what) {
        AtomicBoolean struck = new AtomicBoolean();
        world.dhis2.onRequest(request -> {
            if (which.test(request) && struck.compareAndSet(false, true)) {
                TRIED.incrementAndGet();
                what.run();
            }
        });
    }

    /** Lets writes to a table fail with an SQL state so many times, or take a second ("slow"); a sequence counts, as it is not rolled back. */
    private static void breaking(String table, String write, String state, int times) {
        sql("DROP FUNCTION IF EXISTS break_it() CASCADE");
        sql("DROP SEQUENCE IF EXISTS broken");
        sql("CREATE SEQUENCE broken");
        sql("CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                + (state.equals("slow") ? "PERFORM pg_sleep(1); "
                : "IF nextval('broken') <= " + times + " THEN RAISE EXCEPTION 'as the test wants it' USING ERRCODE = '" + state + "'; END IF; ")
                + "RETURN NEW; END $$");
        sql("CREATE TRIGGER break_it BEFORE " + write + " ON " + table + " FOR EACH STATEMENT EXECUTE FUNCTION break_it()");
    }

    /** Sets something for the program's next connections, and ends those it has. */
    private static void set(String setting) {
        isSet = true;
        sql("ALTER ROLE " + ROLE + " SET " + setting);
        dropConnections();
    }

    private static void dropConnections() {
        world.clinic.jdbc().queryForList("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ?", ROLE);
    }

    private static String database() {
        return world.clinic.jdbc().queryForObject("SELECT current_database()", String.class);
    }

    private static void sql(String statement) {
        world.clinic.jdbc().execute(statement);
    }

    private static Map<String, String> answers(int patient) {
        return Map.of("f_text", "of " + patient, "f_number", String.valueOf(patient), "f_yes", "true", "f_date", "2024-02-29");
    }

    /** Five new patients with a visit each, and another visit of one whom DHIS2 knows. */
    private static List<Integer> visits() {
        List<Integer> events = new ArrayList<>();
        int known = lastPatient;
        for (int i = 1; i <= 5; i++) {
            lastPatient++;
            world.clinic.patient(lastPatient).column("address1", "Street " + lastPatient);
            events.add(world.visit(lastPatient, answers(lastPatient)));
        }
        if (known > 0) {
            events.add(world.visit(known, answers(known)));
        }
        GOOD.addAll(events);
        return events;
    }

    /** A visit that must be refused, of the last patient. */
    private static int badVisit() {
        return world.visit(lastPatient, Map.of("f_number", "many"));
    }

    private static Set<Integer> bad() {
        Set<Integer> bad = new LinkedHashSet<>(world.clinic.jdbc().queryForList("SELECT id FROM events_to_sync", Integer.class));
        bad.removeAll(GOOD);
        return bad;
    }

    private static void assertRejectedOnce(int event) {
        ClinicAssert.assertThat(world.clinic).event(event).isRejectedBecause("'many' is not a number").hasFailed(1);
        assertThat(world.clinic.logOf(event)).hasSize(1);
    }

    private static void runUntilSynced(List<Integer> events) {
        for (int run = 1; run <= 5 && events.stream().anyMatch(event -> world.clinic.event(event).isPending()); run++) {
            program.run();
        }
    }

    private static void assertStoredAndLoggedOnce(int event) {
        ClinicAssert.assertThat(world.clinic).event(event).isSynced().hasFailed(0);
        assertThat(world.clinic.logOf(event)).as("log of event %s", event).extracting(LogRow::status).containsExactly("success");
        String mark = StressClinic.mark(Integer.parseInt(world.clinic.event(event).encounterId()));
        assertThat(world.dhis2.store().events().stream().filter(stored -> stored.dataValues().containsValue(mark))).as(mark).hasSize(1);
    }
}
