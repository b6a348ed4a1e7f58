package org.martsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.settings.SitesSettings;
import org.martsync.sites.Sites;
import org.springframework.context.ConfigurableApplicationContext;

/** Three sites of one program: two clinics that feed one DHIS2, and the first of them a second DHIS2 as well. */
class ManySitesTest {

    private static final LocalDateTime MORNING = LocalDateTime.of(2024, 3, 5, 9, 30);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static Clinic north;
    private static Clinic south;
    private static Dhis2StandIn dhis2;
    private static Dhis2StandIn national;
    private static ConfigurableApplicationContext program;
    private static String address;

    @BeforeAll
    static void start() {
        north = clinic();
        south = clinic();
        dhis2 = Dhis2StandIn.start();
        national = Dhis2StandIn.start();
        List<String> settings = new ArrayList<>(List.of("--dhis2.url=" + dhis2.url(), "--dhis2.user=" + Dhis2StandIn.USER,
                "--dhis2.password=" + Dhis2StandIn.PASSWORD, "--dhis2.program=vatFxlZR2lj", "--server.port=0", "--org-units.refresh=false",
                "--console.password=for-the-test", "--sync.first-pause=10ms", "--sync.longest-pause=20ms", "--sync.patience=1s", "--routes.watch=false",
                "--analytics.user=" + north.user(), "--analytics.password=" + north.password(), "--site.org-unit=" + RunningProgram.SITE));
        settings.addAll(database("north", north));
        settings.addAll(List.of("--sites.north.site.id=north"));
        settings.addAll(database("south", south));
        settings.addAll(List.of("--sites.south.site.id=south"));
        settings.addAll(database("national", north));
        settings.addAll(List.of("--sites.national.site.id=north", "--sites.national.analytics.own-schema=national", "--sites.national.dhis2.url=" + national.url()));
        String[] arguments = settings.toArray(String[]::new);
        program = ManySites.application(SitesSettings.of(arguments)).run(arguments);
        address = "http://127.0.0.1:" + program.getEnvironment().getProperty("local.server.port");
        await().atMost(Duration.ofSeconds(40)).until(() -> program.getBean(Sites.class).all().stream().allMatch(site -> site.problem() == null));
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
        return HttpRequest.newBuilder(URI.create(address + path)).header("Authorization",
                "Basic " + Base64.getEncoder().encodeToString("admin:for-the-test".getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> texts(Dhis2StandIn server) {
        return server.store().events().stream().map(event -> event.dataValues().get("VtElem00001")).toList();
    }

    @Test
    void eachSiteRunsForItself() throws Exception {
        visit(north, 1, "from north");
        visit(south, 1, "from south");

        assertThat(post("/sites/north/api/run-now").body()).contains("has begun");
        await().until(() -> texts(dhis2).equals(List.of("from north")));
        assertThat(texts(national)).isEmpty();
        assertThat(post("/sites/south/api/run-now").body()).contains("has begun");
        await().until(() -> texts(dhis2).contains("from south"));
        assertThat(post("/sites/national/api/run-now").body()).contains("has begun");
        await().until(() -> texts(national).equals(List.of("from north")));
        System.out.println(get("/").body());
        System.out.println(get("/sites/north/").body());
        System.out.println(get("/sites/north/actuator/prometheus").body().lines().filter(l -> l.startsWith("mart")).toList());
        System.out.println(get("/actuator/health").body());
        System.out.println(get("/sites/north/actuator/health").body());
        System.out.println(get("/sites/nowhere/api/status").statusCode());
    }
}
