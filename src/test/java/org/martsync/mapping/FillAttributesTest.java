package org.martsync.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.martsync.dhis2.Attribute;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.ValueType;

class FillAttributesTest {

    private final ProgramMetadata program = Recordings.program();
    private Map<String, String> unusable = Map.of();
    private Map<String, ProgramMetadata> others = Map.of();
    private final Map<String, Object> patient = new HashMap<>(Map.of("uic", "ABC-1"));
    private Mapping mapping = Mapping.read("Patient", """
        {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
          "uic": {"id": "zRA08XEYiSF", "displayName": "CORE - Unique ID (UIC)"},
          "gender": {"id": "AteZDFhkI0E", "displayName": "ZW LM - Gender"},
          "bithdate": {"id": "wSp6Q7QDMsk", "displayName": "bithdate"},
          "birthdate": {"id": "wSp6Q7QDMsk", "displayName": "CORE - Date of Birth"},
          "residence": {"id": "Y1ZD9VjNofv", "displayName": "residence"},
          "client_resident": {"id": "Y1ZD9VjNofv", "displayName": "ZW SRH FP - Client resident"},
          "telephone": {"id": "gjL1o6xvoUl", "displayName": "ZW - Phone number of client"},
          "stray": {"id": "Elsewhere01", "displayName": "Stray"}}}}""", "{\"searchable\": [\"uic\"]}");

    @Test
    void carries_a_birthdate_that_is_a_timestamp_as_a_date_and_leaves_out_columns_that_do_not_exist() {
        patient.put("gender", "male");
        patient.put("birthdate", Timestamp.valueOf("1990-01-01 00:00:00"));

        Filled filled = fill();

        assertThat(filled.problems()).isEmpty();
        assertThat(filled.values()).containsExactly(Map.entry("zRA08XEYiSF", "ABC-1"), Map.entry("AteZDFhkI0E", "Male"),
            Map.entry("wSp6Q7QDMsk", "1990-01-01"));
    }

    @Test
    void clears_an_attribute_whose_column_is_empty() {
        patient.put("gender", null);
        patient.put("telephone", "");

        assertThat(fill().values()).containsEntry("AteZDFhkI0E", "").containsEntry("gjL1o6xvoUl", "");
    }

    @Test
    void never_clears_a_compulsory_attribute() {
        patient.put("uic", " ");

        Filled filled = fill();

        assertThat(filled.values()).doesNotContainKey("zRA08XEYiSF");
        assertThat(filled.problems()).containsExactly("CORE - Unique ID (UIC) (zRA08XEYiSF) is compulsory for enrolment in program "
            + "Key populations (vatFxlZR2lj) but empty. Fill column uic of table patient.");
        assertThat(new FillAttributes().missingForEnrolment(mapping, program, filled)).isEmpty();
    }

    @Test
    void tells_which_compulsory_attributes_a_new_enrolment_would_lack() {
        patient.remove("uic");

        Filled filled = fill();

        assertThat(filled.isGood()).isTrue();
        assertThat(new FillAttributes().missingForEnrolment(mapping, program, filled)).extracting(Problem::sentence).containsExactly(
            "CORE - Unique ID (UIC) (zRA08XEYiSF) is compulsory for enrolment in program Key populations (vatFxlZR2lj), but no existing "
                + "column is mapped to it. Map a column of table patient to it in the mapping Patient.");
    }

    @Test
    void takes_the_filled_one_of_two_columns_and_does_not_choose_between_two_different_ones() {
        patient.put("residence", "");
        patient.put("client_resident", "Harare");
        assertThat(fill().values()).containsEntry("Y1ZD9VjNofv", "Harare");

        patient.put("residence", "Gweru");
        assertThat(fill().problems()).containsExactly("ZW SRH FP - Client resident (Y1ZD9VjNofv): column residence of table patient says 'Gweru', "
            + "column client_resident of table patient says 'Harare'. Leave only one of them filled, or make them equal.");
    }

    @Test
    void gives_all_problems() {
        patient.put("gender", "M");
        patient.put("telephone", "12345");
        patient.put("birthdate", "0001-01-01 00:00:00");

        assertThat(fill().problems()).containsExactly(
            "ZW LM - Gender (AteZDFhkI0E): 'M' is none of the options: Male, Female. Correct column gender of table patient.",
            "CORE - Date of Birth (wSp6Q7QDMsk): '0001-01-01 00:00:00' is not a real date: the year is 0001. Correct column birthdate of table patient.",
            "ZW - Phone number of client (gjL1o6xvoUl): '12345' is not a phone number: it has fewer than 6 digits. Correct column telephone of table patient.");
    }

    @Test
    void complains_of_an_attribute_that_is_not_the_programs_only_when_there_is_a_value() {
        patient.put("stray", "");
        assertThat(fill().isGood()).isTrue();
        assertThat(fill().values()).doesNotContainKey("Elsewhere01");

        patient.put("stray", "x");
        assertThat(fill().problems()).containsExactly("Attribute Stray (Elsewhere01) is not an attribute of program Key populations "
            + "(vatFxlZR2lj), but column stray of table patient holds 'x'. Map the column to an attribute of that program, "
            + "or add the attribute to the program in DHIS2.");
    }

    @Test
    void an_attribute_that_may_be_of_a_program_that_cannot_be_used_is_told_with_that_program() {
        mapping = Mapping.read("Patient", "{\"formTableMappings\": {\"patient\": {\"stray\": {\"id\": \"Elsewhere01\", \"displayName\": \"Stray\"}}}}", "{}");
        patient.put("stray", "x");
        unusable = Map.of("TbProgram01", "DHIS2 does not have it.");

        assertThat(fill().problems()).containsExactly("Attribute Stray (Elsewhere01) is not an attribute of program Key populations "
            + "(vatFxlZR2lj), but column stray of table patient holds 'x'. It may be one of the program TbProgram01, which a mapping names and which "
            + "cannot be used: let that program be used first; the events of its mapping say what hinders.");
    }

    @Test
    void leaves_out_what_only_people_of_another_type_have() {
        patient.put("stray", "x");
        others = Map.of("LabProgram1", new ProgramMetadata("LabProgram1", "Laboratory", "LabClient01", false, false, false, null,
            Map.of("Elsewhere01", new Attribute("Elsewhere01", "Number", ValueType.TEXT, true, true, null)), Map.of()));

        assertThat(fill().problems()).isEmpty();
        assertThat(fill().values()).containsExactly(Map.entry("zRA08XEYiSF", "ABC-1"));
        assertThat(new FillAttributes().fill(mapping, new Programs(program, others, Map.of()), others.get("LabProgram1"), patient).values())
            .containsExactly(Map.entry("Elsewhere01", "x"));
    }

    @Test
    void says_that_other_tables_are_not_read() {
        mapping = Mapping.read("Patient", "{\"formTableMappings\": {\"patient\": {\"uic\": \"zRA08XEYiSF\"}, \"ncd\": {\"a\": \"AteZDFhkI0E\"}}}", "{}");

        assertThat(fill().notes()).containsExactly(
            "The mapping Patient maps the table ncd, which was not read: only columns of table patient are carried to a person");
    }

    private Filled fill() {
        return new FillAttributes().fill(mapping, new Programs(program, others, unusable), program, patient);
    }
}
