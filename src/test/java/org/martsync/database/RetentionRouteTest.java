package org.martsync.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The routes of {@code routes/retention.camel.yaml}. */
@ExtendWith(OutputCaptureExtension.class)
class RetentionRouteTest {

    private static Clinic clinic;
    private static RouteFixture routes;

    @BeforeAll
    static void start() {
        clinic = Clinic.installed().migrated();
        routes = RouteFixture.load("retention", clinic, List.of("retention.log=400d", "retention.audit=800d"));
    }

    @AfterAll
    static void stop() {
        routes.close();
        clinic.close();
    }

    @BeforeEach
    void anUntouchedClinic() {
        clinic.emptied();
        clinic.jdbc().execute("DELETE FROM sync_audit");
    }

    private static void logged(int rows, int event, String category, int daysAgo) {
        clinic.jdbc().update("INSERT INTO log (status, event_id, category, date_created)"
                + " SELECT 'success', ?, ?, localtimestamp - make_interval(days => ?) FROM generate_series(1, ?)", event, category, daysAgo, rows);
    }

    private static List<String> left() {
        return clinic.jdbc().queryForList("SELECT category || ' ' || (current_date - date_created::date) || ' ' || event_id FROM log ORDER BY 1", String.class);
    }

    @Test
    void ourOldRowsGoAndAllOthersStay(CapturedOutput output) {
        logged(1, 1, "dhis-sync", 401);
        logged(1, 1, "dhis-sync", 399);
        logged(1, 1, "analytics", 4000);

        routes.send("direct:forget-log", Map.of(), null);

        assertThat(left()).containsExactly("analytics 4000 1", "dhis-sync 399 1");
        assertThat(output).contains("log: 1 rows older than 400d deleted");
    }

    @Test
    void whatIsSaidOfAPendingEventStays() {
        int pending = clinic.pending(1, "Visit", 1);
        int done = clinic.pending(1, "Visit", 2);
        clinic.jdbc().update("UPDATE events_to_sync SET synced = true WHERE id = ?", done);
        logged(1, pending, "dhis-sync", 500);
        logged(1, done, "dhis-sync", 500);

        routes.send("direct:forget-log", Map.of(), null);

        assertThat(left()).containsExactly("dhis-sync 500 " + pending);
    }

    @Test
    void manyRowsGoInSmallPortions(CapturedOutput output) {
        logged(2500, 1, "dhis-sync", 401);
        int before = routes.statements().size();

        routes.send("direct:forget-log", Map.of(), null);

        assertThat(left()).isEmpty();
        assertThat(routes.statements().size() - before).as("1000, 1000, 500, and one that finds none").isEqualTo(4);
        assertThat(output).contains("log: 2500 rows older than 400d deleted");
    }

    @Test
    void theAuditHasATimeOfItsOwn() {
        clinic.jdbc().update("INSERT INTO sync_audit (at, who, what, asked, queued, outcome) VALUES (now() - interval '801 days', 'a', 'old', 0, 0, ''),"
                + " (now() - interval '799 days', 'a', 'new', 0, 0, '')");

        routes.send("direct:forget-audit", Map.of(), null);

        assertThat(clinic.jdbc().queryForList("SELECT what FROM sync_audit", String.class)).containsExactly("new");
    }
}
