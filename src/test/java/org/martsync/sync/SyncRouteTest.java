package org.martsync.sync;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.martsync.RouteFixture.SITE;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.EventNotifier;
import org.apache.camel.support.EventNotifierSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.ClinicAssert;
import org.martsync.clinic.LogRow;
import org.martsync.dhis2.CachedProgram;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2Unavailable;
import org.martsync.event.Batch;
import org.martsync.event.DeliverBatch;
import org.martsync.event.Outcomes;
import org.martsync.event.PendingEvent;
import org.martsync.patient.Patient;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * The routes of {@code routes/sync.camel.yaml}: a run from its tick to its last line, its batches from the claim to the
 * settling. What the routes in between do to a batch is played by the test; unless it says more, all is stored.
 */
@ExtendWith(OutputCaptureExtension.class)
class SyncRouteTest {

    private interface Step {
        void on(Batch batch) throws Exception;
    }

    private static final Step NOTHING = batch -> { };
    private static final LocalDateTime MORNING = LocalDateTime.of(2024, 2, 1, 10, 30);
    private static final Duration SOON = ofSeconds(20);

    private static Clinic clinic;
    private static RouteFixture routes;
    private static Instant tick = Instant.parse("2026-03-01T00:00:00Z");
    private static volatile Step finding;
    private static volatile Step collecting;
    private static volatile Step delivering;
    private static volatile Step deadLetter;
    private static volatile Step readingProgram;
    private static final AtomicInteger PROGRAM_READS = new AtomicInteger();
    private static final List<List<Integer>> DELIVERED = new CopyOnWriteArrayList<>();
    /** The runs that people may be told of. */
    private static final List<Run> TOLD = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        clinic = Clinic.installed().migrated();
        var program = new ObjectMapper().readTree(SyncRouteTest.class.getResourceAsStream("/dhis2/program.json"));
        routes = RouteFixture.load("sync", clinic, List.of("sync.workers=4", "sync.batch-patients=8", "sync.batch-events=20",
                "sync.first-pause=10ms", "sync.longest-pause=20ms", "sync.patience=1s", "dhis2.metadata-max-age=1ms"), new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:read-program").process(exchange -> {
                    PROGRAM_READS.incrementAndGet();
                    readingProgram.on(null);
                    routes.bean(CachedProgram.class).take(program);
                });
                from("direct:read-server-info").process(exchange -> { });
                from("direct:read-their-programs").process(exchange -> { });
                from("direct:check-edited-mappings").process(exchange -> { });
                from("direct:find-patients").process(exchange -> finding.on(batch(exchange)));
                from("direct:collect-forms").process(exchange -> collecting.on(batch(exchange)));
                from("direct:map-events").process(exchange -> { });
                from("direct:deliver-batch").process(exchange -> {
                    List<Integer> open = batch(exchange).open().stream().map(PendingEvent::id).toList();
                    if (!open.isEmpty()) { // what another worker settled a moment ago leaves an empty batch
                        DELIVERED.add(open);
                    }
                    delivering.on(batch(exchange));
                    batch(exchange).open().forEach(PendingEvent::store);
                });
                from("seda:notify-of-run").process(exchange -> TOLD.add(exchange.getVariable("run", Run.class)));
                from("direct:dead-letter").process(exchange -> deadLetter.on(batch(exchange)))
                        .filter(simple("${body.size} > 0")).bean("outcomes", "rejected(${body})").to("sql:file:routes/sql/dead-letter.sql");
            }
        });
    }

    private static Batch batch(Exchange exchange) {
        return exchange.getVariable("batch", Batch.class);
    }

    @AfterAll
    static void stop() {
        routes.close();
        clinic.close();
    }

    @BeforeEach
    void anUntouchedClinic() {
        finding = NOTHING;
        collecting = NOTHING;
        delivering = NOTHING;
        deadLetter = NOTHING;
        readingProgram = NOTHING;
        PROGRAM_READS.set(0);
        DELIVERED.clear();
        TOLD.clear();
        for (int good = 1; good <= 3; good++) {
            routes.bean(BatchSize.class).grow(8, 20);
        }
        clinic.emptied();
        clinic.mapping("Patient", """
                {"isPatientMapping": true, "formTableMappings": {"patient": {"uic": {"id": "zRA08XEYiSF"}}}}""", "{\"searchable\": [\"uic\"]}");
        clinic.mapping("IPV", """
                {"dhisProgramStageId": "TGvGDt6e6OM", "formTableMappings": {"ipv_form": {"sp_if_site_type": "SqX8j4oFNN3"}}}""", "{}");
    }

    // ---- a run

    @Test
    void nothingPendingNeedsNoWorkerAndNoRequest(CapturedOutput log) {
        int statements = routes.statements().size();

        Run run = run();

        assertThat(run.workers()).isEmpty();
        assertThat(PROGRAM_READS).hasValue(0);
        assertThat(routes.statements().size() - statements).as("one look").isEqualTo(1);
        // the line follows the end of the run
        Awaitility.await().untilAsserted(() ->
                assertThat(log).contains("sync: run " + run.name() + ": 0 events synced, 0 rejected, 0 waiting; 0 requests;"));
    }

    @Test
    void everyPendingEventIsSyncedAndLogged(CapturedOutput log) {
        List<Integer> events = patientsWithEvents(25, 2);

        Run run = run();

        events.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced().hasFailed(0));
        assertThat(clinic.log()).extracting(LogRow::eventId).containsExactlyInAnyOrderElementsOf(events);
        assertThat(log).contains("run " + run.name() + ": 50 events synced, 0 rejected, 0 waiting;");
        assertThat(PROGRAM_READS).as("once a run, not once a worker").hasValue(1);
    }

    @Test
    void whatASyncedEventBecameIsRemembered() {
        int event = patientsWithEvents(1, 1).get(0);
        List<String> uids = new CopyOnWriteArrayList<>();
        delivering = batch -> batch.open().forEach(one -> uids.add(one.uid()));

        run();

        LogRow row = clinic.logOf(event).get(0);
        assertThat(clinic.eventUidOf(1001, "TGvGDt6e6OM")).contains(uids.get(0));
        assertThat(row.program()).isEqualTo("IPV");
        assertThat(row.syncedBy()).isEqualTo("superman");
        assertThat(row.comments()).isEqualTo("Patient Id: P-000001  Encounter id :1001 ");
        assertThat(row.status()).isEqualTo("success");
        assertThat(row.statusInfo()).isEmpty();
        assertThat(row.category()).isEqualTo("dhis-sync");
    }

    @Test
    void aTickDuringARunIsSkippedAndSaid(CapturedOutput log) throws Exception {
        patientsWithEvents(1, 1);
        CountDownLatch posting = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        delivering = batch -> {
            posting.countDown();
            answered.await(20, TimeUnit.SECONDS);
        };
        Instant first = begin();
        assertThat(posting.await(20, TimeUnit.SECONDS)).isTrue();

        Instant second = begin();
        answered.countDown();
        await().atMost(SOON).until(() -> isOver(first));

        assertThat(log).contains("run " + second + " is skipped: the one before is still going on");
        assertThat(DELIVERED).hasSize(1);
        assertThat(routes.bean(Runs.class).last().name()).isEqualTo(first);
    }

    @Test
    void aRunWhoseRoutesAreStoppedUnderItDoesNotKeepTheNextFromBeginning(CapturedOutput log) throws Exception {
        patientsWithEvents(1, 1);
        CountDownLatch posting = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        delivering = batch -> {
            posting.countDown();
            answered.await(20, TimeUnit.SECONDS);
        };
        Instant first = begin();
        assertThat(posting.await(20, TimeUnit.SECONDS)).isTrue();

        // what the reload of an edited file does, when the run takes longer than camel.main.shutdown-timeout
        List<String> stopped = List.of("finish-run", "sync-batch", "work", "prepare-run", "sync-run");
        for (String route : stopped) {
            routes.camel().getRouteController().stopRoute(route, 100, TimeUnit.MILLISECONDS);
        }
        answered.countDown();
        try {
            await().atMost(SOON).until(() -> isOver(first));
        } finally {
            for (String route : stopped) {
                routes.camel().getRouteController().startRoute(route);
            }
        }

        assertThat(log).contains("run " + first + ": ").contains("stopped: its routes were stopped").doesNotContain("\tat ");
        delivering = NOTHING;
        Run next = run();
        assertThat(next.stopped()).isNull();
        assertThat(clinic.pendingCount()).isZero();
        await().atMost(SOON).until(() -> TOLD.contains(next));
        assertThat(TOLD).as("of what somebody did nobody is told").allSatisfy(run -> assertThat(run.trouble()).isNull());
    }

    @Test
    void aRunThatSomethingUnexpectedBreaksOffIsToldToPeopleAndTheNextBegins() throws Exception {
        patientsWithEvents(1, 1);
        Model model = routes.camel().getCamelContextExtension().getContextPlugin(Model.class);
        RouteDefinition finish = model.getRouteDefinition("finish-run");
        routes.camel().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:finish-run").routeId("finish-run").throwException(new IllegalStateException("Amber Test-001"));
            }
        });
        Run broken;
        try {
            broken = run();
        } finally {
            model.addRouteDefinition(finish);
        }
        assertThat(broken.stopped()).startsWith("something unexpected happened (IllegalStateException").doesNotContain("Amber");
        assertThat(broken.trouble()).isEqualTo(Trouble.RUN_STOPPED);
        await().atMost(SOON).until(() -> TOLD.contains(broken));

        Run next = run();
        assertThat(next.stopped()).isNull();
        await().atMost(SOON).until(() -> TOLD.contains(next));
        // a run of the test before may be told late
        assertThat(TOLD).filteredOn(List.of(broken, next)::contains).containsExactly(broken, next);
    }

    @Test
    void whatTheMappingsNameInVainIsSaidAndNotAgainByTheNextRun(CapturedOutput log) {
        patientsWithEvents(10, 1);
        clinic.mapping("IPV", """
                {"dhisProgramStageId": "TGvGDt6e6OM", "formTableMappings": {"gone_form": {"a": "SqX8j4oFNN3"}}}""", "{}");

        run();
        patientWithEvents(11, 1);
        run();

        assertThat(log.getOut().lines().filter(line -> line.contains("gone_form"))).singleElement().asString()
                .contains("mapping IPV: table gone_form does not exist and is left out");
    }

    // ---- the claim

    @Test
    void aBatchHoldsAllEventsOfItsPatients() {
        patientsWithEvents(30, 3);

        run();

        Map<String, Integer> batchesOfPatient = new HashMap<>();
        DELIVERED.forEach(ids -> {
            Map<String, Integer> events = new HashMap<>();
            ids.forEach(id -> events.merge(clinic.event(id).patientId(), 1, Integer::sum));
            assertThat(events.values()).allMatch(count -> count == 3);
            assertThat(ids).hasSizeLessThanOrEqualTo(20);
            events.keySet().forEach(patient -> batchesOfPatient.merge(patient, 1, Integer::sum));
        });
        assertThat(batchesOfPatient).hasSize(30).allSatisfy((patient, batches) -> assertThat(batches).isEqualTo(1));
    }

    @Test
    void aPatientWithMoreEventsThanABatchMayHaveIsStillTakenWhole() {
        patientsWithEvents(1, 45);

        run();

        // a worker may get the patient right after another is done, and finds nothing pending any more
        assertThat(DELIVERED).singleElement().satisfies(ids -> assertThat(ids).hasSize(45));
    }

    @Test
    void twoWorkersNeverHaveOnePatient() throws Exception {
        patientsWithEvents(12, 2);
        List<Worker> workers = routes.prepared(RouteFixture.program()).workers();
        Set<String> first = ConcurrentHashMap.newKeySet();

        List<Set<String>> others = whileAPostIsUnderWay(workers.get(0), first, () -> List.of(
                patientsOf(routes.send("direct:sync-batch", Map.of("worker", workers.get(1)), null)),
                patientsOf(routes.send("direct:sync-batch", Map.of("worker", workers.get(2)), null))));

        assertThat(first).isNotEmpty();
        assertThat(others.get(0)).isNotEmpty().doesNotContainAnyElementsOf(first);
        assertThat(others.get(1)).as("the rest is the first worker's").isEmpty();
        assertThat(clinic.pendingCount()).isZero();
    }

    @Test
    void aWorkerGoesOnWhereTheFurthestIs() throws Exception {
        patientsWithEvents(30, 1);
        List<Worker> workers = routes.prepared(RouteFixture.program()).workers();

        whileAPostIsUnderWay(workers.get(0), ConcurrentHashMap.newKeySet(), () -> {
            syncABatch(workers.get(1));
            return syncABatch(workers.get(1));
        });
        workers.get(0).committed();

        assertThat(workers.get(0).after()).isEqualTo(workers.get(1).after());
        syncABatch(workers.get(0));
        syncABatch(workers.get(1));
        assertThat(clinic.pendingCount()).as("nobody was passed over").isZero();
    }

    @Test
    void whomAWorkerLockedInVainIsTheirsToTake() throws Exception {
        for (int patient = 101; patient <= 130; patient++) {
            patientWithEvents(patient, patient == 104 ? 18 : 1);
        }
        List<Worker> workers = routes.prepared(RouteFixture.program()).workers();
        Set<String> first = ConcurrentHashMap.newKeySet();

        whileAPostIsUnderWay(workers.get(0), first, () -> syncABatch(workers.get(1)));
        workers.get(0).committed();

        assertThat(first).as("patient 104 was too much for the batch").containsExactlyInAnyOrder("101", "102", "103");
        assertThat(workers.get(1).after()).as("104 to 108 were locked by the first worker").isEqualTo("116");
        assertThat(workers.get(0).after()).as("who has to come back to them").isEqualTo("103");
        for (Worker worker : workers) {
            while (worker.busy()) {
                syncABatch(worker);
            }
        }
        assertThat(clinic.pendingCount()).as("nobody was passed over").isZero();
    }

    @Test
    void whatBrokeInAWorkersHandsIsTheirsToFinish() throws Exception {
        patientsWithEvents(30, 1);
        List<Worker> workers = routes.prepared(RouteFixture.program()).workers();
        Worker worker = workers.get(0);
        finding = batch -> {
            throw new IllegalStateException("broken");
        };
        assertThat(breaks(worker)).isTrue();
        finding = NOTHING;
        syncABatch(workers.get(1));
        syncABatch(workers.get(1));

        while (worker.busy()) {
            syncABatch(worker);
        }

        assertThat(clinic.pendingCount()).as("the rest of the batch that broke was not passed over").isZero();
    }

    @Test
    void twoWorkersNeverSearchOneValueAtTheSameTime() throws Exception {
        patientsWithEvents(1, 1);
        patientWithEvents(2, 1);
        clinic.patientAgain(2).uic("uic-000001");
        List<Worker> workers = routes.prepared(RouteFixture.program()).workers();
        clinic.jdbc().update("UPDATE events_to_sync SET synced = true WHERE patient_id = '2'");

        List<Set<String>> others = whileAPostIsUnderWay(workers.get(0), ConcurrentHashMap.newKeySet(), () -> {
            clinic.jdbc().update("UPDATE events_to_sync SET synced = false WHERE patient_id = '2'");
            return List.of(patientsOf(routes.send("direct:sync-batch", Map.of("worker", workers.get(1)), null)));
        });

        assertThat(others.get(0)).isEmpty();
        assertThat(workers.get(1).claimed()).isNull();
        assertThat(clinic.pendingCount()).isEqualTo(1);
    }

    @Test
    void aWorkerGoesOnBehindPatientsWhoWaitForAnotherAndEndsWhenOnlyTheyAreLeft() throws Exception {
        List<Integer> waiting = new ArrayList<>();
        for (int patient = 11; patient <= 19; patient++) {
            waiting.addAll(patientWithEvents(patient, 1));
            clinic.patientAgain(patient).uic("one for all");
        }
        List<Integer> behind = new ArrayList<>(patientWithEvents(20, 1));
        behind.addAll(patientWithEvents(21, 1));
        List<Worker> workers = routes.prepared(RouteFixture.program()).workers();

        whileAPostIsUnderWay(oneAtATime(workers.get(0)), ConcurrentHashMap.newKeySet(), () -> {
            routes.send("direct:work", Map.of(), workers.get(1));
            behind.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced());
            waiting.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isWaiting());
            return null;
        });
    }

    @Test
    void whoHadToWaitForAWorkerIsTakenByThatWorkerWhenAllOthersHaveEnded() throws Exception {
        int first = patientWithEvents(11, 1).get(0);
        int second = patientWithEvents(12, 1).get(0);
        clinic.patientAgain(11).uic("UIC-000012");
        clinic.jdbc().update("UPDATE events_to_sync SET synced = true WHERE id = ?", first);
        List<Worker> workers = routes.prepared(RouteFixture.program()).workers();

        whileAPostIsUnderWay("direct:work", workers.get(0), ConcurrentHashMap.newKeySet(), () -> {
            clinic.jdbc().update("UPDATE events_to_sync SET synced = false WHERE id = ?", first);
            for (Worker other : workers.subList(1, 4)) {
                routes.send("direct:work", Map.of(), other);
                assertThat(other.busy()).isFalse();
            }
            ClinicAssert.assertThat(clinic).event(first).isWaiting();
            return null;
        });

        List.of(first, second).forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced());
    }

    @Test
    void aPatientLeftToALaterBatchIsTakenInTheSameRun() {
        List<Integer> events = patientsWithEvents(3, 1);
        Set<String> left = ConcurrentHashMap.newKeySet();
        finding = batch -> batch.patients().stream().filter(patient -> patient.id().equals("2") && left.add("2")).forEach(Patient::defer);

        Run run = run();

        events.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced().hasFailed(0));
        assertThat(run.synced()).isEqualTo(3);
    }

    @Test
    void aRowThatIsBrokenIsRejectedAndHoldsNobodyUp() {
        List<Integer> broken = List.of(clinic.pending(null, "IPV", "10"), clinic.pending(" ", "IPV", "10"), clinic.pending("x'y", "IPV", "10"),
                clinic.pending("99999999999", "IPV", "10"), clinic.pending("77", "IPV", "10"));
        List<Integer> good = patientsWithEvents(2, 1);
        int noEncounter = clinic.pending("1", "IPV", null);
        int noMapping = clinic.pending("2", "Nobody's", "1002");

        Run run = run();

        broken.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isRejected().hasFailed(1));
        good.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced());
        ClinicAssert.assertThat(clinic).event(noEncounter).isRejectedBecause("names no encounter");
        ClinicAssert.assertThat(clinic).event(noMapping).isRejectedBecause("no mapping named 'Nobody's'");
        assertThat(run.rejected()).isEqualTo(7);
    }

    // ---- the settling

    @Test
    void aRowEditedDuringThePostStaysPending() {
        List<Integer> events = patientsWithEvents(2, 1);
        delivering = batch -> clinic.edit(events.get(0));

        run();

        assertThat(clinic.event(events.get(0)).isPending()).isTrue();
        assertThat(clinic.eventUidOf(1001, "TGvGDt6e6OM")).isPresent();
        ClinicAssert.assertThat(clinic).event(events.get(1)).isSynced();

        delivering = NOTHING;
        run();

        ClinicAssert.assertThat(clinic).event(events.get(0)).isSynced().hasFailed(0);
    }

    @Test
    void anEditBetweenTheTwoReadsOfAClaimIsNotLost() throws Exception {
        int event = patientsWithEvents(1, 1).get(0);
        List<Object> telephones = new CopyOnWriteArrayList<>();
        delivering = batch -> batch.patients().forEach(patient -> telephones.add(patient.text("telephone")));
        AtomicInteger reads = new AtomicInteger();
        EventNotifier afterFirstRead = new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent sent) {
                if (sent instanceof CamelEvent.ExchangeSentEvent to && to.getEndpoint().getEndpointUri().matches(".*read-(patients|events).*")
                        && reads.incrementAndGet() == 1) {
                    clinic.jdbc().update("UPDATE patient SET telephone = '0771234567'");
                    clinic.edit(event);
                }
            }
        };
        routes.camel().getManagementStrategy().addEventNotifier(afterFirstRead);
        try {
            run();
        } finally {
            routes.camel().getManagementStrategy().removeEventNotifier(afterFirstRead);
        }

        // more than one pair where another worker gets the patient right after the first is done
        assertThat(reads.get()).isGreaterThanOrEqualTo(2);
        assertThat(telephones.contains("0771234567") || clinic.event(event).isPending()).as("sent, or still to be sent").isTrue();
        run();
        assertThat(telephones).last().isEqualTo("0771234567");
    }

    @Test
    void aRowEditedDuringThePostThatWasRejectedIsNotLost() {
        int event = patientsWithEvents(1, 1).get(0);
        delivering = batch -> {
            clinic.edit(event);
            batch.rejectAll("Something is wrong.");
        };

        run();

        ClinicAssert.assertThat(clinic).event(event).isRejectedBecause("Something is wrong.");
    }

    @Test
    void theNoteOfAnImportGoesWithItsAnswerAndWithoutOneItsEventsAreSentOnceMore() {
        List<Integer> events = patientsWithEvents(1, 2);
        delivering = batch -> {
            note(batch);
            throw new Dhis2Unavailable("DHIS2 answered HTTP 504");
        };
        run();
        int unanswered = clinic.jdbc().queryForObject("SELECT count(*) FROM sync_request", Integer.class);
        assertThat(unanswered).isPositive();

        delivering = this::note;
        run();

        assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM sync_request", Integer.class)).isEqualTo(unanswered);
        events.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced());

        clinic.jdbc().update("UPDATE sync_request SET sent_at = sent_at - interval '1 hour'");
        DELIVERED.clear();
        run();

        assertThat(DELIVERED).containsExactly(events);
        assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM sync_request", Integer.class)).isZero();
    }

    /** As the delivery does it, by another connection than the batch's. */
    private void note(Batch batch) {
        routes.bean(DeliverBatch.class).noted(batch, clinic.jdbc().queryForObject("INSERT INTO sync_request (events) SELECT array_agg(id::int) "
                + "FROM jsonb_array_elements_text(?::jsonb) AS e(id) RETURNING id", Long.class, routes.bean(Outcomes.class).open(batch)));
    }

    @Test
    void anEditUnderWayIsNeitherWaitedForNorLost() throws Exception {
        List<Integer> events = patientsWithEvents(2, 2);
        try (Connection flattener = clinic.dataSource().getConnection(); Statement statement = flattener.createStatement()) {
            flattener.setAutoCommit(false);
            statement.executeUpdate("UPDATE events_to_sync SET synced = false WHERE id IN (" + events.get(0) + ", " + events.get(2) + ")");
            delivering = batch -> batch.open().stream().filter(event -> event.patientId().equals("2")).forEach(event -> event.reject("Wrong."));

            run(); // comes to its end while the rows are locked

            ClinicAssert.assertThat(clinic).event(events.get(1)).isSynced();
            ClinicAssert.assertThat(clinic).event(events.get(3)).isRejectedBecause("Wrong.");
            flattener.commit();
        }
        assertThat(clinic.event(events.get(0)).isPending()).isTrue();
        assertThat(clinic.event(events.get(2)).isPending()).isTrue();
        assertThat(clinic.logOf(events.get(2))).extracting(LogRow::statusInfo).containsExactly("Wrong.");

        delivering = NOTHING;
        run();

        events.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced());
    }

    @Test
    void untilTheVeryEndOfABatchItsRowsCanBeEditedWithoutWaiting() {
        List<Integer> events = patientsWithEvents(1, 2);
        AtomicInteger edits = new AtomicInteger();
        // comes after log and trackers were written in the same transaction
        deadLetter = batch -> {
            clinic.jdbc().execute("SET lock_timeout = '1s'; UPDATE events_to_sync SET synced = false WHERE id = " + events.get(0)
                    + "; RESET lock_timeout");
            edits.incrementAndGet();
        };

        run();

        assertThat(edits).as("more than one where another worker gets the patient right after the first").hasPositiveValue();
        assertThat(clinic.event(events.get(0)).isPending()).isTrue();
        ClinicAssert.assertThat(clinic).event(events.get(1)).isSynced();
    }

    @Test
    void anEventIsAttemptedOnceInARunAndAgainInTheNext() {
        List<Integer> events = patientsWithEvents(10, 2);
        delivering = batch -> batch.open().forEach(event -> {
            if (event.id() % 2 == 0) {
                event.reject("Something is wrong.");
            }
        });

        Run first = run();
        assertThat(DELIVERED.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(events);
        assertThat(first.rejected()).isEqualTo(10);
        assertThat(first.waiting()).isZero();

        DELIVERED.clear();
        run();
        assertThat(DELIVERED.stream().flatMap(List::stream)).allMatch(id -> id % 2 == 0).hasSize(10).doesNotHaveDuplicates();
        events.stream().filter(event -> event % 2 == 0).forEach(event -> ClinicAssert.assertThat(clinic).event(event).isRejected().hasFailed(2));
    }

    @Test
    void aBatchIsSettledWholeOrNotAtAll() {
        List<Integer> events = patientsWithEvents(4, 1);
        AtomicInteger tries = new AtomicInteger();
        // comes after log and trackers were written in the same transaction
        deadLetter = batch -> {
            if (tries.incrementAndGet() == 1) {
                assertThat(clinic.pendingCount()).as("nobody else sees it before the end").isEqualTo(4);
                throw new Dhis2Unavailable("an outage");
            }
        };

        run();

        assertThat(tries.get()).isGreaterThan(1);
        assertThat(clinic.log()).extracting(LogRow::eventId).containsExactlyInAnyOrderElementsOf(events);
        events.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced());
    }

    @Test
    void aPersonWhoIsSettledTwiceAtOnceIsRememberedOnce() {
        routes.send("sql:file:routes/sql/settle-patients.sql", Map.of(), """
                [{"identifier": "P-000001", "instance": "Person00001", "enrolment": "Enrolment01", "hash": "a"},
                 {"identifier": "P-000002", "instance": "Person00001", "enrolment": "Enrolment01", "hash": "b"}]""");

        assertThat(clinic.jdbc().queryForList("SELECT tracked_entity FROM sync_tracked_entity")).hasSize(1);
        assertThat(clinic.enrolmentOf("Person00001")).contains("Enrolment01");
    }

    // ---- when something fails

    @Test
    void aShortOutageIsWaitedForAndCostsNothing(CapturedOutput log) {
        List<Integer> events = patientsWithEvents(3, 1);
        AtomicInteger tries = new AtomicInteger();
        delivering = batch -> {
            if (tries.incrementAndGet() <= 2) {
                throw new Dhis2Unavailable("DHIS2 answered HTTP 503");
            }
        };

        Run run = run();

        events.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced().hasFailed(0));
        assertThat(clinic.log()).hasSize(3);
        assertThat(run.stopped()).isNull();
        assertThat(log.toString().lines().filter(line -> line.contains("DHIS2 answered HTTP 503"))).as("the beginning of the outage").hasSize(1);
        // once or twice: two workers that fail within one pause count as one try (OutageTest)
        assertThat(log).containsPattern("run " + run.name() + " goes on after an outage of [0-9.]+ s \\(tries in vain: [12]\\)");
    }

    @Test
    void aBatchThatTakesTooLongIsTriedInSmallerOnes() {
        patientsWithEvents(12, 1);
        delivering = batch -> {
            if (batch.patients().size() > 2) {
                throw new Dhis2Unavailable("DHIS2 answered HTTP 504", 504, Duration.ZERO);
            }
        };

        Run run = run();

        assertThat(run.stopped()).isNull();
        assertThat(run.synced()).isEqualTo(12);
        assertThat(routes.bean(MeterRegistry.class).get("mart.batch.shrinks").tag("reason", "timeout").counter().count()).isPositive();
    }

    @Test
    void aLongOutageStopsTheRunAndIsCountedAgainstNoEvent(CapturedOutput log) {
        List<Integer> events = patientsWithEvents(20, 1);
        delivering = batch -> {
            throw new Dhis2Unavailable("DHIS2 answered HTTP 503");
        };

        Run run = run();

        assertThat(run.stopped()).contains("DHIS2 answered HTTP 503");
        assertThat(run.waiting()).isEqualTo(20);
        events.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isWaiting());
        assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM sync_attempt", Integer.class)).isZero();
        assertThat(log).contains("20 waiting").doesNotContain("Failed delivery").doesNotContain("\tat ");

        delivering = NOTHING;
        run();
        events.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced());
    }

    @Test
    void anOutageWhilePreparingIsWaitedForLikewise() {
        int event = patientsWithEvents(1, 1).get(0);
        readingProgram = batch -> {
            throw new Dhis2Unavailable("DHIS2 answered HTTP 503");
        };

        assertThat(run().stopped()).contains("HTTP 503");
        assertThat(PROGRAM_READS).hasValueGreaterThan(1);
        ClinicAssert.assertThat(clinic).event(event).isWaiting();

        readingProgram = batch -> {
            if (PROGRAM_READS.get() % 2 == 1) {
                throw new Dhis2Unavailable("DHIS2 answered HTTP 503");
            }
        };
        PROGRAM_READS.set(0);
        assertThat(run().stopped()).isNull();
        ClinicAssert.assertThat(clinic).event(event).isSynced();
    }

    @Test
    void aRefusedLoginStopsTheRunAtOnce() {
        List<Integer> events = patientsWithEvents(2, 1);
        readingProgram = batch -> {
            throw new Dhis2Refuses("DHIS2 refused the login (HTTP 401).");
        };

        assertThat(run().stopped()).contains("HTTP 401");
        assertThat(PROGRAM_READS).hasValue(1);

        readingProgram = NOTHING;
        delivering = batch -> {
            throw new Dhis2Refuses("DHIS2 refused the login (HTTP 401).");
        };
        assertThat(run().stopped()).contains("HTTP 401");
        assertThat(DELIVERED).hasSizeLessThanOrEqualTo(4);
        events.forEach(event -> ClinicAssert.assertThat(clinic).event(event).isWaiting());
    }

    @Test
    void whatBreaksOnOnePatientIsClosedInOnAndRejectsTheirEventsAlone(CapturedOutput log) {
        List<Integer> events = patientsWithEvents(30, 2);
        finding = breakingOn("17");

        Run run = run();

        assertOnlyThoseOfPatientAreRejected("17", events);
        assertThat(run.synced()).isEqualTo(58);
        assertThat(run.rejected()).isEqualTo(2);
        assertThat(run.stopped()).isNull();
        assertThat(log).contains("a batch broke").doesNotContain("Amber");
        assertThat(clinic.logOf(events.get(32)).get(0).statusInfo()).contains("IllegalStateException").doesNotContain("Amber");
    }

    @Test
    void aStatementThatBreaksOnOnePatientIsClosedInOnLikewise() {
        List<Integer> events = patientsWithEvents(12, 1);
        collecting = batch -> {
            if (batch.patients().stream().anyMatch(patient -> patient.id().equals("5"))) {
                routes.bean(ProducerTemplate.class).requestBody("sql:SELECT 1 / 0", (Object) null);
            }
        };

        run();

        assertOnlyThoseOfPatientAreRejected("5", events);
    }

    @Test
    void severalPatientsThatBreakAreEachClosedInOn() {
        List<Integer> events = patientsWithEvents(20, 1);
        finding = batch -> {
            breakingOn("1").on(batch);
            breakingOn("2").on(batch);
            breakingOn("20").on(batch);
        };

        Run run = run();

        assertThat(run.synced()).isEqualTo(17);
        assertThat(run.rejected()).isEqualTo(3);
        assertThat(clinic.pendingCount()).isEqualTo(3);
        assertThat(events).hasSize(20);
    }

    @Test
    void aRejectionThatCannotBeWrittenLeavesItsEventsWaitingAndEndsTheRun() {
        List<Integer> events = patientsWithEvents(3, 1);
        deadLetter = batch -> {
            if (batch.events().stream().anyMatch(event -> "2".equals(event.patientId()))) {
                throw new IllegalStateException("not even this");
            }
        };

        Run run = run();

        ClinicAssert.assertThat(clinic).event(events.get(1)).isWaiting();
        ClinicAssert.assertThat(clinic).event(events.get(0)).isSynced();
        ClinicAssert.assertThat(clinic).event(events.get(2)).isSynced();
        assertThat(run.waiting()).isEqualTo(1);
    }

    @Test
    void aPatientWhomAnotherWorkerHasByNowIsNotMistakenForTheNext() throws Exception {
        List<Integer> events = patientsWithEvents(3, 1);
        finding = breakingOn("1");
        List<Worker> workers = routes.prepared(RouteFixture.program()).workers();
        Worker worker = workers.get(0);
        while (worker.patients() > 1) {
            assertThat(breaks(worker)).isTrue();
        }
        assertThat(breaks(worker)).as("patient 1 stands alone and is given up").isTrue();

        finding = NOTHING;
        whileAPostIsUnderWay(oneAtATime(workers.get(1)), ConcurrentHashMap.newKeySet(), () -> breaks(worker));

        assertThat(worker.claimed()).isEqualTo("[\"2\"]");
        events.subList(0, 2).forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced().hasFailed(0));
    }

    @Test
    void aClaimThatCanNeverWorkStopsTheRunAndSaysSo(CapturedOutput log) {
        int event = patientsWithEvents(1, 1).get(0);
        clinic.jdbc().execute("ALTER TABLE sync_attempt RENAME TO away");
        try {
            Run run = run();

            assertThat(run.stopped()).contains("claimed");
            ClinicAssert.assertThat(clinic).event(event).isWaiting();
            assertThat(log).contains("stopped: ").doesNotContain("\tat ");
        } finally {
            clinic.jdbc().execute("ALTER TABLE away RENAME TO sync_attempt");
        }
    }

    // ---- the words of these tests

    private static Exchange syncABatch(Worker worker) {
        Exchange exchange = routes.send("direct:sync-batch", Map.of("worker", worker), null);
        worker.committed();
        return exchange;
    }

    /** Lets a worker try its next batch as route work does, and tells whether it broke. */
    private static boolean breaks(Worker worker) {
        try {
            routes.send("direct:sync-batch", Map.of("worker", worker), null);
            return false;
        } catch (RuntimeException broken) {
            worker.failed(broken);
            return true;
        }
    }

    private static Worker oneAtATime(Worker worker) {
        while (worker.patients() > 1) {
            worker.failed(new IllegalStateException("as if"));
        }
        return worker;
    }

    private static Step breakingOn(String patientId) {
        return batch -> {
            if (batch.patients().stream().anyMatch(patient -> patient.id().equals(patientId))) {
                throw new IllegalStateException("Amber Test-0" + patientId);
            }
        };
    }

    private static void assertOnlyThoseOfPatientAreRejected(String patientId, List<Integer> events) {
        events.forEach(event -> {
            if (clinic.event(event).patientId().equals(patientId)) {
                ClinicAssert.assertThat(clinic).event(event).isRejectedBecause("Something unexpected happened").hasFailed(1);
            } else {
                ClinicAssert.assertThat(clinic).event(event).isSynced().hasFailed(0);
            }
        });
    }

    private static List<Integer> patientsWithEvents(int patients, int eventsEach) {
        List<Integer> events = new ArrayList<>();
        for (int patient = 1; patient <= patients; patient++) {
            events.addAll(patientWithEvents(patient, eventsEach));
        }
        return events;
    }

    private static List<Integer> patientWithEvents(int patient, int eventsEach) {
        clinic.patient(patient).orgUnit(SITE);
        List<Integer> events = new ArrayList<>();
        for (int i = 0; i < eventsEach; i++) {
            int encounter = 1000 + patient + 10_000 * i;
            clinic.encounter(encounter, patient, "ZW", MORNING);
            events.add(clinic.pending(patient, "IPV", encounter));
        }
        return events;
    }

    /** Holds the worker's batch in its POST, with its transaction open, while something else is done. */
    private static <T> T whileAPostIsUnderWay(Worker worker, Set<String> theirs, Callable<T> meanwhile) throws Exception {
        return whileAPostIsUnderWay("direct:sync-batch", worker, theirs, meanwhile);
    }

    private static <T> T whileAPostIsUnderWay(String route, Worker worker, Set<String> theirs, Callable<T> meanwhile) throws Exception {
        CountDownLatch posting = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        delivering = batch -> {
            batch.patients().forEach(patient -> theirs.add(patient.id()));
            posting.countDown();
            answered.await(20, TimeUnit.SECONDS);
        };
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> held = other.submit(() -> routes.send(route, Map.of("worker", worker), worker));
            assertThat(posting.await(20, TimeUnit.SECONDS)).isTrue();
            delivering = NOTHING;
            T done = meanwhile.call();
            answered.countDown();
            held.get(20, TimeUnit.SECONDS);
            return done;
        } finally {
            answered.countDown();
            other.shutdown();
        }
    }

    private static Set<String> patientsOf(Exchange exchange) {
        Set<String> patients = ConcurrentHashMap.newKeySet();
        Batch batch = exchange.getVariable("batch", Batch.class);
        if (batch != null) {
            batch.patients().forEach(patient -> patients.add(patient.id()));
        }
        return patients;
    }

    private static Instant begin() {
        tick = tick.plusSeconds(60);
        routes.send("direct:start-run", Map.of(), Map.of("run", tick), null);
        return tick;
    }

    private static boolean isOver(Instant name) {
        Runs runs = routes.bean(Runs.class);
        return runs.current() == null && runs.last() != null && runs.last().name().equals(name);
    }

    private static Run run() {
        Instant name = begin();
        await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> isOver(name));
        return routes.bean(Runs.class).last();
    }
}
