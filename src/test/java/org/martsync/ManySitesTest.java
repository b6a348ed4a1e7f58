package org.martsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.micrometer.core.instrument.Metrics;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.page.Chromium;
import org.martsync.settings.SitesSettings;
import org.martsync.sites.IntoSite;
import org.martsync.sites.OneSite;
import org.martsync.sites.Sites;
import org.martsync.sync.Runs;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.filter.OncePerRequestFilter;

/** Three sites of one program: two clinics that feed one DHIS2, and the first of them a second DHIS2 as well. */
class ManySitesTest {

    private static final LocalDateTime MORNING = LocalDateTime.of(2024, 3, 5, 9, 30);
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir private static Path folder;
    private static Clinic north;
    private static Clinic south;
    private static Dhis2StandIn dhis2;
    private static Dhis2StandIn national;
    private static ConfigurableApplicationContext program;
    private static String address;

    @BeforeAll
    static void start() throws IOException {
        Files.writeString(folder.resolve("users"), "looks look {noop}for-the-test\n");
        north = clinic();
        south = clinic();
        dhis2 = Dhis2StandIn.start();
        national = Dhis2StandIn.start();
        List<String> settings = settings();
        settings.addAll(database("north", north));
        settings.addAll(List.of("--sites.north.site.id=north"));
        settings.addAll(database("south", south));
        settings.addAll(List.of("--sites.south.site.id=south"));
        settings.addAll(database("national", north));
        settings.addAll(List.of("--sites.national.site.id=north", "--sites.national.analytics.own-schema=national", "--sites.national.dhis2.url=" + national.url()));
        String[] arguments = settings.toArray(String[]::new);
        program = ManySites.application(SitesSettings.of(arguments)).run(arguments);
        address = "http://127.0.0.1:" + program.getEnvironment().getProperty("local.server.port");
        await().atMost(Duration.ofMinutes(2)).until(() -> program.getBean(Sites.class).all().stream().allMatch(site -> site.problem() == null));
    }

    /** What is the same for all sites. */
    private static List<String> settings() {
        return new ArrayList<>(List.of("--dhis2.url=" + dhis2.url(), "--dhis2.user=" + Dhis2StandIn.USER,
                "--dhis2.password=" + Dhis2StandIn.PASSWORD, "--dhis2.program=vatFxlZR2lj", "--server.port=0", "--org-units.refresh=false",
                "--console.password=for-the-test", "--console.users=" + folder.resolve("users"), "--sync.first-pause=10ms", "--sync.longest-pause=20ms", "--sync.patience=1s", "--routes.watch=false",
                "--analytics.user=" + north.user(), "--analytics.password=" + north.password(), "--site.org-unit=" + RunningProgram.SITE));
    }

    @AfterAll
    static void stop() {
        program.close();
        List.of(dhis2, national).forEach(Dhis2StandIn::close);
        List.of(north, south).forEach(Clinic::close);
    }

    private static Clinic clinic() {
        Clinic clinic = Clinic.installed();
        clinic.formTable("visit_form", "f_text");
        clinic.mapping("Patient", """
                {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
                  "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}}}}""", "{\"searchable\": [\"uic\"]}");
        clinic.mapping("Visit", """
                {"dhisProgramStageId": {"id": "VtStage0001"}, "formTableMappings": {"visit_form": {"f_text": {"id": "VtElem00001"}}}}""", "{}");
        return clinic;
    }

    private static List<String> database(String site, Clinic clinic) {
        URI database = URI.create(clinic.jdbcUrl().substring("jdbc:".length()));
        return List.of("--sites." + site + ".analytics.server=" + database.getHost() + ":" + database.getPort(),
                "--sites." + site + ".analytics.database=" + database.getPath().substring(1));
    }

    private static int visit(Clinic clinic, int patient, String text) {
        clinic.patient(patient).uic(text);
        clinic.encounter(1000 + patient, patient, "ZW", MORNING);
        clinic.form("visit_form", 1000 + patient, patient, Map.of("f_text", text), MORNING);
        return clinic.pending(patient, "Visit", 1000 + patient);
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return HTTP.send(request(path).header("X-Requested-With", "test").POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return request(path, "admin");
    }

    private static HttpRequest.Builder request(String path, String who) {
        return HttpRequest.newBuilder(URI.create(address + path)).header("Authorization",
                "Basic " + Base64.getEncoder().encodeToString((who + ":for-the-test").getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> texts(Dhis2StandIn server) {
        return server.store().events().stream().map(event -> event.dataValues().get("VtElem00001")).toList();
    }

    private static OneSite site(String name) {
        return program.getBean(Sites.class).all().stream().filter(site -> site.name().equals(name)).findFirst().orElseThrow();
    }

    private static void run(String site) throws Exception {
        Runs runs = site(site).part(Runs.class);
        assertThat(post("/sites/" + site + "/api/run-now").body()).contains("has begun");
        await().atMost(Duration.ofMinutes(1)).until(() -> runs.current() == null);
    }

    @Test
    void eachSiteSendsWhatItsClinicHasToItsOwnDhis2() throws Exception {
        visit(north, 1, "from north");
        visit(south, 1, "from south");

        run("north");
        assertThat(texts(dhis2)).contains("from north").doesNotContain("from south");
        assertThat(texts(national)).doesNotContain("from north");
        run("south");
        assertThat(texts(dhis2)).contains("from north", "from south");
        run("national");
        assertThat(texts(national)).contains("from north").doesNotContain("from south");
    }

    @Test
    void whatOneSiteCannotReachHoldsUpNoOther() throws Exception {
        int ofNorth = visit(north, 2, "while the national server is away");
        national.refuseConnections();

        run("national");
        run("north");

        assertThat(texts(dhis2)).contains("while the national server is away");
        assertThat(north.event(ofNorth).isPending()).isFalse();
        await().untilAsserted(() -> assertThat(get("/").body()).contains("1 of 3 sites is in trouble", "The last run stopped early", "href=\"/sites/north/\""));
        await().untilAsserted(() -> assertThat(get("/actuator/health").statusCode()).isEqualTo(503));
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        national.acceptConnections();
        run("national");
        assertThat(texts(national)).contains("while the national server is away");
        await().untilAsserted(() -> assertThat(get("/").body()).contains("All 3 sites are well"));
        await().untilAsserted(() -> assertThat(get("/actuator/health").statusCode()).isEqualTo(200));
    }

    @Test
    void aSitesPagesAndApiAreThoseOfAProgramOfOneSiteBelowItsName() throws Exception {
        int event = visit(south, 3, "of the south");

        assertThat(get("/sites/south").headers().firstValue("Location")).hasValueSatisfying(to -> assertThat(to).endsWith("/sites/south/"));
        assertThat(get("/sites/south/").body()).contains("wait to be sent", "action=\"/sites/south/run-now\"", "name=\"_csrf\"", "href=\"/actuator/hawtio/camel/routes\"");
        assertThat(get("/sites/south/page/page.css").headers().firstValue("Content-Type")).hasValueSatisfying(type -> assertThat(type).startsWith("text/css"));
        assertThat(get("/sites/south/events/" + event).body()).contains("of the south");
        assertThat(get("/sites/north/api/events/" + event).body()).as("the number is another event's, or nobody's, there").doesNotContain("of the south");
        assertThat(get("/sites/south/api/openapi").body()).contains("/api/retrigger-failed");
        assertThat(get("/sites/south/actuator/prometheus").body()).contains("mart_batch_size", "process_uptime_seconds", "jvm_memory_used_bytes", "hikaricp_connections_pending{");
        assertThat(get("/sites/nowhere/").statusCode()).isEqualTo(404);
        assertThat(get("/sites/south/actuator/hawtio").statusCode()).isEqualTo(404);
    }

    @Test
    void nobodyGetsIntoASiteWithoutTheLogin() throws Exception {
        for (String path : List.of("/", "/now", "/sites/south/", "/sites/south/api/status", "/sites/south/actuator/prometheus", "/sites/south/actuator/metrics",
                "/sites//south/api/status", "/sites/south/;x/api/status", "/sites/%73outh/api/status", "/sites/south/../south/api/status", "/sites/south//api/status")) {
            HttpResponse<String> answer = HTTP.send(HttpRequest.newBuilder(URI.create(address + path)).header("Accept", "application/json").build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(path).isIn(302, 400, 401, 404);
            assertThat(answer.body()).as(path).doesNotContain("pending", "wait to be sent", "jvm");
        }
        assertThat(HTTP.send(HttpRequest.newBuilder(URI.create(address + "/sites/south/api/run-now")).POST(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString()).statusCode()).isIn(401, 403);
        assertThat(HTTP.send(HttpRequest.newBuilder(URI.create(address + "/sites/south/actuator/health/liveness")).build(),
                HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    void whatALoginMayNotDoIsKeptByTheSiteItWasFor() throws Exception {
        assertThat(HTTP.send(request("/sites/south/api/pause", "looks").header("X-Requested-With", "test").POST(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(403);
        assertThat(jmx("{'type': 'exec', 'mbean': 'mart-dhis2-sync:name=Operations,site=south', 'operation': 'resume()'}")).contains("\"status\":403");
        String kept = "SELECT what || ': ' || outcome FROM sync_audit WHERE who = 'looks' ORDER BY id";
        assertThat(south.jdbc().queryForList(kept, String.class)).containsExactly("pause: Refused: This login does not have the role for that.",
                "resume: Refused: This login does not have the role for that.");
        assertThat(north.jdbc().queryForList(kept, String.class)).isEmpty();

        assertThat(jmx("{'type': 'exec', 'mbean': 'java.lang:type=Memory', 'operation': 'gc()'}")).contains("\"status\":403");
        assertThat(north.jdbc().queryForList(kept, String.class)).as("what is no site's own").containsExactly("JMX gc Memory: Refused: That is open to nobody from outside.");
        assertThat(south.jdbc().queryForList(kept, String.class)).hasSize(3);
    }

    /** With the token, as the console sends it. */
    private static String jmx(String question) throws IOException, InterruptedException {
        return HTTP.send(request("/actuator/jolokia", "looks").header("Cookie", "XSRF-TOKEN=made-up").header("X-XSRF-TOKEN", "made-up")
                .POST(HttpRequest.BodyPublishers.ofString(question.replace('\'', '"'))).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    @Test
    void aPostFromAnotherPageIsRefusedForASiteAsForAll() throws Exception {
        for (String path : List.of("/pause", "/sites/south/pause", "/sites/south/api/pause")) {
            assertThat(HTTP.send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString()).statusCode())
                    .as(path).isEqualTo(403);
        }
    }

    @Test
    void thePageOverAllLeadsToEachSiteAndBackAndItsButtonsAreForAll() {
        visit(north, 4, "seen in the browser");
        national.refuseConnections();
        try (Chromium chromium = Chromium.start()) {
            Page page = chromium.open(1200, 800, List.of());
            Chromium.signIn(page, address + "/", "admin");
            page.locator("#run-now").click();
            PlaywrightAssertions.assertThat(page.locator(".said li")).hasCount(3, new LocatorAssertions.HasCountOptions().setTimeout(30_000));
            PlaywrightAssertions.assertThat(page.locator("#site-national .problem")).containsText("The last run stopped early",
                    new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));
            PlaywrightAssertions.assertThat(page.locator(".sites li").first()).hasId("site-national");
            page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("sites.png")).setFullPage(true));
            page.locator("#to-south").click();
            PlaywrightAssertions.assertThat(page.locator("#site")).hasText("south");
            page.locator("#pause").click();
            PlaywrightAssertions.assertThat(page.locator(".said")).containsText("Paused");
            page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("site.png")).setFullPage(true));
            page.locator("header .home").first().click();
            PlaywrightAssertions.assertThat(page.locator("#site-south")).containsText("Paused by admin");
            PlaywrightAssertions.assertThat(page.locator("#site-north")).not().containsText("Paused");
            page.locator("#resume").click();
            PlaywrightAssertions.assertThat(page.locator("#site-south")).not().containsText("Paused");
            page.setViewportSize(360, 640);
            assertThat((Integer) page.evaluate("document.documentElement.scrollWidth")).isLessThanOrEqualTo(360);
            page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("phone-sites.png")).setFullPage(true));
            assertThat(chromium.closeWindow()).isEmpty();
        } finally {
            national.acceptConnections();
        }
    }

    @Test
    void whyASiteDoesNotRunIsSaidToPeopleWithALoginOnly() throws Exception {
        OneSite away = new OneSite("away", List.of());
        OncePerRequestFilter path = IntoSite.path(new Sites(List.of(away), MartSync::application, null, Duration.ofHours(1)));
        for (Principal who : Arrays.asList(null, (Principal) () -> "admin")) {
            MockHttpServletRequest request = new MockHttpServletRequest("GET", "/sites/away/actuator/health");
            request.setServletPath(request.getRequestURI());
            request.setUserPrincipal(who);
            MockHttpServletResponse answer = new MockHttpServletResponse();
            path.doFilter(request, answer, (within, response) -> IntoSite.door().doFilter(within, response, new MockFilterChain()));
            assertThat(answer.getStatus()).isEqualTo(503);
            assertThat(answer.getContentAsString()).isEqualTo(who == null ? "The site does not run." : "The site does not run. It is starting.");
        }
    }

    @Test
    void theConsoleSeesEachSiteByItsName() throws Exception {
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("mart-dhis2-sync:name=Operations,*"), null))
                .extracting(name -> name.getKeyProperty("site")).contains("north", "south", "national");
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("org.apache.camel:type=context,*"), null))
                .extracting(name -> name.getKeyProperty("name")).contains("\"north\"", "\"south\"", "\"national\"");
    }

    @Test
    void aSiteWhoseDatabaseIsAwayIsTriedAgainUntilItStarts() throws Exception {
        try (Clinic west = clinic()) {
            String database = west.jdbcUrl().substring(west.jdbcUrl().lastIndexOf('/') + 1);
            north.jdbc().execute("ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
            List<String> arguments = settings();
            arguments.addAll(database("west", west));
            OneSite away = new OneSite("west", SitesSettings.of(arguments.toArray(String[]::new)).arguments("west"));
            Sites late = new Sites(List.of(away), MartSync::application, program.getBean(ServletContext.class), Duration.ofMillis(200));
            int registries = Metrics.globalRegistry.getRegistries().size();
            late.start();
            await().atMost(Duration.ofMinutes(1)).until(() -> away.problem().contains("not currently accepting connections"));
            assertThat(away.part(Runs.class)).isNull();
            assertThat(Metrics.globalRegistry.getRegistries()).as("what failed starts leave behind").hasSize(registries);

            north.jdbc().execute("ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");

            await().atMost(Duration.ofMinutes(1)).until(() -> away.problem() == null);
            assertThat(away.part(Runs.class)).isNotNull();
            late.stop();
            assertThat(away.part(Runs.class)).isNull();
        }
    }
}
