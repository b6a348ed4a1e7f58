package org.martsync.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.martsync.clinic.Clinic;

/**
 * Measures what people ask for (the page, an event, a search, a retrigger) where the site has run for years: three million
 * events and log rows, half a million patients, ten thousand events rejected; and what a row of the log costs to write.
 */
final class History {

    private static final int ROWS = 3_000_000;
    private static final int PATIENTS = 500_000;
    private static final int REJECTED = 10_000;
    private static final int SECONDS_BETWEEN_ROWS = 3 * 365 * 24 * 3600 / ROWS;
    private static final int WRITTEN = 200_000;
    private static final int TIMES = 3;
    private static final Pattern PARAMETER = Pattern.compile(":#(?:\\$\\{([^}]+)}|(\\w+))|\\$\\{(body)}");
    private static final Pattern INIT = Pattern.compile("connection-init-sql: \"([^\"]+)\"");

    private final Figures figures;
    private final Clinic clinic = Clinic.installed().migrated();

    History(Figures figures) {
        this.figures = figures;
    }

    void measure() throws IOException, SQLException {
        try (Connection connection = clinic.dataSource().getConnection(); Statement sql = connection.createStatement()) {
            figures.progress("history: filling");
            fill(sql);
            Matcher init = INIT.matcher(Files.readString(Path.of("config/application.yaml")));
            init.find();
            sql.execute(init.group(1));
            for (String when : List.of("", "Analyzed", "WithoutIndex")) {
                if (when.equals("Analyzed")) {
                    sql.execute("VACUUM ANALYZE");
                } else if (when.equals("WithoutIndex")) {
                    sql.execute("BEGIN; DROP INDEX sync_log_days");
                }
                figures.put("arrivalsMillis" + when, millis(sql, "page-arrivals", Map.of()));
                figures.put("failuresMillis" + when, millis(sql, "page-failures", Map.of("variable.all", "true")));
                figures.put("failuresUnseenMillis" + when, millis(sql, "page-failures", Map.of("variable.all", "false")));
                figures.put("pageCountsMillis" + when, millis(sql, "page-counts", Map.of("variable.runName", "''")));
                figures.put("failedEventsMillis" + when, millis(sql, "failed-events", Map.of("variable.failed.mapping", "'IPV'",
                        "variable.failed.since", "''", "variable.failed.reasonContains", "'none of the options'", "variable.failed.limit", "1000")));
                figures.put("explainLogMillis" + when, millis(sql, "explain-log", Map.of("variable.event", "1234567")));
                figures.put("findEventsMillis" + when, millis(sql, "find-events", Map.of("sought", "'UIC-123456'::text", "all", "true", "body", ", p.uic::text")));
            }
            sql.execute("ROLLBACK");
            write(sql);
        }
        clinic.close();
    }

    private static void fill(Statement sql) throws SQLException {
        sql.execute("INSERT INTO patient (patient_id, patient_identifier, uic, gender, birthdate, given_name, family_name) "
                + "SELECT n, 'P-' || lpad(n::text, 6, '0'), 'UIC-' || n, 'F', '1990-01-01', 'Amber', 'Test' FROM generate_series(1, " + PATIENTS + ") AS n");
        sql.execute("INSERT INTO mapping (program_name, mapping_json, config) SELECT name, '{}', '{\"searchable\": [\"uic\"]}' "
                + "FROM unnest(ARRAY['Patient', 'IPV', 'HTS', 'TB']) AS name");
        sql.execute("INSERT INTO events_to_sync (patient_id, program_id, encounter_id, synced, retry_count) "
                + "SELECT (1 + n % " + PATIENTS + ")::text, (ARRAY['IPV', 'HTS', 'TB'])[1 + n % 3], n::text, n % (" + ROWS / REJECTED + ") <> 0, 0 "
                + "FROM generate_series(1, " + ROWS + ") AS n");
        // three years, then one run which rejects some
        sql.execute("INSERT INTO log (program, synced_by, comments, status, status_info, date_created, event_id, category) "
                + "SELECT (ARRAY['IPV', 'HTS', 'TB'])[1 + n % 3], 'superman', 'Patient Id: P-' || (1 + n % " + PATIENTS + ") || '  Encounter id :' || n || ' ', "
                + "'success', NULL, localtimestamp - (" + ROWS + " - n) * interval '" + SECONDS_BETWEEN_ROWS + " seconds', n, 'dhis-sync' FROM generate_series(1, " + ROWS + ") AS n "
                + "ORDER BY n");
        sql.execute("INSERT INTO log (program, synced_by, comments, status, status_info, date_created, event_id, category) "
                + "SELECT program_id, username, 'Patient Id: P-' || patient_id || '  Encounter id :' || encounter_id || ' ', 'failed', "
                + "'ZW EMR - Site type (SqX8j4oFNN3): ''place ' || id || ''' is none of the options: A, B. Correct ipv_form.sp_if_site_type.', localtimestamp, id, 'dhis-sync' "
                + "FROM events_to_sync WHERE NOT synced ORDER BY id");
        sql.execute("INSERT INTO sync_attempt (event_id, run) SELECT id, now() - interval '1 hour' FROM events_to_sync WHERE NOT synced");
    }

    /** The median. */
    private static double millis(Statement sql, String name, Map<String, String> parameters) throws IOException, SQLException {
        String text = PARAMETER.matcher(Files.readString(Path.of("routes/sql/" + name + ".sql")))
                .replaceAll(parameter -> Matcher.quoteReplacement(parameters.get(Stream.of(1, 2, 3)
                        .map(parameter::group).filter(Objects::nonNull).findFirst().orElseThrow())));
        double[] taken = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            long began = System.nanoTime();
            sql.execute(text);
            taken[i] = (System.nanoTime() - began) / 1e6;
        }
        Arrays.sort(taken);
        return taken[TIMES / 2];
    }

    /** What writing rows takes with our indexes on the log, over what it takes without them. */
    private void write(Statement sql) throws SQLException {
        List<String> indexes = clinic.jdbc().queryForList("SELECT indexdef FROM pg_indexes WHERE tablename = 'log' AND indexname LIKE 'sync\\_%'", String.class);
        double with = 0;
        double without = 0;
        for (int i = 0; i < TIMES; i++) {
            with += insert(sql);
            for (String index : clinic.jdbc().queryForList("SELECT indexname FROM pg_indexes WHERE tablename = 'log' AND indexname LIKE 'sync\\_%'", String.class)) {
                sql.execute("DROP INDEX " + index);
            }
            without += insert(sql);
            for (String index : indexes) {
                sql.execute(index);
            }
        }
        figures.put("logRowMicros", with * 1000 / TIMES / WRITTEN);
        figures.put("logIndexRatio", with / without);
    }

    /** In batches of 500, as settling does, for events in the order of patients. */
    private static double insert(Statement sql) throws SQLException {
        long began = System.nanoTime();
        for (int batch = 0; batch < WRITTEN / 500; batch++) {
            sql.execute("INSERT INTO log (program, synced_by, comments, status, status_info, date_created, event_id, category) "
                    + "SELECT 'IPV', 'superman', 'Patient Id: P-' || n || '  Encounter id :' || n || ' ', 'success', NULL, localtimestamp, "
                    + "(n::bigint * 7919 + " + batch + "::bigint * 104729) % " + ROWS + ", 'dhis-sync' FROM generate_series(1, 500) AS n");
        }
        return (System.nanoTime() - began) / 1e6;
    }
}
