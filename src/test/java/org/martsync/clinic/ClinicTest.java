package org.martsync.clinic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.martsync.clinic.ClinicAssert.assertThat;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClinicTest {

    private static final LocalDateTime MORNING = LocalDateTime.of(2024, 3, 5, 9, 30);

    private final Clinic clinic = Clinic.installed();

    @AfterEach
    void close() {
        clinic.close();
    }

    @Test
    void aPatientIsCompleteAndChangesWithTheWordsOfTheTest() {
        clinic.patient(7).identifier("ZW-7").uic(null).gender("Male").birthdate(LocalDate.of(1985, 2, 28))
                .orgUnit("OrgUnit0001").column("telephone", "077 000 0007");

        Map<String, Object> row = clinic.jdbc().queryForMap("SELECT * FROM patient WHERE patient_id = 7");
        assertThat(row).containsEntry("patient_identifier", "ZW-7").containsEntry("uic", null)
                .containsEntry("gender", "Male").containsEntry("telephone", "077 000 0007");
        assertThat(row.get("birthdate")).hasToString("1985-02-28 00:00:00.0");
    }

    @Test
    void brokenEventsCanBeQueued() {
        int broken = clinic.pending(null, null, " ");

        assertThat(clinic).event(broken).isWaiting();
        assertThat(clinic.event(broken).encounterId()).isEqualTo(" ");
        assertThat(clinic).hasPendingEvents(1);
    }

    @Test
    void anEditReplacesTheFormRowsAndQueuesTheEventAgain() {
        clinic.patient(7);
        clinic.encounter(70, 7, "ZW_01", MORNING);
        clinic.form("ipv_form", 70, 7, Map.of("if_notes", "it's \"fine\" / ok", "if_number_of_incidents", "1"), MORNING);
        int event = clinic.pending(7, "IPV", 70);
        clinic.jdbc().update("UPDATE events_to_sync SET synced = true");
        Integer before = clinic.jdbc().queryForObject("SELECT id FROM ipv_form", Integer.class);

        clinic.edit(event, "ipv_form", Map.of("if_number_of_incidents", "2"));

        Map<String, Object> form = clinic.jdbc().queryForMap("SELECT * FROM ipv_form");
        assertThat(form).containsEntry("if_notes", "it's \"fine\" / ok").containsEntry("if_number_of_incidents", "2");
        assertThat((Integer) form.get("id")).isGreaterThan(before);
        assertThat(clinic.event(event).isPending()).isTrue();
    }

    @Test
    void aSecondRowOfAFormIsAnotherInstance() {
        clinic.formTable("odd; form", "it's \"odd\"");
        clinic.form("odd; form", 70, 7, Map.of("it's \"odd\"", "a"), MORNING);
        clinic.form("odd; form", 70, 7, Map.of("it's \"odd\"", "b"), MORNING);

        assertThat(clinic.jdbc().queryForList("SELECT instance_id FROM \"odd; form\" ORDER BY id", Integer.class))
                .containsExactly(1, 2);
    }

    @Test
    void theTrackersAreReadBack() {
        clinic.tracked("P-000007", "Tracked0001").enrolmentTracked("Tracked0001", "Enrolment01")
                .eventTracked(70, "Stage000001", "Event000001").eventTracked(71, "Stage000001", null);

        assertThat(clinic.instanceOf("P-000007")).contains("Tracked0001");
        assertThat(clinic.enrolmentOf("Tracked0001")).contains("Enrolment01");
        assertThat(clinic.eventUidOf(70, "Stage000001")).contains("Event000001");
        assertThat(clinic.eventUidOf(71, "Stage000001")).isEmpty();
        assertThat(clinic.instanceOf("nobody")).isEmpty();
    }

    @Test
    void anEventIsSyncedOnlyWhenTheLogSaysSo() {
        int event = clinic.pending(7, "IPV", 70);
        clinic.jdbc().update("UPDATE events_to_sync SET synced = true WHERE id = ?", event);
        assertThatThrownBy(() -> assertThat(clinic).event(event).isSynced()).isInstanceOf(AssertionError.class);

        log(event, "success", null);
        assertThat(clinic).event(event).isSynced();
        assertThatThrownBy(() -> assertThat(clinic).event(event).isWaiting()).isInstanceOf(AssertionError.class);
    }

    @Test
    void anEventIsRejectedOnlyWithACountAndAReason() {
        int event = clinic.pending(7, "IPV", 70);
        log(event, "failed", "Number of incidents (DmElement01): <many> is not a number");
        assertThatThrownBy(() -> assertThat(clinic).event(event).isRejected()).isInstanceOf(AssertionError.class);

        clinic.jdbc().update("UPDATE events_to_sync SET retry_count = 1 WHERE id = ?", event);
        assertThat(clinic).event(event).isRejectedBecause("not a number").hasFailed(1);
        assertThatThrownBy(() -> assertThat(clinic).event(event).isRejectedBecause("no form"))
                .isInstanceOf(AssertionError.class).hasMessageContaining("not a number");
    }

    @Test
    void theFlattenersRowsOfTheLogAreNotOurs() {
        int event = clinic.pending(7, "IPV", 70);
        clinic.jdbc().update("INSERT INTO log (event_id, status, category) VALUES (?, 'success', 'analytics')", event);

        assertThat(clinic).event(event).isWaiting();
        assertThat(clinic.log()).hasSize(1);
    }

    @Test
    void eachClinicHasADatabaseOfItsOwn() {
        try (Clinic other = Clinic.installed()) {
            other.patient(7);
            assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM patient", Integer.class)).isZero();
        }
    }

    @Test
    void theScheduleIsOneRow() {
        clinic.schedule("0 45 * ? * *", true).schedule("0/5 * * ? * *", false);

        assertThat(new HashMap<>(clinic.jdbc().queryForMap("SELECT name, expression, enabled FROM analytics_cron_job")))
                .containsEntry("name", "dhisSyncJob").containsEntry("expression", "0/5 * * ? * *").containsEntry("enabled", false);
    }

    private void log(int event, String status, String info) {
        clinic.jdbc().update("INSERT INTO log (program, status, status_info, event_id, category) VALUES ('IPV', ?, ?, ?, 'dhis-sync')",
                status, info, event);
    }
}
