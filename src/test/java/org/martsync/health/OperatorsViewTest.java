package org.martsync.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.StandInFaults;
import org.martsync.sync.Run;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What an operator sees of the whole program over HTTP and in its log: its health and its numbers. */
@ExtendWith(OutputCaptureExtension.class)
class OperatorsViewTest {

    private static final String PATIENT = """
            {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
              "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "birthdate": {"id": "wSp6Q7QDMsk"}}}}""";
    private static final String IPV = """
            {"dhisProgramStageId": {"id": "TGvGDt6e6OM"}, "formTableMappings": {"gbv_form": {"asked": {"id": "tadIzybMHE7"}}}}""";

    private static final HttpClient BROWSER = HttpClient.newHttpClient();

    private static Clinic clinic;
    private static Dhis2StandIn dhis2;
    private static RunningProgram program;

    @BeforeAll
    static void aClinicWithTwoGoodEventsAndOneOfAnUnknownMapping() {
        clinic = Clinic.installed();
        dhis2 = Dhis2StandIn.start();
        clinic.mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"], \"comparable\": [\"birthdate\"]}");
        clinic.mapping("IPV", IPV, "{}");
        clinic.formTable("gbv_form", "asked");
        for (int patient = 1; patient <= 2; patient++) {
            clinic.patient(patient);
            clinic.encounter(10 + patient, patient, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
            clinic.form("gbv_form", 10 + patient, patient, Map.of("asked", "true"), LocalDateTime.of(2024, 2, 1, 0, 0));
            clinic.pending(patient, "IPV", 10 + patient);
        }
        clinic.pending("1", "Amber Test-001", "11");
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj");
    }

    @BeforeEach
    void allIsPendingAndDhis2Answers() {
        dhis2.heal();
        dhis2.acceptConnections();
        clinic.jdbc().update("UPDATE events_to_sync SET synced = false");
    }

    @AfterAll
    static void stop() {
        program.close();
        dhis2.close();
        clinic.close();
    }

    @Test
    void aGoodRunIsHealthyAlsoWithRejectedEvents() throws Exception {
        Run run = program.run();
        JsonNode health = json(program, "/actuator/health");
        assertThat(health.at("/status").asText()).isEqualTo("UP");
        assertThat(health.at("/components/db/status").asText()).isEqualTo("UP");
        assertThat(health.at("/components/dhis2/status").asText()).isEqualTo("UP");
        assertThat(health.at("/components/dhis2/details/lastAnswer").asText()).isNotEmpty();
        JsonNode lastRun = health.at("/components/lastRun");
        assertThat(lastRun.at("/status").asText()).isEqualTo("UP");
        assertThat(lastRun.at("/details/run").asText()).isEqualTo(run.name().toString());
        assertThat(lastRun.at("/details/synced").asInt()).isEqualTo(2);
        assertThat(lastRun.at("/details/rejected").asInt()).isEqualTo(1);
        assertThat(lastRun.at("/details/waiting").asText()).isEqualTo("0");
        assertThat(lastRun.at("/details").has("stopped")).isFalse();
    }

    @Test
    void anOutageIsToldWithItsReasonAndGoesWhenDhis2IsBack() throws Exception {
        dhis2.refuseConnections();
        program.run();
        JsonNode health = json(program, "/actuator/health");
        assertThat(health.at("/status").asText()).isEqualTo("DOWN");
        assertThat(health.at("/components/dhis2/status").asText()).isEqualTo("DOWN");
        assertThat(health.at("/components/dhis2/details/reason").asText()).startsWith("DHIS2 cannot be reached (");
        assertThat(health.at("/components/lastRun/status").asText()).isEqualTo("DOWN");
        assertThat(health.at("/components/lastRun/details/stopped").asText()).startsWith("DHIS2 cannot be reached (");
        assertThat(health.at("/components/db/status").asText()).isEqualTo("UP");

        dhis2.acceptConnections();
        program.run();
        assertThat(json(program, "/actuator/health").at("/status").asText()).isEqualTo("UP");
    }

    @Test
    void whoHasNoLoginSeesThatItLivesAndNothingElse() throws Exception {
        dhis2.refuseConnections();
        program.run();
        assertThat(get(program, "/actuator/health", true).statusCode()).isEqualTo(503);
        assertThat(get(program, "/actuator/health", false).statusCode()).isEqualTo(401);
        HttpResponse<String> lives = get(program, "/actuator/health/liveness", false);
        assertThat(lives.statusCode()).as("a restart would not help").isEqualTo(200);
        assertThat(lives.body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(get(program, "/actuator/prometheus", false).statusCode()).isEqualTo(401);
        assertThat(get(program, "/actuator/metrics/mart.events", false).statusCode()).isEqualTo(401);
    }

    @Test
    void theNumbersAreThoseOfTheRun() throws Exception {
        Map<String, Double> before = numbers();
        dhis2.resetCounts();
        program.run();
        Map<String, Double> after = numbers();
        assertThat(growth(before, after, "mart_events_total{mapping=\"IPV\",outcome=\"synced\"}")).isEqualTo(2);
        assertThat(growth(before, after, "mart_events_total{mapping=\"unknown\",outcome=\"rejected\"}")).isEqualTo(1);
        assertThat(growth(before, after, "mart_batch_events_sum")).isEqualTo(3);
        assertThat(growth(before, after, "mart_batch_patients_sum")).isEqualTo(2);
        assertThat(growth(before, after, "mart_run_seconds_count{end=\"done\"}")).isEqualTo(1);
        assertThat(growth(before, after, "mart_dhis2_requests_seconds_count{status=\"200\"}")).isEqualTo(dhis2.requests());
        assertThat(after).containsEntry("mart_pending_events{mapping=\"unknown\"}", 1.0).containsKey("mart_run_ended_seconds");
        assertThat(after.keySet()).noneMatch(name -> name.contains("Amber"));
    }

    @Test
    void theNumbersOfAnOutageAreItsRequestsAndWhatIsPending() throws Exception {
        Map<String, Double> before = numbers();
        dhis2.fail(2, StandInFaults.posts()).byResetBeforeProcessing();
        program.run();
        assertThat(growth(before, numbers(), "mart_dhis2_requests_seconds_count{status=\"none\"}")).isEqualTo(2);

        clinic.jdbc().update("UPDATE events_to_sync SET synced = false");
        dhis2.refuseConnections();
        program.run();
        Map<String, Double> down = numbers();
        assertThat(growth(before, down, "mart_run_seconds_count{end=\"stopped\"}")).isEqualTo(1);
        assertThat(down).containsEntry("mart_pending_events{mapping=\"IPV\"}", 2.0);

        dhis2.acceptConnections();
        program.run();
        assertThat(numbers()).containsEntry("mart_pending_events{mapping=\"IPV\"}", 0.0);
    }

    @Test
    void theVersionIsToldWhenItIsNewAndAnOldOneIsWarnedOf(CapturedOutput log) throws Exception {
        String host = URI.create(dhis2.url()).getAuthority();
        try (RunningProgram started = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", "dhis2.ask-version=true")) {
            Awaitility.await().until(() -> log.getOut().contains("INFO  dhis2: DHIS2 2.42.4.1 at " + host + ", time zone Etc/UTC"));
            assertThat(log.getOut()).doesNotContain("WARN  dhis2:");
            JsonNode health = json(started, "/actuator/health");
            assertThat(health.at("/components/dhis2/details/version").asText()).isEqualTo("2.42.4.1");
            assertThat(health.at("/components/lastRun/status").asText()).as("there was none yet").isEqualTo("UNKNOWN");
            assertThat(health.at("/status").asText()).isEqualTo("UP");

            dhis2.failAlways(StandInFaults.path("/api/system/info")).with(200, "application/json", "{\"version\": \"2.37.5\"}");
            ProducerTemplate routes = started.bean(ProducerTemplate.class);
            routes.sendBody("direct:read-server-info", null);
            routes.sendBody("direct:read-server-info", null);
            assertThat(log.getOut()).containsOnlyOnce("WARN  dhis2: DHIS2 2.37.5 is older than 2.38, and nothing is sent to it");
        }
    }

    @Test
    void withoutDhis2TheProgramStartsAndItsLogHasSentencesAndNoStackTraces(CapturedOutput log) {
        dhis2.refuseConnections();
        try (RunningProgram started = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", "dhis2.ask-version=true")) {
            Awaitility.await().until(() -> log.getOut().contains("WARN  dhis2: DHIS2 was not asked for its version: DHIS2 cannot be reached ("));
            started.run();
            Awaitility.await().until(() -> log.getOut().contains("; stopped: DHIS2 cannot be reached ("));
            assertThat(log.getOut()).doesNotContain("ERROR", "\tat ");
        }
    }

    private static double growth(Map<String, Double> before, Map<String, Double> after, String name) {
        return after.getOrDefault(name, 0.0) - before.getOrDefault(name, 0.0);
    }

    /** What a Prometheus server would read, name with tags to value. */
    private static Map<String, Double> numbers() throws Exception {
        return get(program, "/actuator/prometheus", true).body().lines().filter(line -> line.startsWith("mart_"))
                .collect(Collectors.toMap(line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
    }

    private static JsonNode json(RunningProgram asked, String path) throws Exception {
        return new ObjectMapper().readTree(get(asked, path, true).body());
    }

    private static HttpResponse<String> get(RunningProgram asked, String path, boolean login) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                + asked.context().getEnvironment().getProperty("local.server.port") + path))
                .header("Accept", path.endsWith("prometheus") && login ? "text/plain" : "application/json");
        if (login) {
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString("admin:for-the-test".getBytes(StandardCharsets.UTF_8)));
        }
        return BROWSER.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
