package org.martsync.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;

/** A site's own libraries in {@code lib.d/}: the jar as it is packed, with the queue of {@code docs/cookbook.md} and a real broker. */
class LibrariesOfASiteIT {

    private static final Path JAR = Path.of("target/mart-dhis2-sync.jar");
    private static final Path QUEUE = Path.of("target/queue");
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Pattern LIBRARY = Pattern.compile("[a-z.]+:([a-z.-]+):(\\d[\\d.]*)[;\\s]");
    private static final Pattern FILE = Pattern.compile("`(\\S+)`:\\n\\n```yaml\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private static Path place;
    private static String recipe;
    private static Clinic clinic;
    private static Dhis2StandIn dhis2;
    private static Process broker;
    private static BufferedReader messages;

    @BeforeAll
    static void aSiteThatFollowsTheRecipe() throws Exception {
        String page = Files.readString(Path.of("docs/cookbook.md"));
        int start = page.indexOf("## Send a copy of each event to a queue\n");
        recipe = page.substring(start, page.indexOf("\n## ", start));
        broker = new ProcessBuilder(JAVA, "-cp", QUEUE.resolve("broker") + "/*", "src/test/resources/queue/Broker.java").redirectError(QUEUE.resolve("broker.log").toFile()).start();
        messages = broker.inputReader();
        String address = messages.readLine();
        copy(Path.of("routes"), place.resolve("routes"));
        List<MatchResult> files = FILE.matcher(recipe).results().toList();
        assertThat(files).extracting(file -> file.group(1)).containsExactly("config/application.yaml", "routes.d/customise.camel.yaml");
        for (MatchResult file : files) {
            Path written = place.resolve(file.group(1));
            Files.createDirectories(written.getParent());
            Files.writeString(written, file.group(2).replace("tcp://queue.clinic.example:61616", address));
        }
        clinic = Clinic.installed();
        clinic.formTable("gbv_form", "site_type");
        clinic.mapping("Patient", """
                {"isPatientMapping": true, "formTableMappings": {"patient": {"uic": "zRA08XEYiSF", "patient_identifier": "GGvUui7Dc3F"}}}""", "{\"searchable\": [\"uic\"]}");
        clinic.mapping("IPV", """
                {"dhisProgramStageId": "TGvGDt6e6OM", "formTableMappings": {"gbv_form": {"site_type": "SqX8j4oFNN3"}}}""", "{}");
        clinic.patient(1);
        clinic.encounter(11, 1, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        clinic.form("gbv_form", 11, 1, Map.of("site_type", "Static"), LocalDateTime.of(2024, 2, 1, 0, 0));
        clinic.pending(1, "IPV", 11);
        clinic.schedule("* * * * * ?", true);
        dhis2 = Dhis2StandIn.start();
    }

    @AfterAll
    static void end() {
        broker.destroy();
        if (dhis2 != null) {
            dhis2.close();
            clinic.close();
        }
    }

    @Test
    void theRecipeNamesTheLibrariesThatAreTriedHere() throws IOException {
        assertThat(names(QUEUE.resolve("lib.d"))).containsExactlyInAnyOrderElementsOf(LIBRARY.matcher(recipe).results()
                .map(library -> library.group(1) + "-" + library.group(2) + ".jar").toList());
    }

    @Test
    void whatUsesALibraryThatIsNotThereIsToldByItsLine() throws Exception {
        Files.deleteIfExists(place.resolve("lib.d"));
        Path log = place.resolve("validated");
        assertThat(program(log, "validate").waitFor()).isEqualTo(2);
        assertThat(said(log))
                .containsPattern("routes.d/customise.camel.yaml, line \\d+: there is no component for jms:queue:events .*lib\\.d");
    }

    /** As a site's own build does it, which finds what is in lib.d as the jar does. */
    @Test
    void aBuildFindsTheLibrariesToo() throws Exception {
        Files.deleteIfExists(place.resolve("lib.d"));
        assertThat(validated(place.resolve("without"))).contains("there is no component for jms:queue:events").contains("1 problems");
        Files.createSymbolicLink(place.resolve("lib.d"), QUEUE.resolve("lib.d").toAbsolutePath());
        assertThat(validated(place.resolve("with"))).contains("config/ and the settings: nothing is wrong");
    }

    private static String validated(Path log) throws Exception {
        ProcessBuilder maven = new ProcessBuilder("./mvnw", "-B", "-q", "exec:exec@validate", "-Dsite=" + place).redirectErrorStream(true).redirectOutput(log.toFile());
        maven.environment().keySet().removeIf(name -> name.startsWith("MAVEN_") && !name.equals("MAVEN_OPTS"));
        maven.environment().putAll(Map.of("ANALYTICS_SERVER", "db", "ANALYTICS_DATABASE", "analytics", "ANALYTICS_USER", "martsync", "DHIS2_URL", dhis2.url(),
                "DHIS2_USER", Dhis2StandIn.USER, "DHIS2_PASSWORD", Dhis2StandIn.PASSWORD, "DHIS2_PROGRAM", "vatFxlZR2lj", "SITE_ORG_UNIT", RunningProgram.SITE));
        maven.start().waitFor();
        return said(log);
    }

    @Test
    void aCopyOfAnEventGoesToAQueue() throws Exception {
        Files.deleteIfExists(place.resolve("lib.d"));
        Files.createSymbolicLink(place.resolve("lib.d"), QUEUE.resolve("lib.d").toAbsolutePath());
        Path log = place.resolve("log");
        Process program = program(log);
        try {
            Awaitility.await().atMost(Duration.ofMinutes(2)).failFast(() -> assertThat(program.isAlive()).as(() -> said(log)).isTrue())
                    .until(() -> !dhis2.store().events().isEmpty());
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(messages::ready);
            JsonNode copy = new ObjectMapper().readTree(messages.readLine());
            assertThat(copy.get("event").asText()).isEqualTo(dhis2.store().events().iterator().next().uid());
            assertThat(copy.get("dataValues").get(0).get("value").asText()).isEqualTo("Static");
        } finally {
            program.destroy();
            program.waitFor();
        }
    }

    /** Starts the jar in the site's directory; what it says goes to a file. */
    private static Process program(Path log, String... arguments) throws IOException {
        URI database = URI.create(clinic.jdbcUrl().substring("jdbc:".length()));
        List<String> command = new ArrayList<>(List.of(JAVA, "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", JAR.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--analytics.server=" + database.getHost() + ":" + database.getPort(), "--analytics.database=" + database.getPath().substring(1),
                "--analytics.user=" + clinic.user(), "--analytics.password=" + clinic.password(), "--dhis2.url=" + dhis2.url(),
                "--dhis2.user=" + Dhis2StandIn.USER, "--dhis2.password=" + Dhis2StandIn.PASSWORD, "--dhis2.program=vatFxlZR2lj",
                "--site.org-unit=" + RunningProgram.SITE, "--server.port=0", "--console.password=for-the-test"));
        return new ProcessBuilder(command).directory(place.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    private static String said(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path one : all.toList()) {
                Files.copy(one, to.resolve(from.relativize(one).toString()));
            }
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
