package org.martsync.clinic;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.PreparedStatement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.martsync.database.Migrations;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A clinic with an analytics database of its own on a real PostgreSQL, told what happens in the words of a clinic.
 *
 * <p>It plays the flattener, the installer and the user interface; what the program under test does is read back from
 * {@link #event}, {@link #log}, the trackers, or with {@link ClinicAssert}. Closing it drops the database.
 */
public final class Clinic implements AutoCloseable {

    private static final String FORM_COLUMNS = """
            encounter_id int, visit_id int, patient_id int, username varchar, date_created timestamp,
            patient_identifier varchar, location_id int, location_name varchar, instance_id int""";

    private final String jdbcUrl;
    private final Runnable drop;
    private final HikariDataSource dataSource;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    private Clinic(String jdbcUrl, Runnable drop) {
        this.jdbcUrl = jdbcUrl;
        this.drop = drop;
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(jdbcUrl.substring(jdbcUrl.lastIndexOf('/') + 1));
        pool.setJdbcUrl(jdbcUrl);
        pool.setUsername(ClinicServer.USER);
        pool.setPassword(ClinicServer.PASSWORD);
        pool.setMinimumIdle(0);
        pool.setMaximumPoolSize(16);
        this.dataSource = new HikariDataSource(pool);
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    /** Opens a clinic whose database has no table at all. */
    public static Clinic empty() {
        String database = ClinicServer.newDatabase();
        return new Clinic(ClinicServer.jdbcUrl(database), () -> ClinicServer.drop(database));
    }

    /** Opens a clinic as an installed site has it, with every table and no row; our migrations have not run. */
    public static Clinic installed() {
        return withSchema("clinic/installed.sql");
    }

    /** Opens a clinic as older installers left it (see {@code clinic/older.sql}); our migrations have not run. */
    public static Clinic olderInstalled() {
        return withSchema("clinic/older.sql");
    }

    /** Opens a clinic as {@link #installed} in an empty database elsewhere, which stays when the clinic is closed. */
    static Clinic installedAt(String jdbcUrl) {
        return withSchema(new Clinic(jdbcUrl, () -> { }), "clinic/installed.sql");
    }

    private static Clinic withSchema(String script) {
        return withSchema(empty(), script);
    }

    private static Clinic withSchema(Clinic clinic, String script) {
        new ResourceDatabasePopulator(new ClassPathResource(script)).execute(clinic.dataSource);
        return clinic;
    }

    /** Runs our migrations, as the program does when it starts. */
    public Clinic migrated() {
        new Migrations("", "").migrate(Migrations.of(dataSource));
        return this;
    }

    /** Empties every table, as if the clinic opened today; the tables, and that our migrations have run, stay. */
    public Clinic emptied() {
        String tables = jdbc.queryForList("""
                SELECT table_name FROM information_schema.tables
                WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> ?""",
                String.class, Migrations.HISTORY_TABLE).stream().map(Clinic::quoted).collect(Collectors.joining(", "));
        jdbc.execute("TRUNCATE " + tables + " RESTART IDENTITY");
        return this;
    }

    public String jdbcUrl() {
        return jdbcUrl;
    }

    public String user() {
        return ClinicServer.USER;
    }

    public String password() {
        return ClinicServer.PASSWORD;
    }

    /** A pool of connections that ends with the clinic. */
    public DataSource dataSource() {
        return dataSource;
    }

    public JdbcTemplate jdbc() {
        return jdbc;
    }

    @Override
    public void close() {
        dataSource.close();
        drop.run();
    }

    // What the installer and the user interface do

    /** Saves a mapping that was never edited since ({@code date_modified} is NULL); json and config may be null. */
    public Clinic mapping(String name, String json, String config) {
        jdbc.update("""
                INSERT INTO mapping (program_name, mapping_json, config, created_by, date_created)
                VALUES (?, ?::jsonb, ?::jsonb, 'admin', '2024-01-05 08:00:00')
                ON CONFLICT (program_name) DO UPDATE SET mapping_json = excluded.mapping_json, config = excluded.config,
                    modified_by = 'admin', date_modified = '2024-01-06 08:00:00'""", name, json, config);
        return this;
    }

    /** Makes a DHIS2 org unit known: {@code code} as encounters name it, {@code uid} as DHIS2 does. */
    public Clinic orgUnit(String code, String uid) {
        jdbc.update("INSERT INTO orgunit_tracker (orgunit, id, date_created) VALUES (?, ?, '2021-10-22 12:05:42')", code, uid);
        return this;
    }

    /** Sets the row {@code dhisSyncJob}: a Quartz expression of 6 or 7 fields, and whether to run at all. */
    public Clinic schedule(String expression, boolean enabled) {
        jdbc.update("""
                INSERT INTO analytics_cron_job (name, start_delay, expression, enabled) VALUES ('dhisSyncJob', 5, ?, ?)
                ON CONFLICT (name) DO UPDATE SET expression = excluded.expression, enabled = excluded.enabled""",
                expression, enabled);
        return this;
    }

    // What the flattener does

    /**
     * Registers a patient, a complete one: identifier {@code P-000007}, UIC {@code UIC-000007}, a woman born on
     * 1990-01-01, registered on 2024-01-02, for {@code patientId} 7. What the test is about is then set on the answer.
     */
    public PatientRow patient(int patientId) {
        jdbc.update("""
                INSERT INTO patient (patient_id, patient_identifier, uic, gender, birthdate, date_created, given_name, family_name)
                VALUES (?, ?, ?, 'Female', '1990-01-01', '2024-01-02 08:30:00', 'Amber', ?)""",
                patientId, "P-%06d".formatted(patientId), "UIC-%06d".formatted(patientId), "Test-%03d".formatted(patientId));
        return new PatientRow(this, patientId);
    }

    /** Returns a patient who was registered before, to change what the clinic knows of her. */
    public PatientRow patientAgain(int patientId) {
        return new PatientRow(this, patientId);
    }

    public Clinic encounter(int encounterId, int patientId, String orgUnitCode, LocalDateTime date) {
        jdbc.update("""
                INSERT INTO encounter (encounter_id, uuid, encounter_type_id, visit_id, location_id, patient_id,
                    encounter_date_created, location_name, org_unit)
                VALUES (?, gen_random_uuid(), 1, ?, 1, ?, ?, 'Test clinic', ?)""",
                encounterId, encounterId, patientId, date, orgUnitCode);
        return this;
    }

    /** Creates a form's table: the form's own fields as text, the standard columns, an index on the encounter. */
    public Clinic formTable(String table, String... fields) {
        StringBuilder columns = new StringBuilder("id serial PRIMARY KEY, ");
        for (String field : fields) {
            columns.append(quoted(field)).append(" varchar, ");
        }
        jdbc.execute("CREATE TABLE " + quoted(table) + " (" + columns + FORM_COLUMNS + ")");
        jdbc.execute("CREATE INDEX ON " + quoted(table) + " (encounter_id)");
        return this;
    }

    /** Fills in a form; called again for the same encounter, it is another instance of that form. */
    public Clinic form(String table, int encounterId, int patientId, Map<String, ?> values, LocalDateTime when) {
        Integer earlier = jdbc.queryForObject(
                "SELECT count(*) FROM " + quoted(table) + " WHERE encounter_id = ?", Integer.class, encounterId);
        Map<String, Object> row = new LinkedHashMap<>(values);
        row.put("encounter_id", encounterId);
        row.put("visit_id", encounterId);
        row.put("patient_id", patientId);
        row.put("username", "superman");
        row.put("date_created", when);
        row.put("location_id", 1);
        row.put("location_name", "Test clinic");
        row.put("instance_id", earlier + 1);
        insert(table, row);
        return this;
    }

    /** Queues an event and returns its id; the ids are texts because broken ones occur, and each may be null. */
    public int pending(String patientId, String mapping, String encounterId) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.update(connection -> {
            PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO events_to_sync (patient_id, program_id, encounter_id) VALUES (?, ?, ?)",
                    new String[] {"id"});
            insert.setString(1, patientId);
            insert.setString(2, mapping);
            insert.setString(3, encounterId);
            return insert;
        }, key);
        return key.getKeyAs(Integer.class);
    }

    public int pending(int patientId, String mapping, int encounterId) {
        return pending(String.valueOf(patientId), mapping, String.valueOf(encounterId));
    }

    /**
     * Edits the encounter of an event without changing any answer: in one transaction all its form rows are deleted and
     * inserted again under new ids, and the event is pending once more.
     */
    public Clinic edit(int eventId) {
        return edit(eventId, null, Map.of());
    }

    /** Edits the encounter of an event as {@link #edit(int)} does, with new answers on the form {@code table}. */
    public Clinic edit(int eventId, String table, Map<String, ?> answers) {
        transaction.executeWithoutResult(status -> {
            String encounter = event(eventId).encounterId();
            for (String form : formTables()) {
                List<Map<String, Object>> rows = jdbc.queryForList(
                        "SELECT * FROM " + quoted(form) + " WHERE encounter_id = ?::int ORDER BY id", encounter);
                jdbc.update("DELETE FROM " + quoted(form) + " WHERE encounter_id = ?::int", encounter);
                for (Map<String, Object> row : rows) {
                    row.remove("id");
                    if (form.equals(table)) {
                        row.putAll(answers);
                    }
                    insert(form, row);
                }
            }
            jdbc.update("UPDATE events_to_sync SET synced = false WHERE id = ?", eventId);
        });
        return this;
    }

    public Clinic enrolled(int patientId, LocalDate date) {
        jdbc.update("""
                INSERT INTO program_enrolment (patient_program_id, patient_id, program_id, program_name, date_enrolled, uuid)
                VALUES (?, ?, 1, 'Key populations', ?, gen_random_uuid())""", patientId, patientId, date);
        return this;
    }

    // What an earlier run has left in the trackers

    public Clinic tracked(String patientIdentifier, String instanceId) {
        jdbc.update("""
                INSERT INTO instance_tracker (patient_id, instance_id, created_by, date_created)
                VALUES (?, ?, 'superman', '2024-01-02 09:00:00')""", patientIdentifier, instanceId);
        return this;
    }

    public Clinic enrolmentTracked(String instanceId, String enrolmentId) {
        jdbc.update("INSERT INTO enrolment_tracker (instance_id, enrolment_id) VALUES (?, ?)", instanceId, enrolmentId);
        return this;
    }

    /** Puts an event into the tracker; with a null UID, as the flattener does before anything was sent. */
    public Clinic eventTracked(int encounterId, String programStage, String eventUid) {
        jdbc.update("INSERT INTO event_tracker (event_id, encounter_id, program_stage) VALUES (?, ?, ?)",
                eventUid, encounterId, programStage);
        return this;
    }

    // What there is to see afterwards

    public SyncEvent event(int eventId) {
        return jdbc.queryForObject("""
                SELECT id, patient_id, program_id AS mapping, encounter_id, synced, username, comment, retry_count
                FROM events_to_sync WHERE id = ?""", new DataClassRowMapper<>(SyncEvent.class), eventId);
    }

    /** Every row of the log, oldest first. */
    public List<LogRow> log() {
        return jdbc.query("SELECT * FROM log ORDER BY log_id", new DataClassRowMapper<>(LogRow.class));
    }

    /** The rows of the log about one event, oldest first. */
    public List<LogRow> logOf(int eventId) {
        return jdbc.query("SELECT * FROM log WHERE event_id = ? ORDER BY log_id",
                new DataClassRowMapper<>(LogRow.class), eventId);
    }

    /** The DHIS2 tracked entity the trackers hold for a patient. */
    public Optional<String> instanceOf(String patientIdentifier) {
        return text("SELECT instance_id FROM instance_tracker WHERE patient_id = ?", patientIdentifier);
    }

    /** The DHIS2 enrolment the trackers hold for a tracked entity. */
    public Optional<String> enrolmentOf(String instanceId) {
        return text("SELECT enrolment_id FROM enrolment_tracker WHERE instance_id = ?", instanceId);
    }

    /** The DHIS2 event the trackers hold for an encounter; empty also when the row is there without a UID. */
    public Optional<String> eventUidOf(int encounterId, String programStage) {
        return text("SELECT event_id FROM event_tracker WHERE encounter_id = ? AND program_stage = ?",
                encounterId, programStage);
    }

    public int pendingCount() {
        return jdbc.queryForObject("SELECT count(*) FROM events_to_sync WHERE synced IS NOT TRUE", Integer.class);
    }

    /** An identifier as SQL takes it, whatever characters are in it. */
    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    void update(String table, Map<String, ?> values, String key, Object id) {
        String changes = values.keySet().stream().map(column -> quoted(column) + " = ?").collect(Collectors.joining(", "));
        List<Object> parameters = new ArrayList<>(values.values());
        parameters.add(id);
        jdbc.update("UPDATE " + table + " SET " + changes + " WHERE " + key + " = ?", parameters.toArray());
    }

    private void insert(String table, Map<String, ?> row) {
        String columns = row.keySet().stream().map(Clinic::quoted).collect(Collectors.joining(", "));
        String marks = row.keySet().stream().map(column -> "?").collect(Collectors.joining(", "));
        jdbc.update("INSERT INTO " + quoted(table) + " (" + columns + ") VALUES (" + marks + ")", row.values().toArray());
    }

    private List<String> formTables() {
        return jdbc.queryForList("""
                SELECT table_name FROM information_schema.columns
                WHERE table_schema = current_schema() AND column_name IN ('encounter_id', 'instance_id')
                GROUP BY table_name HAVING count(*) = 2""", String.class);
    }

    private Optional<String> text(String sql, Object... parameters) {
        return jdbc.queryForList(sql, String.class, parameters).stream().filter(Objects::nonNull).findFirst();
    }
}
