package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class ProgramMetadataTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ProgramMetadata program = ProgramMetadata.read(recorded());

    @Test
    void reads_the_recorded_program() {
        assertThat(program.id()).isEqualTo("vatFxlZR2lj");
        assertThat(program.name()).isEqualTo("Key populations");
        assertThat(program.trackedEntityType()).isEqualTo("XV3kldsZq0H");
        assertThat(program.onlyEnrollOnce()).isFalse();
        assertThat(program.futureEnrolment()).isFalse();
        assertThat(program.futureIncident()).isFalse();
        assertThat(program.attributes()).hasSize(29);
        assertThat(program.stages()).hasSize(8);
    }

    @Test
    void knows_which_attribute_is_mandatory_and_unique() {
        assertThat(program.attributes().get("zRA08XEYiSF"))
            .isEqualTo(new Attribute("zRA08XEYiSF", "CORE - Unique ID (UIC)", ValueType.TEXT, true, true, null));
        assertThat(program.attributes().get("wSp6Q7QDMsk").type()).isEqualTo(ValueType.DATE);
        assertThat(program.attributes().get("AteZDFhkI0E").options().options())
            .containsExactly(new Option("Male", "Male"), new Option("Female", "Female"));
    }

    @Test
    void knows_which_stage_is_strict_and_which_is_repeatable() {
        assertThat(program.stages().get("VtStage0002").strict()).isTrue();
        assertThat(program.stages().get("TGvGDt6e6OM").strict()).isFalse();
        assertThat(program.stages().get("TGvGDt6e6OM").repeatable()).isTrue();
        assertThat(program.stages().get("bY9Dg3Je4CN").repeatable()).isFalse();
    }

    @Test
    void knows_type_options_and_duty_of_a_data_element() {
        assertThat(program.stages().get("TGvGDt6e6OM").dataElements().get("SqX8j4oFNN3"))
            .isEqualTo(new DataElement("SqX8j4oFNN3", "ZW EMR - Site type", ValueType.TEXT, true, null));
        OptionSet results = program.stages().get("bY9Dg3Je4CN").dataElements().get("uyFeiH6zCZB").options();
        assertThat(results.withCode("Positive").name()).isEqualTo("Positive (reactive)");
        assertThat(results.named("Positive (reactive)")).containsExactly(results.withCode("Positive"));
        assertThat(results.alike(" POSITIVE (Reactive) ")).containsExactly(results.withCode("Positive"));
        assertThat(results.alike("Maybe")).isEmpty();
    }

    @Test
    void keeps_an_option_set_that_many_data_elements_share_once() {
        assertThat(program.stages().get("VtStage0001").dataElements().get("VtElem00050").options())
            .isSameAs(program.stages().get("bY9Dg3Je4CN").dataElements().get("uyFeiH6zCZB").options());
    }

    @Test
    void takes_what_is_absent_as_not_demanded() throws Exception {
        ProgramMetadata sparse = ProgramMetadata.read(JSON.readTree("""
            {"id": "vatFxlZR2lj", "trackedEntityType": {"id": "XV3kldsZq0H"}, "programStages": [
              {"id": "TGvGDt6e6OM", "programStageDataElements": [
                {"dataElement": {"id": "SqX8j4oFNN3"}},
                {"dataElement": {"id": "SqX8j4oFNN4", "valueType": "HOLOGRAM", "optionSet": {"id": "OsGender001", "options": [null, {"code": "F"}]}}},
                {}]}]}"""));

        assertThat(sparse.name()).isEqualTo("vatFxlZR2lj");
        assertThat(sparse.attributes()).isEmpty();
        ProgramStage stage = sparse.stages().get("TGvGDt6e6OM");
        assertThat(stage.strict()).isFalse();
        assertThat(stage.repeatable()).isFalse();
        assertThat(stage.dataElements()).hasSize(2);
        assertThat(stage.dataElements().get("SqX8j4oFNN3"))
            .isEqualTo(new DataElement("SqX8j4oFNN3", "SqX8j4oFNN3", ValueType.TEXT, false, null));
        assertThat(stage.dataElements().get("SqX8j4oFNN4").type()).isEqualTo(ValueType.OTHER);
        assertThat(stage.dataElements().get("SqX8j4oFNN4").options().options()).containsExactly(new Option("F", "F"));
    }

    @Test
    void refuses_what_is_no_program() throws Exception {
        assertThatThrownBy(() -> ProgramMetadata.read(null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProgramMetadata.read(JSON.readTree("[]"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProgramMetadata.read(JSON.readTree("{\"httpStatusCode\": 404, \"message\": \"Program with id x could not be found.\"}")))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("What DHIS2 answered is not a program: Program with id x could not be found.");
        assertThatThrownBy(() -> ProgramMetadata.read(JSON.readTree("{\"id\": \"vatFxlZR2lj\", \"programType\": \"WITHOUT_REGISTRATION\"}")))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("choose a program with registration");
        assertThatThrownBy(() -> ProgramMetadata.read(JSON.readTree("{\"id\": \"vatFxlZR2lj\", \"displayName\": \"KP\", \"programStages\": []}")))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("The program KP (vatFxlZR2lj) has no tracked entity type that this user may see");
    }

    private static JsonNode recorded() {
        try (InputStream in = ProgramMetadataTest.class.getResourceAsStream("/dhis2/recordings/003-program-metadata.json")) {
            return JSON.readTree(in).at("/response/body");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
