package org.martsync.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.Yaml;

/** What makes the program at home on a server (unit, container, a site's first settings) fits the program. */
class ServerFilesTest {

    private static final Path ROOT = Path.of("src/package/root");
    private static final Path UNIT = ROOT.resolve("usr/lib/systemd/system/mart-dhis2-sync.service");
    private static final Path CONFIG = ROOT.resolve("etc/mart-dhis2-sync/config");

    @Test
    void theUnitLetsTheProgramWriteNothingButADirectoryOfItsOwn() throws IOException {
        assertThat(Files.readAllLines(UNIT))
                .contains("User=mart-dhis2-sync", "ProtectSystem=strict", "ProtectHome=true", "PrivateTmp=true", "PrivateDevices=true",
                        "NoNewPrivileges=true", "CapabilityBoundingSet=", "StateDirectory=mart-dhis2-sync", "UMask=0077")
                .noneMatch(line -> line.matches("(ReadWritePaths|Group|DynamicUser|AmbientCapabilities)=.*"));
        assertThat(Files.readAllLines(ROOT.resolve("usr/lib/sysusers.d/mart-dhis2-sync.conf")))
                .containsExactly("u mart-dhis2-sync - \"mart-dhis2-sync\" /var/lib/mart-dhis2-sync");
    }

    @Test
    void aStopIsGivenMoreTimeThanTheProgramTakesForIt() throws IOException {
        Map<String, Object> settings = settings(new FileSystemResource("config/application.yaml"));
        int batches = Integer.parseInt(settings.get("camel.main.shutdown-timeout").toString());
        assertThat(settings.get("spring.lifecycle.timeout-per-shutdown-phase")).isEqualTo(batches + "s");
        assertThat(Integer.parseInt(inUnit("TimeoutStopSec"))).isGreaterThanOrEqualTo(batches + 10);
        assertThat(program().get("stop_grace_period")).isEqualTo(inUnit("TimeoutStopSec") + "s");
    }

    /** The exit codes in the README's table. */
    @Test
    void whatOnlyAPersonCanPutRightIsNotStartedAgain() throws IOException {
        assertThat(inUnit("Restart")).isEqualTo("on-failure");
        assertThat(inUnit("RestartPreventExitStatus")).isEqualTo("2 4");
        assertThat(inUnit("SuccessExitStatus")).isEqualTo("143");
    }

    @Test
    void theUnitStartsTheCommandInTheDirectoryThatTheCommandNames() throws IOException {
        String command = Files.readString(ROOT.resolve("usr/bin/mart-dhis2-sync"));
        assertThat(inUnit("ExecStart")).isEqualTo("/usr/bin/mart-dhis2-sync");
        assertThat(command).contains("if ! cd " + inUnit("WorkingDirectory") + " ", "\nexec java $JAVA_OPTS -jar /usr/share/mart-dhis2-sync/mart-dhis2-sync.jar \"$@\"\n");
    }

    /** Exit code 2, as for a wrong setting: the unit does not start it again. */
    @Test
    void whoMayNotReadTheSettingsIsToldAsWhomToStartTheCommand() throws Exception {
        Path command = ROOT.resolve("usr/bin/mart-dhis2-sync");
        assumeFalse(Files.isReadable(Path.of("/etc/mart-dhis2-sync")), "the program is installed here, and may be read");
        Process started = new ProcessBuilder("/bin/sh", command.toString(), "validate").start();
        assertThat(new String(started.getErrorStream().readAllBytes(), UTF_8)).isEqualTo("/etc/mart-dhis2-sync cannot be read: only root may, "
                + "and who is in the group mart-dhis2-sync. Start it as its user: sudo -u mart-dhis2-sync mart-dhis2-sync validate\n");
        assertThat(started.waitFor()).isEqualTo(2);
    }

    @Test
    void javaIsGivenTheSameOptionsWhereverTheProgramIsStartedAndMeasured() throws IOException {
        String options = inUnit("Environment").replaceFirst("^\"JAVA_OPTS=(.*)\"$", "$1");
        assertThat(options).startsWith("-Xmx");
        for (String file : List.of("Dockerfile", "README.md", "docs/installing.md", "src/test/java/org/martsync/bench/OwnProcess.java")) {
            assertThat(Path.of(file)).content().contains(options);
        }
    }

    @Test
    void aSitesFirstSettingsAreAllOutOfForceAndAreSettingsThatThereAre() throws IOException {
        Set<String> known = settings(new FileSystemResource("config/application.yaml")).keySet();
        for (Path file : List.of(CONFIG.resolve("application.yaml"), CONFIG.resolve("secrets/application.yaml"))) {
            List<String> lines = Files.readAllLines(file);
            assertThat(lines).allMatch(line -> line.isEmpty() || line.startsWith("#"));
            String inForce = lines.stream().filter(line -> !line.matches("# \\S.*")).map(line -> line.replaceFirst("^#", ""))
                    .collect(Collectors.joining("\n"));
            assertThat(settings(new ByteArrayResource(inForce.getBytes())).keySet()).isNotEmpty().isSubsetOf(known);
        }
    }

    @Test
    void theContainerRunsAsNobodySpecialAndIsAskedWhetherItLives() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("Dockerfile"));
        assertThat(lines).contains("USER 8061");
        assertThat(String.join("\n", lines)).contains("HEALTHCHECK").contains("http://127.0.0.1:8061/actuator/health/liveness");
        assertThat(program()).containsEntry("read_only", true).containsEntry("cap_drop", List.of("ALL"));
        assertThat(program().get("ports")).as("this machine only").isEqualTo(List.of("127.0.0.1:8061:8061"));
    }

    @Test
    void whatComposeSaysToTheProgramAreSettings() throws IOException {
        Set<String> known = settings(new FileSystemResource("config/application.yaml")).keySet().stream()
                .map(name -> name.replace('.', '_').replace("-", "_").toUpperCase()).collect(Collectors.toSet());
        assertThat(((Map<?, ?>) program().get("environment")).keySet()).allMatch(known::contains, "is a setting");
    }

    @Test
    void passwordsAreFilesNamedLikeTheirSettingAndNoneStandsInTheComposeFile() throws IOException {
        Map<String, Object> compose = compose();
        Map<?, ?> secrets = (Map<?, ?>) compose.get("secrets");
        assertThat(secrets).hasSize(3);
        secrets.forEach((name, where) -> assertThat(where).isEqualTo(Map.of("file", "./secrets/" + name)));
        assertThat(settings(new FileSystemResource("config/application.yaml")).keySet()).containsAll(
                secrets.keySet().stream().map(Object::toString).toList());
        assertThat(program().get("secrets")).asList().containsExactlyInAnyOrderElementsOf(new ArrayList<>(secrets.keySet()));
        assertThat(Files.readString(Path.of("Dockerfile"))).contains("SPRING_CONFIG_IMPORT=optional:configtree:/run/secrets/");

        Set<String> told = new TreeSet<>();
        Pattern.compile("(?m)^ +(\\w*PASSWORD\\w*):").matcher(Files.readString(Path.of("compose.yaml"))).results().forEach(found -> told.add(found.group(1)));
        assertThat(told).containsExactly("POSTGRES_PASSWORD_FILE");
    }

    private static String inUnit(String name) throws IOException {
        return Files.readAllLines(UNIT).stream().filter(line -> line.startsWith(name + "=")).findFirst().orElseThrow().substring(name.length() + 1);
    }

    private static Map<String, Object> compose() throws IOException {
        return new Yaml().load(Files.readString(Path.of("compose.yaml")));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> program() throws IOException {
        return (Map<String, Object>) ((Map<?, ?>) compose().get("services")).get("mart-dhis2-sync");
    }

    private static Map<String, Object> settings(Resource yaml) throws IOException {
        List<PropertySource<?>> read = new YamlPropertySourceLoader().load("settings", yaml);
        EnumerablePropertySource<?> source = (EnumerablePropertySource<?>) read.get(0);
        return List.of(source.getPropertyNames()).stream().collect(Collectors.toMap(name -> name, source::getProperty));
    }
}
