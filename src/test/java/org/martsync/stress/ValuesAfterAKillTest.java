package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.dhis2.StandInFaults.posts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.dhis2.StandInFaults;

/** A thousand values of patients that can be told from all else: a program that is killed with them in its hands leaves none behind in a file. */
class ValuesAfterAKillTest {

    private static final Pattern PLANTED = Pattern.compile("zqv[a-z]+[0-9]+", Pattern.CASE_INSENSITIVE);
    /** With four values each: identifier, UIC, address, answer. */
    private static final int PATIENTS = 250;

    @TempDir private Path folder;

    @Test
    void aProgramThatIsKilledInAPostLeavesNoValueInAFile() throws IOException {
        try (StressClinic world = new StressClinic()) {
            world.clinic.schedule("* * * ? * *", true);
            for (int patient = 1; patient <= PATIENTS; patient++) {
                world.clinic.patient(patient).identifier("Zqvidentifier" + patient).uic("Zqvuic" + patient).column("address1", "Zqvaddress" + patient);
                world.visit(patient, Map.of("f_text", "Zqvtext" + patient, "f_number", patient == 1 ? "Zqvnumber1" : "1"));
            }
            StandInFaults.Held held = world.dhis2.hold(1, posts());
            try (OwnProgram first = start(world)) {
                first.await("a POST", () -> held.arrived() == 1);
                assertThat(first.said()).contains("Started MartSync");
            } finally {
                held.release();
            }
            assertThat(world.clinic.pendingCount()).as("events waiting when it was killed").isEqualTo(PATIENTS);

            // the next one finds what DHIS2 has stored, and is first answered with what it sent
            StandInFaults.Fault quoting = world.dhis2.fail(2, posts());
            quoting.with(500, "text/plain", "Zqvtext2 of Zqvuic2 is wrong");
            try (OwnProgram second = start(world)) {
                second.await("all is sent but the number that is none", () -> world.clinic.pendingCount() == 1);
                second.await("a run is over", () -> second.said().contains("1 rejected"));
            }
            assertThat(quoting.struck()).isPositive();
            assertThat(world.dhis2.store().events()).as("the values did pass").extracting(event -> event.dataValues().get("VtElem00001")).contains("Zqvtext2");
            assertThat(world.clinic.log().toString()).as("the log table may quote").contains("Zqvnumber1");
        }
        Map<String, String> files = files();
        assertThat(files.keySet()).anyMatch(file -> file.endsWith("output")).anyMatch(file -> file.endsWith("program.log"));
        assertThat(files.values()).anyMatch(text -> text.contains("events synced"));
        files.forEach((file, text) -> assertThat(PLANTED.matcher(text).results().map(found -> found.group())).as(file).isEmpty());
    }

    /** All that it writes goes into the folder: what it says, the log file, what its web server keeps. */
    private OwnProgram start(StressClinic world) {
        return OwnProgram.start(world, folder.resolve("output"), "logging.file.name=" + folder.resolve("program.log"),
                // the tests' own writes no file
                "logging.config=classpath:logback-file.xml",
                "server.tomcat.basedir=" + folder.resolve("web"), "server.tomcat.accesslog.enabled=true", "schedule.reread=1s",
                // all are in its hands at once
                "sync.batch-patients=" + PATIENTS);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        List<Path> crashes;
        try (Stream<Path> here = Files.list(Path.of(""))) {
            crashes = here.filter(file -> file.getFileName().toString().startsWith("hs_err")).toList();
        }
        assertThat(crashes).as("reports of a crash in the program's directory").isEmpty();
        return files;
    }
}
