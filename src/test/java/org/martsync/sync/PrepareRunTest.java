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

    @Test
    void aRunTriesAgainToTakeEditsUnlessDhis2RefusesAndSaysSoOnce() {
        Run run = new Run(Instant.EPOCH, null, null, clock, null, false);
        Map<String, Object> edited = Map.of("program_name", "IPV", "version", "2");
        run.takeMappings(List.of(Map.of("program_name", "IPV", "version", "1", "mapping_json", USABLE, "config", "{}")), Programs.only(RouteFixture.program()));

        assertThat(run.notTaken(List.of(edited), new Dhis2Unavailable("DHIS2 answered HTTP 503"))).contains("until the edited ones can be read");
        assertThat(run.notTaken(List.of(edited), new Dhis2Unavailable("DHIS2 answered HTTP 503"))).isNull();
        assertThat(run.goesByOthers(List.of(edited))).isTrue();

        assertThat(run.notTaken(List.of(edited), new Dhis2Refuses("DHIS2 refuses the login."))).endsWith("DHIS2 refuses the login.");
        assertThat(run.goesByOthers(List.of(edited))).isFalse();
        assertThat(run.goesByOthers(List.of(Map.of("program_name", "IPV", "version", "3")))).isTrue();
    }

    @Test
    void aClockThatIsSetBackKeepsNothingQuiet() {
        told(USABLE, GONE);
        clock.pass(Duration.ofDays(-30));
        assertThat(told(USABLE, GONE)).containsExactly(GONE);
    }
}
