package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Date;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
