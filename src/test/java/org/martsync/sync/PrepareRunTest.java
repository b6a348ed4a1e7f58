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
        run.takeMappings(List.of(Map.of("program_name", "IPV", "version", "1", "mapping_json", USABLE, "config", "{}"),
                Map.of("program_name", "Patient", "version", "1", "mapping_json", "{}", "config", "{}")), Programs.only(RouteFixture.program()));
        return run;
    }

    private static List<Map<String, Object>> versions(String ofEvents, String ofPatients) {
        return List.of(Map.of("program_name", "IPV", "version", ofEvents), Map.of("program_name", "Patient", "version", ofPatients));
    }

    @Test
    void aRunTakesEditedMappingsUnlessThatOfThePatientsIsAnother() {
        assertThat(begun().mayTake(versions("1", "1"))).isFalse();
        assertThat(begun().mayTake(versions("2", "1"))).isTrue();
        assertThat(begun().mayTake(versions("2", "2"))).isFalse();
        assertThat(begun().mayTake(List.of(Map.of("program_name", "IPV", "version", "2")))).as("removed").isFalse();
        assertThat(new Run(Instant.EPOCH, null, null, clock, null, false).mayTake(versions("2", "1"))).as("before it has any").isFalse();
    }

    @Test
    void afterAnOutageItTriesAgainToTakeThemInAMinute() {
        Run run = begun();
        assertThat(run.notTaken(versions("2", "1"), new Dhis2Unavailable("DHIS2 answered HTTP 503"))).endsWith("DHIS2 answered HTTP 503");
        assertThat(run.mayTake(versions("2", "1"))).isFalse();
        clock.pass(Duration.ofMinutes(1));
        assertThat(run.mayTake(versions("2", "1"))).isTrue();
    }

    @Test
    void whereDhis2RefusesTheyAreNotAskedForAgainUntilTheNextEdit() {
        Run run = begun();
        assertThat(run.notTaken(versions("2", "1"), new Dhis2Refuses("DHIS2 refuses the login."))).endsWith("it has: DHIS2 refuses the login.");
        clock.pass(Duration.ofHours(1));
        assertThat(run.mayTake(versions("2", "1"))).isFalse();
        assertThat(run.mayTake(versions("3", "1"))).isTrue();
    }

    @Test
    void aClockThatIsSetBackKeepsNothingQuiet() {
        told(USABLE, GONE);
        clock.pass(Duration.ofDays(-30));
        assertThat(told(USABLE, GONE)).containsExactly(GONE);
    }
}
