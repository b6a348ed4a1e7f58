package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.dhis2.ImportReport.Fault;
import org.martsync.words.Words;

class ExplainFaultTest {

    private static final ProgramMetadata PROGRAM = new ProgramMetadata("MainProgram", "EMR", "PersonType1", true, false, false, null, Map.of(),
            Map.of("IpvStage001", new ProgramStage("IpvStage001", "IPV", true, false,
                    Map.of("SiteElem001", new DataElement("SiteElem001", "Site type", ValueType.TEXT, false, null)))));

    @AfterEach
    void english() {
        Words.speak("en", Path.of("none"));
    }

    private static String explained(String language, String code, String message) {
        Words.speak(language, Path.of("none"));
        return ExplainFault.of(new Fault(code, message, List.of()), PROGRAM);
    }

    @Test
    void whatToDoComesFirstAndDhis2sOwnWordsWithNamesLast() {
        assertThat(explained("en", "E1302", "DataElement `SiteElem001` is not valid: `value_not_numeric`.")).isEqualTo(
                "DHIS2 does not take this value. Correct it in the form, or in the patient's registration."
                        + " DHIS2 says: DataElement Site type (SiteElem001) is not valid: `value_not_numeric`. [E1302]");
        assertThat(explained("fr", "E1011", "Could not find OrganisationUnit: `Nowhere0001`, linked to Event.")).isEqualTo(
                "DHIS2 n'a pas cette unité d'organisation. Corrigez son UID dans orgunit_tracker, dans la config de la correspondance ou dans site.org-unit."
                        + " DHIS2 dit : Could not find OrganisationUnit: Nowhere0001, linked to Event. [E1011]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"E1302", "E1007", "E1085"})
    void aValueOfWrongTypeIsToldAlikeWhateverTheVersionCallsIt(String code) {
        assertThat(explained("en", code, "no.")).isEqualTo(explained("en", "E1302", "no.").replace("E1302", code));
    }

    @ParameterizedTest
    @CsvSource({"fr, 'DHIS2 a refusé cela. ', ' DHIS2 dit : '", "pt, 'O DHIS2 recusou isto. ', ' O DHIS2 diz: '", "en, 'DHIS2 refused this. ', ' DHIS2 says: '"})
    void aCodeThatNobodyKnowsYetIsToldInTheSitesLanguageToo(String language, String begin, String quote) {
        assertThat(explained(language, "E1999", "Something new.")).startsWith(begin).endsWith(quote + "Something new. [E1999]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"E1000", "E1001", "E1003", "E1005", "E1006", "E1007", "E1009", "E1010", "E1011", "E1013", "E1015", "E1016", "E1018", "E1019", "E1020",
        "E1021", "E1029", "E1039", "E1041", "E1042", "E1043", "E1045", "E1047", "E1049", "E1054", "E1055", "E1056", "E1057", "E1064", "E1069", "E1070", "E1076",
        "E1077", "E1079", "E1082", "E1083", "E1084", "E1085", "E1089", "E1090", "E1091", "E1095", "E1096", "E1099", "E1102", "E1104", "E1113", "E1114", "E1125",
        "E1127", "E1128", "E1300", "E1301", "E1302", "E1303", "E1304", "E1305", "E1306", "E1307", "E1309", "E1314", "E1317", "E1319", "E1323", "E1324", "E1326"})
    void whatCanBeMetIsToldInWordsOfItsOwn(String code) {
        for (String language : List.of("fr", "pt")) {
            String other = explained(language, "E1999", "no.").replace("E1999", code);
            assertThat(explained(language, code, "no.")).isNotEqualTo(other).isNotEqualTo(explained("en", code, "no.")).doesNotContain("{");
        }
    }
}
