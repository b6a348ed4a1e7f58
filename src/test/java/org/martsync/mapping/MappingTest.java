package org.martsync.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.dhis2.Attribute;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.ValueType;

class MappingTest {

    private static final String IPV = """
        {"isPatientMapping": false,
         "dhisProgramStageId": {"id": "TGvGDt6e6OM", "displayName": "IPV"},
         "formTableMappings": {"ipv_form": {"sp_if_site_type": {"id": "SqX8j4oFNN3", "displayName": "ZW EMR - Site type"}}}}""";
    private static final String PATIENT = """
        {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
          "uic": {"id": "zRA08XEYiSF", "displayName": "CORE - Unique ID (UIC)"}, "gender": "AteZDFhkI0E", "birthdate": "wSp6Q7QDMsk"}}}""";

    @Test
    void reads_a_mapping_of_a_stage() {
        Mapping mapping = Mapping.read("IPV", IPV, """
            {"searchable": ["uic"], "comparable": ["gender", "birthdate"], "openLatestCompletedEnrollment": "no"}""");

        assertThat(mapping.name()).isEqualTo("IPV");
        assertThat(mapping.patientMapping()).isFalse();
        assertThat(mapping.stage()).isEqualTo("TGvGDt6e6OM");
        assertThat(mapping.tables()).singleElement().satisfies(table -> {
            assertThat(table.name()).isEqualTo("ipv_form");
            assertThat(table.columns()).containsExactly(new Column("sp_if_site_type", "SqX8j4oFNN3", "ZW EMR - Site type"));
        });
        assertThat(mapping.searchable()).containsExactly("uic");
        assertThat(mapping.comparable()).containsExactly("gender", "birthdate");
        assertThat(mapping.reopenCompleted()).isFalse();
    }

    @Test
    void reads_the_patient_mapping_which_has_no_stage() {
        Mapping mapping = Mapping.read("Patient", PATIENT, "{\"searchable\": [\"uic\"]}");

        assertThat(mapping.patientMapping()).isTrue();
        assertThat(mapping.stage()).isNull();
        assertThat(mapping.searchable()).containsExactly("uic");
        assertThat(mapping.comparable()).isEmpty();
        assertThat(mapping.tables().get(0).columns()).contains(new Column("gender", "AteZDFhkI0E", "AteZDFhkI0E"));
    }

    @Test
    void takes_the_stage_as_a_plain_id() {
        assertThat(Mapping.read("IPV", IPV.replace("{\"id\": \"TGvGDt6e6OM\", \"displayName\": \"IPV\"}", "\"TGvGDt6e6OM\""), "{}").stage())
            .isEqualTo("TGvGDt6e6OM");
    }

    @ParameterizedTest(name = "a column mapped to {0}")
    @ValueSource(strings = {"\"\"", "\" \"", "null", "{}", "{\"id\": \"\"}", "{\"id\": null}", "{\"id\": \"\", \"displayName\": \"Nothing\"}"})
    void leaves_out_columns_mapped_to_nothing(String nothing) {
        Mapping mapping = Mapping.read("IPV", """
            {"dhisProgramStageId": "TGvGDt6e6OM", "formTableMappings": {"other": null, "ipv_form": {"a": %s, "b": "SqX8j4oFNN3"}}}"""
            .formatted(nothing), "{}");

        assertThat(mapping.tables()).extracting(FormTable::name).containsExactly("other", "ipv_form");
        assertThat(mapping.tables().get(1).columns()).containsExactly(new Column("b", "SqX8j4oFNN3", "SqX8j4oFNN3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"searchable\": null, \"comparable\": []}"})
    void takes_a_config_without_content_as_an_empty_one(String config) {
        Mapping mapping = Mapping.read("IPV", IPV, config);

        assertThat(mapping.searchable()).isEmpty();
        assertThat(mapping.comparable()).isEmpty();
        assertThat(mapping.reopenCompleted()).isFalse();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "null"})
    void does_not_take_a_mapping_that_has_no_config(String config) {
        assertThatThrownBy(() -> Mapping.read("IPV", IPV, config)).isInstanceOf(InvalidMapping.class)
            .hasMessage("The mapping IPV is empty: its config holds nothing. Open the mapping, choose the columns to search by and save it.");
    }

    @ParameterizedTest(name = "openLatestCompletedEnrollment {0} means {1}")
    @CsvSource({"'\"yes\"',true", "'\"YES\"',true", "'\"no\"',false", "'\"\"',false", "null,false", "true,true", "false,false"})
    void reopens_completed_enrolments_when_told_yes(String answer, boolean reopens) {
        assertThat(Mapping.read("IPV", IPV, "{\"openLatestCompletedEnrollment\": " + answer + "}").reopenCompleted()).isEqualTo(reopens);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "NULL", quoteCharacter = '`', value = {
        "NULL|is empty: its mapping_json holds nothing. Open the mapping, map its columns and save it.",
        "null|is empty: its mapping_json holds nothing. Open the mapping, map its columns and save it.",
        "{\"a\":|cannot be read: its mapping_json is not JSON. Open the mapping, map its columns and save it.",
        "[]|cannot be read: its mapping_json is not a JSON object. Open the mapping, map its columns and save it.",
        "\"text\"|cannot be read: its mapping_json is not a JSON object. Open the mapping, map its columns and save it.",
        "{}|names no program stage. Choose the program stage its events go to and save it.",
        "{\"dhisProgramStageId\": {}}|names no program stage. Choose the program stage its events go to and save it.",
        "{\"dhisProgramStageId\": \"\"}|names no program stage. Choose the program stage its events go to and save it.",
        "{\"dhisProgramStageId\": 5}|names no program stage. Choose the program stage its events go to and save it.",
        "{\"dhisProgramStageId\": \"TGvGDt6e6OM\"}|maps no form table. Choose its forms, map their columns and save it.",
        "{\"dhisProgramStageId\": \"TGvGDt6e6OM\", \"formTableMappings\": null}|maps no form table. Choose its forms, map their columns and save it.",
        "{\"dhisProgramStageId\": \"TGvGDt6e6OM\", \"formTableMappings\": {}}|maps no form table. Choose its forms, map their columns and save it.",
        "{\"dhisProgramStageId\": \"TGvGDt6e6OM\", \"formTableMappings\": []}|cannot be read: its formTableMappings is not a JSON object. Map its forms anew and save it.",
        "{\"dhisProgramStageId\": \"TGvGDt6e6OM\", \"formTableMappings\": {\"f\": []}}|cannot be read: what it says of table f is not a JSON object. Map that table anew and save it.",
        "{\"dhisProgramStageId\": \"TGvGDt6e6OM\", \"formTableMappings\": {\"f\": {\"c\": 5}}}|cannot be read: column c of table f is mapped to something that is neither an id nor a data element. Map that column anew and save it.",
        "{\"dhisProgramStageId\": \"TGvGDt6e6OM\", \"formTableMappings\": {\"f\": {\"c\": \"\"}}}|maps no column of any form table. Map at least one column and save it.",
    })
    void says_what_is_wrong_with_a_broken_mapping(String json, String sentence) {
        assertThatThrownBy(() -> Mapping.read("IPV", json, "{}")).isInstanceOf(InvalidMapping.class).hasMessage("The mapping IPV " + sentence);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[]|cannot be read: its config is not a JSON object. Open the mapping, choose the columns to search by and save it.",
        "{\"searchable\": \"uic\"}|cannot be read: searchable in its config is not a list of column names. Choose those columns anew and save it.",
        "{\"comparable\": [5]}|cannot be read: comparable in its config is not a list of column names. Choose those columns anew and save it.",
        "{\"openLatestCompletedEnrollment\": []}|cannot be read: its openLatestCompletedEnrollment is neither yes nor no. Choose one of them and save it.",
    })
    void says_what_is_wrong_with_a_broken_config(String config, String sentence) {
        assertThatThrownBy(() -> Mapping.read("IPV", IPV, config)).isInstanceOf(InvalidMapping.class).hasMessage("The mapping IPV " + sentence);
    }

    @Test
    void does_not_take_a_patient_mapping_that_does_not_say_how_patients_are_found() {
        assertThatThrownBy(() -> Mapping.read("Patient", PATIENT, null)).isInstanceOf(InvalidMapping.class)
            .hasMessage("The mapping Patient is empty: its config holds nothing. Open the mapping, choose the columns to search by and save it.");
        assertThatThrownBy(() -> Mapping.read("Patient", PATIENT.replace("\"patient\"", "\"people\""), "{}")).isInstanceOf(InvalidMapping.class)
            .hasMessageContaining("does not map the table patient");
    }

    @Test
    void knows_its_stage_in_the_program_and_what_the_stage_lacks() {
        Mapping mapping = Mapping.read("IPV", """
            {"dhisProgramStageId": "TGvGDt6e6OM", "formTableMappings": {"ipv_form": {"a": "SqX8j4oFNN3", "b": "N11aRRl8Vac"}}}""", "{}");

        Mapping.Checked checked = mapping.checkedAgainst(Recordings.program());

        assertThat(checked.stage().name()).isEqualTo("IPV");
        assertThat(checked.unknown()).containsExactly(new Column("b", "N11aRRl8Vac", "N11aRRl8Vac"));
    }

    @Test
    void says_which_stages_there_are_when_its_own_is_not_among_them() {
        Mapping mapping = Mapping.read("IPV", IPV.replace("TGvGDt6e6OM", "NoSuchStag1"), "{}");

        assertThatThrownBy(() -> mapping.checkedAgainst(Recordings.program())).isInstanceOf(InvalidMapping.class)
            .hasMessageStartingWith("The mapping IPV names the program stage NoSuchStag1, which the program Key populations (vatFxlZR2lj) "
                + "does not have. Choose a stage of that program and save it: TB (LQl9pV09DR8), ");
    }

    @Test
    void does_not_search_or_compare_by_a_column_that_is_carried_nowhere() {
        Mapping good = Mapping.read("Patient", PATIENT, "{\"searchable\": [\"uic\"], \"comparable\": [\"gender\", \"birthdate\"]}");
        assertThat(good.checkedAgainst(Recordings.program())).isEqualTo(new Mapping.Checked(null, java.util.List.of()));

        Mapping bad = Mapping.read("Patient", PATIENT, "{\"searchable\": [\"uic\"], \"comparable\": [\"given_name\"]}");
        assertThatThrownBy(() -> bad.checkedAgainst(Programs.only(Recordings.program()))).isInstanceOf(InvalidMapping.class)
            .hasMessage("The mapping Patient finds patients by the column given_name, which is mapped to no attribute of the program "
                + "Key populations (vatFxlZR2lj). Map the column, or take it out of searchable and comparable.");
    }

    @Test
    void searches_people_who_lack_a_column_by_the_others_only_if_one_of_these_is_unique() {
        Mapping mapping = Mapping.read("Patient", PATIENT, "{\"searchable\": [\"uic\", \"gender\"], \"comparable\": [\"birthdate\", \"gender\"]}");

        assertThat(mapping.searchedBy(people("Client", unique("zRA08XEYiSF")))).containsExactly(Map.entry("uic", "zRA08XEYiSF"));
        assertThat(mapping.searchedBy(people("Client", any("AteZDFhkI0E"), unique("Another0001")))).isEmpty();
        assertThat(mapping.searchedBy(people("Client", any("AteZDFhkI0E"), any("zRA08XEYiSF")))).containsOnlyKeys("uic", "gender");
        assertThat(mapping.comparedBy(people("Client", any("AteZDFhkI0E")))).containsExactly(Map.entry("gender", "AteZDFhkI0E"));
    }

    private static Attribute any(String id) {
        return new Attribute(id, id, ValueType.TEXT, false, false, null);
    }

    private static Attribute unique(String id) {
        return new Attribute(id, id, ValueType.TEXT, false, true, null);
    }

    private static ProgramMetadata people(String type, Attribute... attributes) {
        return new ProgramMetadata("Of" + type, type, type, false, false, false, null,
            Arrays.stream(attributes).collect(Collectors.toMap(Attribute::id, Function.identity())), Map.of());
    }

    @Test
    void must_be_able_to_search_for_people_of_the_configured_program() {
        Mapping mapping = Mapping.read("Patient", PATIENT, "{\"searchable\": [\"uic\", \"gender\"]}");
        ProgramMetadata others = people("Client", unique("zRA08XEYiSF"), any("AteZDFhkI0E"));
        ProgramMetadata configured = people("Person", any("AteZDFhkI0E"));

        assertThatThrownBy(() -> mapping.checkedAgainst(new Programs(configured, Map.of(others.id(), others), Map.of())))
            .isInstanceOf(InvalidMapping.class).hasMessageContaining("by the column uic, which is mapped to no attribute of the program");
    }
}
