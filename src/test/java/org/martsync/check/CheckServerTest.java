package org.martsync.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.Site;

class CheckServerTest {

    private static final Instant NOON = Instant.parse("2026-03-05T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);
    private static final String UNITS = """
            {"organisationUnits": [{"id": "SiteUnit001", "path": "/Country0001/SiteUnit001"}, {"id": "Country0001", "path": "/Country0001"}]}""";

    private final Checkup checkup = new Checkup(NOON, "", 10, 10);
    private final CheckServer check = new CheckServer(new Site("s", "SiteUnit001", "Country0001", false, "uic", "ACTIVE"),
            new Dhis2Server("https://dhis2.example.org", CLOCK), CLOCK);

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
    void anOrgUnitThatDhis2DoesNotHaveIsToldWithItsSetting() throws Exception {
        check.user(checkup, json(me("", "{\"id\": \"Country0001\"}", "{\"id\": \"Country0001\"}")), json("{\"organisationUnits\": []}"));
        assertThat(checkup.findings()).extracting(Finding::code).containsOnly(Code.ORG_UNIT_UNKNOWN);
        assertThat(checkup.findings()).extracting(Finding::advice).containsExactly("Correct site.org-unit.", "Correct dhis2.country-org-unit.");
    }

    @Test
    void whatTheUserMayNotWriteIsTold() throws Exception {
        check.rights(checkup, json("""
                {"programs": [{"access": {"data": {"write": true}}, "trackedEntityType": {"access": {"data": {"write": false}}},
                  "programStages": [{"displayName": "IPV", "access": {"data": {"write": false}}}, {"displayName": "TB"}]}]}"""));
        assertThat(checkup.findings()).extracting(Finding::code).containsOnly(Code.NO_RIGHT_TO_WRITE);
        assertThat(checkup.findings()).extracting(Finding::sentence).containsExactly(
                "The program's tracked entity type is not open to this user for writing data.",
                "The program stage IPV is not open to this user for writing data.");
    }

    @Test
    void aProgramThatIsNotAssignedToTheSiteIsTold() throws Exception {
        check.rights(checkup, json("{\"programs\": []}"));
        assertThat(checkup.findings()).extracting(Finding::code).containsExactly(Code.PROGRAM_NOT_IN_ORG_UNIT);
    }
}
