package org.martsync.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.ParseException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.martsync.SetClock;

class ReconcileDueTest {

    private static final ZoneId HARARE = ZoneId.of("Africa/Harare");

    /** Stands at 02:00 in Harare. */
    private final SetClock clock = new SetClock();

    @Test
    void itIsDueOnceWhenItsTimeHasCome() throws ParseException {
        ReconcileDue due = new ReconcileDue("0 10 2 * * ?", 365, HARARE, clock);
        assertThat(due.next()).isNull();
        clock.pass(Duration.ofMinutes(15));
        Reconciliation reconciliation = due.next();
        assertThat(reconciliation.name()).isEqualTo("2026-01-01T00:10:00Z");
        assertThat(reconciliation.since()).isEqualTo(LocalDate.of(2025, 1, 1));
        assertThat(due.next()).isNull();
    }

    @Test
    void ofSeveralThatWereSleptThroughTheLatestIsMadeUpFor() throws ParseException {
        ReconcileDue due = new ReconcileDue("0 10 2 * * ?", 30, HARARE, clock);
        clock.pass(Duration.ofDays(3));
        assertThat(due.next().name()).isEqualTo("2026-01-03T00:10:00Z");
        assertThat(due.next()).isNull();
    }

    @Test
    void aClockThatIsSetBackMakesNoneDueTwice() throws ParseException {
        ReconcileDue due = new ReconcileDue("0 10 2 * * ?", 30, HARARE, clock);
        clock.pass(Duration.ofMinutes(-90));
        assertThat(due.next()).isNull();
    }

    @Test
    void withoutAScheduleItIsNeverDue() throws ParseException {
        ReconcileDue due = new ReconcileDue("", 365, HARARE, clock);
        clock.pass(Duration.ofDays(400));
        assertThat(due.next()).isNull();
    }
}
