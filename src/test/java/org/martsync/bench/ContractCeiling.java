package org.martsync.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.martsync.clinic.Clinic;
import org.martsync.demo.DemoProgram;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.Dhis2StandIn;

/**
 * The least program that keeps what the database's contract demands: {@link Ceiling}, which also keeps others off its
 * patients, sees what the trackers know, reads DHIS2's report, writes trackers and {@code log}, and marks as synced only
 * what was stored and is not edited since. How much slower it is than the ceiling is what the contract costs; it still
 * checks nothing, converts nothing and looks for nobody in DHIS2.
 */
final class ContractCeiling extends Ceiling {

    private static final JsonFactory JSON = new JsonFactory();

    ContractCeiling(Clinic clinic, Dhis2StandIn dhis2, int threads) {
        super(clinic, dhis2, threads);
        // without these no program finds what is pending, or whom it knows, where years are synced
        clinic.jdbc().execute("CREATE INDEX ON instance_tracker (patient_id)");
        clinic.jdbc().execute("CREATE INDEX ON events_to_sync (patient_id) WHERE synced IS NOT TRUE");
    }

    @Override
    void claim(Connection connection, int from, int to) throws SQLException {
        read(connection, "SELECT pg_try_advisory_xact_lock(hashtextextended('patient ' || i, 0)) FROM generate_series(?, ?) i", from, to);
        read(connection, """
                SELECT p.patient_id, i.instance_id, e.enrolment_id
                FROM patient p
                LEFT JOIN instance_tracker i ON i.patient_id = p.patient_identifier
                LEFT JOIN enrolment_tracker e ON e.instance_id = i.instance_id
                WHERE p.patient_id BETWEEN ? AND ?""", from, to);
        read(connection, "SELECT event_id, encounter_id, program_stage FROM event_tracker WHERE encounter_id BETWEEN ? AND ?",
                (from - 1) * BenchClinic.EVENTS_A_PATIENT + 1, to * BenchClinic.EVENTS_A_PATIENT);
    }

    private static void read(Connection connection, String query, int from, int to) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setInt(1, from);
            statement.setInt(2, to);
            statement.executeQuery();
        }
    }

    @Override
    void settle(Connection connection, int from, int to, List<Row> rows, byte[] answer) throws SQLException, IOException {
        Set<String> stored = stored(answer);
        List<Integer> people = IntStream.rangeClosed(from, to).boxed().filter(id -> stored.contains(person(id))).toList();
        List<Row> events = rows.stream().filter(row -> stored.contains(uid(row))).toList();
        write(connection, """
                INSERT INTO instance_tracker (patient_id, instance_id, created_by, date_created)
                SELECT patient, instance, 'bench', now() FROM unnest(?, ?) AS s(patient, instance) ON CONFLICT DO NOTHING""",
                texts(connection, people, id -> "B-" + id), texts(connection, people, Ceiling::person));
        write(connection, """
                INSERT INTO enrolment_tracker (instance_id, enrolment_id) SELECT * FROM unnest(?, ?) ON CONFLICT DO NOTHING""",
                texts(connection, people, Ceiling::person), texts(connection, people, Ceiling::enrolment));
        write(connection, """
                INSERT INTO event_tracker (event_id, encounter_id, program_stage) SELECT * FROM unnest(?, ?, ?) ON CONFLICT DO NOTHING""",
                texts(connection, events, ContractCeiling::uid), numbers(connection, events, Row::encounter),
                texts(connection, events, ContractCeiling::stage));
        write(connection, """
                INSERT INTO log (program, synced_by, comments, status, date_created, event_id, category)
                SELECT program, username, comments, 'success', localtimestamp, id, 'dhis-sync'
                FROM unnest(?, ?, ?, ?) AS s(program, username, comments, id)""",
                texts(connection, events, Row::mapping), texts(connection, events, Row::username),
                texts(connection, events, ContractCeiling::comments), numbers(connection, events, Row::id));
        write(connection, """
                UPDATE events_to_sync e SET synced = true
                FROM (SELECT w.id FROM events_to_sync w JOIN unnest(?, ?) AS s(id, version) ON w.id = s.id AND w.xmin::text = s.version
                      FOR UPDATE OF w SKIP LOCKED) AS untouched
                WHERE e.id = untouched.id""", numbers(connection, events, Row::id), texts(connection, events, Row::version));
    }

    private static String stage(Row row) {
        return row.mapping().equals("Screening") ? DemoProgram.SCREENING : DemoProgram.COUNSELLING;
    }

    private static String uid(Row row) {
        return ComputedUid.ofEvent(SITE, String.valueOf(row.encounter()), stage(row));
    }

    private static String comments(Row row) {
        int patient = (row.encounter() - 1) / BenchClinic.EVENTS_A_PATIENT + 1;
        return "Patient Id: B-" + patient + "  Encounter id :" + row.encounter() + " ";
    }

    /** The UIDs that stand in a report. */
    private static Set<String> stored(byte[] answer) throws IOException {
        Set<String> stored = new HashSet<>();
        try (JsonParser json = JSON.createParser(answer)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME && json.currentName().equals("uid")) {
                    stored.add(json.nextTextValue());
                }
            }
        }
        return stored;
    }

    private static <T> Array texts(Connection connection, List<T> of, Function<T, String> text) throws SQLException {
        return connection.createArrayOf("text", of.stream().map(text).toArray());
    }

    private static Array numbers(Connection connection, List<Row> of, Function<Row, Integer> number) throws SQLException {
        return connection.createArrayOf("int", of.stream().map(number).toArray());
    }

    private static void write(Connection connection, String statement, Array... columns) throws SQLException {
        try (PreparedStatement prepared = connection.prepareStatement(statement)) {
            for (int i = 0; i < columns.length; i++) {
                prepared.setArray(i + 1, columns[i]);
            }
            prepared.executeUpdate();
        }
    }
}
