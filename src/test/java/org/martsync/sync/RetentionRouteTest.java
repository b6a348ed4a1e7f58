package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The routes of {@code routes/retention.camel.yaml}: how long rows are kept. */
@ExtendWith(OutputCaptureExtension.class)
class RetentionRouteTest {

    private static Clinic clinic;
    private static RouteFixture routes;

    @BeforeAll
    static void start() {
        clinic = Clinic.installed().migrated();
        routes = RouteFixture.load("retention", clinic, List.of("retention.log=400d", "retention.audit=30d", "retention.reconcile=60d"));
    }

    @AfterAll
    static void stop() {
        routes.close();
        clinic.close();
    }

    @BeforeEach
    void emptied() {
        clinic.emptied();
        clinic.jdbc().update("DELETE FROM log");
        clinic.jdbc().update("DELETE FROM sync_audit");
        clinic.jdbc().update("DELETE FROM sync_attempt");
        clinic.jdbc().update("DELETE FROM sync_reconcile");
    }

    private static int logged(Integer event, String category, int daysAgo) {
        return clinic.jdbc().queryForObject("""
                INSERT INTO log (program, status, category, event_id, date_created)
                VALUES ('Visit', 'failed', ?, ?, localtimestamp - make_interval(days => ?)) RETURNING log_id""", Integer.class, category, event, daysAgo);
    }

    private static List<Integer> kept() {
        return clinic.jdbc().queryForList("SELECT log_id FROM log ORDER BY log_id", Integer.class);
    }

    private static void forget() {
        routes.send("direct:forget-old-rows", Map.of(), null);
    }

    @Test
    void whatIsOlderIsDeletedOfOursAndNothingOfOthers(CapturedOutput log) {
        logged(null, "dhis-sync", 401);
        int young = logged(null, "dhis-sync", 399);
        int flatteners = logged(null, "analytics", 900);
        int nobodys = logged(null, null, 900);

        forget();

        assertThat(kept()).containsExactlyInAnyOrder(young, flatteners, nobodys);
        assertThat(log.getOut()).contains("1 rows of log older than 400 days were deleted");
    }

    @Test
    void theNewestRowOfAPendingEventStays() {
        clinic.patient(1);
        clinic.encounter(10, 1, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        int pending = clinic.pending(1, "Visit", 10);
        int done = clinic.pending(1, "Visit", 10);
        clinic.jdbc().update("UPDATE events_to_sync SET synced = true WHERE id = ?", done);
        logged(pending, "dhis-sync", 902);
        int newest = logged(pending, "dhis-sync", 901);
        logged(done, "dhis-sync", 900);

        forget();

        assertThat(kept()).containsExactly(newest);
    }

    @Test
    void manyGoInPortions() {
        clinic.jdbc().update("""
                INSERT INTO log (program, category, date_created) SELECT 'Visit', 'dhis-sync', localtimestamp - interval '500 days' FROM generate_series(1, 4500)""");
        int before = routes.statements().size();

        forget();

        assertThat(kept()).isEmpty();
        assertThat(routes.statements().subList(before, routes.statements().size())).filteredOn(sql -> sql.contains("DELETE FROM log")).hasSize(4);
    }

    @Test
    void aStopOfTheProgramEndsTheDeletingAndKeepsTheRestForTheNextDay() throws Exception {
        clinic.jdbc().update("""
                INSERT INTO log (program, category, date_created) SELECT 'Visit', 'dhis-sync', localtimestamp - interval '500 days' FROM generate_series(1, 80000)""");
        CompletableFuture<?> forgetting;
        try (RouteFixture stopped = RouteFixture.load("retention", clinic, List.of("retention.log=400d"))) {
            forgetting = CompletableFuture.runAsync(() -> stopped.send("direct:forget-old-rows", Map.of(), null));
            Awaitility.await().until(() -> kept().size() < 80000);
        }
        forgetting.handle((done, failed) -> failed).get(1, TimeUnit.MINUTES);

        assertThat(kept()).as("two thousand rows and a pause each take longer than the stop").isNotEmpty();
    }

    @Test
    void theAuditHasALengthOfItsOwn() {
        clinic.jdbc().update("INSERT INTO sync_audit (at, who, what, asked, queued, outcome) VALUES (now() - interval '31 days', 'old', 'x', 1, 1, 'x'),"
                + " (now() - interval '29 days', 'young', 'x', 1, 1, 'x')");

        forget();

        assertThat(clinic.jdbc().queryForList("SELECT who FROM sync_audit", String.class)).containsExactly("young");
    }

    private static int event(boolean synced, int triedDaysAgo) {
        int event = clinic.pending(1, "Visit", 10);
        clinic.jdbc().update("UPDATE events_to_sync SET synced = ? WHERE id = ?", synced, event);
        clinic.jdbc().update("INSERT INTO sync_attempt VALUES (?, date_trunc('day', now()) - make_interval(days => ?))", event, triedDaysAgo);
        return event;
    }

    @Test
    void anAttemptIsForgottenOnceItsEventIsNotPendingAnyMore() {
        clinic.patient(1);
        clinic.encounter(10, 1, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        int pending = event(false, 900);
        int young = event(true, 399);
        event(true, 401);
        clinic.jdbc().update("INSERT INTO sync_attempt VALUES (999999, now() - interval '800 days')");

        forget();

        assertThat(attempted()).containsExactlyInAnyOrder(pending, young);
    }

    @Test
    void theRunThatARetriggerGoesOnWithStays() {
        clinic.patient(1);
        clinic.encounter(10, 1, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        event(true, 501);
        int last = event(true, 500);

        forget();

        assertThat(attempted()).containsExactly(last);
    }

    private static List<Integer> attempted() {
        return clinic.jdbc().queryForList("SELECT event_id FROM sync_attempt", Integer.class);
    }

    @Test
    void whatAComparisonFoundGoesBeforeTheComparisonInPortions() {
        clinic.jdbc().update("INSERT INTO sync_reconcile (id, name, at, ended_at) VALUES (1, now() - interval '61 days', now() - interval '61 days', now() - interval '61 days'),"
                + " (2, now() - interval '59 days', now() - interval '59 days', NULL)");
        clinic.jdbc().update("INSERT INTO sync_reconcile_finding (reconcile, thing, kind, ours, repairable)"
                + " SELECT n % 2 + 1, 'person', 'changed', '12 Main Street', false FROM generate_series(1, 4500) n");
        int before = routes.statements().size();

        forget();

        assertThat(clinic.jdbc().queryForList("SELECT id FROM sync_reconcile", Integer.class)).containsExactly(2);
        assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM sync_reconcile_finding WHERE reconcile = 2", Integer.class)).isEqualTo(2250);
        assertThat(routes.statements().subList(before, routes.statements().size())).filteredOn(sql -> sql.contains("DELETE FROM sync_reconcile_finding")).hasSize(3);
    }

    @Test
    void nothingIsDeletedWhereNothingIsSet() {
        try (RouteFixture off = RouteFixture.load("retention", clinic, List.of())) {
            int old = logged(null, "dhis-sync", 4000);
            clinic.jdbc().update("INSERT INTO sync_reconcile (name, at) VALUES (now() - interval '4000 days', now() - interval '4000 days')");

            off.send("direct:forget-old-rows", Map.of(), null);

            assertThat(kept()).containsExactly(old);
            assertThat(off.statements()).isEmpty();
            assertThat(clinic.jdbc().queryForList("SELECT id FROM sync_reconcile", Integer.class)).hasSize(1);
        }
    }
}
