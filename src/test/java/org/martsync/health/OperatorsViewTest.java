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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.StandInFaults;
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

    private final HttpClient browser = HttpClient.newHttpClient();
    private final Clinic clinic = Clinic.installed();
    private final Dhis2StandIn dhis2 = Dhis2StandIn.start();
    private RunningProgram program;

    @BeforeEach
    void twoGoodEventsAndOneOfAnUnknownMapping() {
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
    }

    @AfterEach
    void stop() {
        if (program != null) {
            program.close();
        }
        dhis2.close();
        clinic.close();
    }

    @Test
    void beforeTheFirstRunAProbeAsksDhis2AndKnowsOfNoRun() throws Exception {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj");
        JsonNode health = json("/actuator/health");
        assertThat(health.at("/status").asText()).isEqualTo("UP");
        assertThat(health.at("/components/db/status").asText()).isEqualTo("UP");
        assertThat(health.at("/components/dhis2/status").asText()).isEqualTo("UP");
        assertThat(health.at("/components/dhis2/details/version").asText()).isEqualTo("2.42.4.1");
        assertThat(health.at("/components/dhis2/details/lastAnswer").asText()).isNotEmpty();
        assertThat(health.at("/components/lastRun/status").asText()).isEqualTo("UNKNOWN");
        json("/actuator/health");
        assertThat(dhis2.requests()).as("a probe soon after asks nothing").isEqualTo(1);
    }

    @Test
    void aGoodRunIsHealthyAlsoWithRejectedEvents() throws Exception {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj");
        program.run();
        JsonNode run = json("/actuator/health").at("/components/lastRun");
        assertThat(run.at("/status").asText()).isEqualTo("UP");
        assertThat(run.at("/details/run").asText()).isEqualTo("2026-01-01T00:01:00Z");
        assertThat(run.at("/details/synced").asInt()).isEqualTo(2);
        assertThat(run.at("/details/rejected").asInt()).isEqualTo(1);
        assertThat(run.at("/details/waiting").asText()).isEqualTo("0");
        assertThat(run.at("/details").has("stopped")).isFalse();
    }

    @Test
    void whoHasNoLoginSeesTheStatusAndNothingElse() throws Exception {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj");
        assertThat(get("/actuator/health", false).body()).startsWith("{\"status\":\"UP\"").doesNotContain("dhis2", "lastRun", "db");
        dhis2.refuseConnections();
        program.run();
        HttpResponse<String> ill = get("/actuator/health", false);
        assertThat(ill.statusCode()).isEqualTo(503);
        assertThat(ill.body()).startsWith("{\"status\":\"DOWN\"").doesNotContain("dhis2", "lastRun", "reached");
        assertThat(get("/actuator/health/liveness", false).statusCode()).as("a restart would not help").isEqualTo(200);
        assertThat(get("/actuator/prometheus", false).statusCode()).isEqualTo(401);
        assertThat(get("/actuator/metrics/mart.events", false).statusCode()).isEqualTo(401);
    }

    @Test
    void anOutageIsToldWithItsReasonAndGoesWhenDhis2IsBack() throws Exception {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj");
        dhis2.refuseConnections();
        program.run();
        JsonNode health = json("/actuator/health");
        assertThat(health.at("/status").asText()).isEqualTo("DOWN");
        assertThat(health.at("/components/dhis2/status").asText()).isEqualTo("DOWN");
        assertThat(health.at("/components/dhis2/details/reason").asText()).startsWith("DHIS2 cannot be reached (");
        assertThat(health.at("/components/lastRun/status").asText()).isEqualTo("DOWN");
        assertThat(health.at("/components/lastRun/details/stopped").asText()).startsWith("DHIS2 cannot be reached (");
        assertThat(health.at("/components/db/status").asText()).isEqualTo("UP");

        dhis2.acceptConnections();
        program.run();
        assertThat(json("/actuator/health").at("/status").asText()).isEqualTo("UP");
    }

    @Test
    void aRefusedLoginIsToldAsOne() throws Exception {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", "dhis2.password=wrong");
        JsonNode health = json("/actuator/health");
        assertThat(health.at("/components/dhis2/status").asText()).isEqualTo("DOWN");
        assertThat(health.at("/components/dhis2/details/reason").asText()).contains("login");
    }

    @Test
    void theNumbersAreThoseOfTheRun() throws Exception {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj");
        program.run();
        int requests = dhis2.requests();
        String numbers = numbers();
        assertThat(numbers.lines()).contains(
                "mart_events_total{mapping=\"IPV\",outcome=\"synced\"} 2.0",
                "mart_events_total{mapping=\"unknown\",outcome=\"rejected\"} 1.0",
                "mart_batch_events_sum 3.0",
                "mart_batch_patients_sum 2.0",
                "mart_pending_events{mapping=\"unknown\"} 1.0",
                "mart_run_seconds_count{end=\"done\"} 1",
                "mart_dhis2_requests_seconds_count{status=\"200\"} " + requests);
        assertThat(numbers).contains("mart_run_ended_seconds").doesNotContain("Amber");
    }

    @Test
    void theNumbersOfAnOutageAreItsRequestsAndWhatIsPending() throws Exception {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj");
        dhis2.fail(2, StandInFaults.posts()).byResetBeforeProcessing();
        program.run();
        assertThat(numbers().lines()).contains(
                "mart_dhis2_requests_seconds_count{status=\"none\"} 2");
        clinic.jdbc().update("UPDATE events_to_sync SET synced = false");
        dhis2.refuseConnections();
        program.run();
        assertThat(numbers().lines()).contains(
                "mart_pending_events{mapping=\"IPV\"} 2.0",
                "mart_run_seconds_count{end=\"stopped\"} 1");
        dhis2.acceptConnections();
        program.run();
        assertThat(numbers().lines()).contains("mart_pending_events{mapping=\"IPV\"} 0.0");
    }

    @Test
    void theStartTellsTheVersion(CapturedOutput log) {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", "dhis2.ask-version=true");
        String host = URI.create(dhis2.url()).getAuthority();
        Awaitility.await().until(() -> log.getOut().contains("INFO  dhis2: DHIS2 2.42.4.1 at " + host + ", time zone Etc/UTC"));
        assertThat(log.getOut()).doesNotContain("WARN  dhis2:");
    }

    @Test
    void anOldVersionIsWarnedOfOnce(CapturedOutput log) throws Exception {
        dhis2.failAlways(StandInFaults.path("/api/system/info")).with(200, "application/json", "{\"version\": \"2.40.5\"}");
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", "dhis2.ask-version=true");
        Awaitility.await().until(() -> log.getOut().contains("WARN  dhis2: DHIS2 2.40.5 is older than 2.41: it may not"));
        program.context().getBean(org.apache.camel.ProducerTemplate.class).sendBody("direct:read-server-info", null);
        assertThat(log.getOut()).containsOnlyOnce("WARN  dhis2:");
    }

    @Test
    void theProgramStartsWithoutDhis2(CapturedOutput log) throws Exception {
        dhis2.refuseConnections();
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", "dhis2.ask-version=true");
        Awaitility.await().until(() -> log.getOut().contains("WARN  dhis2: DHIS2 was not asked for its version: DHIS2 cannot be reached ("));
        assertThat(json("/actuator/health/db").at("/status").asText()).isEqualTo("UP");
    }

    private String numbers() throws Exception {
        return get("/actuator/prometheus", true).body();
    }

    private JsonNode json(String path) throws Exception {
        return new ObjectMapper().readTree(get(path, true).body());
    }

    private HttpResponse<String> get(String path, boolean login) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                + program.context().getEnvironment().getProperty("local.server.port") + path)).header("Accept", path.endsWith("prometheus") && login ? "text/plain" : "application/json");
        if (login) {
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString("admin:for-the-test".getBytes(StandardCharsets.UTF_8)));
        }
        return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
