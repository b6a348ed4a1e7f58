package org.martsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What the commands say before they ask DHIS2 or the database anything. */
@ExtendWith(OutputCaptureExtension.class)
class CommandsTest {

    @TempDir
    private Path place;

    @ParameterizedTest
    @CsvSource({
        "check, --mapping=NAME --events=N --rows=N --html=FILE --json --site=NAME",
        "rehearse, --mapping=NAME --limit=N --new=FILE --new-config=FILE --each --json --site=NAME",
        "reconcile, --since=DATE --repair --yes --restart --json --site=NAME",
        "validate, --site=NAME"})
    void eachTellsItsOptions(String command, String options, CapturedOutput output) {
        int exitCode = Commands.run(command, "--help");

        assertThat(output.getOut()).contains("java -jar mart-dhis2-sync.jar " + command).contains("--help").contains(options.split(" "));
        assertThat(output.getErr()).isEmpty();
        assertThat(exitCode).isZero();
    }

    @Test
    void allAreNamed(CapturedOutput output) {
        assertThat(Commands.run("--help")).isZero();
        assertThat(output.getOut().lines()).filteredOn(line -> line.matches("  \\w+ .*")).extracting(line -> line.strip().split(" ")[0])
                .containsExactlyInAnyOrder("check", "rehearse", "reconcile", "validate");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --new=there.json                                    | --new needs --mapping=NAME
            --new-config=there.json                             | --new-config needs --mapping=NAME
            --mapping=Visit --new-config=missing.json           | missing.json of --new-config cannot be read.
            --mapping=Visit --new=there.json --new-config=bad.json | bad.json of --new-config holds no JSON object. Give it what stands in the mapping's column config, changed.
            --mapping=Visit --new=list.json                     | list.json of --new holds no JSON object. Give it what stands in the mapping's column mapping_json, changed.
            --mapping=Visit --limit=0                           | --limit must be a number from 1 on, not 0.
            """)
    void whatARehearsalCannotUseIsToldInASentence(String options, String sentence, CapturedOutput output) throws Exception {
        Files.writeString(place.resolve("there.json"), "{}");
        Files.writeString(place.resolve("bad.json"), "{} and more");
        Files.writeString(place.resolve("list.json"), "[]");

        int exitCode = Commands.run(("rehearse " + options.replaceAll("=(\\w+\\.json)", "=" + place + "/$1")).split(" "));

        assertThat(output.getErr().lines()).singleElement().asString().contains(sentence);
        assertThat(exitCode).isEqualTo(2);
    }
}
