package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedCamelContext;
import org.apache.camel.api.management.mbean.ManagedRouteMBean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** People are told of trouble by mail and webhook: the whole program, a mail server and a web server beside it. */
@ExtendWith(OutputCaptureExtension.class)
class NotifyTest {

    private static final String PATIENT = """
            {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
              "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "birthdate": {"id": "wSp6Q7QDMsk"}}}}""";
    private static final String IPV = """
            {"dhisProgramStageId": {"id": "TGvGDt6e6OM"}, "formTableMappings": {"gbv_form": {"asked": {"id": "tadIzybMHE7"}}}}""";

    private record Posted(String query, Map<String, List<String>> headers, JsonNode json) {
    }

    private final Clinic clinic = Clinic.installed();
    private final Dhis2StandIn dhis2 = Dhis2StandIn.start();
    private GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final List<Posted> posts = new CopyOnWriteArrayList<>();
    private volatile int hookAnswers = 204;
    private HttpServer hook;
    private RunningProgram program;
    private int runs;

    @BeforeEach
    void aClinicWithAnEvent() throws IOException {
        mail.start();
        hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/", exchange -> {
            JsonNode json = new ObjectMapper().readTree(exchange.getRequestBody());
            posts.add(new Posted(exchange.getRequestURI().getRawQuery(), Map.copyOf(exchange.getRequestHeaders()), json));
            exchange.sendResponseHeaders(hookAnswers, -1);
            exchange.close();
        });
        hook.start();
        clinic.mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"], \"comparable\": [\"birthdate\"]}").mapping("IPV", IPV, "{}");
        clinic.formTable("gbv_form", "asked");
        event(1, "true");
    }

    @AfterEach
    void stop() {
        if (program != null) {
            program.close();
        }
        hook.stop(0);
        mail.stop();
        dhis2.close();
        clinic.close();
    }

    @Test
    void anOutageIsToldOnceWhenItBeginsAndOnceWhenItIsOver() throws Exception {
        start(mailOn(), hookOn(), "notify.mail.to=lab@clinic.example, dhis2@clinic.example");
        run();
        pendingAgain();
        dhis2.refuseConnections();
        run();
        run();
        told("dhis2-away begun");
        dhis2.acceptConnections();
        run();
        pendingAgain();
        run();
        told("dhis2-away begun", "dhis2-away over");

        // the server keeps a copy for each recipient
        assertThat(mail.getReceivedMessages()).hasSize(4).extracting(MimeMessage::getSubject).containsOnly(
                "mart-dhis2-sync, DoA0vsy8Da5: DHIS2 does not answer", "mart-dhis2-sync, DoA0vsy8Da5: DHIS2 answers again");
        MimeMessage first = mail.getReceivedMessages()[0];
        assertThat(first.getAllRecipients()).extracting(Object::toString).containsExactly("lab@clinic.example", "dhis2@clinic.example");
        assertThat(first.getFrom()).extracting(Object::toString).containsExactly("mart-dhis2-sync@localhost");
        assertThat(String.valueOf(first.getContent())).contains("DHIS2 cannot be reached (", "s in vain", "Site DoA0vsy8Da5, run ");
        assertThat(posts.get(0).json().get("text").asText()).startsWith("mart-dhis2-sync, DoA0vsy8Da5: DHIS2 does not answer. DHIS2 cannot be reached (");
        assertThat(posts.get(1).json().get("since")).isEqualTo(posts.get(0).json().get("since"));
    }

    @Test
    void aRunThatStopsForAnythingElseIsToldAsThat() throws Exception {
        start(hookOn(), "dhis2.password=wrong");
        run();
        run();
        told("run-stopped begun");
        assertThat(posts.get(0).json().get("text").asText()).contains("runs stop before their work is done", "HTTP 401");
    }

    @Test
    void tooLargeAShareOfNewEventsIsToldAndOldOnesAreNotCountedAgain() throws Exception {
        start(hookOn(), "notify.failures-of=4", "notify.failures-limit=50");
        for (int patient = 2; patient <= 4; patient++) {
            event(patient, "no answer of that kind");
        }
        run();
        told("many-failures begun");
        assertThat(posts.get(0).json().get("text").asText()).contains("3 of the last 4 events that were tried for the first time were rejected (75 %; the limit is 50 %).");
        run();
        event(5, "true");
        event(6, "true");
        run();
        told("many-failures begun");
        event(7, "no");
        event(8, "no answer of that kind");
        run();
        told("many-failures begun", "many-failures over");
        assertThat(posts.get(1).json().get("text").asText()).contains("1 of the last 4 events");
    }

    @Test
    void whatSomebodyEndsIsNoTrouble() throws Exception {
        start(mailOn(), hookOn());
        var held = dhis2.hold(1, request -> request.path().contains("/programs/"));
        runs++;
        program.begin();
        Awaitility.await().until(() -> held.arrived() == 1);
        program.bean(Runs.class).stop("by nurse");
        held.release();
        Awaitility.await().until(() -> program.bean(Runs.class).last() != null);
        assertThat(program.bean(Runs.class).last().stopped()).isEqualTo("by nurse");
        told();
    }

    @Test
    void nothingOfAPatientIsTold() throws Exception {
        start(mailOn(), hookOn(), "notify.failures-of=1", "notify.failures-limit=0");
        event(2, "Amber Test-001");
        run();
        told("many-failures begun");
        List<String> texts = List.of(posts.get(0).json().toString(), posts.get(0).headers().toString(), String.valueOf(mail.getReceivedMessages()[0].getContent()));
        List<String> patients = clinic.jdbc().queryForList("SELECT unnest(ARRAY[patient_identifier, given_name, family_name, uic]) FROM patient", String.class)
                .stream().filter(value -> value != null).toList();
        assertThat(patients).hasSizeGreaterThan(3);
        assertThat(texts).allSatisfy(text -> assertThat(text).doesNotContain("Amber", "tadIzybMHE7").doesNotContain(patients));
    }

    @Test
    void theLoginToDhis2GoesToNoWebhookAndItsAddressIsTakenAsItIs() throws Exception {
        start(hookOn() + "/hooks/a?sp=%2Ftriggers%2Frun&sig=a-b_c&connectTimeout=7", "notify.failures-of=1", "notify.failures-limit=0");
        event(2, "no answer of that kind");
        run();
        told("many-failures begun");
        assertThat(posts.get(0).query()).isEqualTo("sp=%2Ftriggers%2Frun&sig=a-b_c&connectTimeout=7");
        assertThat(posts.get(0).headers()).containsEntry("Content-type", List.of("application/json; charset=UTF-8")).doesNotContainKeys("Authorization", "Cookie", "Run");
    }

    @Test
    void whatCannotBeToldHarmsNoRunAndIsTriedAgainAfterTheNext(CapturedOutput log) throws Exception {
        start(mailOn(), "notify.webhook=http://127.0.0.1:1/secret-word");
        int port = mail.getSmtp().getPort();
        mail.stop();
        dhis2.refuseConnections();
        run();
        Awaitility.await().until(() -> said(log, "could not be told by mail (MailConnectException)") == 1 && said(log, "could not be told by webhook (") == 1);
        mail = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        run();
        Awaitility.await().until(() -> mail.getReceivedMessages().length == 1 && said(log, "could not be told by webhook (") == 2);
        dhis2.acceptConnections();
        assertThat(run().synced()).isEqualTo(1);
        Awaitility.await().until(() -> mail.getReceivedMessages().length == 2);
        assertThat(log.getOut()).doesNotContain("secret-word", "\tat ");
    }

    @Test
    void whoseMailServerWantsALoginSignsIn(CapturedOutput log) throws Exception {
        mail.setUser("lab@clinic.example", "lab", "right");
        start(mailOn(), "notify.mail.user=lab", "notify.mail.password=wrong");
        dhis2.refuseConnections();
        run();
        Awaitility.await().until(() -> said(log, "could not be told by mail (AuthenticationFailedException)") == 1);
        assertThat(mail.getReceivedMessages()).isEmpty();
        program.close();
        start(mailOn(), "notify.mail.user=lab", "notify.mail.password=right");
        run();
        Awaitility.await().until(() -> mail.getReceivedMessages().length == 1);
    }

    @Test
    void whatIsToBeEncryptedIsNotSentInTheOpen(CapturedOutput log) throws Exception {
        start(mailOn(), "notify.mail.encryption=starttls");
        dhis2.refuseConnections();
        run();
        Awaitility.await().until(() -> said(log, "could not be told by mail (MessagingException)") == 1);
        assertThat(mail.getReceivedMessages()).isEmpty();
    }

    @Test
    void aWebhookThatRefusesIsToldInOneLine(CapturedOutput log) throws Exception {
        hookAnswers = 404;
        start(hookOn());
        dhis2.refuseConnections();
        run();
        Awaitility.await().until(() -> said(log, "could not be told by webhook (HTTP 404)") == 1);
        hookAnswers = 200;
        run();
        Awaitility.await().until(() -> said(log, "told by webhook: ") == 1);
        assertThat(posts).hasSize(2);
    }

    @Test
    void unlessItIsSetNobodyIsTold(CapturedOutput log) throws Exception {
        start();
        dhis2.refuseConnections();
        run();
        dhis2.acceptConnections();
        run();
        told();
        assertThat(said(log, " notify: ")).isZero();
        assertThat(mail.getReceivedMessages()).isEmpty();
    }

    private void start(String... settings) {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", Arrays.stream(settings).flatMap(setting -> Arrays.stream(setting.split("\n"))).toArray(String[]::new));
    }

    private String mailOn() {
        return "notify.mail.to=lab@clinic.example\nnotify.mail.server=127.0.0.1:" + mail.getSmtp().getPort();
    }

    private String hookOn() {
        return "notify.webhook=http://127.0.0.1:" + hook.getAddress().getPort();
    }

    private Run run() {
        runs++;
        return program.run();
    }

    /** Waits until all runs were looked at: this, and nothing else, was posted. */
    private void told(String... troubles) throws Exception {
        ManagedRouteMBean telling = program.bean(CamelContext.class).getCamelContextExtension().getContextPlugin(ManagedCamelContext.class)
                .getManagedRoute("notify-of-run");
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> telling.getExchangesCompleted() == runs);
        assertThat(posts).extracting(post -> post.json().get("trouble").asText() + " " + post.json().get("state").asText()).containsExactly(troubles);
    }

    private static long said(CapturedOutput log, String part) {
        return log.getOut().lines().filter(line -> line.contains(part)).count();
    }

    private void pendingAgain() {
        clinic.jdbc().update("UPDATE events_to_sync SET synced = false");
    }

    private void event(int patient, String asked) {
        clinic.patient(patient);
        clinic.encounter(10 + patient, patient, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        clinic.form("gbv_form", 10 + patient, patient, Map.of("asked", asked), LocalDateTime.of(2024, 2, 1, 0, 0));
        clinic.pending(patient, "IPV", 10 + patient);
    }
}
