package org.martsync.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.martsync.SetClock;

class ReconcileDueTest {

    private static final ZoneId HARARE = ZoneId.of("Africa/Harare");
    private static final List<Map<String, Object>> NONE = List.of();

    /** Stands at 02:00 in Harare. */
    private final SetClock clock = new SetClock();

    @Test
    void itIsDueWhenItsTimeHasComeUntilItHasEnded() throws ParseException {
        ReconcileDue due = nightly(365);
        assertThat(due.next(NONE)).isNull();
        clock.pass(Duration.ofMinutes(15));
        Reconciliation reconciliation = due.next(NONE);
        assertThat(reconciliation.name()).isEqualTo("2026-01-01T00:10:00Z");
        assertThat(reconciliation.since()).isEqualTo(LocalDate.of(2025, 1, 1));
        clock.pass(Duration.ofMinutes(45));
        assertThat(due.next(ended("2026-01-01T00:10:00Z"))).isNull();
        assertThat(due.next(NONE)).as("after its row was forgotten").isNull();
    }

    @Test
    void whatWasBrokenOffIsTriedAgainEveryHalfHourUntilTheNextIsDue() throws ParseException {
        ReconcileDue due = nightly(365);
        clock.pass(Duration.ofMinutes(10));
        assertThat(due.next(NONE)).isNotNull();
        clock.pass(Duration.ofMinutes(29));
        assertThat(due.next(NONE)).isNull();
        clock.pass(Duration.ofMinutes(1));
        assertThat(due.next(brokenOff("2026-01-01T00:10:00Z", true))).satisfies(again -> {
            assertThat(again.name()).isEqualTo("2026-01-01T00:10:00Z");
            assertThat(again.since()).isEqualTo(LocalDate.of(2025, 1, 1));
        });
        clock.pass(Duration.ofDays(1));
        assertThat(due.next(brokenOff("2026-01-01T00:10:00Z", true)).name()).isEqualTo("2026-01-02T00:10:00Z");
    }

    @Test
    void whatAnotherNodeIsAtIsLeftToIt() throws ParseException {
        ReconcileDue due = nightly(365);
        clock.pass(Duration.ofMinutes(10));
        assertThat(due.next(brokenOff("2026-01-01T00:10:00Z", false))).isNull();
    }

    @Test
    void aNightThatARestartMissedIsMadeUpFor() throws ParseException {
        clock.pass(Duration.ofHours(8));
        assertThat(nightly(30).next(ended("2025-12-31T00:10:00Z")).name()).isEqualTo("2026-01-01T00:10:00Z");
        assertThat(nightly(30).next(brokenOff("2026-01-01T00:10:00Z", true)).name()).isEqualTo("2026-01-01T00:10:00Z");
        assertThat(nightly(30).next(ended("2026-01-01T00:10:00Z"))).isNull();
        assertThat(nightly(30).next(NONE)).as("where none was ever made it waits for its time").isNull();
    }

    @Test
    void oneThatWasMadeByHandSinceStandsForTheOneThatIsDue() throws ParseException {
        ReconcileDue due = nightly(30);
        clock.pass(Duration.ofHours(8));
        assertThat(due.next(ended("2026-01-01T06:00:00Z"))).isNull();
    }

    @Test
    void ofSeveralThatWereSleptThroughTheLatestIsMadeUpFor() throws ParseException {
        ReconcileDue due = nightly(30);
        clock.pass(Duration.ofDays(3));
        assertThat(due.next(NONE).name()).isEqualTo("2026-01-03T00:10:00Z");
        assertThat(due.next(NONE)).isNull();
    }

    @Test
    void aClockThatIsSetBackMakesNoneDueTwice() throws ParseException {
        ReconcileDue due = nightly(30);
        clock.pass(Duration.ofMinutes(15));
        assertThat(due.next(NONE)).isNotNull();
        clock.pass(Duration.ofMinutes(-90));
        assertThat(due.next(ended("2026-01-01T00:10:00Z"))).isNull();
        clock.pass(Duration.ofMinutes(90));
        assertThat(due.next(ended("2026-01-01T00:10:00Z"))).isNull();
    }

    @Test
    void itTellsSinceWhenOneIsDueAndWhetherTwoAre() throws ParseException {
        ReconcileDue due = nightly(30);
        clock.pass(Duration.ofMinutes(5));
        assertThat(due.overdueSeconds()).isZero();
        clock.pass(Duration.ofHours(20));
        due.next(NONE);
        assertThat(due.overdueSeconds()).isEqualTo(Duration.ofHours(20).minusMinutes(5).toSeconds());
        assertThat(due.withOverdue(Map.of("events", 7))).containsEntry("events", 7).containsEntry("overdue", false);
        assertThat(due.withOverdue(null)).isNull();
        clock.pass(Duration.ofHours(5));
        due.next(NONE);
        assertThat(due.withOverdue(Map.of("events", 7))).containsEntry("overdue", true);
        assertThat(due.withOverdue(null)).containsEntry("overdue", true);
        due.next(ended("2026-01-02T00:10:00Z"));
        assertThat(due.overdueSeconds()).isZero();
        assertThat(due.withOverdue(Map.of())).containsEntry("overdue", false);
    }

    @Test
    void withoutAScheduleItIsNeverDue() throws ParseException {
        ReconcileDue due = new ReconcileDue("", 365, HARARE, clock);
        clock.pass(Duration.ofDays(400));
        assertThat(due.next(NONE)).isNull();
        assertThat(due.overdueSeconds()).isZero();
        assertThat(due.withOverdue(null)).isNull();
    }

    private ReconcileDue nightly(int days) throws ParseException {
        return new ReconcileDue("0 10 2 * * ?", days, HARARE, clock);
    }

    private static List<Map<String, Object>> ended(String name) {
        Map<String, Object> row = new HashMap<>(Map.of("name", Timestamp.from(Instant.parse(name)), "quiet", true));
        row.put("ended_at", Timestamp.from(Instant.parse(name)));
        return List.of(row);
    }

    private static List<Map<String, Object>> brokenOff(String name, boolean quiet) {
        return List.of(Map.of("name", Timestamp.from(Instant.parse(name)), "quiet", quiet));
    }
}
