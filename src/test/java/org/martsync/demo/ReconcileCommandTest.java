package org.martsync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.MartSync;
import org.martsync.RunningProgram;
import org.martsync.dhis2.Dhis2StandIn;

/** {@code reconcile} as a person starts it, on the demo's clinic after its run: a process of its own. */
class ReconcileCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Demo DEMO = new Demo();

    @TempDir
    private Path place;

    @BeforeAll
    static void run() {
        try (RunningProgram program = RunningProgram.start(DEMO.clinic(), DEMO.dhis2(), DemoProgram.PROGRAM, "site.org-unit=" + DemoProgram.SITE,
                "dhis2.country-org-unit=" + DemoProgram.COUNTRY)) {
            program.run();
        }
    }

    @AfterAll
    static void close() {
        DEMO.close();
    }

    private record End(int exitCode, String out, String err) {
    }

    /** The demo has events that are marked as synced and were never sent. */
    @Test
    void whatIsMarkedAsSyncedAndWasNeverSentIsNamedAndNothingElse() throws Exception {
        End end = reconcile("--json");

        JsonNode told = JSON.readTree(end.out());
        assertThat(end.err()).isEmpty();
        assertThat(told.get("compared").asInt())
                .isEqualTo(DEMO.clinic().jdbc().queryForObject("SELECT count(*) FROM events_to_sync WHERE synced", Integer.class));
        assertThat(told.get("findings")).hasSize(1);
        JsonNode missing = told.get("findings").get(0);
        assertThat(missing.get("thing").asText() + " " + missing.get("kind").asText()).isEqualTo("event missing");
        assertThat(missing.get("events")).extracting(JsonNode::asInt).containsExactlyInAnyOrderElementsOf(DEMO.expected().done());
        assertThat(end.exitCode()).isEqualTo(1);
    }

    @Test
    void withoutATerminalNothingIsQueuedUnlessItIsSaid() throws Exception {
        End asked = reconcile("--repair");
        assertThat(asked.out()).contains("events are missing in DHIS2, and nobody deleted them there").contains(" (events ");
        assertThat(asked.err()).contains("Nothing is queued: there is no terminal to ask at. With --yes it is done without being asked.");
        assertThat(asked.exitCode()).isEqualTo(1);
        assertThat(DEMO.expected().done()).allMatch(id -> !DEMO.clinic().event(id).isPending());

        End repaired = reconcile("--repair", "--yes");
        int missing = DEMO.expected().done().size();
        assertThat(repaired.out()).contains(missing + " of " + missing + " events that are missing in DHIS2 queued; the next run sends them.");
        assertThat(DEMO.expected().done()).allMatch(id -> DEMO.clinic().event(id).isPending());
        DEMO.clinic().jdbc().update("UPDATE events_to_sync SET synced = true WHERE id = ANY (?)", (Object) DEMO.expected().done().toArray(Integer[]::new));
    }

    @Test
    void whatIsNotUnderstoodIsToldAtOnce() throws Exception {
        End end = reconcile("--since=yesterday");
        assertThat(end.err()).contains("--since").contains("yesterday");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    private End reconcile(String... options) throws Exception {
        URI database = URI.create(DEMO.clinic().jdbcUrl().substring("jdbc:".length()));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), MartSync.class.getName(), "reconcile",
                "--analytics.server=" + database.getHost() + ":" + database.getPort(),
                "--analytics.database=" + database.getPath().substring(1),
                "--analytics.user=" + DEMO.clinic().user(), "--analytics.password=" + DEMO.clinic().password(),
                "--dhis2.url=" + DEMO.dhis2().url(), "--dhis2.user=" + Dhis2StandIn.USER, "--dhis2.password=" + Dhis2StandIn.PASSWORD,
                "--dhis2.program=" + DemoProgram.PROGRAM, "--dhis2.country-org-unit=" + DemoProgram.COUNTRY, "--site.org-unit=" + DemoProgram.SITE));
        command.addAll(Stream.of(options).toList());
        Path out = place.resolve("out");
        Path err = place.resolve("err");
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new End(process.waitFor(), Files.readString(out), Files.readString(err));
    }
}
