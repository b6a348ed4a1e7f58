package org.martsync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.check.Code;
import org.martsync.demo.CommandLine.End;

/** {@code check} as a person starts it, on the demo's clinic: a process of its own. */
class CheckCommandTest {

    private static Demo demo;

    @TempDir
    private Path place;

    @BeforeAll
    static void open() {
        demo = new Demo();
        demo.clinic().migrated();
    }

    @AfterAll
    static void close() {
        demo.close();
    }

    @Test
    void itTellsWhatHoldsEventsBackInTextAndOnAPage() throws Exception {
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
        JsonNode told = check("--json").json();

        assertThat(told.get("looked").asInt()).isEqualTo(told.get("pending").asInt()).isEqualTo(demo.expected().kinds().size());
        assertThat(told.get("held").asInt()).isPositive();
        assertThat(told.get("findings")).isNotEmpty().allSatisfy(finding -> {
            assertThat(Code.valueOf(finding.get("code").asText()).weight().name()).isEqualTo(finding.get("weight").asText());
            assertThat(finding.get("sentence").asText()).endsWith(".");
        });
    }

    @Test
    void whereNothingHoldsAnEventBackTheExitCodeIsZero() throws Exception {
        Integer[] pending = demo.clinic().jdbc().queryForList("SELECT id FROM events_to_sync WHERE synced IS NOT TRUE", Integer.class).stream()
                .filter(id -> !demo.expected().of(Kind.GOOD).contains(id)).toArray(Integer[]::new);
        demo.clinic().jdbc().update("UPDATE events_to_sync SET synced = true WHERE id = ANY (?)", (Object) pending);
        try {
            End end = check("--json");

            assertThat(end.err()).isEmpty();
            assertThat(end.json().get("looked").asInt()).isEqualTo(demo.expected().of(Kind.GOOD).size());
            assertThat(end.json().get("held").asInt()).isZero();
            assertThat(end.exitCode()).isZero();
        } finally {
            demo.clinic().jdbc().update("UPDATE events_to_sync SET synced = false WHERE id = ANY (?)", (Object) pending);
        }
    }

    @Test
    void anOutageIsAFindingTooAndHasAnExitCodeOfItsOwn() throws Exception {
        demo.dhis2().refuseConnections();
        try {
            End end = check("--json");

            assertThat(end.err()).isEmpty();
            assertThat(end.json().get("findings")).singleElement().satisfies(finding -> assertThat(finding.get("code").asText()).isEqualTo("DHIS2_NO_ANSWER"));
            assertThat(end.exitCode()).isEqualTo(5);
        } finally {
            demo.dhis2().acceptConnections();
        }
    }

    @Test
    void aNumberThatCannotBeIsToldAtOnce() throws Exception {
        End end = check("--events=0");

        assertThat(end.out()).isEmpty();
        assertThat(end.err().lines()).containsExactly("--events must be a number from 1 on, not 0.");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    @Test
    void whatItQuotesIsInTheSitesLanguageAndOwnWords() throws Exception {
        CommandLine.routesTo(place);
        Files.writeString(Files.createDirectories(place.resolve("config")).resolve("words.properties"), "value.no-date = não se lê como data; escreva-a assim: 2024-12-31");

        End end = check("--mapping=Screening", "--words.language=pt");

        assertThat(end.out()).contains("'Yesterday' não se lê como data; escreva-a assim: 2024-12-31. Corrija a coluna").doesNotContain("não é uma data escrita como");
        assertThat(end.err()).isEmpty();
    }

    @Test
    void aDatabaseThatTheProgramNeverSawIsToldSo() throws Exception {
        try (Demo never = new Demo()) {
            End end = CommandLine.run(never, place, "check");

            assertThat(end.out()).contains("DATABASE_NOT_PREPARED", "The database lacks tables of this program. Start the program once, which makes them.");
            assertThat(end.err()).isEmpty();
            assertThat(end.exitCode()).isEqualTo(5);
        }
    }

    @Test
    void aWrongPasswordIsToldAndNothingElse() throws Exception {
        demo.dhis2().resetCounts();

        End end = check("--dhis2.password=wrong");

        assertThat(end.out()).contains("LOGIN_REFUSED", "DHIS2 refused the login (HTTP 401)", "nothing at all would arrive");
        assertThat(end.exitCode()).as("nobody needs to ask again before it is mended").isEqualTo(1);
        assertThat(demo.dhis2().requests()).as("so that the account is not locked").isEqualTo(1);
    }

    @Test
    void aProgramThatDhis2DoesNotHaveIsToldOnThePageToo() throws Exception {
        Path page = place.resolve("check.html");

        End end = check("--dhis2.program=NoSuchPrg01", "--json", "--html=" + page);

        JsonNode finding = end.json().get("findings").get(0);
        assertThat(finding.get("code").asText()).isEqualTo("PROGRAM_UNKNOWN");
        assertThat(finding.get("sentence").asText()).contains("NoSuchPrg01").contains("Correct dhis2.program");
        assertThat(page).content().contains("PROGRAM_UNKNOWN", "Correct dhis2.program");
        assertThat(end.exitCode()).isEqualTo(1);
    }

    private End check(String... options) throws Exception {
        return CommandLine.run(demo, place, "check", options);
    }
}
