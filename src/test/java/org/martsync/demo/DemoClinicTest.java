package org.martsync.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.clinic.ClinicAssert.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.SyncEvent;

class DemoClinicTest {

    private static Clinic clinic;
    private static DemoClinic.Expected expected;

    @BeforeAll
    static void fill() {
        clinic = Clinic.installed();
        expected = DemoClinic.fill(clinic);
    }

    @AfterAll
    static void close() {
        clinic.close();
    }

    @Test
    void thereAreSome200PatientsAnd1000PendingEvents() {
        assertThat(count("SELECT count(*) FROM patient")).isBetween(180, 220);
        assertThat(clinic.pendingCount()).isBetween(950, 1100);
        assertThat(expected.of(Kind.GOOD)).hasSizeGreaterThan(900);
    }

    @ParameterizedTest
    @EnumSource
    void everyKindIsThere(Kind kind) {
        assertThat(expected.of(kind)).isNotEmpty();
    }

    @Test
    void everyPendingEventHasAnEndingAndNoOther() {
        assertThat(clinic.jdbc().queryForList("SELECT id FROM events_to_sync WHERE synced IS NOT TRUE", Integer.class))
                .containsExactlyInAnyOrderElementsOf(expected.kinds().keySet());
        assertThat(clinic.jdbc().queryForList("SELECT id FROM events_to_sync WHERE synced", Integer.class))
                .isNotEmpty().containsExactlyInAnyOrderElementsOf(expected.done());
        assertThat(clinic).event(expected.of(Kind.PATIENT_ID_NULL).iterator().next()).isWaiting();
    }

    @Test
    void theSameIsMadeEveryTime() {
        try (Clinic again = Clinic.installed()) {
            assertThat(DemoClinic.fill(again)).isEqualTo(expected);
            for (String table : List.of("events_to_sync", "patient", "demo_screening", "demo_treatment")) {
                assertThat(again.jdbc().queryForList("SELECT * FROM " + table + " ORDER BY id"))
                        .as(table).isEqualTo(clinic.jdbc().queryForList("SELECT * FROM " + table + " ORDER BY id"));
            }
        }
    }

    @Test
    void itFitsAnInstalledSiteThatWasMigrated() {
        try (Clinic migrated = Clinic.empty().migrated()) {
            assertThat(DemoClinic.fill(migrated)).isEqualTo(expected);
        }
    }

    @Test
    void everyGoodEventHasItsPatientItsEncounterAndAForm() {
        for (int id : expected.of(Kind.GOOD)) {
            SyncEvent event = clinic.event(id);
            DemoClinic.SentEvent sent = expected.events().get(id);
            assertThat(count("SELECT count(*) FROM patient WHERE patient_id = " + event.patientId()
                    + " AND patient_identifier = '" + sent.patientIdentifier() + "'")).isOne();
            assertThat(event.encounterId()).isEqualTo("" + sent.encounterId());
            assertThat(sent.dataValues()).isNotEmpty().doesNotContainValue(null);
        }
    }

    @Test
    void whatIsExpectedIsWhatTheProgramHas() throws Exception {
        Map<String, Map<String, String>> valueTypes = new HashMap<>();
        Map<String, Set<String>> codes = new HashMap<>();
        Map<String, Set<String>> compulsory = new HashMap<>();
        for (JsonNode stage : metadata().get("programStages")) {
            for (JsonNode element : stage.get("programStageDataElements")) {
                JsonNode dataElement = element.get("dataElement");
                String id = dataElement.get("id").asText();
                valueTypes.computeIfAbsent(stage.get("id").asText(), s -> new HashMap<>()).put(id, dataElement.get("valueType").asText());
                dataElement.path("optionSet").path("options").forEach(option ->
                        codes.computeIfAbsent(id, i -> new HashSet<>()).add(option.get("code").asText()));
                if (element.get("compulsory").asBoolean()) {
                    compulsory.computeIfAbsent(stage.get("id").asText(), s -> new HashSet<>()).add(id);
                }
            }
        }
        assertThat(valueTypes).containsOnlyKeys(
                DemoProgram.SCREENING, DemoProgram.COUNSELLING, DemoProgram.FIRST_VISIT, DemoProgram.TREATMENT);

        Set<String> met = new TreeSet<>();
        expected.events().forEach((id, event) -> {
            assertThat(event.dataValues().keySet()).containsAll(compulsory.getOrDefault(event.stage(), Set.of()));
            event.dataValues().forEach((element, value) -> {
                String type = valueTypes.get(event.stage()).get(element);
                assertThat(value).as("%s of event %s", element, id).matches(pattern(type));
                if (codes.containsKey(element)) {
                    assertThat(codes.get(element)).containsAll(Set.of(value.split(",")));
                }
                met.add(type);
            });
        });
        assertThat(met).contains("TEXT", "LONG_TEXT", "BOOLEAN", "TRUE_ONLY", "DATE", "NUMBER", "INTEGER",
                "INTEGER_POSITIVE", "INTEGER_ZERO_OR_POSITIVE", "MULTI_TEXT");
    }

    @Test
    void theConstantsAreThoseOfTheProgramAndTheCountry() throws Exception {
        JsonNode program = metadata();
        assertThat(program.get("id").asText()).isEqualTo(DemoProgram.PROGRAM);
        assertThat(program.at("/trackedEntityType/id").asText()).isEqualTo(DemoProgram.TRACKED_ENTITY_TYPE);
        assertThat(program.findValues("repeatable")).extracting(JsonNode::asBoolean).containsExactlyInAnyOrder(true, true, true, false);
        assertThat(program.get("programTrackedEntityAttributes").findValuesAsText("id")).contains(DemoProgram.UIC,
                DemoProgram.PATIENT_IDENTIFIER, DemoProgram.GENDER, DemoProgram.DATE_OF_BIRTH, DemoProgram.PHONE, DemoProgram.ADDRESS);
        assertThat(program.findValuesAsText("id")).allMatch(id -> id.matches("[A-Za-z][A-Za-z0-9]{10}"));
        JsonNode units = new ObjectMapper().readTree(DemoProgram.orgUnits());
        assertThat(units.findValuesAsText("id")).contains(DemoProgram.COUNTRY, DemoProgram.SITE, DemoProgram.OUTREACH).hasSize(4);
        assertThat(units.findValuesAsText("code")).contains(DemoProgram.SITE_CODE, DemoProgram.OUTREACH_CODE);
    }

    @Test
    void aPatientsUicIsHersAloneExceptWhereThatIsTheTrouble() {
        assertThat(clinic.jdbc().queryForList(
                "SELECT uic FROM patient WHERE uic IS NOT NULL GROUP BY uic HAVING count(*) > 1", String.class))
                .containsExactly("AMB-SHARED");
    }

    @Test
    void noPatientHasTwoFirstVisitsExceptWhereThatIsTheTrouble() {
        List<String> twice = clinic.jdbc().queryForList("SELECT patient_id FROM events_to_sync "
                + "WHERE program_id = 'First visit' GROUP BY patient_id HAVING count(*) > 1", String.class);
        assertThat(twice).singleElement()
                .isEqualTo(clinic.event(expected.of(Kind.NOT_REPEATABLE_TWICE).iterator().next()).patientId());
        assertThat(expected.rivals()).containsExactly(expected.of(Kind.NOT_REPEATABLE_TWICE), expected.of(Kind.UIC_SHARED));
    }

    @Test
    void textsAreOfEverySortThatWasOnceCorrupted() {
        Set<String> texts = new HashSet<>();
        expected.events().values().forEach(event -> texts.addAll(event.dataValues().values()));
        assertThat(texts).containsAll(DemoForms.TEXTS).anyMatch(text -> text.length() > 19000);
    }

    @Test
    void whoIsInDhis2IsFoundByTheUicOfThePatient() {
        assertThat(expected.inDhis2()).extracting(DhisPatient::uic).containsExactly("AMB-KNOWN-1", "AMB-KNOWN-2", "AMB-KNOWN-3", "AMB-KNOWN-3");
        for (DhisPatient patient : expected.inDhis2()) {
            boolean agrees = count("SELECT count(*) FROM patient WHERE uic = '" + patient.uic() + "' AND gender = '"
                    + patient.gender() + "' AND birthdate = '" + patient.birthdate() + "'") == 1;
            assertThat(agrees).isEqualTo(!patient.equals(DemoClinic.DISAGREEING));
        }
    }

    private static String pattern(String valueType) {
        return switch (valueType) {
            case "BOOLEAN" -> "true|false";
            case "TRUE_ONLY" -> "true";
            case "DATE" -> "\\d{4}-\\d\\d-\\d\\d";
            case "NUMBER" -> "\\d+\\.\\d+";
            case "INTEGER", "INTEGER_ZERO_OR_POSITIVE" -> "0|[1-9]\\d*";
            case "INTEGER_POSITIVE" -> "[1-9]\\d*";
            case "TEXT", "LONG_TEXT", "MULTI_TEXT" -> "(?s)\\S.*";
            default -> throw new AssertionError("No such question in the demo: " + valueType);
        };
    }

    private static JsonNode metadata() throws Exception {
        return new ObjectMapper().readTree(DemoProgram.metadata());
    }

    private static int count(String sql) {
        return clinic.jdbc().queryForObject(sql, Integer.class);
    }
}
