package org.martsync.turns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.martsync.dhis2.StandInFaults.path;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2Answer;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;

/** The route ask-dhis2 of two sites with one DHIS2, which count the requests that they get at the same time. */
class InTurnRouteTest {

    private static final int LIMIT = 2;
    private static Clinic common;
    private static Dhis2StandIn dhis2;
    private static RouteFixture one;
    private static RouteFixture other;

    private final ExecutorService requests = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() {
        common = Clinic.installed();
        dhis2 = Dhis2StandIn.start();
        one = load("site.id=one", "turns.limit=" + LIMIT);
        other = load("site.id=other", "turns.limit=" + LIMIT);
    }

    private static RouteFixture load(String... settings) {
        URI at = URI.create(common.jdbcUrl().substring("jdbc:".length()));
        List<String> all = new ArrayList<>(List.of("dhis2.url=" + dhis2.url(), "turns.server=" + at.getHost() + ":" + at.getPort(),
                "turns.database=" + at.getPath().substring(1), "turns.password=" + common.password()));
        all.addAll(List.of(settings));
        return RouteFixture.load("dhis2", common, all);
    }

    @AfterEach
    void anUntouchedDhis2() {
        requests.shutdownNow();
        dhis2.heal();
        dhis2.forgetEverything();
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        dhis2.close();
        common.close();
    }

    @Test
    void dhis2NeverHasMoreRequestsOfTheRunsOfAllSitesThanTheLimit() throws Exception {
        AtomicInteger inFlight = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        dhis2.onRequest(request -> {
            most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            rest();
            inFlight.decrementAndGet();
        });
        List<Future<Dhis2Answer>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(ofARun(one));
            all.add(ofARun(other));
        }
        for (Future<Dhis2Answer> each : all) {
            assertThat(each.get().status()).isEqualTo(200);
        }
        assertThat(most).hasValue(LIMIT);
    }

    @Test
    void whatAPersonAsksGoesAtOnce() throws Exception {
        var held = dhis2.hold(LIMIT, path("/api/me"));
        Future<Dhis2Answer> first = ofARun(one);
        Future<Dhis2Answer> second = ofARun(one);
        await().until(() -> held.arrived() == LIMIT);
        Future<Dhis2Answer> third = ofARun(other);
        await().until(() -> waiting() == 1);

        assertThat(ask(other, Map.of()).status()).isEqualTo(200);
        assertThat(ask(other, Map.of("run", other.bean(Runs.class).question())).status()).isEqualTo(200);
        assertThat(third).isNotDone();
        held.release();
        for (Future<Dhis2Answer> each : List.of(first, second, third)) {
            assertThat(each.get().status()).isEqualTo(200);
        }
    }

    @Test
    void theWaitForATurnIsNotTakenForSlownessOfDhis2() throws Exception {
        try (RouteFixture fresh = load("site.id=fresh", "turns.limit=1"); Turns elsewhere = elsewhere()) {
            Future<Dhis2Answer> late;
            try (Turns.Turn theOnlyOne = elsewhere.await(() -> false)) {
                late = ofARun(fresh);
                await().until(() -> waiting() == 1);
                await().during(Duration.ofSeconds(3)).until(() -> !late.isDone());
            }
            assertThat(late.get().status()).isEqualTo(200);
            MeterRegistry meters = fresh.bean(MeterRegistry.class);
            double waited = meters.get("mart.turns.wait").timer().max(TimeUnit.MILLISECONDS);
            assertThat(waited).isGreaterThan(3000);
            assertThat(meters.get("mart.dhis2.requests").timer().max(TimeUnit.MILLISECONDS)).isLessThan(waited - 1000);
        }
    }

    @Test
    void whatBreaksGivesItsTurnBack() {
        dhis2.fail(3 * LIMIT, request -> true).byResetBeforeProcessing();
        for (int i = 0; i < 3 * LIMIT; i++) {
            assertThat(ofARun(one)).failsWithin(Duration.ofSeconds(20));
        }
        assertThat(ofARun(one)).succeedsWithin(Duration.ofSeconds(20));
        assertThat(one.bean(MeterRegistry.class).get("mart.turns.taken").gauge().value()).isZero();
    }

    @Test
    void whatOnlyAPersonCanPutRightStopsTheRunAtOnce() {
        try (RouteFixture wrong = load("turns.limit=1", "turns.schema=nowhere")) {
            Run run = wrong.bean(Runs.class).rehearse();
            assertThatThrownBy(() -> ask(wrong, Map.of("run", run))).isInstanceOf(TurnsUnavailable.class)
                    .satisfies(refused -> assertThat(run.outage(refused)).isZero());
            assertThat(run.stopped()).startsWith("the database with the turns does not let this program use it (SQL state 3F000)")
                    .contains("turns.schema").endsWith("Events that are left wait for the next run.");
            assertThat(dhis2.requests()).isZero();
        }
    }

    @Test
    void aStopOfTheProgramEndsTheWaitOfWhatGoesOnBesideRuns() {
        try (RouteFixture stopping = load("site.id=stopping", "turns.limit=1"); Turns elsewhere = elsewhere(); Turns.Turn theOnlyOne = elsewhere.await(() -> false)) {
            Future<Dhis2Answer> rehearsed = ofARun(stopping);
            await().until(() -> waiting() == 1);
            stopping.bean(Runs.class).close();
            assertThat(rehearsed).failsWithin(Duration.ofSeconds(10)).withThrowableThat().withRootCauseInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    void withoutALimitNobodyAsksForATurn() throws Exception {
        common.jdbc().execute("DROP TABLE IF EXISTS sync_turn");
        try (RouteFixture unlimited = load()) {
            assertThat(ofARun(unlimited).get().status()).isEqualTo(200);
            assertThat(unlimited.bean(MeterRegistry.class).find("mart.turns.wait").timer()).isNull();
        }
        assertThat(common.jdbc().queryForObject("SELECT to_regclass('sync_turn')::text", String.class)).isNull();
    }

    private Future<Dhis2Answer> ofARun(RouteFixture site) {
        return requests.submit(() -> ask(site, Map.of("run", site.bean(Runs.class).rehearse())));
    }

    private static Dhis2Answer ask(RouteFixture site, Map<String, Object> variables) {
        return site.send("direct:ask-dhis2", variables, Map.of(Exchange.HTTP_METHOD, "GET", Exchange.HTTP_PATH, "me"), null)
                .getMessage().getBody(Dhis2Answer.class);
    }

    private static Turns elsewhere() {
        URI at = URI.create(common.jdbcUrl().substring("jdbc:".length()));
        return new Turns(new TurnsDatabase(at.getHost() + ":" + at.getPort(), at.getPath().substring(1), "public", common.user(), common.password(), ""),
                new Share(dhis2.url(), "elsewhere", 1, Duration.ofMinutes(1)), new SimpleMeterRegistry());
    }

    private static int waiting() {
        return common.jdbc().queryForObject("SELECT count(*) FROM sync_turn WHERE taken_at IS NULL", Integer.class);
    }

    /** What a request takes at DHIS2, so that others come meanwhile. */
    private static void rest() {
        try {
            new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
