package org.martsync.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.martsync.dhis2.Attribute;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.Site;
import org.martsync.dhis2.ValueType;
import org.martsync.event.Mappings;

class CheckMappingsTest {

    private static final List<Map<String, Object>> PATIENT = List.of(Map.of("program_name", "Patient", "mapping_json", """
            {"isPatientMapping": true, "formTableMappings": {"patient": {"uic": "UicAttrib01"}}}""", "config", "{\"searchable\": [\"uic\"]}"));

    @ParameterizedTest(name = "of the type: {0}, searchable: {1}, searched afar: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            true  | true  | true  |
            true  | false | false |
            true  | false | true  | is not searchable in the tracked entity type: DHIS2 refuses to search by it beyond the org units
            false | false | false | is the program's alone: DHIS2 finds people by it, but does not show it""")
    void anAttributeForWhichARunWouldStopIsTold(boolean ofType, boolean searchable, boolean afar, String sentence) {
        Programs programs = programs(ofType ? Map.of("UicAttrib01", searchable) : Map.of(), false);
        Checkup checkup = new Checkup(Instant.EPOCH, "", 10, 10);
        checkup.pending(Map.of("IPV", 7L));
        if (afar) {
            checkup.searchesAfar();
        }

        new CheckMappings(new Site("s", "SiteUnit001", "", false, "uic", "ACTIVE")).mappings(checkup, PATIENT, Mappings.read(PATIENT, programs), programs);

        if (sentence == null) {
            assertThat(checkup.findings()).isEmpty();
        } else {
            assertThat(checkup.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.code()).isEqualTo(Code.SEARCH_STOPS_RUN);
                assertThat(finding.events()).isEqualTo(7);
                assertThat(finding.sentence()).startsWith("patients are searched by the column uic, and its attribute UIC (UicAttrib01) " + sentence);
                assertThat(finding.advice()).contains("Take uic out of searchable", "PersonType1");
            });
        }
    }

    @Test
    void aUniqueAttributeIsSearchedByAsASearchableOne() {
        Programs programs = programs(Map.of("UicAttrib01", false), true);
        Checkup checkup = new Checkup(Instant.EPOCH, "", 10, 10);
        checkup.searchesAfar();

        new CheckMappings(new Site("s", "SiteUnit001", "", false, "uic", "ACTIVE")).mappings(checkup, PATIENT, Mappings.read(PATIENT, programs), programs);

        assertThat(checkup.findings()).isEmpty();
    }

    private static Programs programs(Map<String, Boolean> ofType, boolean unique) {
        Attribute uic = new Attribute("UicAttrib01", "UIC", ValueType.TEXT, false, unique, null);
        return Programs.only(new ProgramMetadata("MainProgram", "EMR", "PersonType1", true, false, false, ofType, Map.of(uic.id(), uic), Map.of()));
    }
}
