package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.martsync.dhis2.StandInFaults.path;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.martsync.RunningProgram;
import org.martsync.check.Checkup;
import org.martsync.check.Code;
import org.martsync.check.Finding;
import org.martsync.check.Report;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a check finds, each thing planted in a clinic that is otherwise in order. */
@ExtendWith(OutputCaptureExtension.class)
class CheckTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with();

    @BeforeEach
    void threePatients() {
        chain.patients(3);
    }

    private static Checkup check(String mapping) {
        return chain.program.bean(ProducerTemplate.class)
                .requestBody("direct:check", new Checkup(Instant.now(), mapping, 1000, 100), Checkup.class);
    }

    private static Finding only(Code code) {
        return only(check(""), code);
    }

    private static Finding only(Checkup checkup, Code code) {
        List<Finding> found = checkup.findings().stream().filter(finding -> finding.code() == code).toList();
        assertThat(found).as("findings of %s among %s", code, checkup.findings()).hasSize(1);
        return found.get(0);
    }

    @Test
    void aClinicInOrderHasNoFinding() {
        chain.visit(1, Map.of("f_text", "well", "f_number", "7", "f_date", "2024-03-05", "f_yes", "true"));
        chain.visit(2, "well");

        Checkup checkup = check("");

        assertThat(checkup.findings()).isEmpty();
        assertThat(checkup.good()).isTrue();
        assertThat(checkup.lookedAt()).isEqualTo(2);
        assertThat(checkup.held()).isEmpty();
        Report report = new Report(checkup, ZoneOffset.UTC, true);
        assertThat(report.looked()).contains("DHIS2 2.42.4.1", "2 of 2 pending events");
        assertThat(report.result()).isEqualTo("Nothing was found.");
    }

    @Test
    void nothingIsWrittenAndNoEventIsAskedFor() {
        int event = chain.visit(1, Map.of("f_number", "seven"));

        check("");

        assertThat(chain.dhis2.requestLog()).noneMatch(request -> request.method().equals("POST"));
        assertThat(chain.dhis2.requests()).isLessThan(8);
        assertThat(chain.clinic.event(event).synced()).isFalse();
        assertThat(chain.clinic.logOf(event)).isEmpty();
    }

    @Test
    void valuesThatDoNotFitAreCounted() {
        int first = chain.visit(1, Map.of("f_date", "05/03/2024", "f_text", "a"));
        chain.visit(2, Map.of("f_date", "yesterday"));
        chain.visit(3, Map.of("f_date", "2024-03-05"));

        Finding finding = only(Code.UNFIT_VALUE);

        assertThat(finding.mapping()).isEqualTo("Visit");
        assertThat(finding.events()).isEqualTo(2);
        assertThat(finding.sentence()).isEqualTo("2 of 3 values of visit_form.f_date are nothing that DHIS2 takes for VT DATE (VtElem00013).");
        assertThat(finding.example()).startsWith("event " + first + ": ").contains("'05/03/2024'");
        assertThat(finding.line()).as("the log shows no value").doesNotContain("05/03");
        assertThat(check("").held()).hasSize(2);
    }

    @Test
    void anOptionThatIsMissingComesWithTheNearest() {
        chain.visit(1, Map.of("f_option", "Positve"));

        assertThat(only(Code.UNFIT_VALUE).example()).containsPattern("'Positve' is none of the (\\d+ )?options[^:]*: Positive");
    }

    @Test
    void allOptionsThatAreMissingAreCountedEachWithTheNearest() {
        chain.visit(1, Map.of("f_option", "Positve"));
        chain.visit(2, Map.of("f_option", "Negatve"));
        chain.visit(2, Map.of("f_option", "Negatve"));
        chain.visit(3, Map.of("f_option", "Somewhere else"));
        for (int other = 1; other <= 9; other++) {
            chain.visit(3, Map.of("f_option", "Other place " + other));
        }

        Finding finding = only(Code.UNFIT_VALUE);

        assertThat(finding.events()).isEqualTo(13);
        assertThat(finding.example()).containsPattern("Missing: 'Negatve' \\(2, nearest \\w+\\), 'Positve' \\(1, nearest \\w+\\), 'Somewhere else' \\(1\\), 'Other place 1' \\(1\\)")
                .endsWith("'Other place 7' (1), and 2 more.");
        assertThat(finding.line()).as("the log shows no value").doesNotContain("Negatve", "Somewhere")
                .containsPattern("Options of DHIS2 that were perhaps meant: \\w+, \\w+\\.");
    }

    @Test
    void formsOfAMappingWithoutEventsAreLookedAtToo() {
        int encounter = chain.encounter(1);
        chain.clinic.form("visit_form", encounter, 1, Map.of("f_number", "many"), WholeChain.MORNING);

        Finding finding = only(Code.UNFIT_VALUE);

        assertThat(finding.events()).isZero();
        assertThat(finding.example()).startsWith("encounter " + encounter + ": ");
        assertThat(check("").good()).as("no event is held back yet").isTrue();
    }

    @Test
    void aPendingEncounterIsNotCountedTwice() {
        chain.visit(1, Map.of("f_number", "many"));

        assertThat(only(Code.UNFIT_VALUE).sentence()).startsWith("1 of 1 values");
    }

    @Test
    void columnsAndTablesThatDoNotExistComeWithTheNearestName() {
        chain.clinic.mapping("Typing errors", """
                {"dhisProgramStageId": "VtStage0001", "formTableMappings": {
                  "visit_form": {"f_txt": "VtElem00001", "f_long": ""}, "visit_frm": {"f_text": "VtElem00001"}}}""", WholeChain.EMPTY_CONFIG);

        Checkup checkup = check("Typing errors");

        assertThat(only(checkup, Code.COLUMN_MISSING).sentence()).isEqualTo("table visit_form has no column f_txt; perhaps f_text is meant.");
        assertThat(only(checkup, Code.TABLE_MISSING).sentence()).isEqualTo("table visit_frm does not exist; perhaps visit_form is meant.");
        assertThat(only(checkup, Code.COLUMN_UNMAPPED).sentence()).contains("1 of its columns", "visit_form.f_long");
        assertThat(only(check(""), Code.FORM_SHARED).sentence()).contains("visit_form", "Typing errors, Visit");
    }

    @Test
    void aTargetThatTheStageLacksIsFoundElsewhereOrByItsName() {
        chain.clinic.mapping("Wrong targets", """
                {"dhisProgramStageId": "VtStage0001", "formTableMappings": {"visit_form": {
                  "f_text": {"id": "NB3kyoRWMFh", "displayName": "Place"}, "f_number": {"id": "VtElem99999", "displayName": "VT NUMBR"}}}}""",
                WholeChain.EMPTY_CONFIG);
        int encounter = chain.encounter(1);
        chain.clinic.form("visit_form", encounter, 1, Map.of("f_text", "here"), WholeChain.MORNING);
        chain.clinic.pending(1, "Wrong targets", encounter);

        Checkup checkup = check("Wrong targets");

        assertThat(checkup.findings()).filteredOn(finding -> finding.code() == Code.TARGET_UNKNOWN).extracting(Finding::sentence)
                .anySatisfy(one -> assertThat(one).contains("NB3kyoRWMFh", "it is in the stage HTS"))
                .anySatisfy(one -> assertThat(one).contains("VtElem99999", "perhaps VT NUMBER (VtElem00004) is meant"));
        assertThat(only(checkup, Code.NOT_A_TARGET).events()).isEqualTo(1);
    }

    @Test
    void twoColumnsThatDisagreeAreFound() {
        chain.clinic.mapping("Twofold", """
                {"dhisProgramStageId": "VtStage0001", "formTableMappings": {"visit_form": {
                  "f_text": "VtElem00001", "f_long": "VtElem00001"}}}""", WholeChain.EMPTY_CONFIG);
        int encounter = chain.encounter(1);
        chain.clinic.form("visit_form", encounter, 1, Map.of("f_text", "one", "f_long", "other"), WholeChain.MORNING);
        chain.clinic.pending(1, "Twofold", encounter);

        Finding finding = only(check("Twofold"), Code.COLUMNS_DISAGREE);

        assertThat(finding.events()).isEqualTo(1);
        assertThat(finding.sentence()).contains("1 of 1 encounters has different answers", "f_text", "f_long");
    }

    @Test
    void whatDhis2DemandsMustBeMappedAndFilled() {
        chain.clinic.mapping("Demanding", """
                {"dhisProgramStageId": "VtStage0002", "formTableMappings": {"visit_form": {"f_text": "VtElem00001"}}}""", WholeChain.EMPTY_CONFIG);
        int encounter = chain.encounter(1);
        chain.clinic.form("visit_form", encounter, 1, Map.of("f_long", "x"), WholeChain.MORNING);
        chain.clinic.pending(1, "Demanding", encounter);

        assertThat(only(check("Demanding"), Code.COMPULSORY_UNMAPPED).events()).isEqualTo(1);

        chain.clinic.mapping("Demanding", """
                {"dhisProgramStageId": "VtStage0002", "formTableMappings": {"visit_form": {"f_text": "VtElem00099"}}}""", WholeChain.EMPTY_CONFIG);

        assertThat(only(check("Demanding"), Code.COMPULSORY_EMPTY).events()).isEqualTo(1);
    }

    @Test
    void mappingsThatCannotBeUsedOrAreNotThereHoldAllTheirEvents() {
        chain.clinic.mapping("Astray", "{\"dhisProgramStageId\": \"VtStage0009\", \"formTableMappings\": {\"visit_form\": {\"f_text\": \"VtElem00001\"}}}",
                WholeChain.EMPTY_CONFIG);
        chain.clinic.pending(1, "Astray", chain.encounter(1));
        chain.clinic.pending(1, "Nowhere", chain.encounter(1));
        chain.clinic.pending(2, "Nowhere", chain.encounter(2));

        Checkup checkup = check("");

        assertThat(only(checkup, Code.MAPPING_UNUSABLE).events()).isEqualTo(1);
        assertThat(only(checkup, Code.MAPPING_UNUSABLE).sentence()).contains("VtStage0009");
        assertThat(only(checkup, Code.MAPPING_MISSING).events()).isEqualTo(2);
        assertThat(checkup.held()).hasSize(3);
        assertThat(checkup.findings().get(0).code()).as("what holds back the most comes first").isEqualTo(Code.MAPPING_MISSING);
    }

    @Test
    void withoutThePatientMappingNothingIsSent() {
        chain.clinic.jdbc().update("DELETE FROM mapping WHERE program_name = 'Patient'");
        chain.visit(1, "x");

        assertThat(only(Code.MAPPING_MISSING).events()).isEqualTo(1);
    }

    @Test
    void patientsWhoCannotBeSentAreFound() {
        chain.clinic.patient(11).column("patient_identifier", null);
        chain.clinic.patient(12).column("patient_identifier", "P-000001");
        chain.clinic.patient(13).column("uic", null);
        chain.clinic.patient(14).column("birthdate", null).column("uic", "UIC-000002");
        List.of(11, 12, 13, 14).forEach(patient -> chain.visit(patient, "x"));
        chain.visit(2, "x");
        chain.clinic.pending(99, "Visit", chain.encounter(1));

        Checkup checkup = check("");

        assertThat(only(checkup, Code.PATIENT_WITHOUT_IDENTIFIER).events()).isEqualTo(1);
        assertThat(only(checkup, Code.IDENTIFIER_SHARED).events()).isEqualTo(1);
        assertThat(only(checkup, Code.PATIENT_UNKNOWN).events()).isEqualTo(1);
        assertThat(only(checkup, Code.UNIQUE_VALUE_SHARED).events()).as("nobody whose birthdate is missing takes it").isEqualTo(1);
        assertThat(only(checkup, Code.UNIQUE_VALUE_SHARED).sentence()).contains("in column uic", "2 patients share 1 value.");
        assertThat(only(checkup, Code.NOT_SEARCHABLE).events()).isEqualTo(1);
        assertThat(only(checkup, Code.COMPULSORY_EMPTY).mapping()).isEqualTo("Patient");
        assertThat(only(checkup, Code.COMPULSORY_EMPTY).events()).as("the UIC is compulsory").isEqualTo(1);
    }

    @Test
    void ofPatientsWhoShareAUniqueValueOneIsSentAndTheNewOnesAreHeldBack() {
        chain.clinic.patient(4);
        chain.clinic.patient(5);
        for (int patient : new int[] {1, 2, 3}) {
            chain.clinic.patientAgain(patient).column("uic", "UIC-SHARED").column("birthdate", LocalDate.of(1980 + patient, 1, 1).atStartOfDay());
        }
        chain.clinic.patientAgain(5).column("uic", "UIC-000004");
        int unfit = chain.visit(1, Map.of("f_number", "many"));
        int first = chain.visit(2, "x");
        List<Integer> ofThird = List.of(chain.visit(3, "x"), chain.visit(3, "y"));
        int inDhis2 = chain.visit(4, "x");

        Checkup checkup = check("");

        assertThat(checkup.held()).as("1 is not sent, so 2 has the value").containsExactlyInAnyOrder(unfit, ofThird.get(0), ofThird.get(1));
        Finding finding = only(checkup, Code.UNIQUE_VALUE_SHARED);
        assertThat(finding.weight()).isEqualTo(Code.Weight.HOLDS_BACK);
        assertThat(finding.events()).isEqualTo(2);
        assertThat(finding.sentence()).contains("5 patients share 2 values.");
        chain.program.run();
        ofThird.forEach(event -> chain.assertEvent(event).isRejected());
        chain.assertEvent(first).isSynced();
        chain.assertEvent(inDhis2).isSynced();

        int late = chain.visit(5, "x");
        assertThat(check("").held()).as("4 is in DHIS2 with the value of 5").contains(late);
        chain.program.run();
        chain.assertEvent(late).isRejected();
    }

    @Test
    void ofPatientsWhoseUicsDifferInCapitalsOneIsSentAsTheSearchFindsThatOne() {
        chain.clinic.patient(4).column("uic", "Uic-Alike");
        chain.clinic.patientAgain(1).column("uic", "uic-alike");
        chain.clinic.patientAgain(2).column("uic", "UIC-ALIKE");
        int first = chain.visit(1, "x");
        List<Integer> ofSecond = List.of(chain.visit(2, "x"), chain.visit(2, "y"));
        int other = chain.visit(3, "x");

        Checkup checkup = check("");

        Finding finding = only(checkup, Code.SEARCHED_VALUE_SHARED);
        assertThat(finding.sentence()).isEqualTo("a search by uic does not tell 3 patients apart: what they have there is the same, or differs in capital letters only.");
        assertThat(finding.events()).isEqualTo(2);
        assertThat(checkup.held()).containsExactlyInAnyOrderElementsOf(ofSecond);
        assertThat(checkup.findings()).as("DHIS2 would store both").noneMatch(one -> one.code() == Code.UNIQUE_VALUE_SHARED);
        chain.program.run();
        ofSecond.forEach(event -> chain.assertEvent(event).isRejectedBecause("is written with other capital letters"));
        chain.assertEvent(first).isSynced();
        chain.assertEvent(other).isSynced();

        int late = chain.visit(4, "x");
        assertThat(check("").held()).as("1 is in DHIS2").contains(late);
        chain.program.run();
        chain.assertEvent(late).isRejected();
    }

    @Test
    void uniqueValuesThatDifferInCapitalsAreTwoWhereNobodyIsSearchedByThem() {
        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING, "{\"searchable\": [\"patient_identifier\"]}");
        chain.clinic.patientAgain(1).column("uic", "uic-alike");
        chain.clinic.patientAgain(2).column("uic", "UIC-ALIKE");
        List<Integer> events = List.of(chain.visit(1, "x"), chain.visit(2, "x"));

        assertThat(check("").findings()).isEmpty();

        chain.program.run();
        events.forEach(event -> chain.assertEvent(event).isSynced());
    }

    @Test
    void whoSharesAllThatPatientsAreSearchedByIsHeldBackThoughNothingOfItIsUnique() {
        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING, "{\"searchable\": [\"telephone\", \"gender\"]}");
        chain.clinic.patientAgain(1).column("telephone", "+263 77 123 4567");
        chain.clinic.patientAgain(2).column("telephone", "+263 77 123 4567");
        chain.clinic.patientAgain(3).column("telephone", "+263 77 765 4321");
        int first = chain.visit(1, "x");
        int second = chain.visit(2, "x");
        int other = chain.visit(3, "x");

        Checkup checkup = check("");

        assertThat(only(checkup, Code.SEARCHED_VALUE_SHARED).sentence()).startsWith("a search by telephone, gender does not tell 2 patients apart");
        assertThat(checkup.held()).containsExactly(second);
        chain.program.run();
        chain.assertEvent(second).isRejected();
        chain.assertEvent(first).isSynced();
        chain.assertEvent(other).isSynced();
    }

    @Test
    void whatStopsAllHoldsBackAllPendingEvents() {
        chain.visit(1, "x");
        chain.visit(2, "y");
        chain.dhis2.failAlways(path("/api/me")).with(200, "application/json", "{\"username\": \"nobody\", \"authorities\": [], \"organisationUnits\": []}");

        Checkup checkup = check("");

        assertThat(only(checkup, Code.ORG_UNIT_OUT_OF_REACH).events()).isEqualTo(2);
        assertThat(checkup.held()).hasSize(2);
        assertThat(checkup.good()).isFalse();
    }

    @Test
    void patientsWithoutIdentifierOrUicAreCountedThoughTheyHaveNoEventsYet() {
        chain.clinic.patientAgain(1).column("patient_identifier", " ");
        chain.clinic.patientAgain(2).column("uic", "");
        chain.clinic.patientAgain(3).column("uic", null);
        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING, "{\"searchable\": [\"patient_identifier\"]}");
        chain.visit(2, "x");

        Checkup checkup = check("");

        assertThat(checkup.findings()).filteredOn(finding -> finding.code() == Code.PATIENT_COLUMN_EMPTY)
                .extracting(Finding::subject, Finding::sentence, Finding::events).as("uic is unique, though not searched by").containsExactly(
                        tuple("uic", "2 of all 3 patients have nothing in column uic, by which people are told apart.", 1L),
                        tuple("patient_identifier", "1 of all 3 patients has nothing in column patient_identifier, by which people are told apart.", 0L));
    }

    @Test
    void orgUnitsThatNobodyKnowsAreFound() {
        chain.visit(1, "ZW_404", WholeChain.MORNING, Map.of("f_text", "x"));
        chain.clinic.patientAgain(2).column("org_unit", "Nowhere0001");
        chain.visit(2, "x");

        Checkup checkup = check("");

        assertThat(only(checkup, Code.ORG_UNIT_CODE_UNKNOWN).sentence()).contains("ZW_404");
        assertThat(only(checkup, Code.PATIENT_ORG_UNIT_UNKNOWN).example()).contains("Nowhere0001");
        assertThat(checkup.good()).isTrue();
    }

    @Test
    void anOrgUnitCodeMayStandThereWithoutAUidOrWithOneThatIsNone() {
        chain.clinic.orgUnit("ZW_NULL", null).orgUnit("ZW_EMPTY", "").orgUnit("ZW_BAD", "bad");
        int without = chain.visit(1, "ZW_NULL", WholeChain.MORNING, Map.of("f_text", "x"));
        int empty = chain.visit(2, "ZW_EMPTY", WholeChain.MORNING, Map.of("f_text", "x"));
        int bad = chain.visit(3, "ZW_BAD", WholeChain.MORNING, Map.of("f_text", "x"));

        Checkup checkup = check("");

        Finding warning = only(checkup, Code.ORG_UNIT_WITHOUT_UID);
        assertThat(warning.sentence()).isEqualTo("Encounters have the org unit code ZW_NULL, and orgunit_tracker has no UID beside it.");
        assertThat(warning.events()).isEqualTo(1);
        assertThat(checkup.findings()).filteredOn(finding -> finding.code() == Code.ORG_UNIT_UID_UNUSABLE).extracting(Finding::sentence, Finding::events)
                .containsExactlyInAnyOrder(
                        tuple("Encounters have the org unit code ZW_EMPTY, and what orgunit_tracker has beside it is empty.", 1L),
                        tuple("Encounters have the org unit code ZW_BAD, and what orgunit_tracker has beside it is no UID: 'bad'.", 1L));
        assertThat(checkup.findings()).noneMatch(finding -> finding.code() == Code.ORG_UNIT_CODE_UNKNOWN);
        assertThat(checkup.held()).containsExactlyInAnyOrder(empty, bad);
        assertThat(checkup.good()).isFalse();

        chain.program.run();
        chain.assertEvent(without).isSynced();
        chain.assertEvent(empty).isRejectedBecause("orgUnit '' ");
        chain.assertEvent(bad).isRejectedBecause("orgUnit 'bad' ");
    }

    @Test
    void aServerThatDoesNotAnswerEndsTheCheckWithASentence() {
        chain.dhis2.failAlways(path("/api/me")).with(503, "resting");

        Finding finding = only(Code.DHIS2_NO_ANSWER);

        assertThat(finding.sentence()).contains("503");
        assertThat(check("").good()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"401, LOGIN_REFUSED", "302, LOGIN_REFUSED", "403, RIGHTS_REFUSED", "405, ADDRESS_WRONG", "503, DHIS2_NO_ANSWER"})
    void whatDhis2RefusesHasACodeOfItsOwn(int status, Code code) {
        chain.dhis2.failAlways(path("/api/me")).with(status, "no");

        Checkup checkup = check("");

        assertThat(checkup.findings()).extracting(Finding::code).containsExactly(code);
        assertThat(checkup.findings().get(0).sentence()).contains(String.valueOf(status));
        assertThat(checkup.complete()).as("only an outage passes by itself").isEqualTo(code != Code.DHIS2_NO_ANSWER);
        assertThat(checkup.good()).isFalse();
    }

    @Test
    void aProgramThatDhis2DoesNotHaveIsToldApartFromAWrongAddress() {
        chain.dhis2.failAlways(path("/api/programs/" + WholeChain.PROGRAM)).with(404, "application/json",
                "{\"httpStatusCode\": 404, \"message\": \"Program with id vatFxlZR2lj could not be found.\", \"errorCode\": \"E1005\"}");

        assertThat(only(Code.PROGRAM_UNKNOWN).sentence()).contains("Program with id vatFxlZR2lj could not be found").contains("dhis2.program");

        chain.dhis2.heal();
        chain.dhis2.failAlways(path("/api/programs/" + WholeChain.PROGRAM)).with(404, "text/html", "<h1>Not Found</h1>");
        assertThat(only(Code.ADDRESS_WRONG).sentence()).contains("dhis2.url");
    }

    @Test
    void noMorePendingEventsAreLookedAtThanAskedFor() {
        for (int patient = 101; patient <= 160; patient++) {
            chain.clinic.patient(patient);
            chain.visit(patient, Map.of("f_number", "many"));
        }
        Checkup checkup = chain.program.bean(ProducerTemplate.class)
                .requestBody("direct:check", new Checkup(Instant.now(), "", 1, 0), Checkup.class);

        assertThat(checkup.lookedAt()).as("of the first patient").isEqualTo(1);
        assertThat(checkup.pending()).isEqualTo(60);
    }

    @Test
    void aNameThatIsNoMappingsIsToldWithTheNearest() {
        Checkup checkup = check("Vist");

        assertThat(only(checkup, Code.MAPPING_UNKNOWN).sentence()).isEqualTo("There is no mapping named 'Vist'; perhaps Visit is meant.");
        assertThat(checkup.good()).isFalse();
    }

    @Test
    void anUnusablePatientMappingIsToldWhateverMappingIsLookedAt() {
        chain.clinic.mapping("Patient", "{}", WholeChain.PATIENT_CONFIG);
        chain.visit(1, "x");

        assertThat(only(check("Visit"), Code.MAPPING_UNUSABLE).events()).isEqualTo(1);
    }

    @Test
    void whatIsSearchedByAndNotShownIsToldBeforeItStopsARun() {
        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING, "{\"searchable\": [\"uic\", \"address1\"]}");
        chain.clinic.patientAgain(1).column("address1", "12 Main Street");
        chain.inDhis2("FoundTe0001", "FoundEn0001", LocalDate.of(2020, 1, 1), Map.of(WholeChain.UIC, "UIC-000001", WholeChain.ADDRESS, "12 Main Street"));
        int event = chain.visit(1, "x");
        chain.visit(2, "y");

        Checkup checkup = check("Visit");

        Finding finding = only(checkup, Code.SEARCH_STOPS_RUN);
        assertThat(finding.sentence()).startsWith("patients are searched by the column address1, and its attribute ZW - Client address (Q1rBKb09Goz) is the program's alone");
        assertThat(finding.events()).as("of all mappings").isEqualTo(2);
        assertThat(checkup.held()).hasSize(2);

        assertThat(chain.program.run().summary()).contains("Take address1 out of searchable");
        chain.assertEvent(event).isWaiting();

        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING, WholeChain.PATIENT_CONFIG);
        assertThat(check("").findings()).isEmpty();
    }

    @Test
    void whatDhis2DemandsIsNotMappedWhereTheColumnIsNotThere() {
        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING.replace("\"uic\"", "\"uicc\""),
                "{\"searchable\": [\"patient_identifier\"], \"comparable\": []}");
        chain.clinic.mapping("Demanding", """
                {"dhisProgramStageId": "VtStage0002", "formTableMappings": {"visit_form": {"f_txt": "VtElem00099", "f_text": "VtElem00001"}}}""",
                WholeChain.EMPTY_CONFIG);
        chain.visit(1, "x");
        int encounter = chain.encounter(2);
        chain.clinic.form("visit_form", encounter, 2, Map.of("f_text", "y"), WholeChain.MORNING);
        chain.clinic.pending(2, "Demanding", encounter);

        Checkup checkup = check("");

        assertThat(checkup.findings()).filteredOn(finding -> finding.code() == Code.COMPULSORY_UNMAPPED)
                .extracting(Finding::mapping, Finding::events).containsExactlyInAnyOrder(tuple("Patient", 2L), tuple("Demanding", 1L));
        assertThat(checkup.held()).hasSize(2);
    }

    @Test
    void encountersOfOtherMappingsThatShareAFormMissNothing() {
        chain.clinic.formTable("first_form", "a_text");
        chain.clinic.mapping("Two forms", """
                {"dhisProgramStageId": "VtStage0002", "formTableMappings": {"first_form": {"a_text": "VtElem00099"},
                  "visit_form": {"f_text": "VtElem00001"}}}""", WholeChain.EMPTY_CONFIG);
        int encounter = chain.encounter(1);
        chain.clinic.form("visit_form", encounter, 1, Map.of("f_text", "of Visit alone"), WholeChain.MORNING);

        assertThat(check("Two forms").findings()).noneMatch(finding -> finding.code() == Code.COMPULSORY_EMPTY);
    }

    @Test
    void aNameThatIsNoMappingsStandsInTheExampleOnly() {
        chain.clinic.pending(1, "Amber 0771234567", chain.encounter(1));

        Finding finding = only(Code.MAPPING_MISSING);

        assertThat(finding.mapping()).isNull();
        assertThat(finding.line()).doesNotContain("Amber");
        assertThat(finding.example()).contains("Amber 0771234567");
    }

    @Test
    void aDatabaseThatBreaksOffKeepsWhatWasFoundBefore() {
        chain.clinic.jdbc().execute("ALTER TABLE orgunit_tracker RENAME TO orgunit_tracker_away");
        try {
            chain.visit(1, Map.of("f_number", "many"));

            Checkup checkup = check("");

            assertThat(only(checkup, Code.DATABASE_NOT_PREPARED).advice()).contains("Start the program once");
            assertThat(checkup.complete()).isFalse();
            assertThat(checkup.server()).isNotNull();
        } finally {
            chain.clinic.jdbc().execute("ALTER TABLE orgunit_tracker_away RENAME TO orgunit_tracker");
        }
    }

    @Test
    void eventsWithoutFormTableRowDateOrEncounterAreToldEachByItsCode() {
        chain.clinic.mapping("No table", """
                {"dhisProgramStageId": "VtStage0001", "formTableMappings": {"nowhere_form": {"f_text": "VtElem00001"}}}""", WholeChain.EMPTY_CONFIG);
        int withoutTable = chain.clinic.pending(1, "No table", chain.encounter(1));
        int withoutRow = chain.clinic.pending(1, "Visit", chain.encounter(1));
        int ofYearOne = chain.visit(2, "ZW_01", LocalDateTime.of(1, 1, 1, 0, 0), Map.of("f_text", "x"));
        int unusable = chain.visit(3, "x");
        chain.clinic.jdbc().update("UPDATE events_to_sync SET encounter_id = 'seven' WHERE id = ?", unusable);

        Checkup checkup = check("");

        assertThat(checkup.findings()).filteredOn(finding -> finding.weight() == Code.Weight.HOLDS_BACK)
                .extracting(Finding::code, Finding::mapping, Finding::events).containsExactlyInAnyOrder(tuple(Code.NO_TABLE, "No table", 1L),
                        tuple(Code.NO_ROWS, "Visit", 1L), tuple(Code.EVENT_WITHOUT_DATE, "Visit", 1L), tuple(Code.EVENT_UNUSABLE, "Visit", 1L));
        assertThat(checkup.held()).containsExactlyInAnyOrder(withoutTable, withoutRow, ofYearOne, unusable);
    }

    @Test
    void aDatabaseOfTheVersionBeforeIsCheckedAsItIs() {
        chain.clinic.jdbc().execute("ALTER TABLE sync_mapping DROP COLUMN mapping_json, DROP COLUMN config");
        try {
            chain.visit(1, "x");
            assertThat(check("").complete()).isTrue();
        } finally {
            chain.clinic.jdbc().execute("ALTER TABLE sync_mapping ADD COLUMN mapping_json text, ADD COLUMN config text");
        }
    }

    @Test
    void aDatabaseThatRefusesAStatementIsToldInASentence() {
        chain.clinic.jdbc().execute("ALTER TABLE orgunit_tracker RENAME COLUMN id TO uid");
        try {
            chain.visit(1, "x");

            Checkup checkup = check("");

            assertThat(only(checkup, Code.DATABASE_NO_ANSWER).sentence()).startsWith("The database did not answer: ");
            assertThat(only(checkup, Code.DATABASE_NO_ANSWER).events()).as("known before it broke off").isEqualTo(1);
            assertThat(checkup.complete()).isFalse();
        } finally {
            chain.clinic.jdbc().execute("ALTER TABLE orgunit_tracker RENAME COLUMN uid TO id");
        }
    }

    @Test
    void anEditedMappingIsCheckedBeforeTheNextRun(CapturedOutput output) {
        int event = chain.visit(1, Map.of("f_text", "planted-7", "f_number", "7"));
        chain.program.run();
        chain.assertEvent(event).isSynced();
        assertThat(output).doesNotContain("f_txt");

        chain.clinic.mapping("Visit", WholeChain.VISIT_MAPPING.replace("\"f_text\": {\"id\": \"VtElem00001\"", "\"f_txt\": {\"id\": \"VtElem00001\"")
                .replace("\"f_long\": {\"id\"", "\"f_text\": {\"id\"").replace("VtElem00002", "VtElem00005"), WholeChain.EMPTY_CONFIG);
        chain.clinic.edit(event);
        chain.program.run();

        assertThat(output).contains("mapping Visit: table visit_form has no column f_txt; perhaps f_text is meant.")
                .contains("mapping Visit: 1 of 1 values of visit_form.f_text is nothing that DHIS2 takes for VT INTEGER (VtElem00005).")
                .contains("Pending events held back: 1.").doesNotContain("planted-7");
    }

    @Test
    void aMappingThatWasEditedWhileTheProgramWasStoppedIsCheckedToo(CapturedOutput output) {
        chain.visit(1, "with which the mappings are known");
        chain.program.run();
        chain.clinic.mapping("Visit", WholeChain.VISIT_MAPPING.replace("\"f_text\"", "\"f_txt\""), WholeChain.EMPTY_CONFIG);
        chain.visit(2, Map.of("f_number", "7"));
        int before = output.getOut().length();

        try (RunningProgram restarted = RunningProgram.start(chain.clinic, chain.dhis2, WholeChain.PROGRAM)) {
            restarted.run();

            assertThat(output.getOut().substring(before)).containsOnlyOnce("mapping Visit: table visit_form has no column f_txt; perhaps f_text is meant.")
                    .doesNotContain("mapping HTS: ");
        }
    }

    @Test
    void aMappingThatNobodyEditedIsNotCheckedAgain(CapturedOutput output) {
        chain.visit(1, "with which the mappings are known");
        chain.program.run();
        int before = output.getOut().length();
        chain.visit(2, Map.of("f_number", "many"));
        chain.program.run();

        assertThat(output.getOut().substring(before)).doesNotContain("nothing that DHIS2 takes for");
    }
}
