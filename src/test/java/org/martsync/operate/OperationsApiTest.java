package org.martsync.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The operations over HTTP, for those who may and those who may not. */
class OperationsApiTest {

    private static final String ADMIN = "admin:for-the-test";
    private static final String LOOKS = "looks:sees only";
    private static final String ACTS = "acts:does-things";
    private static final String[] SCRIPT = {"X-Requested-With", "script"};

    @TempDir private static Path folder;
    private static OperatedProgram chain;
    private static URI address;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), """
                # who else
                looks look sees only

                acts look,act {bcrypt}%s
                """.formatted(new BCryptPasswordEncoder(4).encode("does-things")));
        chain = new OperatedProgram("console.users=" + users, "console.failed-logins=1000"); // how many are let through is told in ConsoleLoginTest
        address = URI.create("http://127.0.0.1:" + chain.program.context().getEnvironment().getProperty("local.server.port"));
    }

    @BeforeEach
    void reset() {
        chain.atRest();
        chain.reset();
    }

    @AfterAll
    static void stop() {
        chain.close();
    }

    @Test
    void aScriptSeesHowTheProgramIs() throws Exception {
        chain.patients(1);
        chain.visit(1, "Late", "one");
        chain.program.run();
        JsonNode status = json(get("/api/status", LOOKS));
        assertThat(status.at("/running").asBoolean()).isFalse();
        assertThat(status.at("/paused").asBoolean()).isFalse();
        assertThat(status.at("/lastRunOutcomes/rejected").asInt()).isEqualTo(1);
        assertThat(status.at("/pendingByMapping/(unknown)").asInt()).isEqualTo(1);
        assertThat(status.at("/dhis2Reachable").asText()).isEqualTo("yes");
        assertThat(status.at("/batchSize").asInt()).isEqualTo(500);
    }

    @Test
    void aScriptDoesWhatAnOperatorDoes() throws Exception {
        chain.patients(2);
        int event = chain.visit(1, "Late", "one");
        int other = chain.visit(2, "Late", "two");
        chain.program.run();
        chain.clinic.mapping("Late", OperatedProgram.VISIT, "{}");

        JsonNode receipt = json(post("/api/events/" + event + "/retrigger", "", ACTS));
        assertThat(receipt.at("/asked").asInt()).isEqualTo(1);
        assertThat(receipt.at("/queued").asInt()).isEqualTo(1);
        assertThat(receipt.at("/refused")).isEmpty();
        assertThat(chain.audit()).containsEntry("who", "acts").containsEntry("what", "retrigger " + event);
        await().until(() -> chain.clinic.event(event).synced());
        chain.atRest();

        assertThat(json(post("/api/retrigger-failed", "{\"mapping\": \"Late\", \"limit\": 10}", ACTS)).at("/queued").asInt()).isEqualTo(1);
        await().until(() -> chain.clinic.event(other).synced());
        chain.atRest();
        assertThat(json(post("/api/events/" + event + "/resend", "", ACTS)).at("/queued").asInt()).isEqualTo(1);
        chain.atRest();
        assertThat(json(post("/api/pause", "", ACTS)).at("/outcome").asText()).startsWith("Paused");
        assertThat(json(post("/api/resume", "", ACTS)).at("/outcome").asText()).startsWith("Resumed");
        assertThat(json(post("/api/stop-run", "", ACTS)).at("/outcome").asText()).startsWith("No run");
        assertThat(json(post("/api/run-now", "", ACTS)).at("/outcome").asText()).startsWith("Run ");
    }

    @Test
    void whatIsWrongInARequestIsSaidAndKeptInTheAudit() throws Exception {
        assertThat(post("/api/retrigger-failed", "{\"limit\": 0}", ACTS)).satisfies(answer -> problem(answer, 400, "limit is 0, but must be"));
        assertThat(post("/api/retrigger-failed", "{\"reasonContain\": \"x\", \"limit\": 1}", ACTS))
                .satisfies(answer -> problem(answer, 400, "The body must be JSON with mapping, since"));
        assertThat(post("/api/events/x/retrigger", "", ACTS)).satisfies(answer -> problem(answer, 400, "An event's id is a number."));
        assertThat(post("/api/pause", "", LOOKS)).satisfies(answer -> problem(answer, 403, "This login does not have the role"));
        assertThat(post("/api/events/4711/resend", "", LOOKS).statusCode()).isEqualTo(403);
        for (String noDeed : List.of("/api/Amber-1", "/api/amber", "/api/events/4711/amber", "/actuator/amber", "/amber")) {
            assertThat(post(noDeed, "", LOOKS).statusCode()).as(noDeed).isEqualTo(403);
        }
        assertThat(kept()).containsExactly(
                "acts, retriggerFailed: 0 of 0, Refused: limit is 0, but must be from 1 to 1000. To try all again, begin a run (runNow).",
                "acts, retriggerFailed: 0 of 0, Refused: The body must be JSON with mapping, since, reasonContains and limit, and nothing else.",
                "acts, retrigger: 0 of 0, Refused: An event's id is a number.",
                "looks, pause: 0 of 0, Refused: This login does not have the role for that.",
                "looks, resend 4711: 0 of 0, Refused: This login does not have the role for that.");
    }

    @Test
    void whoHasNoLoginOrOnlyLooksAtNothingOfOursLeavesNoTrace() throws Exception {
        assertThat(request("/api/pause", "POST", "", ACTS)).satisfies(answer -> problem(answer, 403, "A script sends its login and the header X-Requested-With"));
        assertThat(get("/api/events/4711", LOOKS)).satisfies(answer -> problem(answer, 404, "No event has the id 4711."));
        assertThat(get("/api/events/x", LOOKS)).satisfies(answer -> problem(answer, 400, "An event's id is a number."));
        assertThat(post("/api/pause", "", null).statusCode()).isIn(401, 403);
        assertThat(kept()).isEmpty();
    }

    private static List<String> kept() {
        return chain.clinic.jdbc().queryForList(
                "SELECT concat(who, ', ', what, ': ', queued, ' of ', asked, ', ', outcome) FROM sync_audit ORDER BY id", String.class);
    }

    @Test
    void noHeaderOfARequestReachesARoute() throws Exception {
        Set<String> met = ConcurrentHashMap.newKeySet();
        EventNotifierSupport listener = new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.ExchangeEvent of) {
                    of.getExchange().getMessage().getHeaders().forEach((name, value) -> met.add(name + "=" + value));
                }
            }
        };
        CamelContext camel = chain.program.bean(CamelContext.class);
        listener.start();
        camel.getManagementStrategy().addEventNotifier(listener);
        camel.getCamelContextExtension().setEventNotificationApplicable(true);
        chain.patients(1);
        int event = chain.visit(1, "Visit", "one");
        String[] planted = {"X-Requested-With", "script", "CamelHttpUri", "http://127.0.0.1:1/zqv", "CamelSqlQuery", "DELETE FROM events_to_sync -- zqv",
            "CamelFileName", "zqv", "what", "zqv", "run", "zqv", "org.apache.camel.x", "zqv"};
        for (String path : List.of("/api/run-now", "/api/events/" + event + "/resend", "/api/events/" + event + "/retrigger")) {
            assertThat(request(path, "POST", "", ACTS, planted).statusCode()).isEqualTo(200);
            chain.atRest();
        }
        assertThat(request("/api/events/" + event, "GET", "", ADMIN, planted).statusCode()).isEqualTo(200);
        assertThat(request("/api/pause", "POST", "", LOOKS, planted).statusCode()).isEqualTo(403);
        camel.getManagementStrategy().removeEventNotifier(listener);
        camel.getCamelContextExtension().setEventNotificationApplicable(false);

        assertThat(met).as("headers of our own").anyMatch(header -> header.startsWith("run="));
        assertThat(met).filteredOn(header -> header.contains("zqv")).isEmpty();
        chain.assertEvent(event).isSynced();
    }

    @Test
    void withoutTheDatabaseItIsSaidThatItCannotBeDone() throws Exception {
        chain.clinic.jdbc().execute("ALTER TABLE sync_pause RENAME TO away");
        try {
            assertThat(get("/api/status", LOOKS)).satisfies(answer -> problem(answer, 503, "It could not be done: "));
        } finally {
            chain.clinic.jdbc().execute("ALTER TABLE away RENAME TO sync_pause");
        }
    }

    @Test
    void onlyWhoMaySeePatientsSeesThem() throws Exception {
        chain.patients(1);
        int event = chain.visit(1, "Visit", "Amber one");
        assertThat(get("/api/events/" + event, ACTS).body()).doesNotContain("Amber", "UIC-").contains("\"eventUid\"");
        assertThat(get("/api/events/" + event, LOOKS).body()).doesNotContain("Amber", "UIC-");
        assertThat(get("/api/events/" + event, ADMIN).body()).contains("Amber one", "UIC-000001");
    }

    @Test
    void theCheckTellsCodesToAllAndExamplesToWhoMaySeePatients() throws Exception {
        chain.clinic.pending("Amber", "Visit", "1");

        JsonNode told = json(get("/api/check", LOOKS));
        assertThat(told.at("/findings").findValuesAsText("code")).contains("PATIENT_UNKNOWN");
        assertThat(told.at("/held").asInt()).isEqualTo(1);
        assertThat(told.toString()).doesNotContain("Amber");
        assertThat(get("/api/check?mapping=Visit", ADMIN).body()).contains("patient_id 'Amber' is not a number");
        assertThat(json(get("/api/check?mapping=HTS", ADMIN)).at("/held").asInt()).isZero();
    }

    @Test
    void theAuditTellsWhatWasSearchedForOnlyToWhoMaySeePatients() throws Exception {
        post("/api/retrigger-failed", "{\"reasonContains\": \"Amber\", \"limit\": 1}", ACTS);
        post("/api/events/4711/retrigger", "", ADMIN);

        JsonNode all = json(get("/api/audit", ADMIN));
        assertThat(all.findValuesAsText("who")).containsExactly("admin", "acts");
        assertThat(all.at("/0/what").asText()).isEqualTo("retrigger 4711");
        assertThat(all.at("/0/outcome").asText()).isEqualTo("0 of 1 queued. No event has the id 4711.");
        assertThat(all.at("/0/at").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(all.at("/1/what").asText()).startsWith("retriggerFailed ").contains("'Amber'");
        assertThat(json(get("/api/audit", LOOKS)).findValuesAsText("what")).containsExactly("retrigger 4711", "retriggerFailed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/run-now", "/api/pause", "/api/resume", "/api/stop-run", "/api/events/1/retrigger", "/api/events/1/resend",
        "/api/retrigger-failed"})
    void nobodyActsWhoMayNot(String path) throws Exception {
        chain.patients(1);
        chain.visit(1, "Visit", "one");
        assertThat(post(path, "{\"limit\": 1}", null).statusCode()).as("no login").isIn(401, 403);
        assertThat(post(path, "{\"limit\": 1}", "acts:wrong").statusCode()).as("a wrong password").isEqualTo(401);
        assertThat(chain.audits()).isEmpty();
        assertThat(post(path, "{\"limit\": 1}", LOOKS).statusCode()).as("who only looks").isEqualTo(403);
        assertThat(request(path, "POST", "{\"limit\": 1}", ACTS).statusCode()).as("as a browser would send it").isEqualTo(403);
        assertThat(request(path, "POST", "{\"limit\": 1}", ACTS, "X-Requested-With", "x", "Cookie", "MARTSYNC=made-up").statusCode())
                .as("with a session").isEqualTo(403);
        assertThat(get(path, ACTS).statusCode()).as("by a link").isIn(404, 405, 500, 400);
        assertThat(request(path, "PUT", "{\"limit\": 1}", LOOKS, SCRIPT).statusCode()).isEqualTo(403);
        chain.assertEvent(1).isWaiting();
        assertThat(kept()).as("of who only looks").singleElement().asString().startsWith("looks, ").contains("Refused: ");
        assertThat(chain.clinic.jdbc().queryForObject("SELECT times FROM sync_audit", Integer.class)).as("tries").isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/status", "/api/events/1", "/api/audit", "/api/check", "/api/openapi", "/api/openapi.yaml", "/v3/api-docs", "/swagger-ui.html"})
    void nobodyLooksWithoutALogin(String path) throws Exception {
        assertThat(get(path, null).statusCode()).isEqualTo(401);
        assertThat(get(path, "looks:wrong").statusCode()).isEqualTo(401);
    }

    @Test
    void aSignedInBrowserNeedsTheToken() throws Exception {
        CookieManager cookies = new CookieManager();
        HttpClient browser = HttpClient.newBuilder().cookieHandler(cookies).build();
        String form = send(browser, "/login", "GET", "", "Accept", "text/html").body();
        Matcher hidden = Pattern.compile("name=\"_csrf\" type=\"hidden\" value=\"([^\"]+)\"").matcher(form);
        assertThat(hidden.find()).isTrue();
        send(browser, "/login", "POST", "username=acts&password=does-things&_csrf=" + URLEncoder.encode(hidden.group(1), StandardCharsets.UTF_8),
                "Content-Type", "application/x-www-form-urlencoded");
        assertThat(send(browser, "/api/status", "GET", "").statusCode()).isEqualTo(200);
        assertThat(send(browser, "/api/pause", "POST", "").statusCode()).isEqualTo(403);
        assertThat(send(browser, "/api/pause", "POST", "", SCRIPT).statusCode()).as("nor does a header help").isEqualTo(403);
        assertThat(chain.operations().isPaused()).isFalse();
        assertThat(send(browser, "/api/events/4711/resend", "POST", "", "X-XSRF-TOKEN", "made up").statusCode()).isEqualTo(403);
        assertThat(send(browser, "/actuator/jolokia", "POST", "{\"type\":\"version\"}", SCRIPT).statusCode()).isEqualTo(403);
        assertThat(send(browser, "/api/status", "POST", "").statusCode()).as("is no deed").isEqualTo(403);
        String noToken = ": 0 of 0, Refused: It came without the page's token or with a wrong one, as what other sites send does.";
        assertThat(kept()).containsExactly("acts, pause" + noToken, "acts, resend 4711" + noToken, "acts, JMX" + noToken);
        String token = cookies.getCookieStore().getCookies().stream().filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .map(HttpCookie::getValue).findFirst().orElseThrow();
        assertThat(send(browser, "/api/pause", "POST", "", "X-XSRF-TOKEN", token).statusCode()).isEqualTo(200);
        assertThat(chain.operations().isPaused()).isTrue();
        assertThat(chain.audit()).containsEntry("who", "acts");
        chain.operations().resume();
    }

    @Test
    void theExceptionForScriptsIsNotForJmx() throws Exception {
        String read = "{\"type\":\"read\",\"mbean\":\"mart-dhis2-sync:name=Operations\",\"attribute\":\"Running\"}";
        assertThat(request("/actuator/jolokia", "POST", read, ADMIN, SCRIPT).statusCode()).isEqualTo(403);
    }

    @Test
    void theDescriptionHasEveryOperation() throws Exception {
        JsonNode openApi = json(get("/api/openapi", LOOKS));
        TreeSet<String> described = new TreeSet<>();
        openApi.at("/paths").fields().forEachRemaining(path -> path.getValue().fields().forEachRemaining(method -> {
            described.add(method.getKey().toUpperCase() + " " + path.getKey());
            assertThat(method.getValue().at("/summary").asText()).as(path.getKey()).isNotEmpty();
            method.getValue().path("parameters").forEach(one -> assertThat(one.path("description").asText()).as(path.getKey()).isNotEmpty());
        }));
        JsonNode asked = openApi.at("/components/schemas/FailedEvents/properties");
        assertThat(asked).hasSize(4).allSatisfy(one -> assertThat(one.path("description").asText()).isNotEmpty());
        List<String> mapped = new ArrayList<>();
        chain.program.context().getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class).getHandlerMethods().forEach((mapping, handler) -> {
            if (handler.getBeanType() == OperationsApi.class) {
                mapping.getPatternValues().forEach(path -> mapping.getMethodsCondition().getMethods().forEach(method -> mapped.add(method + " " + path)));
            }
        });
        assertThat(described).hasSize(11).containsExactlyInAnyOrderElementsOf(mapped);
    }

    private static void problem(HttpResponse<String> answer, int status, String beginning) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        try {
            assertThat(json(answer).at("/problem").asText()).startsWith(beginning);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return new ObjectMapper().readTree(answer.body());
    }

    private HttpResponse<String> get(String path, String login) throws Exception {
        return request(path, "GET", "", login);
    }

    private HttpResponse<String> post(String path, String body, String login) throws Exception {
        return request(path, "POST", body, login, SCRIPT);
    }

    private HttpResponse<String> request(String path, String method, String body, String login, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of(headers));
        if (login != null) {
            all.addAll(List.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8))));
        }
        return send(client, path, method, body, all.toArray(String[]::new));
    }

    private static HttpResponse<String> send(HttpClient from, String path, String method, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        Map<String, String> usual = Map.of("Accept", "application/json", "Content-Type", "application/json");
        List<String> given = List.of(headers);
        usual.forEach((name, value) -> {
            if (!given.contains(name)) {
                request.header(name, value);
            }
        });
        if (headers.length > 0) {
            request.headers(headers);
        }
        return from.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
