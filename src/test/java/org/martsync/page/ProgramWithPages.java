package org.martsync.page;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.sync.Runs;

/**
 * A clinic, a DHIS2 and the whole program between them, with people who sign in to its pages: {@code admin} may do all,
 * {@code clerk} may look and act, {@code guest} only looks.
 */
final class ProgramWithPages implements AutoCloseable {

    static final String VISIT = """
            {"dhisProgramStageId": {"id": "VtStage0001"}, "formTableMappings": {"visit_form": {"f_text": {"id": "VtElem00001"}}}}""";
    private static final String PATIENT = """
            {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
              "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "birthdate": {"id": "wSp6Q7QDMsk"}}}}""";
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]* value=\"([^\"]+)\"");

    final Clinic clinic = Clinic.installed();
    final Dhis2StandIn dhis2 = Dhis2StandIn.start();
    final RunningProgram program;
    final String address;

    ProgramWithPages(Path folder, String... settings) {
        clinic.formTable("visit_form", "f_text");
        try {
            Path users = Files.writeString(folder.resolve("users"), "clerk look,act for-the-test\nguest look for-the-test\n");
            program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", Stream.concat(Stream.of("console.users=" + users, "schedule.reread=100ms"),
                    Stream.of(settings)).toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        address = "http://127.0.0.1:" + program.context().getEnvironment().getProperty("local.server.port");
    }

    void reset() {
        atRest();
        dhis2.heal();
        dhis2.store().clear();
        clinic.emptied();
        clinic.mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"], \"comparable\": [\"birthdate\"]}");
        clinic.mapping("Visit", VISIT, "{}");
    }

    void atRest() {
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20)).until(() -> program.bean(Runs.class).current() == null);
    }

    /** A visit of a patient, who is registered for it, queued under a mapping's name; returns the event's id. */
    int visit(int patient, String mapping, String text) {
        LocalDateTime when = LocalDateTime.of(2024, 2, 1, 10, 0);
        clinic.patient(patient);
        clinic.encounter(1000 + patient, patient, "ZW", when);
        clinic.form("visit_form", 1000 + patient, patient, Map.of("f_text", text), when);
        return clinic.pending(patient, mapping, 1000 + patient);
    }

    /** An event that was refused for a reason, in a run of this moment. */
    int refused(String mapping, String reason) {
        int event = clinic.pending(1, mapping, 1001);
        clinic.jdbc().update("INSERT INTO log (program, status, status_info, date_created, event_id, category) VALUES (?, 'failed', ?, localtimestamp, ?, 'dhis-sync')",
                mapping, reason, event);
        clinic.jdbc().update("INSERT INTO sync_attempt (event_id, run) VALUES (?, now())", event);
        return event;
    }

    /** Events that arrived some days ago. */
    void arrived(int events, int daysAgo) {
        clinic.jdbc().update("""
                INSERT INTO log (program, status, date_created, event_id, category)
                SELECT 'Visit', 'success', current_date - ? + interval '1 minute', n, 'dhis-sync' FROM generate_series(1, ?) AS n""", daysAgo, events);
    }

    Browser signIn(String name) {
        return new Browser().signIn(name);
    }

    /** Somebody's browser, without scripts. */
    final class Browser {

        private final HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).followRedirects(HttpClient.Redirect.NORMAL).build();

        private Browser signIn(String name) {
            post("/login", Map.of("username", name, "password", "for-the-test"), "/login");
            return this;
        }

        HttpResponse<String> get(String path) {
            return send(HttpRequest.newBuilder(URI.create(address + path)).header("Accept", "text/html"));
        }

        /** Sends a form that stands on the page at {@code from}, with its token, and returns the page that follows. */
        HttpResponse<String> post(String path, Map<String, String> fields, String from) {
            Matcher token = TOKEN.matcher(get(from).body());
            return postWith(path, fields, token.find() ? token.group(1) : "none");
        }

        HttpResponse<String> postWith(String path, Map<String, String> fields, String token) {
            StringBuilder form = new StringBuilder("_csrf=" + encoded(token));
            fields.forEach((name, value) -> form.append('&').append(encoded(name)).append('=').append(encoded(value)));
            return send(HttpRequest.newBuilder(URI.create(address + path)).header("Accept", "text/html")
                    .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form.toString())));
        }

        private HttpResponse<String> send(HttpRequest.Builder request) {
            try {
                return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        program.close();
        dhis2.close();
        clinic.close();
    }
}
