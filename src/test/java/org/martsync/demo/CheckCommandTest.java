package org.martsync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.check.Code;
import org.martsync.demo.CommandLine.End;

/** {@code check} as a person starts it, on the demo's clinic: a process of its own. */
class CheckCommandTest {

    private final Demo demo = new Demo();

    @TempDir
    private Path place;

    @AfterEach
    void close() {
        demo.close();
    }

    @Test
    void itTellsWhatHoldsEventsBackInTextAndOnAPage() throws Exception {
        demo.clinic().migrated();
        Path page = place.resolve("check.html");

        End end = check("--html=" + page);

        assertThat(end.err()).isEmpty();
        assertThat(end.out()).startsWith("Checked at ").contains("against DHIS2 2.42.4.1", "events are held back.", "UNFIT_VALUE");
        assertThat(end.exitCode()).isEqualTo(1);
        assertThat(page).content().contains("<h1>What would hold events back</h1>", "<h2>Holds events back</h2>", "UNFIT_VALUE").doesNotContain("th:text", "th:each");
        assertThat(demo.dhis2().store().events()).isEmpty();
    }

    @Test
    void programsGetJsonWithStableCodes() throws Exception {
        demo.clinic().migrated();

        JsonNode told = new ObjectMapper().readTree(check("--json").out());

        assertThat(told.get("looked").asInt()).isEqualTo(told.get("pending").asInt()).isEqualTo(demo.expected().kinds().size());
        assertThat(told.get("held").asInt()).isPositive();
        assertThat(told.get("findings")).isNotEmpty().allSatisfy(finding -> {
            assertThat(Code.valueOf(finding.get("code").asText()).weight().name()).isEqualTo(finding.get("weight").asText());
            assertThat(finding.get("sentence").asText()).endsWith(".");
        });
    }

    @Test
    void aDatabaseThatTheProgramNeverSawIsToldSo() throws Exception {
        End end = check();

        assertThat(end.out()).contains("DATABASE_NOT_PREPARED", "The database lacks tables of this program. Start the program once, which makes them.");
        assertThat(end.err()).isEmpty();
        assertThat(end.exitCode()).isEqualTo(5);
    }

    @Test
    void aWrongPasswordIsToldAndNothingElse() throws Exception {
        demo.clinic().migrated();

        End end = check("--dhis2.password=wrong");

        assertThat(end.out()).contains("LOGIN_REFUSED", "DHIS2 refused the login (HTTP 401)", "nothing at all would arrive");
        assertThat(end.exitCode()).as("nobody needs to ask again before it is mended").isEqualTo(1);
        assertThat(demo.dhis2().requests()).as("so that the account is not locked").isEqualTo(1);
    }

    @Test
    void aProgramThatDhis2DoesNotHaveIsToldOnThePageToo() throws Exception {
        demo.clinic().migrated();
        Path page = place.resolve("check.html");

        End end = check("--dhis2.program=NoSuchPrg01", "--json", "--html=" + page);

        JsonNode finding = new ObjectMapper().readTree(end.out()).get("findings").get(0);
        assertThat(finding.get("code").asText()).isEqualTo("PROGRAM_UNKNOWN");
        assertThat(finding.get("sentence").asText()).contains("NoSuchPrg01").contains("Correct dhis2.program");
        assertThat(page).content().contains("PROGRAM_UNKNOWN", "Correct dhis2.program");
        assertThat(end.exitCode()).isEqualTo(1);
    }

    @Test
    void anOutageHasAnExitCodeOfItsOwn() throws Exception {
        demo.clinic().migrated();
        demo.dhis2().refuseConnections();

        End end = check();

        assertThat(end.out()).contains("DHIS2_NO_ANSWER");
        assertThat(end.exitCode()).isEqualTo(5);
    }

    private End check(String... options) throws Exception {
        return CommandLine.run(demo, place, "check", options);
    }
}
