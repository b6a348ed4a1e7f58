package org.martsync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.RunningProgram;
import org.martsync.demo.CommandLine.End;

/** {@code reconcile} as a person starts it, on the demo's clinic after its run: a process of its own. */
class ReconcileCommandTest {

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

    /** The demo has events that are marked as synced and were never sent. */
    @Test
    void whatIsMarkedAsSyncedAndWasNeverSentIsNamedAndNothingElse() throws Exception {
        End end = reconcile("--json");

        JsonNode told = end.json();
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
        mark(true);
    }

    private static void mark(boolean synced) {
        DEMO.clinic().jdbc().update("UPDATE events_to_sync SET synced = ? WHERE id = ANY (?)", synced, DEMO.expected().done().toArray(Integer[]::new));
    }

    @Test
    void whereAllThatIsMarkedAsSyncedIsThereTheExitCodeIsZero() throws Exception {
        mark(false);
        try {
            End end = reconcile("--json");

            assertThat(end.err()).isEmpty();
            assertThat(end.json().get("compared").asInt()).isPositive();
            assertThat(end.json().get("findings")).isEmpty();
            assertThat(end.exitCode()).isZero();
        } finally {
            mark(true);
        }
    }

    @Test
    void aDhis2ThatDoesNotAnswerIsToldAndNothingIsPrinted() throws Exception {
        DEMO.dhis2().refuseConnections();
        try {
            End end = reconcile("--json", "--sync.patience=1s");

            assertThat(end.out()).isEmpty();
            assertThat(end.err()).startsWith("The comparison broke off: ").contains("start it again within a day and it goes on there").doesNotContain("\tat ");
            assertThat(end.exitCode()).isEqualTo(5);
        } finally {
            DEMO.dhis2().acceptConnections();
        }
    }

    @Test
    void whatIsNotUnderstoodIsToldAtOnce() throws Exception {
        End end = reconcile("--since=yesterday");
        assertThat(end.err()).contains("--since").contains("yesterday");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    private End reconcile(String... options) throws Exception {
        return CommandLine.run(DEMO, place, "reconcile", options);
    }
}
