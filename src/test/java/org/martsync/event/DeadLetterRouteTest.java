package org.martsync.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.LogRow;

/** The route of {@code routes/dead-letter.camel.yaml}: where every rejected event ends. */
class DeadLetterRouteTest {

    private static Clinic clinic;
    private static RouteFixture routes;

    @BeforeAll
    static void start() {
        clinic = Clinic.installed().migrated();
        routes = RouteFixture.load("dead-letter", clinic, List.of());
    }

    @AfterAll
    static void stop() {
        routes.close();
        clinic.close();
    }

    @BeforeEach
    void anUntouchedClinic() {
        clinic.emptied();
        clinic.mapping("Patient", """
                {"isPatientMapping": true, "formTableMappings": {"patient": {"uic": {"id": "zRA08XEYiSF"}}}}""", "{\"searchable\": [\"uic\"]}");
        clinic.mapping("IPV", """
                {"dhisProgramStageId": "TGvGDt6e6OM", "formTableMappings": {"ipv_form": {"sp_if_site_type": "SqX8j4oFNN3"}}}""", "{}");
        clinic.patient(7);
        clinic.encounter(70, 7, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
    }

    @Test
    void aRejectedEventGetsItsRowInTheLog() {
        int event = clinic.pending(7, "IPV", 70);
        clinic.jdbc().update("UPDATE events_to_sync SET username = 'nurse' WHERE id = ?", event);
        LocalDateTime before = clinic.jdbc().queryForObject("SELECT localtimestamp", LocalDateTime.class);

        reject("Site type (SqX8j4oFNN3): 'it''s \"odd\"' ä\nis no option.");

        LogRow row = clinic.logOf(event).get(0);
        assertThat(row.program()).isEqualTo("IPV");
        assertThat(row.syncedBy()).isEqualTo("nurse");
        assertThat(row.comments()).isEqualTo("Patient Id: P-000007  Encounter id :70 ");
        assertThat(row.status()).isEqualTo("failed");
        assertThat(row.statusInfo()).isEqualTo("Site type (SqX8j4oFNN3): 'it''s \"odd\"' ä\nis no option.");
        assertThat(row.category()).isEqualTo("dhis-sync");
        assertThat(row.dateCreated()).isBetween(before, before.plusMinutes(1));
        assertThat(clinic.log()).hasSize(1);
    }

    @Test
    void itIsCountedAndStaysPending() {
        int counted = clinic.pending(7, "IPV", 70);
        int neverCounted = clinic.pending(7, "IPV", 70);
        clinic.jdbc().update("UPDATE events_to_sync SET retry_count = 4 WHERE id = ?", counted);
        clinic.jdbc().update("UPDATE events_to_sync SET retry_count = NULL WHERE id = ?", neverCounted);

        reject("Something is wrong.");

        assertThat(clinic.event(counted).retryCount()).isEqualTo(5);
        assertThat(clinic.event(neverCounted).retryCount()).isEqualTo(1);
        assertThat(clinic.pendingCount()).isEqualTo(2);
    }

    @Test
    void itIsMarkedAsAttemptedInThisRunAndInTheNextOneAnew() {
        int event = clinic.pending(7, "IPV", 70);
        clinic.jdbc().update("INSERT INTO sync_attempt (event_id, run) VALUES (?, '2020-01-01T00:00:00Z')", event);

        reject("Something is wrong.");

        assertThat(clinic.jdbc().queryForList("SELECT run FROM sync_attempt WHERE event_id = " + event, Timestamp.class))
                .extracting(Timestamp::toInstant).containsExactly(RouteFixture.TICK);
    }

    @Test
    void manyEventsAreWrittenInOneStatement() {
        for (int i = 0; i < 50; i++) {
            clinic.pending(7, "IPV", 70);
        }

        reject("Something is wrong.");

        assertThat(routes.statements()).hasSize(1);
        assertThat(clinic.log()).hasSize(50);
        assertThat(clinic.log()).extracting(LogRow::eventId).isSorted();
    }

    @Test
    void whatIsBrokenInTheRowIsToldWithWhatThereIs() {
        int nameless = clinic.pending(null, null, null);
        int odd = clinic.pending("seven", "IPV", "s'eventy");

        reject("Not reached: what is broken in a row is told first.");

        assertThat(clinic.logOf(nameless).get(0).comments()).isEqualTo("Patient Id:   Encounter id : ");
        assertThat(clinic.logOf(nameless).get(0).program()).isNull();
        assertThat(clinic.logOf(odd).get(0).comments()).isEqualTo("Patient Id: seven  Encounter id :s'eventy ");
        assertThat(clinic.logOf(odd).get(0).statusInfo()).contains("'seven' is not a number");
    }

    @Test
    void nothingRejectedIsNothingWritten() {
        clinic.pending(7, "IPV", 70);
        RouteFixture.Claimed claimed = routes.claim();

        routes.send("direct:dead-letter", Map.of("worker", claimed.worker()), claimed.batch().rejected());

        assertThat(routes.statements()).isEmpty();
        assertThat(clinic.log()).isEmpty();
    }

    private static void reject(String reason) {
        RouteFixture.Claimed claimed = routes.claim();
        claimed.batch().rejectAll(reason);
        routes.send("direct:dead-letter", Map.of("worker", claimed.worker()), claimed.batch().rejected());
    }
}
