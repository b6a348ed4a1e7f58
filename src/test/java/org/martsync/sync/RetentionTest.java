package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.martsync.SetClock;

class RetentionTest {

    @Test
    void whatIsTooOldIsDecidedByTheClockAndCounted() {
        SetClock clock = new SetClock();
        clock.pass(Duration.ofDays(31).plusHours(3));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Retention retention = new Retention(null, Duration.ofDays(31), null, clock, meters);

        Retention.Forgetting audit = retention.due().get(0);
        retention.take(audit, Map.of("deleted", 7, "last", 9L));
        assertThat(audit.goesOn()).isTrue();
        retention.take(audit, new HashMap<>(Map.of("deleted", 0)));

        assertThat(retention.due()).hasSize(1);
        assertThat(audit.before()).isEqualTo("2026-01-01T03:00:00Z");
        assertThat(audit.behind()).isEqualTo(9);
        assertThat(audit.goesOn()).isFalse();
        assertThat(audit.sentence()).isEqualTo("7 rows of sync_audit older than 31 days were deleted");
        assertThat(meters.get("mart.deleted.rows").tag("table", "sync_audit").counter().count()).isEqualTo(7);
    }
}
