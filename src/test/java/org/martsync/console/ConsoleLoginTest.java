package org.martsync.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.SetClock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The console over HTTP, as a browser and as a script see it. */
@SpringBootTest(classes = ConsoleLoginTest.Parts.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {
        "camel.main.run-controller=false", "routes.watch=false", "camel.main.routes-include-pattern=false",
        "console.user=nurse", "console.password=right"})
@ExtendWith(OutputCaptureExtension.class)
class ConsoleLoginTest {

    private static final String JMX_READ = "{\"type\":\"read\",\"mbean\":\"java.lang:type=Runtime\",\"attribute\":\"Name\"}";

    private static final String TOKEN = "a-token-that-only-looks-0123456789";
    private static final String ACTS = "a-token-that-looks-and-acts-0123456789";

    @TempDir private static Path folder;

    @LocalServerPort private int port;
    @Autowired private SetClock clock;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser = HttpClient.newBuilder().cookieHandler(cookies).build();

    @DynamicPropertySource
    static void users(DynamicPropertyRegistry settings) throws IOException {
        Path users = Files.writeString(folder.resolve("users"), "nightly look {token}" + TokenLogin.sha256(TOKEN)
                + "\nhourly look,act {token}" + TokenLogin.sha256(ACTS).toUpperCase(Locale.ROOT) + "\n");
        settings.add("console.users", users::toString);
    }

    @BeforeEach
    void aMinuteLater() {
        clock.pass(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/actuator", "/actuator/hawtio", "/actuator/hawtio/index.html", "/actuator/jolokia",
        "/actuator/metrics", "/actuator/prometheus", "/actuator/health", "/actuator/health/db", "/actuator/health/readiness", "/actuator/health/liveness/x", "/anything"})
    void whoHasNoLoginIsSentAway(String path) throws Exception {
        HttpResponse<String> person = get(path, "Accept", "text/html");
        assertThat(person.statusCode()).isEqualTo(302);
        assertThat(person.headers().firstValue("Location").orElseThrow()).endsWith("/login");
        assertThat(get(path, "Accept", "application/json").statusCode()).isEqualTo(401);
    }

    @Test
    void theLivenessProbeNeedsNoLoginAndTellsNothingElse() throws Exception {
        HttpResponse<String> answer = get("/actuator/health/liveness", "Accept", "application/json");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"status\":\"UP\"").doesNotContain("components");
    }

    @Test
    void whoIsSignedInSeesTheHealthOfTheParts() throws Exception {
        assertThat(get("/actuator/health", "Authorization", basic("nurse", "right")).body()).contains("components");
    }

    @Test
    void aScriptSignsInWithEachRequest() throws Exception {
        assertThat(get("/actuator/metrics", "Authorization", basic("nurse", "right")).statusCode()).isEqualTo(200);
        assertThat(get("/actuator/metrics", "Authorization", basic("nurse", "wrong")).statusCode()).isEqualTo(401);
        assertThat(get("/actuator/metrics", "Authorization", basic("admin", "right")).statusCode()).isEqualTo(401);
    }

    @Test
    void aScriptSignsInWithItsToken() throws Exception {
        HttpResponse<String> in = get("/actuator/metrics", "Authorization", "Bearer " + TOKEN);
        assertThat(in.statusCode()).isEqualTo(200);
        assertThat(in.headers().allValues("Set-Cookie")).noneMatch(cookie -> cookie.startsWith("MARTSYNC="));
        assertThat(get("/actuator/health", "Authorization", "bearer " + TOKEN).body()).contains("components");
        HttpResponse<String> out = get("/actuator/metrics", "Authorization", "Bearer " + TOKEN + "x");
        assertThat(out.statusCode()).isEqualTo(401);
        assertThat(out.headers().firstValue("WWW-Authenticate").orElseThrow()).startsWith("Bearer ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nightly", "{token}", "Bearer", "null"})
    void nothingElseIsAToken(String token) throws Exception {
        assertThat(get("/actuator/metrics", "Authorization", "Bearer " + token).statusCode()).isEqualTo(401);
    }

    @Test
    void theSumOfATokenIsNoTokenAndNoPassword() throws Exception {
        assertThat(get("/actuator/metrics", "Authorization", "Bearer " + TokenLogin.sha256(TOKEN)).statusCode()).isEqualTo(401);
        assertThat(get("/actuator/metrics", "Authorization", basic("nightly", TOKEN)).statusCode()).isEqualTo(401);
        assertThat(get("/actuator/metrics", "Authorization", basic("nightly", "{token}" + TokenLogin.sha256(TOKEN))).statusCode()).isEqualTo(401);
    }

    @Test
    void aTokenDoesWhatItsRolesAllow() throws Exception {
        assertThat(post("/api/pause", "", "Authorization", "Bearer " + TOKEN).statusCode()).as("only looks").isEqualTo(403);
        assertThat(post("/api/pause", "", "Authorization", "Bearer " + ACTS).statusCode()).as("let through to where nothing is").isEqualTo(404);
        assertThat(post("/actuator/jolokia", JMX_READ, "Authorization", "Bearer " + ACTS).statusCode()).as("not a script's").isEqualTo(403);
    }

    @Test
    void wrongTokensHaveToWait(CapturedOutput log) throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(get("/actuator/metrics", "Authorization", "Bearer guess-" + i).statusCode()).isEqualTo(401);
        }
        HttpResponse<String> locked = get("/actuator/metrics", "Authorization", "Bearer guess-5");
        assertThat(locked.statusCode()).isEqualTo(429);
        assertThat(locked.headers().firstValueAsLong("Retry-After").orElseThrow()).isEqualTo(61);
        assertThat(get("/actuator/metrics", "Authorization", "Bearer " + TOKEN).statusCode()).as("nor does somebody else's right token wait").isEqualTo(200);
        assertThat(get("/actuator/metrics", "Authorization", "Bearer guess-6").statusCode()).as("a right one forgets no wrong ones").isEqualTo(429);
        assertThat(get("/actuator/metrics", "Authorization", basic("nurse", "right")).statusCode()).as("people are not held up").isEqualTo(200);
        assertThat(log.getOut().lines().filter(line -> line.contains("wrong tokens"))).singleElement()
                .asString().endsWith("WARN  console: too many wrong tokens from 127.0.0.1; the next have to wait");
        assertThat(log.getOut()).doesNotContain("guess-");

        clock.pass(Duration.ofMinutes(1));
        assertThat(get("/actuator/metrics", "Authorization", "Bearer guess-7").statusCode()).isEqualTo(401);
    }

    @Test
    void aPersonSignsInByTheFormAndComesWhereTheyWanted() throws Exception {
        get("/actuator/hawtio", "Accept", "text/html");
        HttpResponse<String> in = signIn("right");
        assertThat(in.statusCode()).isEqualTo(302);
        assertThat(in.headers().firstValue("Location").orElseThrow()).contains("/actuator/hawtio");
        assertThat(get("/actuator/hawtio/index.html", "Accept", "text/html").body()).contains("<title>");
        assertThat(in.headers().allValues("Set-Cookie")).anySatisfy(cookie ->
                assertThat(cookie).contains("MARTSYNC=").contains("HttpOnly").contains("SameSite=Strict"));
    }

    @Test
    void theCookieOfTheTokenGoesToNoOtherSite() throws Exception {
        assertThat(get("/login", "Accept", "text/html").headers().allValues("Set-Cookie")).anySatisfy(cookie ->
                assertThat(cookie).contains("XSRF-TOKEN=").contains("SameSite=Strict"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login", "/actuator/metrics", "/actuator/health", "/actuator/hawtio/index.html", "/api/status"})
    void pagesRunNoScriptFromElsewhereAndStandInNoFrame(String path) throws Exception {
        signIn("right");
        HttpHeaders headers = get(path, "Accept", "*/*").headers();
        String policy = headers.firstValue("Content-Security-Policy").orElseThrow();
        assertThat(policy).contains("default-src 'self'", "frame-ancestors 'none'", "form-action 'self'").doesNotContain("unsafe-eval", "*", "http:", "https:");
        assertThat(policy.replaceAll("style-src[^;]*;", "")).doesNotContain("unsafe-inline");
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
        assertThat(headers.firstValue("Referrer-Policy").orElseThrow()).isIn("same-origin", "strict-origin");
        assertThat(headers.firstValue("Cache-Control").orElseThrow()).contains("no-cache");
    }

    @Test
    void aWrongPasswordLeadsBackToTheForm() throws Exception {
        HttpResponse<String> out = signIn("wrong");
        assertThat(out.headers().firstValue("Location").orElseThrow()).endsWith("/login?error");
        assertThat(get("/actuator/hawtio", "Accept", "text/html").headers().firstValue("Location").orElseThrow()).endsWith("/login");
    }

    @Test
    void aChangeNeedsTheTokenOfTheCookie() throws Exception {
        signIn("right");
        get("/actuator/hawtio/index.html", "Accept", "text/html");
        assertThat(post("/actuator/jolokia", JMX_READ, "Accept", "application/json").statusCode()).isEqualTo(403);
        assertThat(post("/actuator/jolokia", JMX_READ, "X-XSRF-TOKEN", "made up").statusCode()).isEqualTo(403);
        String token = cookies.getCookieStore().getCookies().stream().filter(c -> c.getName().equals("XSRF-TOKEN"))
                .map(HttpCookie::getValue).findFirst().orElseThrow();
        HttpResponse<String> read = post("/actuator/jolokia", JMX_READ, "X-XSRF-TOKEN", token);
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.body()).contains("\"status\":200");
    }

    @Test
    void aScriptToo() throws Exception {
        assertThat(post("/actuator/jolokia", JMX_READ, "Authorization", basic("nurse", "right")).statusCode()).isEqualTo(403);
    }

    private HttpResponse<String> signIn(String password) throws Exception {
        return signIn("nurse", password);
    }

    private HttpResponse<String> signIn(String user, String password) throws Exception {
        String form = get("/login", "Accept", "text/html").body();
        Matcher hidden = Pattern.compile("name=\"_csrf\" type=\"hidden\" value=\"([^\"]+)\"").matcher(form);
        assertThat(hidden.find()).isTrue();
        String fields = "username=" + user + "&password=" + password + "&_csrf=" + URLEncoder.encode(hidden.group(1), StandardCharsets.UTF_8);
        return post("/login", fields, "Content-Type", "application/x-www-form-urlencoded");
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return browser.send(request(path).headers(headers).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return browser.send(request(path).headers(headers).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whoFailsTooOftenMustWait(CapturedOutput log) throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(get("/actuator/metrics", "Authorization", basic("nurse", "wrong")).statusCode()).isEqualTo(401);
        }
        HttpResponse<String> locked = get("/actuator/metrics", "Authorization", basic("nurse", "right"));
        assertThat(locked.statusCode()).as("the right password is not looked at either").isEqualTo(429);
        assertThat(locked.headers().firstValueAsLong("Retry-After").orElseThrow()).isEqualTo(61);
        assertThat(locked.body()).isEqualTo("Too many failed logins. Wait 61 s and try again.");
        assertThat(signIn("right").statusCode()).as("nor by the form").isEqualTo(429);
        assertThat(get("/actuator/metrics", "Authorization", basic("sister", "right")).statusCode()).as("another name").isEqualTo(401);
        assertThat(log.getOut().lines().filter(line -> line.contains("too many failed logins"))).singleElement()
                .asString().endsWith("WARN  console: too many failed logins as nurse from 127.0.0.1; the next have to wait");

        clock.pass(Duration.ofMinutes(1));
        assertThat(get("/actuator/metrics", "Authorization", basic("nurse", "right")).statusCode()).isEqualTo(200);
    }

    @Test
    void whoFailsAtTheFormMustWaitToo(CapturedOutput log) throws Exception {
        for (int i = 0; i < 5; i++) {
            signIn("nobody%0aadmin", "my-password");
        }
        assertThat(signIn("nobody%0aadmin", "my-password").body()).isEqualTo("Too many failed logins. Wait 61 s and try again.");
        assertThat(log.getOut()).contains("too many failed logins as somebody unknown from 127.0.0.1").doesNotContain("my-password", "nobody");
        assertThat(signIn("right").headers().firstValue("Location").orElseThrow()).as("another name").endsWith("/");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = {DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
    @Import(ConsoleLogin.class)
    static class Parts {

        @Bean
        SetClock clock() {
            return new SetClock();
        }
    }
}
