package org.martsync.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.martsync.RouteFixture;
import org.martsync.dhis2.Programs;

class MappingsTest {

    private static final String TO_ONE = mapping("TGvGDt6e6OM", "SqX8j4oFNN3");
    private static final String TO_ANOTHER = mapping("TGvGDt6e6OM", "SqX8j4oFNN4");
    private static final String NO_SUCH_STAGE = mapping("TGvGDt6eXXX", "SqX8j4oFNN3");
    private static final Programs PROGRAMS = Programs.only(RouteFixture.program());

    private static String mapping(String stage, String element) {
        return "{\"dhisProgramStageId\": \"" + stage + "\", \"formTableMappings\": {\"gbv_form\": {\"site_type\": \"" + element + "\"}}}";
    }

    private static Map<String, Object> row(String mapping, String usable) {
        return row(mapping, "{}", usable, usable == null ? null : "{}");
    }

    private static Map<String, Object> row(String mapping, String config, String usable, String usableConfig) {
        Map<String, Object> row = new HashMap<>();
        row.put("program_name", "IPV");
        row.put("mapping_json", mapping);
        row.put("config", config);
        row.put("usable_mapping_json", usable);
        row.put("usable_config", usableConfig);
        return row;
    }

    private static String target(Mappings mappings) {
        return mappings.get("IPV").tables().get(0).columns().get(0).dataElementId();
    }

    @Test
    void whatCanBeUsedCountsAsItIs() {
        Mappings mappings = Mappings.read(List.of(row(TO_ANOTHER, TO_ONE)), PROGRAMS);
        assertThat(target(mappings)).isEqualTo("SqX8j4oFNN4");
        assertThat(mappings.trouble("IPV")).isNull();
        assertThat(mappings.refusals()).isEmpty();
    }

    @Test
    void anEditThatCannotBeUsedIsRefusedAndTheMappingCountsAsItWas() {
        for (String broken : List.of("{", "{}", "[]")) {
            Mappings mappings = Mappings.read(List.of(row(broken, TO_ONE)), PROGRAMS);
            assertThat(target(mappings)).as(broken).isEqualTo("SqX8j4oFNN3");
            assertThat(mappings.broken("IPV")).isNull();
            assertThat(mappings.refused("IPV")).startsWith("The mapping IPV ");
            assertThat(mappings.refusals()).containsExactly(mappings.refused("IPV") + " Until it is mended, events are sent by the mapping as it was before.");
            assertThat(mappings.trouble("IPV")).isEqualTo(mappings.refusals().get(0));
        }
    }

    @Test
    void aConfigThatCannotBeReadIsRefusedWithItsMapping() {
        Mappings mappings = Mappings.read(List.of(row(TO_ANOTHER, "{\"program\": \"short\"}", TO_ONE, "{}")), PROGRAMS);
        assertThat(target(mappings)).isEqualTo("SqX8j4oFNN3");
    }

    @Test
    void whereWhatItWasCannotBeUsedEitherTheReasonIsThatOfTheEdit() {
        Mappings mappings = Mappings.read(List.of(row("{}", NO_SUCH_STAGE)), PROGRAMS);
        assertThat(mappings.get("IPV")).isNull();
        assertThat(mappings.broken("IPV")).contains("names no program stage").isEqualTo(mappings.trouble("IPV"));
        assertThat(mappings.refused("IPV")).isNull();
    }

    @Test
    void keptIsWhatCanBeUsedAndIsNotKeptYet() {
        assertThat(toKeep(row(TO_ONE, null))).hasSize(1);
        assertThat(toKeep(row(TO_ANOTHER, TO_ONE))).hasSize(1);
        assertThat(toKeep(row(TO_ONE, "{\"openLatestCompletedEnrollment\": \"yes\"}", TO_ONE, "{}"))).hasSize(1);
        assertThat(toKeep(row(TO_ONE, TO_ONE))).isEmpty();
        assertThat(toKeep(row("{}", TO_ONE))).as("a refused edit").isEmpty();
        assertThat(toKeep(row("{}", null))).isEmpty();
    }

    private static List<Map<String, Object>> toKeep(Map<String, Object> row) {
        return Mappings.read(List.of(row), PROGRAMS).toKeep();
    }

    @Test
    void whatDhis2DoesNotHaveYetIsNoReasonToSendByTheMappingOfBefore() {
        Mappings mappings = Mappings.read(List.of(row(NO_SUCH_STAGE, TO_ONE)), PROGRAMS);
        assertThat(mappings.get("IPV")).isNull();
        assertThat(mappings.refused("IPV")).isNull();
        assertThat(mappings.broken("IPV")).contains("names the program stage TGvGDt6eXXX");
        assertThat(toKeep(row(NO_SUCH_STAGE, TO_ONE))).as("what an edit that cannot be read would follow").hasSize(1);
        assertThat(Mappings.read(List.of(row("{}", NO_SUCH_STAGE)), PROGRAMS).broken("IPV")).contains("names no program stage");
    }

    @Test
    void thePatientsMappingGoesBackAlsoWhereItSearchesByAColumnThatIsNotMappedYet() {
        String mapped = "{\"isPatientMapping\": true, \"formTableMappings\": {\"patient\": {\"uic\": \"zRA08XEYiSF\"}}}";
        Map<String, Object> row = row(mapped, "{\"searchable\": [\"uic\", \"telephone\"]}", mapped, "{\"searchable\": [\"uic\"]}");
        row.put("program_name", "Patient");

        Mappings mappings = Mappings.read(List.of(row), PROGRAMS);

        assertThat(mappings.patient().searchable()).containsExactly("uic");
        assertThat(mappings.refused("Patient")).contains("telephone");
        assertThat(mappings.toKeep()).isEmpty();
    }

    @Test
    void theProgramsToReadAreThoseThatCount() {
        assertThat(Mappings.programs(List.of(row(TO_ONE, "{\"program\": \"EditProgram\"}", TO_ONE, "{\"program\": \"TbProgram01\"}"))))
                .containsExactly("EditProgram");
        assertThat(Mappings.programs(List.of(row("{}", "{}", TO_ONE, "{\"program\": \"TbProgram01\"}")))).containsExactly("TbProgram01");
        assertThat(Mappings.programs(List.of(row("{}", null)))).isEmpty();
    }
}
