package org.martsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a person starts it: a process of its own, in a directory of its own. */
class MartSyncTest {

    private static final String[] ENOUGH = {"--analytics.database=analytics", "--analytics.user=martsync", "--dhis2.url=http://127.0.0.1:9/",
        "--dhis2.user=u", "--dhis2.password=p", "--dhis2.program=IXDlIUrGz3l", "--site.org-unit=MI1IuAEaaYc", "--server.port=0"};

    @TempDir private Path place;

    @BeforeEach
    void aDirectoryWithRoutes() throws IOException {
        Files.createDirectories(place.resolve("routes"));
        Files.writeString(place.resolve("routes/some.camel.yaml"), "[]");
    }

    @Test
    void missingSettingsEndTheStartWithASentenceEach() throws Exception {
        End end = start(ENOUGH);
        assertThat(end.err().lines()).containsExactly("The setting analytics.server (environment: ANALYTICS_DB_SERVER) is missing: "
                + "it is the host of the PostgreSQL server with the analytics database, for example db.clinic.example:5432.");
        assertThat(end.out()).doesNotContain("Exception");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    @Test
    void aSettingsFileThatIsNotYamlIsToldWithItsLine() throws Exception {
        Files.createDirectories(place.resolve("config"));
        Files.writeString(place.resolve("config/application.yaml"), "sync:\n  workers: 4\n workers: 5\n");
        End end = start(ENOUGH);
        assertThat(end.err().lines()).singleElement().asString().startsWith("The settings file").contains("is not YAML at line 3, column 2");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    @Test
    void aDatabaseThatDoesNotAnswerEndsTheStartWithASentence() throws Exception {
        List<String> settings = new ArrayList<>(List.of(ENOUGH));
        settings.add("--analytics.server=127.0.0.1:" + freePort());
        End end = start(settings.toArray(String[]::new));
        assertThat(end.err().lines()).singleElement().asString().startsWith("The analytics database cannot be reached;").contains("refused");
        assertThat(end.out()).doesNotContain("\tat ");
        assertThat(end.exitCode()).isEqualTo(3);
    }

    @Test
    void whatIsWrongWithOneOfSeveralSitesIsSaidWithItsName() throws Exception {
        List<String> settings = new ArrayList<>(List.of(ENOUGH));
        settings.addAll(List.of("--sites.north.analytics.server=127.0.0.1:9", "--sites.south.analytics.server=a b", "--sites.south.dhis2.program=none",
                "--sites.south.console.password=another", "--sites.East.analytics.server=127.0.0.1:9"));
        End end = start(settings.toArray(String[]::new));
        assertThat(end.err().lines()).containsExactlyInAnyOrder(
                "The site East (sites.East) must have a name of small letters, digits and -, at most 30, the first a letter.",
                "The setting sites.south.console.password has no effect for one site; set console.password for all.",
                "Site south: The setting analytics.server (environment: ANALYTICS_DB_SERVER) is 'a b', but must be a host name or host:port: "
                        + "it is the host of the PostgreSQL server with the analytics database, for example db.clinic.example:5432.",
                "Site south: The setting dhis2.program (environment: DHIS_PROGRAM_ID) is 'none', but must be a UID of 11 letters and digits, the first a letter: "
                        + "it is the UID of the tracker program that events belong to, for example IXDlIUrGz3l.");
        assertThat(end.exitCode()).isEqualTo(2);

        List<String> validate = new ArrayList<>(List.of("validate", "--sites.south.sync.batch-pateints=3"));
        validate.addAll(settings);
        assertThat(start(validate.toArray(String[]::new)).err().lines()).containsAll(end.err().lines().toList())
                .anySatisfy(line -> assertThat(line).startsWith("Site south: The setting sync.batch-pateints is unknown"));
    }

    @Test
    void sitesThatWouldTakeEachOthersEventsOrUidsAreRefused() throws Exception {
        List<String> settings = new ArrayList<>(List.of(ENOUGH));
        settings.addAll(List.of("--sites.a.analytics.server=127.0.0.1:9", "--sites.b.analytics.server=127.0.0.1:9", "--sites.b.dhis2.url=http://127.0.0.1:8", "--turns.limit=3",
                "--sites.c.analytics.server=127.0.0.1:9", "--sites.c.analytics.database=other", "--sites.c.dhis2.url=http://127.0.0.1:9"));
        settings.set(settings.indexOf("--server.port=0"), "--server.port=none");
        assertThat(start(settings.toArray(String[]::new)).err().lines()).as("of all").containsExactly(
                "The setting server.port is 'none', but must be a whole number from 0 to 65535: it is the port of the console, for example 8061.");
        settings.set(settings.indexOf("--server.port=none"), "--server.port=0");
        assertThat(start(settings.toArray(String[]::new)).err().lines()).containsExactly(
                "Sites a and b would share one queue, and each event would reach one of them only: give one of them another analytics.own-schema, or take it out.",
                "Site c goes to the same DHIS2 as others, but takes its turns elsewhere or by another turns.limit, so they would not be "
                        + "counted together: set turns.limit, turns.server and turns.database for all, and not below a site.",
                "Sites a and c would give different events the same UIDs in one DHIS2: give each a site.id of its own, and leave that of a site which has sent events as it is.");
    }

    @Test
    void aCommandAsksWhichOfSeveralSitesIsMeant() throws Exception {
        List<String> settings = new ArrayList<>(List.of("rehearse"));
        settings.addAll(List.of(ENOUGH));
        settings.addAll(List.of("--sites.north.analytics.server=127.0.0.1:" + freePort(), "--sites.south.analytics.server=127.0.0.1:9"));
        assertThat(start(settings.toArray(String[]::new)).err()).isEqualToIgnoringNewLines("There are several sites: name one with --site=north or --site=south.");
        settings.add("--site=east");
        assertThat(start(settings.toArray(String[]::new)).err()).isEqualToIgnoringNewLines("There is no site east: name one with --site=north or --site=south.");
        settings.set(settings.size() - 1, "--site=north");
        assertThat(start(settings.toArray(String[]::new)).err()).as("it goes on to ask the database, which is not there").startsWith("The rehearsal broke off");
    }

    @Test
    void aSpoiltRouteFileEndsTheStartWithItsLine() throws Exception {
        Files.writeString(place.resolve("routes/some.camel.yaml"), "- route:\n    id: some\n    from:\n      uri: direct:a\n      step: []\n");
        List<String> settings = new ArrayList<>(List.of(ENOUGH));
        settings.addAll(List.of("--analytics.server=127.0.0.1:" + freePort(), "--spring.flyway.enabled=false"));
        End end = start(settings.toArray(String[]::new));
        assertThat(end.err().lines()).singleElement().asString().startsWith("A file in routes/ cannot be used:")
                .contains("some.camel.yaml, line ");
        assertThat(end.out()).doesNotContain("\tat ");
        assertThat(end.exitCode()).isEqualTo(4);
    }

    @Test
    void whatASiteAddsIsHeldToTheSameRules() throws Exception {
        Files.createDirectories(place.resolve("routes.d"));
        Files.writeString(place.resolve("routes.d/own.camel.yaml"),
                "- route:\n    id: own\n    from:\n      uri: direct:own\n      steps:\n        - to:\n            uri: direct:nowhere\n");
        List<String> settings = new ArrayList<>(List.of(ENOUGH));
        settings.addAll(List.of("--analytics.server=127.0.0.1:" + freePort(), "--spring.flyway.enabled=false"));
        End end = start(settings.toArray(String[]::new));
        assertThat(end.err().lines()).containsExactly("routes.d/own.camel.yaml, line 7: no route begins with direct:nowhere");
        assertThat(end.exitCode()).isEqualTo(4);
    }

    @Test
    void validateSaysEverythingThatIsWrongWithoutDatabaseOrDhis2() throws Exception {
        Files.createDirectories(place.resolve("config"));
        Files.writeString(place.resolve("config/application.yaml"), "sync:\n  workers: many\n  worker: 3\n");
        Files.writeString(place.resolve("routes/some.camel.yaml"), """
                - route:
                    id: some
                    from:
                      uri: direct:some
                      steps:
                        - to:
                            id: twice
                            uri: direct:nowhere
                        - bean:
                            id: twice
                            ref: runs
                            method: walk
                        - bean:
                            ref: nobody
                        - to:
                            uri: sql:file:routes/sql/none.sql
                        - log:
                            message: "{{no.such}}"
                - route:
                    id: other
                    from:
                      uri: timer:other
                      parameters:
                        period: 5s
                      steps:
                        - to:
                            uri: nosuch:x
                - route:
                    id: third
                    from:
                      uri: direct:third
                      steps:
                        - to:
                            uri: nosuch:y
                """);
        Files.writeString(place.resolve("routes/broken.camel.yaml"), "- route:\n    id: x\n   from: y\n");
        Files.createDirectories(place.resolve("routes/sql"));
        Files.writeString(place.resolve("routes/sql/open.sql"), "SELECT count(*\nFROM patient");
        Files.writeString(place.resolve("routes/sql/unknown.sql"), "SELECT 1\nWHERE :#size = :#${properties:no.such}");
        Files.writeString(place.resolve("config/prometheus-alerts.yaml"), "groups:\n  - name: a\n rules: []\n");
        Files.writeString(place.resolve("config/grafana-dashboard.json"), "{\"title\": \"a\",\n \"title\": }");
        Files.writeString(place.resolve("config/more.yml"), "");
        End end = start("validate", "--analytics.user=martsync");
        assertThat(end.err().lines()).anySatisfy(one -> assertThat(one).contains("setting sync.workers is 'many'"))
                .anySatisfy(one -> assertThat(one).contains("setting sync.worker is unknown"))
                .anySatisfy(one -> assertThat(one).contains("setting dhis2.url").contains("is missing"))
                .anySatisfy(one -> assertThat(one).contains("broken.camel.yaml, line 3: is not YAML"))
                .anySatisfy(one -> assertThat(one).contains("line 10: the id twice is used twice"))
                .anySatisfy(one -> assertThat(one).contains("bean runs has no method walk"))
                .anySatisfy(one -> assertThat(one).contains("no bean is named nobody"))
                .anySatisfy(one -> assertThat(one).contains("there is no file routes/sql/none.sql"))
                .anySatisfy(one -> assertThat(one).contains("no setting is named no.such"))
                .anySatisfy(one -> assertThat(one).contains("line 27: there is no component for nosuch:x"))
                .anySatisfy(one -> assertThat(one).contains("line 34: there is no component for nosuch:y"))
                .anySatisfy(one -> assertThat(one).isEqualTo("routes/sql/open.sql, line 1: ( is never closed"))
                .anySatisfy(one -> assertThat(one).isEqualTo("routes/sql/unknown.sql, line 2: no route sets a header size"))
                .anySatisfy(one -> assertThat(one).isEqualTo("routes/sql/unknown.sql, line 2: no setting is named no.such"))
                .anySatisfy(one -> assertThat(one).startsWith("config/prometheus-alerts.yaml, line 3: is not YAML: "))
                .anySatisfy(one -> assertThat(one).startsWith("config/grafana-dashboard.json, line 2: is not JSON: "))
                .anySatisfy(one -> assertThat(one).isEqualTo("config/more.yml: is empty"));
        assertThat(end.err()).doesNotContain("\tat ");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    @Test
    void validateSaysEverySettingThatIsWrongWhereverItStands() throws Exception {
        copy("routes");
        Files.createDirectories(place.resolve("config"));
        Files.writeString(place.resolve("config/application.yaml"), """
                camel:
                  main:
                    shutdown-timeout: long
                    duration-max-seconds: longer
                  component:
                    http:
                      proxy-port: three
                spring:
                  main:
                    lazy-initialization: perhaps
                """);
        List<String> arguments = new ArrayList<>(List.of("validate", "--sync.workers=many", "--dhis2.url=${nowhere}", "--schedule.job=${away}",
                "--server.shutdown=slow", "--server.port=none", "--spring.datasource.hikari.minimum-idle=few", "--sync.worker=3",
                "--spring.jackson.time-zone=${gone}"));
        arguments.addAll(Stream.of(ENOUGH).filter(one -> !one.matches("--(dhis2.url|server.port)=.*")).toList());
        End end = start(arguments.toArray(String[]::new));
        assertThat(end.err().lines()).containsExactlyInAnyOrder(
                "The setting analytics.server (environment: ANALYTICS_DB_SERVER) is missing: it is the host of the PostgreSQL server with the analytics database, for example db.clinic.example:5432.",
                "The setting dhis2.url refers to ${nowhere}, which has no value.",
                "The setting sync.workers is 'many', but must be a whole number from 1 to 64: it is the batches sent to DHIS2 at the same time, for example 4.",
                "The setting schedule.job refers to ${away}, which has no value.",
                "The setting server.port is 'none', but must be a whole number from 0 to 65535: it is the port of the console, for example 8061.",
                "The setting sync.worker is unknown and has no effect (is sync.workers meant?); config/application.yaml in the jar names all there are.",
                "The setting spring.main.lazy-initialization is 'perhaps', but must be true or false.",
                "The setting camel.main.shutdown-timeout is 'long', but must be a whole number.",
                "The setting camel.main.duration-max-seconds is 'longer', but must be a whole number.",
                "The setting camel.component.http.proxy-port is 'three', but must be a whole number.",
                "The setting spring.datasource.hikari.minimum-idle is 'few', but must be a whole number.",
                "The setting spring.jackson.time-zone refers to ${gone}, which has no value.",
                "The setting server.shutdown is 'slow', but must be one of graceful, immediate.");
        assertThat(end.out().lines()).singleElement().asString().endsWith(", config/ and the settings: 13 problems");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    @Test
    void aSettingOfCamelOrSpringThatIsWrongEndsTheStartWithASentence() throws Exception {
        List<String> settings = new ArrayList<>(List.of(ENOUGH));
        settings.addAll(List.of("--analytics.server=127.0.0.1:" + freePort(), "--spring.flyway.enabled=false", "--camel.main.shutdown-timeout=long"));
        End end = start(settings.toArray(String[]::new));
        assertThat(end.err().lines()).containsExactly("The setting camel.main.shutdown-timeout is 'long', but must be a whole number.");
        assertThat(end.out()).doesNotContain("\tat ");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    @Test
    void validateFindsNothingWrongWithWhatShips() throws Exception {
        copy("routes");
        copy("config");
        List<String> arguments = new ArrayList<>(List.of("validate", "--analytics.server=db"));
        arguments.addAll(List.of(ENOUGH));
        End end = start(arguments.toArray(String[]::new));
        assertThat(end.err()).isEmpty();
        assertThat(end.out().lines()).singleElement().asString().matches("\\d+ routes in \\d+ files, \\d+ SQL files, config/ and the settings: nothing is wrong");
        assertThat(end.exitCode()).isZero();
    }

    @Test
    void validateTellsHowItIsUsed() throws Exception {
        End end = start("validate", "--help");
        assertThat(end.out()).contains("java -jar mart-dhis2-sync.jar validate");
        assertThat(end.exitCode()).isZero();
    }

    @Test
    void aCommandThatIsNotThereIsToldWithTheNearest() throws Exception {
        End end = start("valdate");
        assertThat(end.err()).contains("'valdate'").contains("Did you mean: java -jar mart-dhis2-sync.jar validate?");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    @Test
    void helpNamesTheCommands() throws Exception {
        End end = start("--help");
        assertThat(end.out()).contains("validate", "rehearse");
        assertThat(end.exitCode()).isZero();
    }

    private void copy(String directory) throws IOException {
        Files.deleteIfExists(place.resolve("routes/some.camel.yaml"));
        try (Stream<Path> files = Files.walk(Path.of(directory))) {
            for (Path file : files.toList()) {
                if (Files.isDirectory(file)) {
                    Files.createDirectories(place.resolve(file.toString()));
                } else {
                    Files.copy(file, place.resolve(file.toString()));
                }
            }
        }
    }

    private End start(String... settings) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), MartSync.class.getName()));
        command.addAll(List.of(settings));
        ProcessBuilder program = new ProcessBuilder(command).directory(place.toFile());
        program.environment().keySet().removeIf(name -> name.matches("(ANALYTICS|POSTGRES|CURRENT_SCHEMA|DHIS|COUNTRY|EVENTS_TO|SITE|SPRING|SERVER).*"));
        File out = place.resolve("out").toFile();
        File err = place.resolve("err").toFile();
        Process process = program.redirectOutput(out).redirectError(err).start();
        if (!process.waitFor(90, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new End(process.waitFor(), Files.readString(out.toPath()), Files.readString(err.toPath()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private record End(int exitCode, String out, String err) {
    }
}
