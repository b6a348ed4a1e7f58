package org.martsync.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.martsync.clinic.Clinic;
import org.martsync.demo.DemoProgram;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.Dhis2StandIn;

/**
 * The least program that could do the job: the yardstick. One plain query a table and batch, JSON written as a stream,
 * the JDK's client, one update a batch. It checks nothing, converts nothing, looks for nobody and keeps no account.
 */
class Ceiling {

    /** A pending row of events_to_sync, in the version that was read. */
    record Row(int id, String version, String mapping, int encounter, String username) {
    }

    private static final int PATIENTS = 100;
    static final String SITE = DemoProgram.SITE;

    private final Clinic clinic;
    private final Dhis2StandIn dhis2;
    private final int threads;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String login = "Basic " + Base64.getEncoder().encodeToString(
            (Dhis2StandIn.USER + ":" + Dhis2StandIn.PASSWORD).getBytes());
    private volatile String cookie;

    Ceiling(Clinic clinic, Dhis2StandIn dhis2, int threads) {
        this.clinic = clinic;
        this.dhis2 = dhis2;
        this.threads = threads;
    }

    /** Carries all patients from one id to another, 100 patients with 500 events at a time. */
    void run(int first, int last) throws Exception {
        AtomicInteger next = new AtomicInteger(first);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(pool.submit(() -> {
                for (int from = next.getAndAdd(PATIENTS); from <= last; from = next.getAndAdd(PATIENTS)) {
                    batch(from, Math.min(last, from + PATIENTS - 1));
                }
                return null;
            }));
        }
        for (Future<?> worker : workers) {
            worker.get();
        }
        pool.shutdown();
    }

    /** The events of a patient have the ids and encounters that follow from the patient's, see {@link BenchClinic#add}. */
    private void batch(int from, int to) throws SQLException, IOException, InterruptedException {
        int firstEvent = (from - 1) * BenchClinic.EVENTS_A_PATIENT + 1;
        int lastEvent = to * BenchClinic.EVENTS_A_PATIENT;
        List<Row> rows;
        try (Connection connection = clinic.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            claim(connection, from, to);
            ByteArrayOutputStream body = new ByteArrayOutputStream(300_000);
            try (JsonGenerator json = new JsonFactory().createGenerator(body)) {
                json.writeStartObject();
                rows = pending(connection, firstEvent, lastEvent);
                people(connection, json, from, to);
                Map<Integer, String> places = places(connection, firstEvent, lastEvent);
                json.writeArrayFieldStart("events");
                events(connection, json, places, DemoProgram.SCREENING, "DmScVisit01", "FIRST",
                        "SELECT encounter_id, patient_id, date_created::date, consent, temperature, notes, last_test, cough FROM bench_screening WHERE encounter_id BETWEEN ? AND ?",
                        firstEvent, lastEvent, "DmScConse01", "DmScTempe01", "DmScNotes01", "DmScLastT01", "DmScCough01");
                events(connection, json, places, DemoProgram.COUNSELLING, "DmCoTopic01", "PREVENTION",
                        "SELECT encounter_id, patient_id, date_created::date, minutes, notes FROM bench_counselling WHERE encounter_id BETWEEN ? AND ?",
                        firstEvent, lastEvent, "DmCoMinut01", "DmCoNotes01");
                json.writeEndArray();
                json.writeEndObject();
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(dhis2.url()
                            + "/api/tracker?async=false&importStrategy=CREATE_AND_UPDATE&atomicMode=OBJECT&reportMode=ERRORS"))
                    .header("Content-Type", "application/json").header("Authorization", login)
                    .POST(BodyPublishers.ofByteArray(body.toByteArray()));
            if (cookie != null) {
                request.header("Cookie", cookie);
            }
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answer.headers().firstValue("Set-Cookie").ifPresent(value -> cookie = value.split(";")[0]);
            if (answer.statusCode() != 200) {
                throw new IOException("HTTP " + answer.statusCode());
            }
            settle(connection, from, to, rows, answer.body());
            connection.commit();
        }
    }

    /** Takes the patients of a batch; here nobody else is at work. */
    void claim(Connection connection, int from, int to) throws SQLException {
    }

    /** Writes what became of a batch; here the flags of its events, whatever DHIS2 answered. */
    void settle(Connection connection, int from, int to, List<Row> rows, byte[] answer) throws SQLException, IOException {
        try (PreparedStatement synced = connection.prepareStatement("UPDATE events_to_sync SET synced = true WHERE id = ANY (?)")) {
            synced.setArray(1, connection.createArrayOf("int", rows.stream().map(Row::id).toArray()));
            synced.executeUpdate();
        }
    }

    private static List<Row> pending(Connection connection, int first, int last) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT id, xmin::text, program_id, encounter_id, username FROM events_to_sync WHERE id BETWEEN ? AND ? AND synced IS NOT TRUE")) {
            statement.setInt(1, first);
            statement.setInt(2, last);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(new Row(row.getInt(1), row.getString(2), row.getString(3), row.getInt(4), row.getString(5)));
                }
            }
        }
        return rows;
    }

    private static Map<Integer, String> places(Connection connection, int first, int last) throws SQLException {
        Map<Integer, String> places = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT encounter_id, patient_id, encounter_date_created, org_unit FROM encounter WHERE encounter_id BETWEEN ? AND ?")) {
            statement.setInt(1, first);
            statement.setInt(2, last);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    places.put(row.getInt(1), DemoProgram.SITE_CODE.equals(row.getString(4)) ? SITE : null);
                }
            }
        }
        return places;
    }

    private static void people(Connection connection, JsonGenerator json, int from, int to) throws SQLException, IOException {
        List<int[]> ids = new ArrayList<>();
        json.writeArrayFieldStart("trackedEntities");
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT patient_id, patient_identifier, gender, birthdate::date, uic FROM patient WHERE patient_id BETWEEN ? AND ?")) {
            statement.setInt(1, from);
            statement.setInt(2, to);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ids.add(new int[] {row.getInt(1)});
                    json.writeStartObject();
                    json.writeStringField("trackedEntity", person(row.getInt(1)));
                    json.writeStringField("trackedEntityType", DemoProgram.TRACKED_ENTITY_TYPE);
                    json.writeStringField("orgUnit", SITE);
                    json.writeArrayFieldStart("attributes");
                    value(json, "attribute", DemoProgram.PATIENT_IDENTIFIER, row.getString(2));
                    value(json, "attribute", DemoProgram.GENDER, row.getString(3));
                    value(json, "attribute", DemoProgram.DATE_OF_BIRTH, row.getString(4));
                    value(json, "attribute", DemoProgram.UIC, row.getString(5));
                    json.writeEndArray();
                    json.writeEndObject();
                }
            }
        }
        json.writeEndArray();
        json.writeArrayFieldStart("enrollments");
        for (int[] id : ids) {
            json.writeStartObject();
            json.writeStringField("enrollment", enrolment(id[0]));
            json.writeStringField("trackedEntity", person(id[0]));
            json.writeStringField("program", DemoProgram.PROGRAM);
            json.writeStringField("orgUnit", SITE);
            json.writeStringField("enrolledAt", "2024-01-08");
            json.writeStringField("status", "ACTIVE");
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void events(Connection connection, JsonGenerator json, Map<Integer, String> places, String stage, String chosen, String option,
                               String query, int from, int to, String... elements) throws SQLException, IOException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setInt(1, from);
            statement.setInt(2, to);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    json.writeStartObject();
                    json.writeStringField("event", ComputedUid.ofEvent(SITE, row.getString(1), stage));
                    json.writeStringField("program", DemoProgram.PROGRAM);
                    json.writeStringField("programStage", stage);
                    json.writeStringField("enrollment", enrolment(row.getInt(2)));
                    json.writeStringField("orgUnit", places.get(row.getInt(1)));
                    json.writeStringField("occurredAt", row.getString(3));
                    json.writeStringField("status", "ACTIVE");
                    json.writeArrayFieldStart("dataValues");
                    value(json, "dataElement", chosen, option);
                    for (int i = 0; i < elements.length; i++) {
                        value(json, "dataElement", elements[i], row.getString(4 + i));
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                }
            }
        }
    }

    private static void value(JsonGenerator json, String kind, String uid, String value) throws IOException {
        json.writeStartObject();
        json.writeStringField(kind, uid);
        json.writeStringField("value", value);
        json.writeEndObject();
    }

    static String person(int patient) {
        return ComputedUid.ofTrackedEntity(SITE, "B-" + patient);
    }

    static String enrolment(int patient) {
        return ComputedUid.ofEnrolment(SITE, person(patient), DemoProgram.PROGRAM);
    }
}
