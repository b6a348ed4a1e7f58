package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.martsync.dhis2.StandInFaults.gets;
import static org.martsync.dhis2.StandInFaults.holding;
import static org.martsync.dhis2.StandInFaults.path;
import static org.martsync.dhis2.StandInFaults.posts;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The faults of the stand-in do what they say, and so do its sessions, counts and hooks. */
class Dhis2StandInFaultsTest {

    private static final String CLINIC = "DoA0vsy8Da5";
    private static final Duration SHORT = Duration.ofMillis(300);

    private final HttpClient http = HttpClient.newHttpClient();
    private Dhis2StandIn dhis2;

    @BeforeEach
    void startWithOneEnrolledPatient() {
        dhis2 = Dhis2StandIn.start();
        enrol(dhis2);
    }

    @AfterEach
    void stop() {
        dhis2.close();
    }

    private static void enrol(Dhis2StandIn dhis2) {
        dhis2.store().put(new TrackerStore.TrackedEntity("TeFault0001", "XV3kldsZq0H", CLINIC,
                Map.of("zRA08XEYiSF", "FAULT-1")));
        dhis2.store().put(new TrackerStore.Enrolment("EnFault0001", "TeFault0001", "vatFxlZR2lj", CLINIC,
                LocalDate.of(2024, 1, 1).atStartOfDay()));
    }

    @Test
    void answersAsAskedAndStoresNothingAsOftenAsAsked() throws Exception {
        StandInFaults.Fault fault = dhis2.fail(2, posts()).with(503, "text/plain", "busy");

        assertThat(post("EvFault0001").statusCode()).isEqualTo(503);
        assertThat(post("EvFault0001").body()).isEqualTo("busy");
        assertThat(dhis2.store().events()).isEmpty();
        assertThat(get("/api/me").statusCode()).isEqualTo(200);
        assertThat(post("EvFault0001").statusCode()).isEqualTo(200);
        assertThat(fault.struck()).isEqualTo(2);
        assertThat(dhis2.store().event("EvFault0001").orElseThrow().writes()).isEqualTo(1);
    }

    @Test
    void failsWheneverTheRequestHoldsACertainEvent() throws Exception {
        dhis2.failAlways(holding("EvFault0002")).with(500, "could not execute statement");

        assertThat(post("EvFault0001", "EvFault0002").statusCode()).isEqualTo(500);
        assertThat(post("EvFault0002").statusCode()).isEqualTo(500);
        assertThat(post("EvFault0001").statusCode()).isEqualTo(200);

        dhis2.heal();
        assertThat(post("EvFault0002").statusCode()).isEqualTo(200);
    }

    @Test
    void answersWhatIsNoReport() throws Exception {
        dhis2.fail(1, posts()).withHtml();
        dhis2.fail(1, posts()).withEmptyBody();
        dhis2.fail(1, posts()).withLoginRedirect();
        dhis2.fail(1, posts()).withTooManyRequests(Duration.ofSeconds(7));

        HttpResponse<String> page = post("EvFault0001");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
        HttpResponse<String> empty = post("EvFault0001");
        assertThat(empty.statusCode()).isEqualTo(200);
        assertThat(empty.body()).isEmpty();
        HttpResponse<String> redirect = post("EvFault0001");
        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("Location")).hasValue("/login/");
        HttpResponse<String> later = post("EvFault0001");
        assertThat(later.statusCode()).isEqualTo(429);
        assertThat(later.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(dhis2.store().events()).isEmpty();
    }

    @Test
    void resetsTheConnectionBeforeItStores() {
        dhis2.fail(1, posts()).byResetBeforeProcessing();

        assertThatThrownBy(() -> post("EvFault0001")).isInstanceOf(IOException.class);
        assertThat(dhis2.store().events()).isEmpty();
    }

    @Test
    void resetsTheConnectionAfterItHasStored() {
        dhis2.fail(1, posts()).byResetAfterProcessing();

        assertThatThrownBy(() -> post("EvFault0001")).isInstanceOf(IOException.class);
        assertThat(dhis2.store().events()).hasSize(1);
        assertThat(dhis2.requestLog()).extracting(Dhis2StandIn.Answered::status).containsExactly(0);
    }

    @Test
    void cutsTheAnswerInItsMiddle() {
        dhis2.fail(1, posts()).byCuttingTheAnswer();

        assertThatThrownBy(() -> post("EvFault0001")).isInstanceOf(IOException.class);
        assertThat(dhis2.store().events()).hasSize(1);
    }

    @Test
    void refusesConnectionsAndComesBackAtTheSameAddressWithItsStore() throws Exception {
        String url = dhis2.url();
        dhis2.refuseConnections();

        assertThatThrownBy(() -> get("/api/me")).isInstanceOf(ConnectException.class);

        dhis2.acceptConnections();
        assertThat(dhis2.url()).isEqualTo(url);
        assertThat(post("EvFault0001").statusCode()).isEqualTo(200);
    }

    @Test
    void holdsAnAnswerBackUntilItIsReleased() {
        StandInFaults.Held held = dhis2.hold(1, posts());

        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(postRequest("EvFault0001").build(),
                BodyHandlers.ofString());
        await().until(() -> held.arrived() == 1);
        assertThat(answer).isNotDone();
        assertThat(dhis2.store().events()).hasSize(1);

        held.release();
        assertThat(answer.join().statusCode()).isEqualTo(200);
    }

    @Test
    void holdsARequestBackBeforeItIsProcessed() {
        StandInFaults.Held held = dhis2.holdUnprocessed(1, posts());

        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(postRequest("EvFault0001").build(),
                BodyHandlers.ofString());
        await().until(() -> held.arrived() == 1);
        assertThat(dhis2.store().events()).isEmpty();

        held.release();
        assertThat(answer.join().statusCode()).isEqualTo(200);
        assertThat(dhis2.store().events()).hasSize(1);
    }

    @Test
    void storesLateWhatTheClientNoLongerWaitsFor() {
        dhis2.slow(posts()).by(Duration.ofMinutes(10));

        assertThatThrownBy(() -> http.send(postRequest("EvFault0001").timeout(SHORT).build(), BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(dhis2.store().events()).isEmpty();

        dhis2.heal();
        await().until(() -> dhis2.store().events().size() == 1);
    }

    @Test
    void takesLongerTheMoreObjectsItIsGiven() throws Exception {
        dhis2.slow(posts()).byPerObject(Duration.ofMillis(1));
        String[] many = IntStream.range(0, 20_000).mapToObj(number -> String.format("Ev%09d", number))
                .toArray(String[]::new);

        assertThat(post("EvFault0001").statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> http.send(postRequest(many).timeout(SHORT).build(),
                BodyHandlers.ofString())).isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void runsAHookBetweenStoringAndAnswering() throws Exception {
        List<Integer> stored = new ArrayList<>();
        dhis2.onRequest(request -> stored.add(dhis2.store().events().size()));

        post("EvFault0001");
        get("/api/me");

        assertThat(stored).containsExactly(1, 1);
    }

    @Test
    void checksThePasswordOnceForASession() throws Exception {
        HttpResponse<String> first = get("/api/me");
        String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
        HttpRequest again = HttpRequest.newBuilder(URI.create(dhis2.url() + "/api/me")).header("Cookie", cookie)
                .build();

        assertThat(http.send(again, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(dhis2.passwordChecks()).isEqualTo(1);

        dhis2.endSessions();
        assertThat(http.send(again, BodyHandlers.ofString()).statusCode()).isEqualTo(302);
    }

    @Test
    void takesAPersonalTokenInsteadOfAPassword() throws Exception {
        assertThat(withToken(Dhis2StandIn.TOKEN)).isEqualTo(200);
        assertThat(withToken("d2p_wrong")).isEqualTo(401);
        assertThat(dhis2.passwordChecks()).isZero();
    }

    @Test
    void countsAndLogsItsRequests() throws Exception {
        post("EvFault0001");
        get("/api/tracker/events?events=EvFault0001&fields=event");

        assertThat(dhis2.requests()).isEqualTo(2);
        assertThat(dhis2.requestLog()).extracting(Dhis2StandIn.Answered::method).containsExactly("POST", "GET");
        assertThat(dhis2.requestLog().get(0).bodySize()).isPositive();
        assertThat(dhis2.requestLog().get(1).query()).isEqualTo("events=EvFault0001&fields=event");

        dhis2.resetCounts();
        assertThat(dhis2.requests()).isZero();
        assertThat(dhis2.requestLog()).isEmpty();
    }

    @Test
    void keepsSixteenClientsWaitingAndAnswersAnother() throws Exception {
        StandInFaults.Held held = dhis2.hold(16, gets().and(path("/api/system")));
        List<CompletableFuture<HttpResponse<String>>> waiting = Stream.generate(() -> http
                .sendAsync(request("/api/system/info").build(), BodyHandlers.ofString())).limit(16).toList();
        await().until(() -> held.arrived() == 16);

        assertThat(get("/api/me").statusCode()).isEqualTo(200);

        held.release();
        assertThat(waiting).allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    }

    @Test
    void decidesWhatIsInTheFutureByItsClock() throws Exception {
        Clock clock = Clock.fixed(Instant.parse("2023-06-01T12:00:00Z"), ZoneOffset.UTC);
        try (Dhis2StandIn earlier = Dhis2StandIn.start(clock)) {
            enrol(earlier);
            HttpResponse<String> answer = http.send(authorized(HttpRequest.newBuilder(URI.create(earlier.url()
                    + "/api/tracker?async=false&atomicMode=OBJECT"))).header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("""
                            {"enrollments": [{"enrollment": "EnFault0001", "trackedEntity": "TeFault0001",
                              "program": "vatFxlZR2lj", "orgUnit": "DoA0vsy8Da5", "enrolledAt": "2023-06-02"}]}
                            """)).build(), BodyHandlers.ofString());

            assertThat(answer.body()).contains("E1020");
        }
    }

    private int withToken(String token) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(dhis2.url() + "/api/me"))
                .header("Authorization", "ApiToken " + token).build(), BodyHandlers.ofString()).statusCode();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String... events) throws Exception {
        return http.send(postRequest(events).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder postRequest(String... events) {
        List<String> bodies = Stream.of(events).map(uid -> """
                {"event": "%s", "programStage": "VtStage0001", "orgUnit": "DoA0vsy8Da5", "enrollment": "EnFault0001",
                 "occurredAt": "2024-02-01", "dataValues": [{"dataElement": "VtElem00001", "value": "x"}]}
                """.formatted(uid)).toList();
        return request("/api/tracker?async=false&importStrategy=CREATE_AND_UPDATE&atomicMode=OBJECT")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"events\": [" + String.join(",", bodies) + "]}"));
    }

    private HttpRequest.Builder request(String path) {
        return authorized(HttpRequest.newBuilder(URI.create(dhis2.url() + path)));
    }

    private static HttpRequest.Builder authorized(HttpRequest.Builder request) {
        String credentials = Dhis2StandIn.USER + ":" + Dhis2StandIn.PASSWORD;
        return request.header("Authorization", "Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
    }
}
