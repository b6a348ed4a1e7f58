package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RouteFixture;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.ClinicAssert;
import org.martsync.dhis2.CachedProgram;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.Dhis2Unavailable;
import org.martsync.dhis2.TrackerStore;
import org.martsync.sync.Run;
import org.yaml.snakeyaml.Yaml;

/** Each recipe of {@code docs/cookbook.md}, taken out of the page and run in a site's directory. */
class CookbookTest {

    private static final Pattern FILE = Pattern.compile("`(\\S+)`:\\n\\n```\\w+\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMANDS = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final String PATIENT = """
            {"isPatientMapping": true, "formTableMappings": {"patient": {"uic": "zRA08XEYiSF",
              "patient_identifier": "GGvUui7Dc3F", "birthdate": "wSp6Q7QDMsk"}}}""";
    private static final String STAGE = """
            {"dhisProgramStageId": "TGvGDt6e6OM", "formTableMappings": {"gbv_form": {"site_type": "SqX8j4oFNN3"}}}""";

    private static final String CUSTOMISE = "routes.d/customise.camel.yaml";

    @TempDir private static Path place;
    private static Clinic clinic;
    private static Dhis2StandIn dhis2;
    private static HttpServer chatServer;
    private static final List<String> CHAT = new CopyOnWriteArrayList<>();
    private static final GreenMail MAIL = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    /** Takes up what is saved, and tells of trouble as the recipe for that says. */
    private static RunningProgram program;

    @BeforeAll
    static void start() throws IOException {
        clinic = Clinic.installed();
        clinic.formTable("gbv_form", "site_type");
        dhis2 = Dhis2StandIn.start();
        chatServer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        chatServer.createContext("/", asked -> {
            CHAT.add(asked.getRequestURI() + " " + new ObjectMapper().readTree(asked.getRequestBody()).get("text").asText());
            asked.sendResponseHeaders(200, -1);
            asked.close();
        });
        chatServer.start();
        MAIL.start();
        Map<String, String> settings = settings("Be told by mail and in a chat");
        settings.computeIfPresent("notify.webhook", (name, url) -> url.replace("https://chat.clinic.example", "http://127.0.0.1:" + chatServer.getAddress().getPort()));
        settings.replace("notify.mail.server", "127.0.0.1:" + MAIL.getSmtp().getPort());
        settings.put("routes.watch", "true");
        program = start(dhis2.url(), settings);
    }

    @BeforeEach
    void twoMappings() {
        dhis2.store().clear();
        clinic.emptied().mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"]}").mapping("IPV", STAGE, "{}").mapping("HTS", STAGE, "{}");
    }

    @AfterEach
    void asItShips() throws IOException {
        dhis2.acceptConnections();
        Files.deleteIfExists(place.resolve(CUSTOMISE));
        awaitCustomiseOf("routes/customise.camel.yaml");
    }

    @AfterAll
    static void stop() {
        program.close();
        MAIL.stop();
        chatServer.stop(0);
        dhis2.close();
        clinic.close();
    }

    @Test
    void everyRecipeIsTried() throws IOException {
        assertThat(Pattern.compile("(?m)^## (.*)$").matcher(Files.readString(Path.of("docs/cookbook.md"))).results().map(found -> found.group(1)))
                .containsExactly("Skip the events of one mapping", "Use another schedule for one mapping", "Change one value on the way", "Add a data element from another table",
                        "Send a copy of each event to a file", "Send a copy of each event to a queue", "Be told by mail and in a chat", "Through a proxy",
                        "A DHIS2 with a certificate of a private authority", "Send a mapping to a second program", "Send a mapping to people of another type",
                        "What the design does not allow");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"null", "{\"orgUnit\": \"\"}"})
    void aMappingIsSentToASecondProgram(String configBefore) throws IOException {
        dhis2.add("""
                {"id": "IXDlIUrGz3l", "programType": "WITH_REGISTRATION", "trackedEntityType": {"id": "XV3kldsZq0H"}, "programTrackedEntityAttributes": [],
                 "programStages": [{"id": "TbStage0001", "repeatable": true, "programStageDataElements": [
                   {"dataElement": {"id": "TbElem00001", "valueType": "TEXT"}}]}]}""");
        clinic.mapping("TB", """
                {"dhisProgramStageId": "TbStage0001", "formTableMappings": {"gbv_form": {"site_type": "TbElem00001"}}}""", configBefore);
        MatchResult sql = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL).matcher(recipe("Send a mapping to a second program")).results().findFirst().orElseThrow();
        clinic.jdbc().update(sql.group(1).replace(";", ""));
        int ipv = event(1, "IPV", "Static");
        int tb = event(2, "TB", "Static");

        program.run();

        ClinicAssert.assertThat(clinic).event(ipv).isSynced();
        ClinicAssert.assertThat(clinic).event(tb).isSynced();
        assertThat(dhis2.store().enrolments()).extracting(TrackerStore.Enrolment::program).containsExactlyInAnyOrder("vatFxlZR2lj", "IXDlIUrGz3l");
    }

    @Test
    void aMappingIsSentToPeopleOfAnotherType() throws IOException {
        dhis2.add("""
                {"id": "q04UBOqq3rp", "programType": "WITH_REGISTRATION", "trackedEntityType": {"id": "nEenWmSyUEp"}, "programTrackedEntityAttributes": [
                   {"mandatory": true, "searchable": true, "trackedEntityAttribute": {"id": "lw1SqmMlnfh", "valueType": "TEXT", "unique": true}}],
                 "programStages": [{"id": "LabStage001", "repeatable": true, "programStageDataElements": [
                   {"dataElement": {"id": "LabElem0001", "valueType": "TEXT"}}]}]}""");
        clinic.mapping("Lab", """
                {"dhisProgramStageId": "LabStage001", "formTableMappings": {"gbv_form": {"site_type": "LabElem0001"}}}""", "{}");
        clinic.jdbc().execute("ALTER TABLE patient ADD COLUMN IF NOT EXISTS lab_number text");
        Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL).matcher(recipe("Send a mapping to people of another type")).results()
                .forEach(sql -> clinic.jdbc().update(sql.group(1).replace(";", "")));
        int ipv = event(1, "IPV", "Static");
        int lab = clinic.pending(1, "Lab", 11);
        clinic.patientAgain(1).column("lab_number", "LAB-1");
        dhis2.store().put(new TrackerStore.TrackedEntity("LabPerson01", "nEenWmSyUEp", RunningProgram.SITE, Map.of("lw1SqmMlnfh", "LAB-1")));

        program.run();

        ClinicAssert.assertThat(clinic).event(ipv).isSynced();
        ClinicAssert.assertThat(clinic).event(lab).isSynced();
        assertThat(dhis2.store().trackedEntities()).extracting(TrackerStore.TrackedEntity::type).containsExactlyInAnyOrder("XV3kldsZq0H", "nEenWmSyUEp");
    }

    @Test
    void theEventsOfOneMappingAreSkipped() throws IOException {
        int ipv = event(1, "IPV", "Static");
        int hts = event(2, "HTS", "Static");
        runWith("Skip the events of one mapping");
        ClinicAssert.assertThat(clinic).event(ipv).isRejectedBecause("IPV is not sent before the training in June.");
        ClinicAssert.assertThat(clinic).event(hts).isSynced();
    }

    @Test
    void theEventsOfOneMappingWaitForTheirHours() throws IOException {
        int hts = event(1, "HTS", "Static");
        int ipv = event(2, "IPV", "Static");
        String recipe = files("Use another schedule for one mapping").get(CUSTOMISE);
        assertThat(recipe).contains("range '5..21'");
        write(CUSTOMISE, recipe.replace("5..21", "0..23"));
        awaitCustomiseOf(CUSTOMISE);
        for (int i = 0; i < 2; i++) {
            assertThat(run().waiting()).isEqualTo(1);
        }
        ClinicAssert.assertThat(clinic).event(ipv).isSynced();
        assertThat(clinic.event(hts).synced()).isFalse();
        assertThat(clinic.event(hts).retryCount()).isZero();
        assertThat(clinic.logOf(hts)).isEmpty();
        assertThat(dhis2.store().events()).hasSize(1);

        asItShips();
        write(CUSTOMISE, recipe.replace("5..21", "24..25"));
        awaitCustomiseOf(CUSTOMISE);
        run();
        ClinicAssert.assertThat(clinic).event(hts).isSynced();
    }

    @Test
    void oneValueIsChangedOnTheWay() throws IOException {
        event(1, "IPV", "Static");
        event(2, "HTS", "Mobile");
        runWith("Change one value on the way");
        assertThat(dhis2.store().events()).extracting(event -> event.dataValues().get("SqX8j4oFNN3")).containsExactlyInAnyOrder("Fixed site", "Mobile");
    }

    @Test
    void aDataElementIsAddedFromAnotherTable() throws IOException {
        clinic.jdbc().execute("CREATE TABLE partner_answers (patient_id int, hurt boolean)");
        clinic.jdbc().update("INSERT INTO partner_answers VALUES (1, false), (1, true), (3, true)");
        int told = event(1, "IPV", "Static");
        int silent = event(2, "IPV", "Static");
        int other = event(3, "HTS", "Static");
        runWith("Add a data element from another table");
        Stream.of(told, silent, other).forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced());
        assertThat(dhis2.store().events()).extracting(TrackerStore.Event::dataValues).containsExactlyInAnyOrder(
                Map.of("SqX8j4oFNN3", "Static", "tadIzybMHE7", "true"), Map.of("SqX8j4oFNN3", "Static"), Map.of("SqX8j4oFNN3", "Static"));
    }

    @Test
    void aCopyOfEachEventGoesToAFile() throws IOException {
        int ipv = event(1, "IPV", "Static");
        int again = event(2, "IPV", "Mobile");
        int hts = event(3, "HTS", "Static");
        runWith("Send a copy of each event to a file");
        Stream.of(ipv, again, hts).forEach(event -> ClinicAssert.assertThat(clinic).event(event).isSynced());
        List<String> copies = new ArrayList<>();
        try (Stream<Path> files = Files.list(place.resolve("copies"))) {
            for (Path file : files.sorted().toList()) {
                assertThat(file.getFileName().toString()).matches("(HTS|IPV)-\\d{4}-\\d\\d-\\d\\d\\.jsonl");
                for (String line : Files.readAllLines(file)) {
                    JsonNode copy = new ObjectMapper().readTree(line);
                    copies.add(copy.get("event").asText() + " " + copy.at("/dataValues/0/value").asText());
                }
            }
        }
        assertThat(copies).containsExactlyInAnyOrderElementsOf(dhis2.store().events().stream()
                .map(event -> event.uid() + " " + event.dataValues().get("SqX8j4oFNN3")).toList());
    }

    @Test
    void peopleAreToldByMailAndInAChat() throws Exception {
        event(1, "IPV", "Static");
        dhis2.refuseConnections();
        program.run();
        Awaitility.await().until(() -> CHAT.size() == 1 && MAIL.getReceivedMessages().length == 1);
        assertThat(CHAT.get(0)).startsWith("/hooks/4hd8 mart-dhis2-sync, DoA0vsy8Da5: DHIS2 does not answer.");
        assertThat(MAIL.getReceivedMessages()[0].getAllRecipients()[0]).hasToString("dhis2-team@clinic.example");
        assertThat(MAIL.getReceivedMessages()[0].getFrom()[0]).hasToString("clinic-7@clinic.example");
    }

    @Test
    void dhis2IsAskedThroughAProxy() throws Exception {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", asked -> passOn(asked, dhis2.url()));
        proxy.start();
        int event = event(1, "IPV", "Static");
        Map<String, String> settings = settings("Through a proxy");
        assertThat(settings).containsEntry("camel.component.http.proxy-host", "proxy.clinic.example").containsEntry("camel.component.http.proxy-port", "3128");
        settings.put("camel.component.http.proxy-host", "127.0.0.1");
        settings.put("camel.component.http.proxy-port", String.valueOf(proxy.getAddress().getPort()));
        // only the proxy knows the way to that name
        try (RunningProgram behind = start("http://dhis2.clinic.invalid", settings)) {
            behind.run();
            ClinicAssert.assertThat(clinic).event(event).isSynced();
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void aDhis2ByHttpsIsAskedThroughTheProxyToo() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> {
                try {
                    while (true) {
                        try (Socket one = proxy.accept()) {
                            asked.add(new BufferedReader(new InputStreamReader(one.getInputStream(), StandardCharsets.US_ASCII)).readLine());
                            one.getOutputStream().write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        }
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
            answering.start();
            Map<String, String> settings = settings("Through a proxy");
            settings.put("camel.component.http.proxy-host", "127.0.0.1");
            settings.put("camel.component.http.proxy-port", String.valueOf(proxy.getLocalPort()));
            try (RouteFixture routes = asking("https://dhis2.clinic.invalid", settings)) {
                assertThatThrownBy(() -> read(routes)).isInstanceOf(Dhis2Unavailable.class);
            }
        }
        assertThat(asked).isNotEmpty().allSatisfy(line -> assertThat(line).startsWith("CONNECT dhis2.clinic.invalid:443 "));
    }

    @Test
    void aPrivateAuthorityIsTrustedOnceItIsImported() throws Exception {
        Path keys = place.resolve("keys");
        Path java = Path.of(System.getProperty("java.home"));
        command(java + "/bin/keytool -genkeypair -alias dhis2 -keyalg RSA -dname CN=127.0.0.1 -ext san=ip:127.0.0.1 -ext bc:c -keystore " + keys
                + " -storepass changeit -keypass changeit");
        command(java + "/bin/keytool -exportcert -rfc -alias dhis2 -keystore " + keys + " -storepass changeit -file " + place.resolve("our-ca.pem"));
        Files.createDirectories(place.resolve("config"));
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(withKeys(keys)));
        secure.createContext("/", asked -> passOn(asked, dhis2.url()));
        secure.start();
        String url = "https://127.0.0.1:" + secure.getAddress().getPort();
        String before = System.getProperty("javax.net.ssl.trustStore");
        try {
            try (RouteFixture routes = asking(url, Map.of())) {
                assertThatThrownBy(() -> read(routes)).hasMessageContaining("SSLHandshakeException");
            }
            MatchResult commands = COMMANDS.matcher(recipe("A DHIS2 with a certificate of a private authority")).results().findFirst().orElseThrow();
            command(commands.group(1));
            assertThat(recipe("A DHIS2 with a certificate of a private authority")).contains("-Djavax.net.ssl.trustStore=config/trusted");
            System.setProperty("javax.net.ssl.trustStore", place.resolve("config/trusted").toString());
            try (RouteFixture routes = asking(url, Map.of())) {
                read(routes);
                assertThat(routes.bean(CachedProgram.class).get()).isNotNull();
            }
        } finally {
            if (before == null) {
                System.clearProperty("javax.net.ssl.trustStore");
            } else {
                System.setProperty("javax.net.ssl.trustStore", before);
            }
            secure.stop(0);
        }
    }

    /** The routes that ask DHIS2, which is all that such a recipe is about. */
    private static RouteFixture asking(String url, Map<String, String> settings) {
        return RouteFixture.load("dhis2", clinic, Stream.concat(Stream.of("dhis2.url=" + url),
                settings.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue())).toList());
    }

    private static void read(RouteFixture routes) {
        routes.send("direct:read-program", Map.of(), null);
    }

    private void runWith(String recipe) throws IOException {
        for (Map.Entry<String, String> file : files(recipe).entrySet()) {
            write(file.getKey(), file.getValue());
        }
        awaitCustomiseOf(CUSTOMISE);
        run();
    }

    private static void awaitCustomiseOf(String file) {
        CamelContext camel = program.bean(CamelContext.class);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> camel.getRoute("customise") != null
                && String.valueOf(camel.getRoute("customise").getSourceLocation()).contains(file));
    }

    /** The test runs in the project's directory, a site in its own. */
    private static void write(String file, String text) throws IOException {
        Path written = place.resolve(file);
        Files.createDirectories(written.getParent());
        Files.writeString(written, text.replace("file:routes.d", "file:" + place + "/routes.d").replace("file:copies", "file:" + place + "/copies"));
    }

    private static Run run() {
        Run run = program.run();
        assertThat(run.stopped()).isNull();
        return run;
    }

    private static RunningProgram start(String url, Map<String, String> settings) {
        settings.put("camel.main.routes-include-pattern", "file:routes/*.camel.yaml,file:" + place + "/routes.d/*.camel.yaml");
        return RunningProgram.start(clinic, url, "vatFxlZR2lj", settings.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).toArray(String[]::new));
    }

    private static int event(int patient, String mapping, String siteType) {
        clinic.patient(patient);
        clinic.encounter(10 + patient, patient, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        clinic.form("gbv_form", 10 + patient, patient, Map.of("site_type", siteType), LocalDateTime.of(2024, 2, 1, 0, 0));
        return clinic.pending(patient, mapping, 10 + patient);
    }

    private static String recipe(String title) throws IOException {
        String page = Files.readString(Path.of("docs/cookbook.md"));
        int start = page.indexOf("\n## " + title + "\n");
        assertThat(start).as(title).isPositive();
        int end = page.indexOf("\n## ", start + 1);
        return page.substring(start, end < 0 ? page.length() : end);
    }

    /** The files of a recipe by their names. */
    private static Map<String, String> files(String title) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        FILE.matcher(recipe(title)).results().forEach(file -> files.put(file.group(1), file.group(2)));
        assertThat(files).isNotEmpty();
        return files;
    }

    /** The settings of a recipe for {@code config/application.yaml}. */
    private static Map<String, String> settings(String title) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        flatten("", new Yaml().load(files(title).get("config/application.yaml")), settings);
        return settings;
    }

    private static void flatten(String prefix, Object value, Map<String, String> settings) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, one) -> flatten(prefix.isEmpty() ? String.valueOf(key) : prefix + "." + key, one, settings));
        } else {
            settings.put(prefix, String.valueOf(value));
        }
    }

    private void command(String text) throws Exception {
        ProcessBuilder shell = new ProcessBuilder("sh", "-ec", text).directory(place.toFile()).redirectErrorStream(true);
        Path java = Path.of(System.getProperty("java.home"));
        shell.environment().put("JAVA_HOME", java.toString());
        shell.environment().merge("PATH", java.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        Process process = shell.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static SSLContext withKeys(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance(keys.toFile(), "changeit".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /** Asks DHIS2 what was asked, and answers with its answer. */
    private static void passOn(HttpExchange asked, String dhis2) throws IOException {
        URI uri = asked.getRequestURI();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(dhis2 + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())));
        asked.getRequestHeaders().forEach((name, values) -> {
            if (Set.of("authorization", "content-type", "accept", "cookie").contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try (InputStream body = asked.getRequestBody()) {
            request.method(asked.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body.readAllBytes()));
            HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answer.headers().firstValue("content-type").ifPresent(type -> asked.getResponseHeaders().add("Content-Type", type));
            answer.headers().allValues("set-cookie").forEach(cookie -> asked.getResponseHeaders().add("Set-Cookie", cookie));
            asked.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            if (answer.body().length > 0) {
                asked.getResponseBody().write(answer.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asked.close();
        }
    }
}
