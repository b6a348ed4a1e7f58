package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;

/** The routes of {@code routes/dhis2.camel.yaml}: one request, and what its answer means. */
class AskDhis2RouteTest {

    private static Clinic clinic;
    private static Dhis2StandIn dhis2;
    private static RouteFixture routes;

    @BeforeAll
    static void start() {
        clinic = Clinic.installed();
        dhis2 = Dhis2StandIn.start();
        routes = load("dhis2.user=" + Dhis2StandIn.USER, "dhis2.password=" + Dhis2StandIn.PASSWORD);
    }

    private static RouteFixture load(String... login) {
        return loadAt(dhis2.url(), login);
    }

    private static RouteFixture loadAt(String url, String... login) {
        List<String> settings = new ArrayList<>(List.of("dhis2.url=" + url, "dhis2.response-timeout=2000", "dhis2.connect-timeout=2000"));
        settings.addAll(List.of(login));
        return RouteFixture.load("dhis2", clinic, settings);
    }

    @AfterAll
    static void stop() {
        routes.close();
        dhis2.close();
        clinic.close();
    }

    @BeforeEach
    void anUntouchedDhis2() {
        dhis2.forgetEverything();
    }

    @Test
    void aQuestionIsAnsweredWithStatusAndJson() {
        Dhis2Answer answer = get(routes, "me");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.found().path("username").asText()).isEqualTo(Dhis2StandIn.USER);
    }

    @Test
    void thePasswordIsCheckedOnceForManyRequests() {
        for (int i = 0; i < 5; i++) {
            get(routes, "me");
        }

        assertThat(dhis2.requests()).isEqualTo(5);
        assertThat(dhis2.passwordChecks()).isEqualTo(1);
    }

    @Test
    void anEndedSessionIsReplacedWithoutAWord() {
        get(routes, "me");
        dhis2.endSessions();

        assertThat(get(routes, "me").status()).isEqualTo(200);
        assertThat(dhis2.passwordChecks()).isEqualTo(2);
    }

    @Test
    void aTokenIsUsedInsteadOfThePassword() {
        List<String> logins = new CopyOnWriteArrayList<>();
        dhis2.onRequest(request -> logins.add(request.header("Authorization")));
        try (RouteFixture withToken = load("dhis2.user=nobody", "dhis2.password=wrong", "dhis2.token=" + Dhis2StandIn.TOKEN)) {
            assertThat(get(withToken, "me").status()).isEqualTo(200);
        }
        assertThat(logins).containsExactly("ApiToken " + Dhis2StandIn.TOKEN);
        assertThat(dhis2.passwordChecks()).isZero();
    }

    @Test
    void aSlashAtTheEndOfTheAddressDoesNotMatter() {
        try (RouteFixture withSlash = loadAt(dhis2.url() + "/", "dhis2.user=" + Dhis2StandIn.USER, "dhis2.password=" + Dhis2StandIn.PASSWORD)) {
            assertThat(get(withSlash, "me").status()).isEqualTo(200);
        }
        assertThat(dhis2.requestLog().get(0).path()).isEqualTo("/api/me");
    }

    @Test
    void nothingThatTheRoutesKnowTravelsToDhis2() {
        List<Map<String, String>> sent = new CopyOnWriteArrayList<>();
        dhis2.onRequest(request -> sent.add(request.headers()));

        Exchange exchange = ask(routes, Map.of(Exchange.HTTP_METHOD, "GET", Exchange.HTTP_PATH, "me", "patient", "Amber",
                "run", "2026", "encounters", "1,2", "orgUnit", "x", "CamelHttpUri", "http://127.0.0.1:1/elsewhere",
                "Authorization", "Basic x", "Cookie", "a=b"), null);

        assertThat(sent.get(0).keySet()).extracting(String::toLowerCase)
                .isSubsetOf("host", "connection", "user-agent", "accept-encoding", "authorization", "cookie", "content-length", "upgrade",
                        "accept");
        assertThat(sent.get(0).get("Authorization")).isNotEqualTo("Basic x");
        assertThat(exchange.getMessage().getHeaders()).as("nor does anything of the answer travel on").isEmpty();
    }

    @Test
    void theProgramIsReadWithEverythingThatIsAskedForAndKept() {
        routes.send("direct:read-program", Map.of(), null);

        CachedProgram cached = routes.bean(CachedProgram.class);
        assertThat(cached.stale()).isFalse();
        assertThat(cached.get()).isEqualTo(RouteFixture.program());
    }

    @Test
    void anAnswerWithoutAProgramStopsTheRunAndKeepsWhatWasKnown() {
        routes.send("direct:read-program", Map.of(), null);
        ProgramMetadata known = routes.bean(CachedProgram.class).get();
        dhis2.fail(1, request -> true).with(200, "application/json", "{\"message\": \"no such thing\"}");

        assertThatThrownBy(() -> routes.send("direct:read-program", Map.of(), null)).isInstanceOf(Dhis2Refuses.class);
        assertThat(routes.bean(CachedProgram.class).get()).isEqualTo(known);
    }

    @Test
    void aProgramInWhichNobodyCanBeRegisteredStopsTheRunWithASentence() {
        dhis2.fail(1, request -> true).with(200, "application/json", "{\"id\": \"vatFxlZR2lj\", \"programStages\": []}");

        assertThatThrownBy(() -> routes.send("direct:read-program", Map.of(), null)).isInstanceOf(Dhis2Refuses.class)
                .message().contains("has no tracked entity type").contains("choose a program with registration");
    }

    // ---- what only a person can put right

    @ParameterizedTest
    @CsvSource({"301", "302", "401", "403", "404", "405"})
    void whatAPersonMustPutRightStopsTheRun(int status) {
        dhis2.fail(1, request -> true).with(status, "as the stand-in was told");

        assertThatThrownBy(() -> get(routes, "me")).isInstanceOf(Dhis2Refuses.class).message().contains("HTTP " + status);
        assertThat(dhis2.requests()).isEqualTo(1);
    }

    @Test
    void theWrongPasswordIsToldByTheSettingsItIsIn() {
        try (RouteFixture wrong = load("dhis2.user=" + Dhis2StandIn.USER, "dhis2.password=wrong")) {
            assertThatThrownBy(() -> get(wrong, "me")).isInstanceOf(Dhis2Refuses.class).message()
                    .contains("dhis2.user", "dhis2.password").doesNotContain("wrong");
        }
    }

    @Test
    void theLoginPageIsNotFollowed() {
        dhis2.fail(1, request -> true).withLoginRedirect();

        assertThatThrownBy(() -> get(routes, "me")).isInstanceOf(Dhis2Refuses.class);
        assertThat(dhis2.requests()).isEqualTo(1);
    }

    // ---- what passes by itself

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 502, 503, 504})
    void whatPassesByItselfIsAnOutage(int status) {
        dhis2.fail(1, request -> true).with(status, "as the stand-in was told");

        assertThatThrownBy(() -> get(routes, "me")).isInstanceOf(Dhis2Unavailable.class);
    }

    @Test
    void howLongToWaitIsDecidedByTheRunAndNotByTheClient() {
        StandInFaults.Fault busy = dhis2.failAlways(request -> true).withTooManyRequests(Duration.ofSeconds(1));
        assertThatThrownBy(() -> post(routes, "{}")).isInstanceOf(Dhis2Unavailable.class);
        assertThat(busy.struck()).isEqualTo(1);

        dhis2.heal();
        StandInFaults.Fault down = dhis2.failAlways(request -> true).with(503, "down");
        assertThatThrownBy(() -> get(routes, "me")).isInstanceOf(Dhis2Unavailable.class);
        assertThat(down.struck()).isEqualTo(1);
    }

    @Test
    void aPageOfHtmlWithStatus200IsAnOutage() {
        dhis2.fail(1, request -> true).withHtml();

        assertThatThrownBy(() -> get(routes, "me")).isInstanceOf(Dhis2Unavailable.class);
    }

    @Test
    void anEmptyAnswerWithStatus200IsAnOutage() {
        dhis2.fail(1, request -> true).withEmptyBody();

        assertThatThrownBy(() -> get(routes, "me")).isInstanceOf(Dhis2Unavailable.class);
    }

    @Test
    void aConnectionThatBreaksIsAnOutage() {
        dhis2.fail(1, request -> true).byCuttingTheAnswer();
        assertThatThrownBy(() -> get(routes, "me")).satisfies(AskDhis2RouteTest::isAnIoFailure);
        dhis2.fail(1, request -> true).byResetBeforeProcessing();
        assertThatThrownBy(() -> get(routes, "me")).satisfies(AskDhis2RouteTest::isAnIoFailure);

        dhis2.refuseConnections();
        try {
            assertThatThrownBy(() -> get(routes, "me")).satisfies(AskDhis2RouteTest::isAnIoFailure);
        } finally {
            dhis2.acceptConnections();
        }
        assertThat(get(routes, "me").status()).isEqualTo(200);
    }

    // ---- what says something of the request

    @ParameterizedTest
    @ValueSource(ints = {400, 409, 413, 500})
    void whatSaysSomethingOfTheRequestIsLeftToTheCaller(int status) {
        dhis2.fail(1, request -> true).with(status, "as the stand-in was told");

        Dhis2Answer answer = post(routes, "{\"events\": []}");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.message()).isEqualTo("as the stand-in was told");
        assertThat(answer.report()).isFalse();
    }

    @Test
    void anImportIsAnsweredWithItsReport() {
        Dhis2Answer answer = post(routes, "{\"events\": [], \"enrollments\": [], \"trackedEntities\": []}");

        assertThat(answer.report()).isTrue();
        JsonNode report = answer.body();
        assertThat(report.path("status").asText()).isEqualTo("OK");
    }

    private static void isAnIoFailure(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        assertThat(root).isInstanceOf(IOException.class);
    }

    private static Dhis2Answer get(RouteFixture loaded, String path) {
        return ask(loaded, Map.of(Exchange.HTTP_METHOD, "GET", Exchange.HTTP_PATH, path), null).getMessage().getBody(Dhis2Answer.class);
    }

    private static Dhis2Answer post(RouteFixture loaded, String json) {
        return ask(loaded, Map.of(Exchange.HTTP_METHOD, "POST", Exchange.HTTP_PATH, "tracker", Exchange.HTTP_QUERY, "async=false",
                Exchange.CONTENT_TYPE, "application/json"), json).getMessage().getBody(Dhis2Answer.class);
    }

    private static Exchange ask(RouteFixture loaded, Map<String, Object> headers, String body) {
        return loaded.send("direct:ask-dhis2", Map.of(), headers, body);
    }
}
