package org.martsync.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.clinic.Clinic;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MigrationsTest {

    private static final List<String> THEIRS = List.of("events_to_sync", "mapping", "log", "instance_tracker",
            "enrolment_tracker", "event_tracker", "orgunit_tracker", "analytics_cron_job", "patient", "encounter",
            "program_enrolment");
    private static final List<String> OURS = List.of("sync_attempt", "sync_tracked_entity", "sync_request", "sync_pause", "sync_audit", "sync_enrolment", "sync_instance", "sync_mapping",
            "sync_reconcile", "sync_reconcile_finding",
            Migrations.HISTORY_TABLE);
    private static final List<String> OUR_INDEXES =
            List.of("sync_events_pending", "sync_events_synced", "sync_instance_tracker_patient", "sync_log_days", "sync_patient_identifier", "sync_program_enrolment_patient");

    private final List<Clinic> clinics = new ArrayList<>();
    private final ExecutorService nodes = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        nodes.shutdownNow();
        clinics.forEach(Clinic::close);
    }

    @Test
    void anEmptyDatabaseGetsEveryTableAndNoRow() {
        Clinic clinic = open(Clinic.empty()).migrated();

        Map<String, List<String>> tables = Catalogue.of(clinic.jdbc()).tables();
        assertThat(tables.keySet()).containsAll(THEIRS).containsAll(OURS).hasSize(THEIRS.size() + OURS.size());
        for (String table : THEIRS) {
            assertThat(tables.get(table)).as(table).contains("0 rows ");
        }
        assertOurIndexesServe(clinic);
    }

    @Test
    void theWayBackOfTheDocsTakesAwayAllThatIsOursAndTheNextStartMakesItAnew() throws Exception {
        Clinic clinic = lived(open(Clinic.installed()));
        Catalogue before = Catalogue.of(clinic.jdbc());
        clinic.migrated();

        String guide = Files.readString(Path.of("docs/takeover.md"));
        clinic.jdbc().execute(guide.substring(guide.lastIndexOf("```sql") + 6, guide.lastIndexOf("```")));

        assertThat(Catalogue.of(clinic.jdbc())).isEqualTo(before);
        assertThat(clinic.jdbc().queryForList("SELECT relname::text FROM pg_class WHERE relname LIKE 'sync\\_%'", String.class)).isEmpty();
        assertOurIndexesServe(clinic.migrated());
    }

    @Test
    void theTablesOfAnEmptyDatabaseAreThoseOfAnInstalledSite() {
        JdbcTemplate fresh = open(Clinic.empty()).migrated().jdbc();
        JdbcTemplate installed = open(Clinic.installed()).jdbc();

        for (String table : THEIRS) {
            if (table.equals("patient")) { // an installed site has more person attributes
                assertThat(Catalogue.shape(installed, table)).as(table).containsAll(Catalogue.shape(fresh, table));
            } else {
                assertThat(Catalogue.shape(fresh, table)).as(table).isEqualTo(Catalogue.shape(installed, table));
            }
            assertThat(Catalogue.rules(fresh, table)).as(table).isEqualTo(Catalogue.rules(installed, table));
        }
    }

    @Test
    void onAnInstalledSiteNothingThatExistsIsAltered() {
        Clinic clinic = lived(open(Clinic.installed()));
        Catalogue before = Catalogue.of(clinic.jdbc());

        clinic.migrated();

        Map<String, List<String>> after = Catalogue.of(clinic.jdbc()).tables();
        assertThat(after).containsAllEntriesOf(before.tables());
        assertThat(after.keySet()).containsAll(OURS).hasSize(before.tables().size() + OURS.size());
        assertOurIndexesServe(clinic);
    }

    @Test
    void onAnOlderSiteOnlyTheTableRenamedAwayIsCreatedAnew() {
        Clinic clinic = lived(open(Clinic.olderInstalled()));
        Catalogue before = Catalogue.of(clinic.jdbc());
        assertThat(before.tables()).doesNotContainKey("enrolment_tracker").containsKey("enrolment_tracker_before_upgrade");

        clinic.migrated();

        Map<String, List<String>> after = Catalogue.of(clinic.jdbc()).tables();
        assertThat(after).containsAllEntriesOf(before.tables()).containsKey("enrolment_tracker");
        assertThat(after.keySet()).hasSize(before.tables().size() + OURS.size() + 1);
        assertThat(Catalogue.rules(clinic.jdbc(), "enrolment_tracker")).contains("UNIQUE (instance_id)");
        assertThat(clinic.jdbc().queryForList("SELECT enrolment_id FROM enrolment_tracker_before_upgrade", String.class))
                .containsExactly("oldEnrolm01");
        assertOurIndexesServe(clinic);
    }

    @Test
    void theHistoryOfAnotherProgramIsLeftAlone() {
        Clinic clinic = open(Clinic.installed());
        clinic.jdbc().execute("CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar, checksum int)");
        clinic.jdbc().execute("INSERT INTO flyway_schema_history VALUES (1, '1', 12345), (2, '99', 54321)");
        Catalogue before = Catalogue.of(clinic.jdbc());

        clinic.migrated();

        assertThat(Catalogue.of(clinic.jdbc()).tables()).containsAllEntriesOf(before.tables());
    }

    @Test
    void theSecondTimeNothingHappens() {
        Clinic clinic = lived(open(Clinic.installed())).migrated();
        clinic.jdbc().update("INSERT INTO sync_attempt VALUES (7, now())");
        clinic.jdbc().update("INSERT INTO sync_tracked_entity (tracked_entity, attributes_hash) VALUES ('Tracked0001', 'x')");
        Catalogue before = Catalogue.of(clinic.jdbc());
        List<String> indexes = ourIndexes(clinic);

        clinic.migrated();

        assertThat(Catalogue.of(clinic.jdbc())).isEqualTo(before);
        assertThat(ourIndexes(clinic)).isEqualTo(indexes);
    }

    @Test
    void theTablesOfOursSayWhatTheyAreFor() {
        Clinic clinic = open(Clinic.empty()).migrated();

        assertThat(clinic.jdbc().queryForList("""
                SELECT obj_description(oid) FROM pg_class
                WHERE relname IN ('sync_attempt', 'sync_tracked_entity', 'sync_request', 'sync_pause', 'sync_audit', 'sync_enrolment', 'sync_instance', 'sync_mapping', 'sync_reconcile',
                    'sync_reconcile_finding')""", String.class))
                .hasSize(10).doesNotContainNull();
    }

    @Test
    void twoNodesStartingAtOnceMigrateOnce() throws Exception {
        Clinic clinic = lived(open(Clinic.installed()));
        try (Connection writer = openWriter(clinic)) {
            CountDownLatch together = new CountDownLatch(2);
            List<Future<?>> starts = new ArrayList<>();
            for (int node = 0; node < 2; node++) {
                starts.add(nodes.submit(() -> {
                    together.countDown();
                    together.await();
                    return clinic.migrated();
                }));
            }
            awaitAnIndexBuildThatWaits(clinic); // one node builds, the other waits for it, the writer for nobody
            writer.commit();
            for (Future<?> start : starts) {
                start.get(30, TimeUnit.SECONDS);
            }
        }

        assertThat(clinic.jdbc().queryForList("SELECT version FROM " + Migrations.HISTORY_TABLE
                + " WHERE success ORDER BY installed_rank", String.class)).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13");
        assertOurIndexesServe(clinic);
    }

    @Test
    void theFlattenerNeverWaitsForAnIndexBeingBuilt() throws Exception {
        Clinic clinic = lived(open(Clinic.installed()));
        int before = clinic.pendingCount();
        try (Connection longWriter = openWriter(clinic)) {
            Future<?> start = nodes.submit(clinic::migrated);
            awaitAnIndexBuildThatWaits(clinic);

            try (Connection flattener = clinic.dataSource().getConnection(); Statement sql = flattener.createStatement()) {
                sql.execute("SET lock_timeout = '100ms'"); // a writer behind a lock would fail here, not hang
                for (int i = 0; i < 50; i++) {
                    sql.execute("INSERT INTO events_to_sync (patient_id, program_id, encounter_id) VALUES ('8', 'IPV', '80')");
                }
                sql.execute("UPDATE events_to_sync SET synced = false WHERE patient_id = '7'");
                sql.execute("DELETE FROM ipv_form WHERE encounter_id = 70");
                sql.execute("INSERT INTO ipv_form (encounter_id) VALUES (70)");
                sql.execute("INSERT INTO program_enrolment (patient_id) VALUES (8)");
                sql.execute("INSERT INTO instance_tracker (patient_id, instance_id) VALUES ('P-000008', 'Tracked0008')");
                sql.execute("RESET lock_timeout");
            }
            assertThat(start.isDone()).isFalse();
            longWriter.commit();
            start.get(30, TimeUnit.SECONDS);
        }

        assertThat(clinic.pendingCount()).isEqualTo(before + 51);
        assertOurIndexesServe(clinic);
    }

    @Test
    void aHalfBuiltIndexIsBuiltAnew() throws Exception {
        Clinic clinic = lived(open(Clinic.installed()));
        try (Connection writer = openWriter(clinic); Connection interrupted = clinic.dataSource().getConnection();
                Statement sql = interrupted.createStatement()) {
            sql.execute("SET statement_timeout = '300ms'");
            assertThatThrownBy(() -> sql.execute("""
                    CREATE INDEX CONCURRENTLY sync_events_pending
                    ON events_to_sync ((coalesce(nullif(patient_id, ''), ' ') COLLATE "C"), id) WHERE synced IS NOT TRUE"""))
                    .isInstanceOf(SQLException.class);
            sql.execute("RESET statement_timeout");
            writer.rollback();
        }
        assertThat(ourIndexes(clinic)).singleElement().asString().contains("valid false");

        clinic.migrated();

        assertOurIndexesServe(clinic);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg_terminate_backend", "pg_cancel_backend"}) // the second leaves a failed migration in the history
    void aStartThatIsStoppedWhileBuildingIsMadeGoodByTheNext(String stop) throws Exception {
        Clinic clinic = lived(open(Clinic.installed()));
        try (Connection writer = openWriter(clinic)) {
            Future<?> stopped = nodes.submit(clinic::migrated);
            awaitAnIndexBuildThatWaits(clinic);
            clinic.jdbc().queryForList("SELECT " + stop + "(pid) FROM pg_stat_progress_create_index");
            assertThatThrownBy(() -> stopped.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            writer.commit();
        }
        assertThat(ourIndexes(clinic)).anyMatch(index -> index.contains("valid false"));

        clinic.migrated();

        assertOurIndexesServe(clinic);
        assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM " + Migrations.HISTORY_TABLE
                + " WHERE NOT success", Integer.class)).isZero();
    }

    @Test
    void theProgramMigratesTheSchemaItsAddressNamesWithTheseSettings() {
        Clinic clinic = open(Clinic.empty());
        clinic.jdbc().execute("CREATE SCHEMA analytics");
        clinic.jdbc().execute("CREATE TABLE analytics.ncd (id serial PRIMARY KEY)"); // not empty: a baseline is set

        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class))
                .withUserConfiguration(Migrations.class)
                .withPropertyValues("spring.datasource.url=" + clinic.jdbcUrl() + "?currentSchema=analytics",
                        "spring.datasource.username=" + clinic.user(), "spring.datasource.password=" + clinic.password())
                .run(program -> {
                    assertThat(program).hasNotFailed();
                    assertThat(program.getBean(Flyway.class).getConfiguration().getPluginRegister()
                            .getPlugin(PostgreSQLConfigurationExtension.class).isTransactionalLock()).isFalse();
                });

        assertThat(clinic.jdbc().queryForList("SELECT tablename FROM pg_tables WHERE schemaname = 'analytics'", String.class))
                .containsAll(THEIRS).containsAll(OURS);
        assertThat(Catalogue.of(clinic.jdbc()).tables()).as("schema public").isEmpty();
    }

    @Test
    void aFurtherServerGetsASchemaOfItsOwnAndOfTheClinicsTablesOnlyTheQueueTellsIt() {
        Clinic clinic = lived(open(Clinic.installed())).migrated();
        Catalogue before = Catalogue.of(clinic.jdbc());
        List<Long> indexes = clinic.jdbc().queryForList("SELECT indexrelid::bigint FROM pg_index ORDER BY 1", Long.class);

        migrateFurther(clinic, "national");
        migrateFurther(clinic, "national");

        assertThat(clinic.jdbc().queryForList("SELECT indexrelid::bigint FROM pg_index ORDER BY 1", Long.class)).as("none went or was built anew").containsAll(indexes);
        List<String> ofTheServer = new ArrayList<>(OURS);
        ofTheServer.addAll(List.of("events_to_sync", "log", "instance_tracker", "enrolment_tracker", "event_tracker", "orgunit_tracker"));
        assertThat(clinic.jdbc().queryForList("SELECT tablename::text FROM pg_tables WHERE schemaname = 'national'", String.class))
                .containsExactlyInAnyOrderElementsOf(ofTheServer);
        assertThat(clinic.jdbc().queryForList("SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'public.events_to_sync'::regclass", String.class))
                .containsExactlyInAnyOrder("queue_too_national", "unqueue_too_national");
        assertThat(clinic.jdbc().queryForList("SELECT id FROM national.events_to_sync WHERE NOT synced", Integer.class)).containsExactly(1, 2);
        clinic.jdbc().execute("DROP SCHEMA national CASCADE"); // the way back
        assertThat(Catalogue.of(clinic.jdbc())).isEqualTo(before);
    }

    @Test
    void theSchemaOfAFurtherServerMayHaveAnyName() {
        Clinic clinic = lived(open(Clinic.installed())).migrated();

        migrateFurther(clinic, "user");
        clinic.pending(7, "IPV", 72);

        assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM \"user\".events_to_sync", Integer.class)).isEqualTo(3);
    }

    @Test
    void aFurtherServerIsGivenNoSchemaThatOthersUse() {
        Clinic clinic = lived(open(Clinic.installed())).migrated();
        clinic.jdbc().execute("CREATE SCHEMA theirs CREATE TABLE mapping (a int) CREATE TABLE events_to_sync (id int)");
        Catalogue before = Catalogue.of(clinic.jdbc());

        assertThatThrownBy(() -> migrateFurther(clinic, "theirs")).cause().isInstanceOf(SQLException.class)
                .hasMessageContaining("the schema theirs, in which there are tables already, such as events_to_sync");

        assertThat(clinic.jdbc().queryForList("SELECT tablename::text FROM pg_tables WHERE schemaname = 'theirs'", String.class))
                .containsExactlyInAnyOrder("mapping", "events_to_sync");
        assertThat(Catalogue.of(clinic.jdbc())).isEqualTo(before);
    }

    @Test
    void theFlattenerMayQueueWhateverItsOwnColumnsHold() {
        Clinic clinic = lived(open(Clinic.installed())).migrated();
        clinic.jdbc().execute("ALTER TABLE events_to_sync ALTER program_id TYPE text, ALTER username TYPE text");
        migrateFurther(clinic, "national");

        clinic.jdbc().update("INSERT INTO events_to_sync (patient_id, program_id, username) VALUES ('7', repeat('p', 50), repeat('u', 50))");

        assertThat(clinic.jdbc().queryForObject("SELECT program_id || username FROM national.events_to_sync ORDER BY id DESC LIMIT 1", String.class))
                .isEqualTo("p".repeat(50) + "u".repeat(50));
    }

    @Test
    void aQueueThatLacksAColumnIsGivenNoTriggerThatWouldFail() {
        Clinic clinic = lived(open(Clinic.installed())).migrated();
        clinic.jdbc().execute("ALTER TABLE events_to_sync DROP COLUMN username");

        assertThatThrownBy(() -> migrateFurther(clinic, "national")).hasMessageContaining("\"username\" does not exist");

        clinic.pending(7, "IPV", 72);
        clinic.jdbc().execute("ALTER TABLE events_to_sync ADD COLUMN username text");
        migrateFurther(clinic, "national");
        assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM national.events_to_sync", Integer.class)).isEqualTo(3);
    }

    @Test
    void aFurtherServerDoesNotHoldUpTheFlattenerBehindALongTransaction() throws Exception {
        Clinic clinic = lived(open(Clinic.installed())).migrated();
        try (Connection writer = openWriter(clinic)) {
            assertThatThrownBy(() -> migrateFurther(clinic, "national")).rootCause().hasMessageContaining("lock timeout");
            assertThatThrownBy(() -> migrateFurther(clinic, "national")).cause().isInstanceOf(SQLException.class)
                    .hasMessageContaining("a start after its end will do");
            writer.commit();
        }

        migrateFurther(clinic, "national");
        assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM national.events_to_sync", Integer.class)).isEqualTo(3);
    }

    @Test
    void theFlattenerNeverWaitsForTheQueueBeingFilledAndItIsFilledAfterIt() throws Exception {
        Clinic clinic = open(Clinic.installed()).migrated();
        clinic.jdbc().update("INSERT INTO events_to_sync (patient_id, program_id, encounter_id, synced) SELECT i::text, 'IPV', i::text, true FROM generate_series(1, 3000) i");
        Migrations further = new Migrations("public", "national");
        further.migrate(further(clinic, further, "national").target("3.1").load());
        try (Connection flattener = openWriter(clinic); Statement sql = flattener.createStatement()) {
            sql.execute("SET LOCAL lock_timeout = '900ms'"); // less than it takes to find a deadlock
            sql.execute("UPDATE events_to_sync SET synced = false WHERE id = 1500");
            Future<?> filling = nodes.submit(() -> migrateFurther(clinic, "national"));
            await().until(() -> clinic.jdbc().queryForObject("SELECT count(*) FROM national.events_to_sync", Integer.class) >= 1000);

            for (int id : List.of(1200, 2500, 10)) {
                sql.execute("UPDATE events_to_sync SET synced = false WHERE id = " + id);
            }
            assertThat(filling.isDone()).isFalse();
            flattener.commit();
            filling.get(20, TimeUnit.SECONDS);
        }
        assertThat(clinic.jdbc().queryForObject("SELECT count(*) FROM national.events_to_sync WHERE NOT synced", Integer.class)).isEqualTo(3001);
    }

    @Test
    void theIndexOfPendingEventsServesTheClaim() {
        Clinic clinic = open(Clinic.installed());
        clinic.jdbc().update("""
                INSERT INTO events_to_sync (patient_id, program_id, encounter_id, synced)
                SELECT i::text, 'IPV', i::text, i % 2 = 0 FROM generate_series(1, 20000) i""");
        clinic.migrated();
        clinic.jdbc().execute("ANALYZE events_to_sync");

        assertThat(clinic.jdbc().queryForList("""
                EXPLAIN SELECT coalesce(nullif(patient_id, ''), ' ') COLLATE "C", id FROM events_to_sync WHERE synced IS NOT TRUE
                ORDER BY coalesce(nullif(patient_id, ''), ' ') COLLATE "C", id LIMIT 500""", String.class))
                .anyMatch(line -> line.contains("using sync_events_pending")).noneMatch(line -> line.contains("Sort"));
    }

    @Test
    void whoWasSentBeforeIsThePatientWhoHasTheIdentifierAloneToday() {
        Clinic clinic = open(Clinic.installed());
        FluentConfiguration before = Flyway.configure().dataSource(clinic.dataSource());
        new Migrations("", "").customize(before);
        before.target("11").load().migrate();
        clinic.patient(1);
        clinic.patient(2).identifier("SAME");
        clinic.patient(3).identifier("SAME");
        clinic.tracked("P-000001", "Tracked0001").tracked("SAME", "Tracked0002");
        clinic.jdbc().update("INSERT INTO sync_tracked_entity (tracked_entity, attributes_hash) VALUES ('Tracked0001', 'x'), ('Tracked0002', 'x')");

        clinic.migrated();

        assertThat(clinic.jdbc().queryForList("SELECT patient FROM sync_tracked_entity ORDER BY tracked_entity", Integer.class)).containsExactly(1, null);
    }

    @Test
    void theIndexOfTheLogServesTheLastDays() {
        Clinic clinic = open(Clinic.installed());
        clinic.jdbc().update("""
                INSERT INTO log (status, date_created, event_id, category)
                SELECT 'success', localtimestamp - (50000 - i) * interval '1 hour', i, 'dhis-sync' FROM generate_series(1, 50000) i""");
        clinic.migrated();
        clinic.jdbc().execute("ANALYZE log");

        assertThat(clinic.jdbc().queryForList("EXPLAIN SELECT count(*) FROM log WHERE category = 'dhis-sync' AND date_created >= current_date - 29", String.class))
                .anyMatch(line -> line.contains("on sync_log_days"));
    }

    private static void migrateFurther(Clinic clinic, String own) {
        Migrations further = new Migrations("public", own);
        further.migrate(further(clinic, further, own).load());
    }

    private static FluentConfiguration further(Clinic clinic, Migrations migrations, String own) {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(clinic.jdbcUrl() + "?currentSchema=" + own, clinic.user(), clinic.password()).defaultSchema(own);
        migrations.customize(configuration);
        return configuration;
    }

    private Clinic open(Clinic clinic) {
        clinics.add(clinic);
        return clinic;
    }

    /** A clinic in which something has happened, so that there are rows to lose. */
    private static Clinic lived(Clinic clinic) {
        clinic.patient(7);
        clinic.encounter(70, 7, "ZW_01", LocalDateTime.of(2024, 3, 5, 9, 30));
        clinic.mapping("IPV", "{\"isPatientMapping\": false}", "{\"searchable\": []}");
        clinic.tracked("P-000007", "Tracked0007").orgUnit("ZW_01", "OrgUnit0001").schedule("0 45 * ? * *", true);
        clinic.pending(7, "IPV", 70);
        clinic.pending(null, null, null);
        return clinic;
    }

    /** A writer in the middle of its transaction, which an index build has to wait for. */
    private static Connection openWriter(Clinic clinic) throws SQLException {
        Connection writer = clinic.dataSource().getConnection();
        writer.setAutoCommit(false);
        try (Statement sql = writer.createStatement()) {
            sql.execute("INSERT INTO events_to_sync (patient_id, program_id, encounter_id) VALUES ('7', 'IPV', '71')");
        }
        return writer;
    }

    private static void awaitAnIndexBuildThatWaits(Clinic clinic) {
        await().atMost(Duration.ofSeconds(30)).until(() -> clinic.jdbc().queryForObject(
                "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for writers%'", Integer.class) > 0);
    }

    private static List<String> ourIndexes(Clinic clinic) {
        return clinic.jdbc().queryForList("""
                SELECT i.indexrelid || ' ' || pg_get_indexdef(i.indexrelid) || ' valid ' || i.indisvalid
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
                WHERE c.relname LIKE 'sync\\_%' AND t.relname NOT LIKE 'sync\\_%' ORDER BY c.relname""", String.class);
    }

    private static void assertOurIndexesServe(Clinic clinic) {
        List<String> indexes = ourIndexes(clinic);
        assertThat(indexes).hasSameSizeAs(OUR_INDEXES).allMatch(index -> index.endsWith("valid true"));
        for (int i = 0; i < indexes.size(); i++) {
            assertThat(indexes.get(i)).contains(OUR_INDEXES.get(i));
        }
        assertThat(indexes.get(0)).contains("COALESCE(NULLIF((patient_id)::text, ''::text), ' '::text) COLLATE \"C\"").contains("(synced IS NOT TRUE)");
    }
}
