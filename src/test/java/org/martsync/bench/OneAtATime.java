package org.martsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.martsync.clinic.Clinic;
import org.martsync.demo.DemoProgram;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.Dhis2StandIn;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The way of the program that ours replaces: for each event, one after the other, a search for the patient, a POST of
 * the tracked entity, a POST of the enrolment with the event, then its tracker, its log row and {@code synced}.
 */
final class OneAtATime {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SITE = DemoProgram.SITE;
    private static final String LOGIN = "Basic " + Base64.getEncoder().encodeToString(
            (Dhis2StandIn.USER + ":" + Dhis2StandIn.PASSWORD).getBytes());

    private final JdbcTemplate jdbc;
    private final String api;
    private final HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

    OneAtATime(Clinic clinic, Dhis2StandIn dhis2) {
        this.jdbc = clinic.jdbc();
        this.api = dhis2.url() + "/api/tracker";
    }

    /** Carries the first pending events and returns how many there were. */
    int run(int events) throws IOException, InterruptedException {
        List<Map<String, Object>> pending = jdbc.queryForList("""
                SELECT id, patient_id::int AS patient, program_id AS mapping, encounter_id::int AS encounter
                FROM events_to_sync WHERE synced IS NOT TRUE ORDER BY id LIMIT ?""", events);
        for (Map<String, Object> event : pending) {
            carry(event);
        }
        return pending.size();
    }

    private void carry(Map<String, Object> event) throws IOException, InterruptedException {
        Map<String, Object> patient = jdbc.queryForMap("""
                SELECT patient_identifier, gender, birthdate::date::text AS birthdate, uic FROM patient
                WHERE patient_id = ?""", event.get("patient"));
        String identifier = (String) patient.get("patient_identifier");
        JsonNode found = send("GET", "/trackedEntities?trackedEntityType=" + DemoProgram.TRACKED_ENTITY_TYPE + "&orgUnitMode=ACCESSIBLE&filter="
                + DemoProgram.UIC + ":eq:" + patient.get("uic"), BodyPublishers.noBody()).path("trackedEntities");
        String person = found.isEmpty() ? ComputedUid.ofTrackedEntity(SITE, identifier) : found.get(0).path("trackedEntity").asText();
        post(Map.of("trackedEntities", List.of(Map.of(
                "trackedEntity", person, "trackedEntityType", DemoProgram.TRACKED_ENTITY_TYPE, "orgUnit", SITE,
                "attributes", List.of(
                        attribute(DemoProgram.PATIENT_IDENTIFIER, identifier), attribute(DemoProgram.UIC, patient.get("uic")),
                        attribute(DemoProgram.GENDER, patient.get("gender")), attribute(DemoProgram.DATE_OF_BIRTH, patient.get("birthdate")))))));

        boolean screening = event.get("mapping").equals("Screening");
        String stage = screening ? DemoProgram.SCREENING : DemoProgram.COUNSELLING;
        String uid = ComputedUid.ofEvent(SITE, event.get("encounter").toString(), stage);
        String enrolment = ComputedUid.ofEnrolment(SITE, person, DemoProgram.PROGRAM);
        Map<String, Object> form = jdbc.queryForMap("SELECT *, date_created::date::text AS day FROM "
                + (screening ? "bench_screening" : "bench_counselling") + " WHERE encounter_id = ?", event.get("encounter"));
        post(Map.of(
                "enrollments", List.of(Map.of("enrollment", enrolment, "trackedEntity", person, "program", DemoProgram.PROGRAM,
                        "orgUnit", SITE, "enrolledAt", "2024-01-08", "status", "ACTIVE")),
                "events", List.of(Map.of("event", uid, "enrollment", enrolment, "program", DemoProgram.PROGRAM, "programStage", stage,
                        "orgUnit", SITE, "occurredAt", form.get("day"), "status", "ACTIVE",
                        "dataValues", screening ? screening(form) : counselling(form)))));

        jdbc.update("INSERT INTO event_tracker (event_id, encounter_id, program_stage) VALUES (?, ?, ?)", uid, event.get("encounter"), stage);
        jdbc.update("""
                INSERT INTO log (program, synced_by, status, date_created, event_id, category)
                VALUES (?, 'superman', 'success', localtimestamp, ?, 'dhis-sync')""", event.get("mapping"), event.get("id"));
        jdbc.update("UPDATE events_to_sync SET synced = true WHERE id = ?", event.get("id"));
    }

    private static List<Map<String, Object>> screening(Map<String, Object> form) {
        return List.of(dataValue("DmScVisit01", "FIRST"), dataValue("DmScConse01", form.get("consent")),
                dataValue("DmScTempe01", form.get("temperature")), dataValue("DmScNotes01", form.get("notes")),
                dataValue("DmScLastT01", form.get("last_test")), dataValue("DmScCough01", form.get("cough")));
    }

    private static List<Map<String, Object>> counselling(Map<String, Object> form) {
        return List.of(dataValue("DmCoTopic01", "PREVENTION"), dataValue("DmCoMinut01", form.get("minutes")),
                dataValue("DmCoNotes01", form.get("notes")));
    }

    private static Map<String, Object> attribute(String uid, Object value) {
        return Map.of("attribute", uid, "value", value);
    }

    private static Map<String, Object> dataValue(String uid, Object value) {
        return Map.of("dataElement", uid, "value", value);
    }

    private void post(Map<String, Object> payload) throws IOException, InterruptedException {
        send("POST", "?async=false&importStrategy=CREATE_AND_UPDATE", BodyPublishers.ofByteArray(JSON.writeValueAsBytes(payload)));
    }

    private JsonNode send(String method, String path, BodyPublisher body) throws IOException, InterruptedException {
        var answer = client.send(HttpRequest.newBuilder(URI.create(api + path)).header("Authorization", LOGIN)
                .header("Content-Type", "application/json").method(method, body).build(), BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException("HTTP " + answer.statusCode());
        }
        return JSON.readTree(answer.body());
    }
}
