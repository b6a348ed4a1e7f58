package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RouteFixture;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.event.PendingEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * People are told of trouble by mail and webhook: the routes of {@code routes/notify.camel.yaml} with a mail server and a web
 * server beside them, after runs whose ends the test decides; and once the whole program.
 */
@ExtendWith(OutputCaptureExtension.class)
class NotifyTest {

    private static final String PATIENT = """
            {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
              "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "birthdate": {"id": "wSp6Q7QDMsk"}}}}""";
    private static final String IPV = """
            {"dhisProgramStageId": {"id": "TGvGDt6e6OM"}, "formTableMappings": {"gbv_form": {"asked": {"id": "tadIzybMHE7"}}}}""";

    private record Posted(String query, Map<String, List<String>> headers, JsonNode json) {
    }

    private static Clinic clinic;
    private static HttpServer hook;
    private static final List<Posted> POSTS = new CopyOnWriteArrayList<>();
    private static volatile int hookAnswers;
    private GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private RouteFixture routes;

    @BeforeAll
    static void aClinicAndAWebhook() throws IOException {
        clinic = Clinic.installed().migrated();
        clinic.formTable("gbv_form", "asked");
        hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/", exchange -> {
            JsonNode json = new ObjectMapper().readTree(exchange.getRequestBody());
            POSTS.add(new Posted(exchange.getRequestURI().getRawQuery(), Map.copyOf(exchange.getRequestHeaders()), json));
            exchange.sendResponseHeaders(hookAnswers, -1);
            exchange.close();
        });
        hook.start();
    }

    @BeforeEach
    void nobodyWasTold() {
        mail.start();
        POSTS.clear();
        hookAnswers = 204;
        clinic.emptied().mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"], \"comparable\": [\"birthdate\"]}").mapping("IPV", IPV, "{}");
    }

    @AfterEach
    void stop() {
        if (routes != null) {
            routes.close();
        }
        mail.stop();
    }

    @AfterAll
    static void close() {
        hook.stop(0);
        clinic.close();
    }

    @Test
    void theWholeProgramTellsOfAnOutageAndOfManyFailuresAndNothingOfAPatient() throws Exception {
        event(1, "true");
        try (Dhis2StandIn dhis2 = Dhis2StandIn.start(); RunningProgram program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj",
                settings(mailOn(), hookOn(), "notify.mail.to=lab@clinic.example, dhis2@clinic.example", "notify.failures-of=1", "notify.failures-limit=0"))) {
            dhis2.refuseConnections();
            program.run();
            program.run();
            Awaitility.await().until(() -> POSTS.size() == 1);
            dhis2.acceptConnections();
            program.run();
            Awaitility.await().until(() -> POSTS.size() == 2);
            event(2, "Amber Test-001");
            program.run();
            Awaitility.await().until(() -> POSTS.size() == 3 && mail.getReceivedMessages().length == 6);
        }
        told("dhis2-away begun", "dhis2-away over", "many-failures begun");

        // the server keeps a copy for each recipient
        assertThat(mail.getReceivedMessages()).extracting(MimeMessage::getSubject).containsOnly("mart-dhis2-sync, DoA0vsy8Da5: DHIS2 does not answer",
                "mart-dhis2-sync, DoA0vsy8Da5: DHIS2 answers again", "mart-dhis2-sync, DoA0vsy8Da5: many new events are rejected");
        MimeMessage first = mail.getReceivedMessages()[0];
        assertThat(first.getAllRecipients()).extracting(Object::toString).containsExactly("lab@clinic.example", "dhis2@clinic.example");
        assertThat(first.getFrom()).extracting(Object::toString).containsExactly("mart-dhis2-sync@localhost");
        assertThat(String.valueOf(first.getContent())).contains("DHIS2 cannot be reached (", "s in vain", "Site DoA0vsy8Da5, run ");
        assertThat(POSTS.get(0).json().get("text").asText()).startsWith("mart-dhis2-sync, DoA0vsy8Da5: DHIS2 does not answer. DHIS2 cannot be reached (");
        assertThat(POSTS.get(1).json().get("since")).isEqualTo(POSTS.get(0).json().get("since"));

        assertThat(POSTS).allSatisfy(post -> assertThat(post.headers()).containsEntry("Content-type", List.of("application/json; charset=UTF-8"))
                .doesNotContainKeys("Authorization", "Cookie", "Run"));
        List<String> texts = new ArrayList<>();
        POSTS.forEach(post -> texts.addAll(List.of(post.json().toString(), post.headers().toString())));
        for (MimeMessage message : mail.getReceivedMessages()) {
            texts.add(message.getSubject() + message.getContent());
        }
        List<String> patients = clinic.jdbc().queryForList("SELECT unnest(ARRAY[patient_identifier, given_name, family_name, uic]) FROM patient", String.class)
                .stream().filter(value -> value != null).toList();
        assertThat(patients).hasSizeGreaterThan(3);
        assertThat(texts).allSatisfy(text -> assertThat(text).doesNotContain("Amber", "tadIzybMHE7").doesNotContain(patients));
    }

    @Test
    void aTroubleIsToldOnceWhenItBeginsAndOnceWhenItIsOver() throws Exception {
        start(mailOn(), hookOn());
        run(NotifyTest::outage);
        run(NotifyTest::outage);
        told("dhis2-away begun");
        Run nothingToDo = new Runs(routes.bean(BatchSize.class), routes.bean(Patience.class), Clock.systemUTC(), routes.bean(Measure.class)).begin(RouteFixture.TICK);
        nothingToDo.ready();
        ended(nothingToDo);
        told("dhis2-away begun");
        run(NotifyTest::done);
        run(NotifyTest::done);
        told("dhis2-away begun", "dhis2-away over");
        assertThat(mail.getReceivedMessages()).hasSize(2);
    }

    @Test
    void aRunThatStopsForAnythingElseIsToldAsThat() throws Exception {
        start(hookOn());
        run(run -> run.outage(new Dhis2Refuses("DHIS2 answered HTTP 401")));
        run(run -> run.stop("something unexpected happened"));
        told("run-stopped begun");
        assertThat(POSTS.get(0).json().get("text").asText()).contains("runs stop before their work is done", "HTTP 401");
    }

    @Test
    void tooLargeAShareOfNewEventsIsToldAndOldOnesAreNotCountedAgain() throws Exception {
        start(hookOn(), "notify.failures-of=4", "notify.failures-limit=50");
        tried("good", "bad", "bad", "bad");
        told("many-failures begun");
        assertThat(POSTS.get(0).json().get("text").asText()).contains("3 of the last 4 events that were tried for the first time were rejected (75 %; the limit is 50 %).");
        tried("bad again", "bad again", "bad again");
        tried("good", "good");
        told("many-failures begun");
        tried("good", "bad");
        told("many-failures begun", "many-failures over");
        assertThat(POSTS.get(1).json().get("text").asText()).contains("1 of the last 4 events");
    }

    @Test
    void whatSomebodyEndsIsNoTrouble() throws Exception {
        start(mailOn(), hookOn());
        run(run -> run.stopAsAsked("by nurse"));
        told();
        assertThat(mail.getReceivedMessages()).isEmpty();
    }

    @Test
    void theLoginToDhis2GoesToNoWebhookAndItsAddressIsTakenAsItIs() throws Exception {
        start(hookOn() + "/hooks/a?sp=%2Ftriggers%2Frun&sig=a-b_c&connectTimeout=7");
        run(NotifyTest::outage);
        told("dhis2-away begun");
        assertThat(POSTS.get(0).query()).isEqualTo("sp=%2Ftriggers%2Frun&sig=a-b_c&connectTimeout=7");
        assertThat(POSTS.get(0).headers()).containsEntry("Content-type", List.of("application/json; charset=UTF-8")).doesNotContainKeys("Authorization", "Cookie", "Run");
    }

    @Test
    void noHeaderSendsAMailElsewhereOrTravelsWithIt() throws Exception {
        start(mailOn());
        run(NotifyTest::outage, Map.of("mail.smtp.host", "127.0.0.2", "mail.smtp.port", "1", "X-Run", "17"));
        assertThat(mail.getReceivedMessages()).singleElement().satisfies(message -> assertThat(message.getHeader("X-Run")).isNull());
    }

    @Test
    void theNameOfASiteMayHaveAnyLetters() throws Exception {
        start(mailOn(), hookOn(), "site.id=Chiredzi «Süd»");
        run(NotifyTest::outage);
        assertThat(POSTS).singleElement().extracting(post -> post.json().get("site").asText()).isEqualTo("Chiredzi «Süd»");
        assertThat(mail.getReceivedMessages()[0].getSubject()).contains("Chiredzi «Süd»");
    }

    @Test
    void whatCannotBeToldHarmsNoRunAndIsTriedAgainAfterTheNext(CapturedOutput log) throws Exception {
        start(mailOn(), "notify.webhook=http://127.0.0.1:1/secret-word");
        int port = mail.getSmtp().getPort();
        mail.stop();
        run(NotifyTest::outage);
        assertThat(said(log, "could not be told by mail (MailConnectException)")).isEqualTo(1);
        assertThat(said(log, "could not be told by webhook (")).isEqualTo(1);
        mail = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        run(NotifyTest::outage);
        assertThat(mail.getReceivedMessages()).hasSize(1);
        assertThat(said(log, "could not be told by webhook (")).isEqualTo(2);
        run(NotifyTest::done);
        assertThat(mail.getReceivedMessages()).hasSize(2);
        assertThat(log.getOut()).doesNotContain("secret-word", "\tat ");
    }

    @Test
    void whoseMailServerWantsALoginSignsIn(CapturedOutput log) throws Exception {
        mail.setUser("lab@clinic.example", "lab", "right");
        start(mailOn(), "notify.mail.user=lab", "notify.mail.password=wrong");
        run(NotifyTest::outage);
        assertThat(said(log, "could not be told by mail (AuthenticationFailedException)")).isEqualTo(1);
        assertThat(mail.getReceivedMessages()).isEmpty();
        routes.close();
        start(mailOn(), "notify.mail.user=lab", "notify.mail.password=right");
        run(NotifyTest::outage);
        assertThat(mail.getReceivedMessages()).hasSize(1);
    }

    @Test
    void whatIsToBeEncryptedIsNotSentInTheOpen(CapturedOutput log) throws Exception {
        start(mailOn(), "notify.mail.encryption=starttls");
        run(NotifyTest::outage);
        assertThat(said(log, "could not be told by mail (MessagingException)")).isEqualTo(1);
        assertThat(mail.getReceivedMessages()).isEmpty();
    }

    @Test
    void aWebhookThatRefusesIsToldInOneLine(CapturedOutput log) throws Exception {
        hookAnswers = 404;
        start(hookOn());
        run(NotifyTest::outage);
        assertThat(said(log, "could not be told by webhook (HTTP 404)")).isEqualTo(1);
        hookAnswers = 200;
        run(NotifyTest::outage);
        assertThat(said(log, "told by webhook: ")).isEqualTo(1);
        assertThat(POSTS).hasSize(2);
    }

    @Test
    void unlessItIsSetNobodyIsTold(CapturedOutput log) throws Exception {
        start();
        run(NotifyTest::outage);
        run(NotifyTest::done);
        told();
        assertThat(said(log, " notify: ")).isZero();
        assertThat(mail.getReceivedMessages()).isEmpty();
    }

    private void start(String... settings) {
        List<String> all = new ArrayList<>(List.of("sync.patience=1ms"));
        all.addAll(List.of(settings(settings)));
        routes = RouteFixture.load("notify", clinic, all);
    }

    private static String[] settings(String... settings) {
        return Arrays.stream(settings).flatMap(setting -> Arrays.stream(setting.split("\n"))).toArray(String[]::new);
    }

    private String mailOn() {
        return "notify.mail.to=lab@clinic.example\nnotify.mail.server=127.0.0.1:" + mail.getSmtp().getPort();
    }

    private static String hookOn() {
        return "notify.webhook=http://127.0.0.1:" + hook.getAddress().getPort();
    }

    private interface Way {
        void goes(Run run);
    }

    /** DHIS2 does not answer until the patience is at its end. */
    private static void outage(Run run) {
        while (!run.isStopped()) {
            run.outage(new ConnectException());
        }
    }

    /** There was something to do, and it was done. */
    private static void done(Run run) {
        run.ready();
    }

    /** A run goes its way and ends; returns when it was looked at. */
    private void run(Way way) {
        run(way, Map.of());
    }

    private void run(Way way, Map<String, Object> headers) {
        Run run = routes.prepared(RouteFixture.program());
        way.goes(run);
        ended(run, headers);
    }

    /** A run in which events are stored ("good") or rejected ("bad"), for the first time or "again". */
    private void tried(String... endings) {
        clinic.emptied().mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"]}").mapping("IPV", IPV, "{}");
        for (int i = 0; i < endings.length; i++) {
            event(i + 1, "true");
            clinic.jdbc().update("UPDATE events_to_sync SET retry_count = ? WHERE patient_id = ?", endings[i].endsWith("again") ? 1 : 0, String.valueOf(i + 1));
        }
        RouteFixture.Claimed claimed = routes.claim();
        List<PendingEvent> events = claimed.batch().events();
        for (int i = 0; i < endings.length; i++) {
            if (endings[i].startsWith("good")) {
                events.get(i).store();
            } else {
                events.get(i).reject("Wrong.");
            }
        }
        claimed.worker().run().count(claimed.batch(), claimed.worker().run().mappings());
        ended(claimed.worker().run());
    }

    private void ended(Run run) {
        ended(run, Map.of());
    }

    private void ended(Run run, Map<String, Object> headers) {
        run.end(0);
        Exchange exchange = new DefaultExchange(routes.camel(), ExchangePattern.InOut);
        exchange.getIn().setHeaders(new HashMap<>(headers));
        exchange.setVariable("run", run);
        routes.bean(ProducerTemplate.class).send("seda:notify-of-run", exchange);
        assertThat(exchange.getException()).isNull();
    }

    /** This, and nothing else, was posted. */
    private static void told(String... troubles) {
        assertThat(POSTS).extracting(post -> post.json().get("trouble").asText() + " " + post.json().get("state").asText()).containsExactly(troubles);
    }

    private static long said(CapturedOutput log, String part) {
        return log.getOut().lines().filter(line -> line.contains(part)).count();
    }

    private static void event(int patient, String asked) {
        clinic.patient(patient);
        clinic.encounter(10 + patient, patient, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        clinic.form("gbv_form", 10 + patient, patient, Map.of("asked", asked), LocalDateTime.of(2024, 2, 1, 0, 0));
        clinic.pending(patient, "IPV", 10 + patient);
    }
}
