package org.martsync.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.martsync.SetClock;

class ReconciledTest {

    private final TellTime time = new TellTime(new SetClock());

    @Test
    void whereTwoWereDueSinceTheLastOneSaysSo() {
        assertThat(Reconciled.of(row(0, false), time)).isEqualTo(new Reconciled("All 7 events are in DHIS2, checked Mon 29 Dec 2025, 00:15.", false));
        assertThat(Reconciled.of(row(0, true), time)).isEqualTo(new Reconciled(
                "All 7 events are in DHIS2, checked Mon 29 Dec 2025, 00:15. Two that were due since have not ended. The log says why.", true));
        assertThat(Reconciled.of(row(2, true), time).sentence()).isEqualTo(
                "Of 7 events: 2 missing in DHIS2, checked Mon 29 Dec 2025, 00:15. The command reconcile names them. Two that were due since have not ended. The log says why.");
    }

    @Test
    void whereNoneEverEndedItIsToldOnlyWhenTwoWereDue() {
        assertThat(Reconciled.of(null, time)).isNull();
        assertThat(Reconciled.of(Map.of("overdue", true), time)).isEqualTo(new Reconciled("No comparison with DHIS2 has ended, though two were due. The log says why.", true));
    }

    private static Map<String, Object> row(long missing, boolean overdue) {
        Map<String, Object> row = new HashMap<>(Map.of("events", 7L, "missing", missing, "deleted", 0L, "changed", 0L, "other", 0L, "overdue", overdue));
        row.put("ended_at", Timestamp.from(Instant.parse("2025-12-29T00:15:00Z")));
        return row;
    }
}
