package org.martsync.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.ProgramStage;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.Site;
import org.martsync.event.Mappings;

class CheckServerTest {

    private static final Instant NOON = Instant.parse("2026-03-05T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);
    private static final String UNITS = """
            {"organisationUnits": [{"id": "SiteUnit001", "path": "/Country0001/SiteUnit001"}, {"id": "Country0001", "path": "/Country0001"}]}""";

    private static final ProgramMetadata MAIN = program("MainProgram", "EMR", "IpvStage001", "IPV");
    private static final ProgramMetadata TB = program("TbProgram01", "TB", "TbStage0001", "Cough");
    private static final ProgramMetadata LAB = new ProgramMetadata("LabProgram1", "Laboratory", "ClientType1", true, false, false, null, Map.of(),
            TB.stages());

    private final Checkup checkup = new Checkup(NOON, "", 10, 10);
    private final CheckServer check = new CheckServer(new Site("s", "SiteUnit001", "Country0001", false, "uic", "ACTIVE"),
            new Dhis2Server("https://dhis2.example.org", CLOCK), CLOCK);

    private static ProgramMetadata program(String id, String name, String stage, String nameOfStage) {
        return new ProgramMetadata(id, name, "PersonType1", true, false, false, null, Map.of(),
                Map.of(stage, new ProgramStage(stage, nameOfStage, true, false, Map.of())));
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    private static String me(String authorities, String writes, String searches) {
        return """
                {"username": "syncer", "authorities": [%s], "organisationUnits": [%s], "teiSearchOrganisationUnits": [%s]}""".formatted(authorities,
                writes, searches);
    }

    @Test
    void aClockThatIsMinutesAwayIsTold() throws Exception {
        check.server(checkup, json("{\"version\": \"2.42.4\", \"serverDate\": \"2026-03-05T14:01:30.000\", \"serverTimeZoneId\": \"Africa/Harare\"}"));
        check.database(checkup, Timestamp.from(NOON.minusSeconds(90)));
        assertThat(checkup.findings()).as("a minute and a half").isEmpty();

        check.server(checkup, json("{\"version\": \"2.42.4\", \"serverDate\": \"2026-03-05T14:11:00.000\", \"serverTimeZoneId\": \"Africa/Harare\"}"));
        check.database(checkup, Timestamp.from(NOON.minusSeconds(3600)));
        assertThat(checkup.findings()).extracting(Finding::code).containsExactly(Code.CLOCK_OF_DHIS2, Code.CLOCK_OF_DATABASE);
        assertThat(checkup.findings()).extracting(Finding::sentence).containsExactly("The clock of DHIS2's server is 11 minutes ahead of ours.",
                "The clock of the database's server is 60 minutes behind ours.");
    }

    @Test
    void aServerThatTellsNoTimeOrZoneIsNotJudged() throws Exception {
        check.server(checkup, json("{\"version\": \"2.42.4\"}"));
        assertThat(checkup.findings()).isEmpty();
    }

    @Test
    void aUserAboveTheSiteIsEnough() throws Exception {
        check.user(checkup, json(me("\"F_X\"", "{\"id\": \"Country0001\"}", "{\"id\": \"Country0001\"}")), json(UNITS));
        assertThat(checkup.findings()).isEmpty();
        check.user(checkup, json(me("\"F_X\"", "{\"id\": \"Country0001\"}", "")), json(UNITS));
        assertThat(checkup.findings()).as("without org units to search in, those to write in count").isEmpty();
    }

    @Test
    void aUserWhoMayNeitherWriteAtTheSiteNorSearchInTheCountryIsTold() throws Exception {
        check.user(checkup, json(me("\"ALL\"", "{\"id\": \"Elsewhere01\"}", "{\"id\": \"SiteUnit001\"}")), json(UNITS));
        assertThat(checkup.findings()).extracting(Finding::code).containsExactly(Code.ORG_UNIT_OUT_OF_REACH, Code.ORG_UNIT_OUT_OF_REACH, Code.SUPERUSER);
    }

    @Test
    void aSearchBeyondWhereTheUserWritesIsOneAfar() throws Exception {
        check.user(checkup, json(me("", "{\"id\": \"Country0001\"}", "{\"id\": \"Country0001\"}")), json(UNITS));
        assertThat(checkup.isSearchedAfar()).isFalse();
        check.user(checkup, json(me("", "{\"id\": \"SiteUnit001\"}", "{\"id\": \"Country0001\"}")), json(UNITS));
        assertThat(checkup.isSearchedAfar()).isTrue();
    }

    @Test
    void withoutACountryTheUsersOwnSearchScopeCounts() throws Exception {
        CheckServer anywhere = new CheckServer(new Site("s", "SiteUnit001", "", false, "uic", "ACTIVE"), new Dhis2Server("https://dhis2.example.org", CLOCK), CLOCK);
        anywhere.user(checkup, json(me("", "{\"id\": \"Country0001\"}", "{\"id\": \"SiteUnit001\", \"path\": \"/Country0001/SiteUnit001\"}")), json(UNITS));
        assertThat(checkup.isSearchedAfar()).isFalse();
        anywhere.user(checkup, json(me("", "{\"id\": \"SiteUnit001\"}", "{\"id\": \"Country0001\", \"path\": \"/Country0001\"}")), json(UNITS));
        assertThat(checkup.isSearchedAfar()).isTrue();
    }

    @Test
    void anOrgUnitThatDhis2DoesNotHaveIsToldWithItsSetting() throws Exception {
        check.user(checkup, json(me("", "{\"id\": \"Country0001\"}", "{\"id\": \"Country0001\"}")), json("{\"organisationUnits\": []}"));
        assertThat(checkup.findings()).extracting(Finding::code).containsOnly(Code.ORG_UNIT_UNKNOWN);
        assertThat(checkup.findings()).extracting(Finding::advice).containsExactly("Correct site.org-unit.", "Correct dhis2.country-org-unit.");
    }

    @Test
    void whatTheUserMayNotWriteIsTold() throws Exception {
        check.rights(checkup, MAIN, json("""
                {"programs": [{"access": {"data": {"write": true}}, "trackedEntityType": {"access": {"data": {"write": false}}},
                  "programStages": [{"displayName": "IPV", "access": {"data": {"write": false}}}, {"displayName": "TB"}]}]}"""));
        assertThat(checkup.findings()).extracting(Finding::code).containsOnly(Code.NO_RIGHT_TO_WRITE);
        assertThat(checkup.findings()).extracting(Finding::sentence).containsExactly(
                "The tracked entity type of the program EMR (MainProgram) is not open to this user for writing data (E1001).",
                "The program stage IPV is not open to this user for writing data (E1095).");
    }

    @Test
    void whatTheUserMayNotReadIsToldToo() throws Exception {
        check.rights(checkup, MAIN, json("""
                {"programs": [{"access": {"data": {"read": false, "write": true}}, "trackedEntityType": {"access": {"data": {"read": false, "write": true}}}}]}"""));
        assertThat(checkup.findings()).extracting(Finding::code, Finding::sentence).containsExactly(
                tuple(Code.NO_RIGHT_TO_READ, "The program EMR (MainProgram) is not open to this user for reading data (E1096)."),
                tuple(Code.NO_RIGHT_TO_READ, "The tracked entity type of the program EMR (MainProgram) is not open to this user for reading data (E1104)."));
    }

    private void closing(String authorities, String version) throws Exception {
        check.server(checkup, json("{\"version\": \"" + version + "\"}"));
        check.user(checkup, json(me(authorities, "{\"id\": \"Country0001\"}", "")), json(UNITS));
        check.rights(checkup, MAIN, json("""
                {"programs": [{"expiryDays": 3, "expiryPeriodType": "Monthly", "completeEventsExpiryDays": 14}]}"""));
    }

    @Test
    void theAuthorityThatAProgramMakesNecessaryIsNamedWithWhatDhis2RefusesWithoutIt() throws Exception {
        closing("\"F_UNCOMPLETE_EVENT\"", "2.43.0");
        assertThat(checkup.findings()).extracting(Finding::code, Finding::subject, Finding::sentence).containsExactly(
                tuple(Code.AUTHORITY_MISSING, "F_EDIT_EXPIRED", "The user lacks the authority F_EDIT_EXPIRED, so that DHIS2 refuses events of periods that the program"
                        + " EMR (MainProgram) has closed (Monthly, 3 days after their end), which are those of before 2026-03-01 (E1047)."),
                tuple(Code.AUTHORITY_MISSING, "F_EDIT_EXPIRED", "The user lacks the authority F_EDIT_EXPIRED, so that DHIS2, from 2.43.1 on and in later patches of older versions, refuses changes of an event of the program"
                        + " EMR (MainProgram) that was completed there more than 14 days ago (E1043)."));
        assertThat(checkup.findings()).allSatisfy(finding -> assertThat(finding.advice()).contains("F_EDIT_EXPIRED"));
    }

    @Test
    void whoHasTheAuthorityOrMayDoEverythingLacksNone() throws Exception {
        closing("\"F_EDIT_EXPIRED\"", "2.43.0");
        assertThat(checkup.findings()).isEmpty();
        closing("\"ALL\"", "2.43.0");
        assertThat(checkup.findings()).extracting(Finding::code).containsExactly(Code.SUPERUSER);
    }

    @Test
    void whoLacksAnAuthorityThatNothingHereNeedsIsNotTold() throws Exception {
        check.user(checkup, json(me("", "{\"id\": \"Country0001\"}", "")), json(UNITS));
        check.rights(checkup, MAIN, json("{\"programs\": [{\"expiryDays\": 0, \"completeEventsExpiryDays\": 0}]}"));
        assertThat(checkup.findings()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Dhis2Refuses.Wrong.class)
    void whatAPersonMustPutRightIsNoOutage(Dhis2Refuses.Wrong wrong) {
        check.noAnswer(checkup, new RuntimeException(new Dhis2Refuses(wrong, "DHIS2 says no.")), "DHIS2 says no.");
        assertThat(checkup.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isNotEqualTo(Code.DHIS2_NO_ANSWER);
            assertThat(finding.weight()).isEqualTo(Code.Weight.STOPS);
            assertThat(finding.line()).isEqualTo("DHIS2 says no. Nothing more could be looked at.");
        });
        assertThat(checkup.complete()).isTrue();
        assertThat(checkup.good()).isFalse();
    }

    @Test
    void anOutageIsNoRefusal() {
        check.noAnswer(checkup, new IOException("Connection refused"), "DHIS2 does not answer");
        assertThat(checkup.findings()).extracting(Finding::code).containsExactly(Code.DHIS2_NO_ANSWER);
        assertThat(checkup.complete()).isFalse();
    }

    @Test
    void aProgramThatIsNotAssignedToTheSiteIsTold() throws Exception {
        check.rights(checkup, MAIN, json("{\"programs\": []}"));
        assertThat(checkup.findings()).extracting(Finding::code).containsExactly(Code.PROGRAM_NOT_IN_ORG_UNIT);
    }

    private List<Place> elsewhere(String config) {
        Map<String, Object> visit = Map.of("program_name", "IPV", "mapping_json", """
                {"dhisProgramStageId": "IpvStage001", "formTableMappings": {"ipv": {"site": "SiteElem001"}}}""", "config", "{}");
        Map<String, Object> tb = Map.of("program_name", "Cough", "mapping_json", """
                {"dhisProgramStageId": "TbStage0001", "formTableMappings": {"tb": {"cough": "CoughElem01"}}}""", "config", config);
        Programs programs = new Programs(MAIN, Map.of(TB.id(), TB, LAB.id(), LAB), Map.of());
        checkup.pending(Map.of("Cough", 3L, "IPV", 5L));
        return check.elsewhere(checkup, Mappings.read(List.of(visit, tb), programs), programs);
    }

    @Test
    void aProgramThatAMappingNamesMustBeAssignedWhereTheMappingEnrols() throws Exception {
        List<Place> places = elsewhere("{\"program\": \"TbProgram01\", \"orgUnit\": \"WardUnit001\"}");
        assertThat(places).singleElement().satisfies(place -> {
            assertThat(place.orgUnit()).isEqualTo("WardUnit001");
            assertThat(place.programs()).isEqualTo("TbProgram01");
        });

        check.rightsElsewhere(checkup, places.get(0), json("{\"programs\": []}"));

        assertThat(checkup.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(Code.PROGRAM_NOT_IN_ORG_UNIT);
            assertThat(finding.weight()).as("of this mapping alone").isEqualTo(Code.Weight.HOLDS_BACK);
            assertThat(finding.events()).isEqualTo(3);
            assertThat(finding.line()).startsWith("mapping Cough: the program TB (TbProgram01) is not assigned to the org unit WardUnit001.");
        });
    }

    @Test
    void whatTheUserMayNotWriteOfAnotherProgramHoldsBackItsMappingAlone() throws Exception {
        check.rightsElsewhere(checkup, elsewhere("{\"program\": \"TbProgram01\"}").get(0), json("""
                {"programs": [{"id": "TbProgram01", "access": {"data": {"write": false}}, "programStages": [
                  {"id": "TbStage0001", "access": {"data": {"write": false}}}, {"id": "TbStage0002", "access": {"data": {"write": false}}}]}]}"""));

        assertThat(checkup.findings()).extracting(Finding::mapping, Finding::code, Finding::sentence).containsExactly(
                tuple("Cough", Code.NO_RIGHT_TO_WRITE, "the program TB (TbProgram01) is not open to this user for writing data (E1091)."),
                tuple("Cough", Code.NO_RIGHT_TO_WRITE, "the stage Cough (TbStage0001) of the program TB (TbProgram01) is not open to this user for writing data (E1095)."));
        assertThat(checkup.good()).isFalse();
    }

    @Test
    void peopleOfAnotherTypeMustBeOpenToTheUserToo() throws Exception {
        check.rightsElsewhere(checkup, elsewhere("{\"program\": \"LabProgram1\"}").get(0), json("""
                {"programs": [{"id": "LabProgram1", "trackedEntityType": {"access": {"data": {"write": false}}}}]}"""));

        assertThat(checkup.findings()).extracting(Finding::mapping, Finding::code, Finding::sentence).containsExactly(tuple("Cough", Code.NO_RIGHT_TO_WRITE,
                "the tracked entity type of the program Laboratory (LabProgram1) is not open to this user for writing data (E1001)."));
    }

    @Test
    void mappingsThatNameNothingNeedNoQuestionOfTheirOwn() {
        assertThat(elsewhere("{\"program\": \"NoSuchPrg01\"}")).as("a mapping that cannot be used is told as such").isEmpty();
    }
}
