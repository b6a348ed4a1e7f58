package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Date;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.martsync.RunningProgram;

/** A comparison with DHIS2 that begins by itself. */
class ScheduledReconcileTest {

    @Test
    void itComparesTheEventsOfTheLastDays() {
        try (WholeChain chain = WholeChain.start("reconcile.schedule=* * * * * ?", "reconcile.days=30", "schedule.time-zone=UTC")) {
            chain.reset();
            chain.patients(1);
            int old = chain.visit(1, "ZWNSC-CHITUNGWIZA", LocalDateTime.of(2024, 3, 5, 9, 30), Map.of("f_text", "old"));
            int recent = chain.visit(1, "ZWNSC-CHITUNGWIZA", LocalDateTime.now().minusDays(2), Map.of("f_text", "recent"));
            chain.program.run();
            chain.assertEvent(old).isSynced();
            chain.dhis2.store().forget(chain.stored(old).uid());
            chain.dhis2.store().forget(chain.stored(recent).uid());

            await().atMost(Duration.ofMinutes(2)).until(() -> chain.clinic.jdbc().queryForObject(
                    "SELECT count(*) FROM sync_reconcile WHERE ended_at IS NOT NULL AND events = 1", Integer.class) > 0);

            assertThat(chain.clinic.jdbc().queryForList("SELECT DISTINCT event_id FROM sync_reconcile_finding", Integer.class)).containsExactly(recent);
            assertThat(chain.clinic.jdbc().queryForObject("SELECT max(since) FROM sync_reconcile", Date.class).toLocalDate())
                    .isBetween(LocalDate.now().minusDays(31), LocalDate.now().minusDays(29));
        }
    }

    /** The tick is the last New Year, so that no other comes while the test runs. */
    @Test
    void oneThatAnOutageAndAStopBrokeOffGoesOnAfterTheRestartAndItsNumbersAreToldByAllNodes() {
        try (WholeChain chain = WholeChain.start()) {
            chain.reset();
            chain.patients(2);
            LocalDateTime recent = LocalDateTime.now().minusDays(2);
            chain.visit(1, "ZWNSC-CHITUNGWIZA", recent, Map.of("f_text", "compared before the outage"));
            int event = chain.visit(2, "ZWNSC-CHITUNGWIZA", recent, Map.of("f_text", "lost"));
            chain.program.run();
            chain.dhis2.store().forget(chain.stored(event).uid());
            LocalDate tick = LocalDate.now(ZoneOffset.UTC).withDayOfYear(1);
            chain.clinic.jdbc().update("INSERT INTO sync_reconcile (name, ended_at) VALUES (?::timestamptz, now())", tick.minusDays(9).toString());

            chain.dhis2.failAlways(request -> request.query().startsWith("trackedEntities=")).with(503, "away");
            try (RunningProgram stopped = yearly(chain)) {
                await().atMost(Duration.ofMinutes(1)).until(() -> begun(chain).size() == 1);
                assertThat(gauge(stopped, "mart.reconcile.overdue")).isPositive();
            }
            assertThat(begun(chain)).containsExactly(tick + " 00:00:00 since " + tick.minusDays(30));
            chain.clinic.jdbc().update("UPDATE sync_reconcile SET after = '1', events = 1, at = now() - interval '31 minutes' WHERE ended_at IS NULL");
            chain.dhis2.heal();

            try (RunningProgram restarted = yearly(chain)) {
                await().atMost(Duration.ofMinutes(1)).until(() -> begun(chain).isEmpty());
                await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(gauge(restarted, "mart.reconcile.overdue")).isZero());
            }

            assertThat(chain.clinic.jdbc().queryForMap("SELECT events, after FROM sync_reconcile")).containsEntry("events", 2L).containsEntry("after", "2");
            assertThat(chain.clinic.jdbc().queryForList("SELECT event_id FROM sync_reconcile_finding", Integer.class)).containsExactly(event);
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertTold(chain.program, chain));
            try (RunningProgram fresh = RunningProgram.start(chain.clinic, chain.dhis2, WholeChain.PROGRAM)) {
                await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertTold(fresh, chain));
            }
        }
    }

    private static RunningProgram yearly(WholeChain chain) {
        return RunningProgram.start(chain.clinic, chain.dhis2, WholeChain.PROGRAM,
                "reconcile.schedule=0 0 0 1 1 ?", "reconcile.days=30", "schedule.time-zone=UTC");
    }

    /** The comparisons that have not ended. */
    private static List<String> begun(WholeChain chain) {
        return chain.clinic.jdbc().queryForList(
                "SELECT (name AT TIME ZONE 'UTC') || ' since ' || since FROM sync_reconcile WHERE ended_at IS NULL", String.class);
    }

    private static void assertTold(RunningProgram program, WholeChain chain) {
        assertThat(gauge(program, "mart.reconcile.events")).isEqualTo(2);
        assertThat(gauge(program, "mart.reconcile.ended")).isEqualTo(chain.clinic.jdbc().queryForObject(
                "SELECT floor(extract(epoch FROM ended_at)) FROM sync_reconcile", Double.class));
        assertThat(gauge(program, "mart.reconcile.findings", "kind", "missing")).isEqualTo(1);
        assertThat(gauge(program, "mart.reconcile.findings", "kind", "changed")).isZero();
    }

    private static Double gauge(RunningProgram program, String name, String... tags) {
        Gauge gauge = program.bean(MeterRegistry.class).find(name).tags(tags).gauge();
        return gauge == null ? null : gauge.value();
    }
}
