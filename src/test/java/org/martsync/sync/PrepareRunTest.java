package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.martsync.RouteFixture;
import org.martsync.SetClock;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2Unavailable;
import org.martsync.dhis2.Programs;

class PrepareRunTest {

    private static final String GONE = "mapping IPV: table gone_form does not exist and is left out";
    private static final String USABLE = "{\"dhisProgramStageId\": \"TGvGDt6e6OM\", \"formTableMappings\": {\"gbv_form\": {\"site_type\": \"SqX8j4oFNN3\"}}}";

    private static final String OTHER = USABLE.replace("gbv_form", "other_form");
    private static final String PATIENT = "{\"isPatientMapping\": true, \"formTableMappings\": {\"patient\": {\"uic\": \"zRA08XEYiSF\"}}}";
    private static final Programs PROGRAMS = Programs.only(RouteFixture.program());

    private final SetClock clock = new SetClock();
    private final PrepareRun prepare = new PrepareRun(null, clock);

    private List<String> told(String mapping, String... missing) {
        Run run = new Run(Instant.EPOCH, null, null, clock, null, false);
        Map<String, Object> row = new HashMap<>(Map.of("program_name", "IPV", "version", "1", "mapping_json", mapping, "config", "{}"));
        row.put("usable_mapping_json", USABLE);
        row.put("usable_config", "{}");
        run.takeMappings(List.of(row), Programs.only(RouteFixture.program()));
        return prepare.toTell(run, List.of(missing));
    }

    @Test
    void whatIsWrongWithAMappingIsToldOnceADay() {
        assertThat(told(USABLE, GONE)).containsExactly(GONE);
        clock.pass(Duration.ofHours(23));
        assertThat(told(USABLE, GONE)).isEmpty();
        clock.pass(Duration.ofHours(2));
        assertThat(told(USABLE, GONE)).containsExactly(GONE);
        assertThat(told(USABLE, GONE)).isEmpty();
    }

    @Test
    void aRefusedEditIsToldWithIt() {
        assertThat(told("{}", GONE)).hasSize(2).last().isEqualTo(GONE);
        assertThat(told("[]", GONE)).singleElement().asString().contains("is not a JSON object");
    }

    @Test
    void whatWasMendedAndBreaksAgainIsToldAtOnce() {
        told(USABLE, GONE);
        assertThat(told(USABLE)).isEmpty();
        assertThat(told(USABLE, GONE)).containsExactly(GONE);
    }

    private Run begun() {
        Run run = new Run(Instant.EPOCH, null, null, clock, null, false);
        run.takeMappings(List.of(row("IPV", "1", USABLE), row("Patient", "1", PATIENT)), PROGRAMS);
        return run;
    }

    private static Map<String, Object> row(String name, String version, String mapping) {
        return Map.of("program_name", name, "version", version, "mapping_json", mapping, "config", "{\"searchable\": [\"uic\"]}");
    }

    private static List<Map<String, Object>> versions(String ofEvents, String ofPatients) {
        return List.of(Map.of("program_name", "IPV", "version", ofEvents), Map.of("program_name", "Patient", "version", ofPatients));
    }

    @Test
    void aRunTakesEditedMappingsUnlessThatOfThePatientsIsAnother() {
        assertThat(begun().isBehind(versions("1", "1"))).isFalse();
        assertThat(begun().isBehind(versions("2", "1"))).isTrue();
        assertThat(new Run(Instant.EPOCH, null, null, clock, null, false).isBehind(versions("2", "1"))).as("before it has any").isFalse();

        Run run = begun();
        assertThat(run.takeEdited(List.of(row("IPV", "2", OTHER), row("Patient", "2", PATIENT)), PROGRAMS)).as("saved, and the same").isNull();
        assertThat(run.mappings().get("IPV").tables().get(0).name()).isEqualTo("other_form");

        Run searching = begun();
        for (List<Map<String, Object>> edited : List.of(List.of(row("IPV", "2", OTHER), row("Patient", "2", PATIENT.replace("{\"uic\"", "{\"telephone\": \"gjL1o6xvoUl\", \"uic\""))),
                List.of(row("IPV", "3", OTHER)))) {
            assertThat(searching.takeEdited(edited, PROGRAMS)).contains("goes on by the mappings it has, as people are searched for by Patient");
            assertThat(searching.isBehind(edited)).as("not looked at each second").isFalse();
            assertThat(searching.mappings().get("IPV").tables().get(0).name()).isEqualTo("gbv_form");
        }
    }

    @Test
    void aRunGoesBackFromAnEditThatCannotBeReadToWhatItGoesBy() {
        Run run = begun();
        run.takeEdited(List.of(row("IPV", "2", OTHER), row("Patient", "1", PATIENT)), PROGRAMS);
        run.takeEdited(List.of(row("IPV", "3", "{}"), row("Patient", "1", PATIENT)), PROGRAMS);
        assertThat(run.mappings().get("IPV").tables().get(0).name()).isEqualTo("other_form");
        assertThat(run.mappings().refused("IPV")).contains("names no program stage");
    }

    @Test
    void afterAnOutageItTriesAgainToTakeThemInAMinute() {
        Run run = begun();
        assertThat(run.notTaken(versions("2", "1"), new Dhis2Unavailable("DHIS2 answered HTTP 503"))).endsWith("DHIS2 answered HTTP 503");
        assertThat(run.isBehind(versions("2", "1"))).isFalse();
        clock.pass(Duration.ofMinutes(1));
        assertThat(run.isBehind(versions("2", "1"))).isTrue();
    }

    @Test
    void whereDhis2RefusesTheyAreNotAskedForAgainUntilTheNextEdit() {
        Run run = begun();
        assertThat(run.notTaken(versions("2", "1"), new Dhis2Refuses("DHIS2 refuses the login."))).endsWith("it has: DHIS2 refuses the login.");
        clock.pass(Duration.ofHours(1));
        assertThat(run.isBehind(versions("2", "1"))).isFalse();
        assertThat(run.isBehind(versions("3", "1"))).isTrue();
    }

    @Test
    void aClockThatIsSetBackKeepsNothingQuiet() {
        told(USABLE, GONE);
        clock.pass(Duration.ofDays(-30));
        assertThat(told(USABLE, GONE)).containsExactly(GONE);
    }
}
