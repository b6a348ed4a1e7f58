package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.martsync.dhis2.StandInFaults.path;
import static org.martsync.dhis2.StandInFaults.posts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.check.Checkup;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.OwnServer;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.StandInFaults;
import org.martsync.operate.Operations;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;
import org.martsync.sync.Trouble;
import org.martsync.turns.Share;
import org.martsync.turns.Turns;
import org.martsync.turns.TurnsDatabase;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Runs that get no turn to ask DHIS2: since others have them all, or since the database with the turns is away. */
@ExtendWith(OutputCaptureExtension.class)
class TurnsAwayTest {

    @TempDir
    private static Path folder;
    private static OwnServer server;
    private static Clinic turns;
    private static WholeChain chain;

    @BeforeAll
    static void start() {
        server = new OwnServer(folder);
        turns = server.installed();
        chain = WholeChain.start("turns.limit=2", "turns.server=" + place(), "turns.database=clinic", "turns.user=" + turns.user(),
                "turns.password=" + turns.password(), "sync.workers=2", "sync.ahead=1", "sync.batch-patients=5", "sync.patience=30s");
    }

    @AfterAll
    static void stop() {
        chain.close();
        turns.close();
        server.close();
    }

    @BeforeEach
    void reset() {
        chain.reset();
    }

    @Test
    void whileTheDatabaseWithTheTurnsIsAwayARunWaitsAndWhatWasInFlightIsBroughtToItsEnd(CapturedOutput log) {
        List<Integer> events = visits(20);
        StandInFaults.Held held = chain.dhis2.hold(2, posts());
        Runs runs = chain.program.bean(Runs.class);
        chain.program.begin();
        await().atMost(Duration.ofMinutes(1)).until(() -> held.arrived() == 2);

        server.stop();
        held.release();
        await().atMost(Duration.ofSeconds(30)).until(() -> log.toString().contains(" waits: "));
        int asked = chain.dhis2.requests();
        assertThat(log.toString()).contains("waits: the database with the turns (turns.server) cannot answer");
        await().during(Duration.ofSeconds(1)).until(() -> chain.dhis2.requests() == asked);

        server.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> runs.current() == null);
        assertThat(runs.last().stopped()).isNull();
        assertThat(runs.last().synced()).isEqualTo(events.size());
        chain.assertOnlyTheseStandInDhis2(events);
        assertThat(log.toString()).contains("goes on after an outage").doesNotContain("\tat ");
    }

    @Test
    void whenItStaysAwayTheRunStopsAndTheNextOneSendsAll() {
        List<Integer> events = visits(20);
        server.stop();
        try {
            Run run = chain.program.run();
            assertThat(run.stopped()).startsWith("the database with the turns (turns.server) cannot answer")
                    .contains("in vain. Events that are left wait for the next run.");
            assertThat(run.trouble()).isEqualTo(Trouble.RUN_STOPPED);
            assertThat(chain.dhis2.requests()).as("never without a turn").isZero();
            assertThat(chain.clinic.pendingCount()).isEqualTo(events.size());
            assertThat(chain.clinic.log()).isEmpty();
        } finally {
            server.start();
        }
        assertThat(chain.program.run().synced()).isEqualTo(events.size());
        chain.assertOnlyTheseStandInDhis2(events);
    }

    @Test
    void aRunThatIsStoppedWhileOthersHaveAllTurnsEndsAtOnce() {
        List<Integer> events = visits(20);
        Runs runs = chain.program.bean(Runs.class);
        try (Turns others = elsewhere("others"); Turns.Turn one = others.await(() -> false); Turns.Turn two = others.await(() -> false)) {
            chain.program.begin();
            await().until(() -> waiting() == 1);

            runs.stop("somebody stopped it");
            await().until(() -> runs.current() == null);
            assertThat(runs.last().stopped()).isEqualTo("somebody stopped it");
            assertThat(chain.dhis2.requests()).isZero();
            assertThat(chain.clinic.pendingCount()).isEqualTo(events.size());
        }
        assertThat(chain.program.run().synced()).isEqualTo(events.size());
    }

    @Test
    void whatWaitsForItsTurnInVainIsNotTakenForSent() throws Exception {
        List<Integer> events = visits(1);
        Runs runs = chain.program.bean(Runs.class);
        try (Turns others = elsewhere("others"); Turns more = elsewhere("more"); Turns.Turn one = others.await(() -> false);
                Turns.Turn two = takenBeforeThePost(more)) {
            assertThat(notes()).isZero();
            runs.stop("somebody stopped it");
            await().until(() -> runs.current() == null);
        }
        assertThat(chain.dhis2.requestLog()).noneMatch(request -> request.method().equals("POST"));
        assertThat(notes()).isZero();
        assertThat(chain.clinic.pendingCount()).isEqualTo(events.size());
    }

    @Test
    void whatWasAnsweredBeforeAStopIsNotTakenForOnItsWay() throws Exception {
        int event = visits(1).get(0);
        chain.clinic.mapping("Visit again", WholeChain.VISIT_MAPPING, WholeChain.EMPTY_CONFIG);
        int version = chain.clinic.pending(1, "Visit again", chain.encounterOf(event));
        Runs runs = chain.program.bean(Runs.class);
        try (Turns others = elsewhere("others"); Turns more = elsewhere("more"); Turns.Turn one = others.await(() -> false);
                Turns.Turn two = takenAfter(posts(), more)) {
            assertThat(chain.dhis2.store().events()).as("of the first of two POSTs").hasSize(1);
            runs.stop("somebody stopped it");
            await().until(() -> runs.current() == null);
        }
        assertThat(notes()).isZero();
        assertThat(chain.clinic.pendingCount()).isEqualTo(2);
        assertThat(chain.program.run().synced()).isEqualTo(2);
        chain.assertOnlyTheseStandInDhis2(List.of(event, version));
    }

    @Test
    void theTimeOfAnImportBeginsWithItsTurn() throws Exception {
        List<Integer> events = visits(1);
        Runs runs = chain.program.bean(Runs.class);
        StandInFaults.Held held = chain.dhis2.hold(1, posts());
        Timestamp before;
        try (Turns others = elsewhere("others"); Turns more = elsewhere("more"); Turns.Turn one = others.await(() -> false)) {
            try (Turns.Turn two = takenBeforeThePost(more)) {
                before = chain.clinic.jdbc().queryForObject("SELECT clock_timestamp()", Timestamp.class);
            }
            await().until(() -> held.arrived() == 1);
            assertThat(chain.clinic.jdbc().queryForObject("SELECT sent_at FROM sync_request", Timestamp.class)).isAfter(before);
            held.release();
            await().until(() -> runs.current() == null);
        }
        assertThat(runs.last().synced()).isEqualTo(events.size());
        assertThat(notes()).isZero();
    }

    @Test
    void whoAsksASingleQuestionWaitsForNoTurn() {
        int event = visits(1).get(0);
        try (Turns others = elsewhere("others"); Turns.Turn one = others.await(() -> false); Turns.Turn two = others.await(() -> false)) {
            Operations operations = chain.program.bean(Operations.class);
            ProducerTemplate camel = chain.program.bean(ProducerTemplate.class);
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                assertThat(operations.explain(event)).containsKey("eventUid");
                assertThat(chain.dhis2.requests()).isPositive();
                assertThat(camel.requestBody("direct:check", new Checkup(Instant.now(), "", 10, 10), Checkup.class).lookedAt()).isOne();
            });
        }
    }

    /** Begins a run whose only batch finds all turns taken when it comes to its POST. Of one patient, as two workers may share more. */
    private static Turns.Turn takenBeforeThePost(Turns more) throws Exception {
        return takenAfter(path("/api/tracker/trackedEntities"), more);
    }

    /** Begins a run that finds all turns taken when it is to ask again after such a request. */
    private static Turns.Turn takenAfter(Predicate<Dhis2StandIn.Request> request, Turns more) throws Exception {
        StandInFaults.Held held = chain.dhis2.hold(1, request);
        chain.program.begin();
        await().until(() -> held.arrived() == 1);
        CompletableFuture<Turns.Turn> next = CompletableFuture.supplyAsync(() -> more.await(() -> false));
        await().until(() -> waiting() == 1);
        held.release();
        Turns.Turn taken = next.get(10, TimeUnit.SECONDS);
        await().until(() -> waiting() == 1);
        return taken;
    }

    private static Turns elsewhere(String site) {
        return new Turns(new TurnsDatabase(place(), "clinic", "public", turns.user(), turns.password(), ""),
                new Share(chain.dhis2.url(), site, 2, Duration.ofMinutes(1)), new SimpleMeterRegistry());
    }

    private static int waiting() {
        return turns.jdbc().queryForObject("SELECT count(*) FROM sync_turn WHERE taken_at IS NULL", Integer.class);
    }

    private static int notes() {
        return chain.clinic.jdbc().queryForObject("SELECT count(*) FROM sync_request", Integer.class);
    }

    private static String place() {
        return turns.jdbcUrl().replaceAll("jdbc:postgresql://(.*)/.*", "$1");
    }

    private static List<Integer> visits(int patients) {
        chain.patients(patients);
        return chain.visitOfEach(patients, "x");
    }
}
