package org.martsync.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RunningProgram;
import org.martsync.dhis2.StandInFaults;
import org.martsync.operate.Operations;
import org.martsync.words.Words;

/** The pages over HTTP, as a browser without scripts has them. */
class PagesTest {

    @TempDir private static Path folder;
    private static ProgramWithPages chain;

    @BeforeAll
    static void start() {
        chain = new ProgramWithPages(folder);
    }

    @BeforeEach
    void reset() {
        chain.reset();
    }

    @AfterAll
    static void stop() {
        chain.close();
    }

    // ---- the overview

    @Test
    void anEmptyClinicHasAPageThatSaysSo() {
        String page = overview("admin");
        assertThat(page).contains("At rest.", "Nothing was refused.", "no row named &#39;dhisSyncJob&#39;");
        assertThat(number(page, "waiting")).isEqualTo("0");
        assertThat(number(page, "today")).isEqualTo("0");
        assertThat(page).doesNotContain("<svg viewBox");
    }

    @Test
    void itTellsHowManyWaitAndHowManyWereRefused() {
        chain.visit(1, "Visit", "one");
        chain.refused("Visit", "Wrong.");
        chain.refused("Visit", "Wrong.");
        String page = overview("admin");
        assertThat(number(page, "waiting")).isEqualTo("1");
        assertThat(number(page, "refused")).isEqualTo("2");
    }

    @Test
    void itTellsHowManyArrivedTodayAndInTheLast30Days() {
        chain.arrived(3, 0);
        chain.arrived(1200, 29);
        chain.arrived(7, 30);
        String page = overview("admin");
        assertThat(number(page, "today")).isEqualTo("3");
        assertThat(number(page, "month")).isEqualTo("1,203");
        assertThat(Pattern.compile("class=\"bar\"").matcher(page).results()).hasSize(30);
        assertThat(page).contains("up to 1,200 a day").contains("class=\"bar\" x=\"2\" y=\"0\" width=\"16\" height=\"120\"");
    }

    @Test
    void itTellsWhatTheLastComparisonWithDhis2Found() {
        assertThat(overview("guest")).doesNotContain("id=\"reconciled\"");
        chain.clinic.jdbc().update("INSERT INTO sync_reconcile (name, since, events, ended_at) VALUES (now(), '2026-01-01', 48210, now())");
        assertThat(overview("guest")).containsPattern("<p id=\"reconciled\" ?(class=\"\")?>All 48,210 events since 1 Jan 2026 are in DHIS2, checked \\d\\d:\\d\\d\\.</p>");
        chain.clinic.jdbc().update("INSERT INTO sync_reconcile_finding (reconcile, thing, kind, event_id, uid, field, repairable) "
                + "SELECT r.id, f.* FROM sync_reconcile r, (VALUES ('event', 'missing', 1, 'a', NULL, true), ('event', 'missing', 2, 'b', NULL, true), "
                + "('event', 'changed', 3, 'c', 'one', false), ('event', 'changed', 3, 'c', 'other', false), ('person', 'duplicated', 4, 'd', NULL, false)) AS f");
        assertThat(overview("guest")).containsPattern("<p id=\"reconciled\" class=\"problem\">Of 48,210 events since 1 Jan 2026: 2 missing in DHIS2, 1 changed there, "
                + "1 otherwise not as it should be, checked \\d\\d:\\d\\d\\. The command reconcile names them\\.</p>");
        chain.clinic.jdbc().execute("TRUNCATE sync_reconcile CASCADE");
    }

    @Test
    void itTellsWhenTheNextRunBegins() {
        chain.clinic.schedule("0 0 0 1 1 ? 2099", true);
        await().untilAsserted(() -> assertThat(overview("guest")).containsPattern("The next run begins in \\d+ days, at Thu 1 Jan 2099, 00:00\\."));
    }

    @Test
    void itTellsHowTheLastRunEndedAndWhyItStopped() {
        chain.visit(1, "Visit", "one");
        chain.visit(2, "Nobody's", "two");
        chain.program.run();
        assertThat(overview("guest")).containsPattern("At rest\\. The last run ended at \\d\\d:\\d\\d: 1 arrived, 1 refused, in \\d+ s\\.");
        chain.dhis2.failAlways(StandInFaults.path("/api/trackedEntities")).with(401, "application/json", "{}");
        chain.dhis2.failAlways(StandInFaults.posts()).with(401, "application/json", "{}");
        chain.visit(3, "Visit", "three");
        chain.program.run();
        assertThat(overview("guest")).contains("The last run stopped early: ");
    }

    @Test
    void aRunThatIsGoingOnTellsHowFarItIs() {
        chain.visit(1, "Visit", "one");
        chain.refused("Nobody's", "Wrong in a run before.");
        StandInFaults.Held held = chain.dhis2.hold(1, StandInFaults.posts());
        ProgramWithPages.Browser guest = chain.signIn("guest");
        chain.signIn("clerk").post("/run-now", Map.of(), "/");
        await().until(() -> held.arrived() == 1);
        String now = guest.get("/now").body();
        assertThat(now).contains("data-running=\"true\"", "Running since ").containsPattern("max=\"2\"").doesNotContain("Next run", "<html");
        assertThat(chain.signIn("clerk").get("/").body()).containsPattern("id=\"run-now\" disabled").doesNotContainPattern("id=\"stop-run\" disabled");
        held.release();
        chain.atRest();
        assertThat(guest.get("/now").body()).contains("data-running=\"false\"", "1 arrived, 1 refused");
    }

    @Test
    void reasonsThatDifferInValuesAreOneLine() {
        int first = chain.refused("Visit", "Weight (VtElem00004): 'many' is not a number. Correct visit_form.weight.");
        chain.refused("Visit", "Weight (VtElem00004): 'a lot' is not a number. Correct visit_form.weight.");
        chain.refused("Visit", "Height (VtElem00005): 'tall' is not a number. Correct visit_form.height.");
        chain.refused("IPV", "Weight (VtElem00004): '7 kg' is not a number. Correct visit_form.weight.");
        chain.refused("HTS", "Site type (SqX8j4oFNN3): 'x' is none of the 40 options, the nearest of which are: A, B. Correct ipv_form.site.");
        chain.refused("HTS", "Site type (SqX8j4oFNN3): 'it's y' is none of the 40 options, the nearest of which are: C. Correct ipv_form.site.");
        chain.refused("IPV", "Patient with UIC UIC-000007 already exists under Harare. Check and update UIC for patient in DHIS2.");
        chain.refused("IPV", "Patient with UIC UIC-000008 already exists under Harare. Check and update UIC for patient in DHIS2.");
        String page = overview("admin");
        assertThat(groups(page)).isEqualTo(5);
        assertThat(page).contains("Site type (…): &#39;…&#39; is none of the … options, the nearest of which are: … Correct ipv_form.site.",
                "Weight (…): &#39;…&#39; is not a number. Correct visit_form.weight.",
                "Patient with UIC … already exists under Harare. Check and update UIC for patient in DHIS2.",
                "href=\"/events/" + first + "\"");
    }

    @Test
    void onlyTheNewestReasonOfAnEventCounts() {
        int event = chain.refused("Visit", "Old.");
        chain.clinic.jdbc().update("INSERT INTO log (status, status_info, date_created, event_id, category) VALUES ('failed', 'New.', localtimestamp, ?, 'dhis-sync')", event);
        chain.clinic.jdbc().update("INSERT INTO log (status, status_info, date_created, event_id, category) VALUES ('failed', 'Not ours.', localtimestamp, ?, 'analytics')", event);
        assertThat(overview("admin")).contains("New.").doesNotContain("Old.", "Not ours.");
    }

    @Test
    void whatOthersWroteIsTextAndNeverMarkup() {
        int event = chain.refused("<i>Visit</i>", "<script>alert(1)</script> & \"more\" '<b>x</b>'");
        String page = overview("admin");
        assertThat(page).contains("&lt;script&gt;alert(…)&lt;/script&gt; &amp; &quot;more&quot;", "&lt;i&gt;Visit&lt;/i&gt;").doesNotContain("<script>alert", "<i>Visit", "<b>x");
        String story = chain.signIn("admin").get("/events/" + event).body();
        assertThat(story).contains("&lt;script&gt;alert(1)&lt;/script&gt;").doesNotContain("<script>alert", "<i>Visit", "<b>x");
        assertThat(chain.signIn("admin").post("/search", Map.of("sought", "<u>7</u>"), "/").body()).contains("&lt;u&gt;7").doesNotContain("<u>7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "fr", "pt"})
    void wrongOptionsAreOneGroupInEachLanguage(String language) {
        Words.speak(language, folder.resolve("none"));
        try {
            chain.refused("HTS", Words.say("value.of", "Site", "'x' " + Words.say("option.none-of-many", 40, "A, B"), Words.say("place.form", "site", "ipv")));
            chain.refused("HTS", Words.say("value.of", "Site", "'y' " + Words.say("option.none-of-many", 40, "C"), Words.say("place.form", "site", "ipv")));
            chain.refused("HTS", Words.say("value.of", "Site", "'x' " + Words.say("option.none", "A, B"), Words.say("place.form", "site", "ipv")));
            chain.refused("HTS", Words.say("value.of", "Site", "'z' " + Words.say("option.none", "D"), Words.say("place.form", "site", "ipv")));
        } finally {
            Words.speak("en", folder.resolve("none"));
        }
        assertThat(groups(overview("admin"))).isEqualTo(2);
    }

    // ---- the check

    @Test
    void theCheckShowsExamplesOnlyToWhoMaySeePatients() {
        chain.clinic.mapping("Numbers", "{\"dhisProgramStageId\": \"VtStage0001\", \"formTableMappings\": {\"visit_form\": {\"f_text\": \"VtElem00004\"}}}", "{}");
        chain.visit(1, "Numbers", "<b>many</b>");
        assertThat(chain.signIn("admin").get("/check").body()).contains("UNFIT_VALUE", "1 event", "&lt;b&gt;many").doesNotContain("<b>many");
        assertThat(chain.signIn("guest").get("/check").body()).contains("UNFIT_VALUE", "1 event").doesNotContain("many");
    }

    @Test
    void aClinicInOrderIsToldSoByTheCheck() {
        chain.clinic.orgUnit("ZW", RunningProgram.SITE);
        chain.visit(1, "Visit", "one");
        assertThat(chain.signIn("guest").get("/check").body()).contains("Nothing was found.", "1 of 1 pending events");
    }

    @Test
    void aHundredThousandFailuresAreAFewLines() {
        chain.clinic.jdbc().execute("""
                INSERT INTO events_to_sync (patient_id, program_id, encounter_id)
                SELECT n::text, (ARRAY['Visit', 'IPV', 'HTS'])[1 + n % 3], n::text FROM generate_series(1, 100000) AS n""");
        chain.clinic.jdbc().execute("INSERT INTO sync_attempt (event_id, run) SELECT id, now() FROM events_to_sync");
        chain.clinic.jdbc().execute("""
                INSERT INTO log (program, status, status_info, date_created, event_id, category)
                SELECT program_id, 'failed', CASE WHEN id % 2 = 0 THEN 'Site type (SqX8j4oFNN3): ''place ' || id || ''' is none of the options: A, B. Correct visit_form.site.'
                  ELSE 'Patient ' || id || ' is unknown: table patient has no such patient_id. Save the patient again in the clinic.' END,
                  localtimestamp, id, 'dhis-sync'
                FROM events_to_sync, generate_series(1, 2)""");
        String page = overview("admin");
        assertThat(groups(page)).isEqualTo(6);
        assertThat(number(page, "refused")).isEqualTo("100,000");
        assertThat(page.length()).as("characters").isLessThan(40_000);
        assertThat(page).contains("Try the first 1000 again");
    }

    @Test
    void whoMayNotSeePatientsSeesCountsByMappingAndNoReason() {
        chain.refused("Visit", "'Amber' is wrong.");
        chain.refused("Visit", "Patient 7 is unknown.");
        chain.refused("Amber Test-001", "Wrong.");
        String page = overview("clerk");
        assertThat(groups(page)).isEqualTo(2);
        assertThat(page).contains("(unknown)").doesNotContain("Amber", "is wrong", "Patient 7", "/actuator/hawtio");
        assertThat(overview("admin")).contains("Amber", "/actuator/hawtio");
    }

    @Test
    void withoutTheDatabaseThePageSaysSo() {
        chain.clinic.jdbc().execute("ALTER TABLE sync_pause RENAME TO away");
        try {
            assertThat(overview("admin")).contains("It could not be done: ").contains("role=\"search\"");
            assertThat(chain.signIn("admin").get("/now").statusCode()).isEqualTo(503);
        } finally {
            chain.clinic.jdbc().execute("ALTER TABLE away RENAME TO sync_pause");
        }
    }

    // ---- the buttons

    @Test
    void runNowSendsWhatWaits() {
        int event = chain.visit(1, "Visit", "one");
        assertThat(chain.signIn("clerk").post("/run-now", Map.of(), "/").body()).contains("has begun.");
        await().until(() -> chain.clinic.event(event).synced());
        chain.atRest();
        assertThat(number(overview("clerk"), "today")).isEqualTo("1");
    }

    @Test
    void pauseAndResumeTakeTurns() {
        ProgramWithPages.Browser clerk = chain.signIn("clerk");
        assertThat(clerk.get("/").body()).contains("id=\"pause\"").doesNotContain("id=\"resume\"");
        String paused = clerk.post("/pause", Map.of(), "/").body();
        assertThat(paused).contains("Paused by clerk since ", "No run begins by itself until it is resumed.", "id=\"resume\"").doesNotContain("id=\"pause\"");
        assertThat(clerk.get("/").body()).as("said once").doesNotContain("class=\"said\"");
        assertThat(clerk.post("/resume", Map.of(), "/").body()).contains("Resumed", "id=\"pause\"");
        assertThat(chain.program.bean(Operations.class).isPaused()).isFalse();
    }

    @Test
    void tryAgainTakesTheGroupThatIsShownAndNoOther() {
        int one = chain.visit(1, "Late", "one");
        int two = chain.visit(2, "Later", "two");
        chain.program.run();
        chain.clinic.mapping("Late", ProgramWithPages.VISIT, "{}");
        chain.clinic.mapping("Later", ProgramWithPages.VISIT, "{}");
        ProgramWithPages.Browser clerk = chain.signIn("clerk");
        assertThat(clerk.post("/try-again", Map.of("mapping", "Late", "reason", ""), "/").body()).contains("1 of 1 queued. 1 match.");
        await().until(() -> chain.clinic.event(one).synced());
        chain.atRest();
        assertThat(chain.clinic.event(two).synced()).isFalse();

        String reason = "There is no mapping named &#39;…&#39;";
        assertThat(overview("admin")).contains(reason);
        assertThat(chain.clinic.jdbc().queryForObject("SELECT what FROM sync_audit ORDER BY id DESC LIMIT 1", String.class))
                .isEqualTo("retriggerFailed mapping 'Late' reasons like '' limit 1000");
        assertThat(clerk.post("/try-again", Map.of("mapping", "Late", "reason", ""), "/").body()).contains("No event fails for that reason any more.");
    }

    @Test
    void aGroupThatCannotBeTriedAgainIsKeptInTheAuditToo() {
        chain.visit(1, "Late", "one");
        chain.program.run();
        chain.clinic.mapping("Late", ProgramWithPages.VISIT, "{}");
        chain.clinic.jdbc().execute("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'");
        chain.clinic.jdbc().execute("CREATE TRIGGER no BEFORE DELETE ON sync_attempt FOR EACH ROW EXECUTE FUNCTION no()");
        try {
            assertThat(chain.signIn("clerk").post("/try-again", Map.of("mapping", "Late", "reason", ""), "/").body()).contains("It broke off: ");
        } finally {
            chain.clinic.jdbc().execute("DROP FUNCTION no() CASCADE");
        }
        assertThat(chain.clinic.jdbc().queryForList("SELECT who || ', ' || what || ': ' || left(outcome, 14) FROM sync_audit", String.class))
                .containsExactly("clerk, retriggerFailed Late: It broke off: ");
    }

    @ParameterizedTest
    @CsvSource({"/run-now, runNow", "/stop-run, stopRun", "/pause, pause", "/resume, resume", "/try-again?mapping=x&reason=, retriggerFailed",
        "/events/1/try-again, retrigger 1", "/events/1/send-again, resend 1"})
    void nobodyActsWithoutTheRoleOrTheToken(String path, String deed) {
        assertThat(chain.signIn("clerk").postWith(path, Map.of(), "made-up").statusCode()).isEqualTo(403);
        assertThat(chain.signIn("guest").post(path, Map.of(), "/").statusCode()).isEqualTo(403);
        assertThat(chain.clinic.jdbc().queryForList("SELECT who || ', ' || what || ': ' || outcome FROM sync_audit ORDER BY id", String.class))
                .containsExactly("clerk, " + deed + ": Refused: It came without the page's token or with a wrong one, as what other sites send does.",
                        "guest, " + deed + ": Refused: This login does not have the role for that.");
    }

    @Test
    void whoOnlyLooksSeesNoButtonsButMaySearch() {
        chain.refused("Visit", "Wrong.");
        assertThat(overview("guest")).doesNotContain("id=\"run-now\"", "id=\"pause\"", "/try-again");
        assertThat(chain.signIn("guest").post("/search", Map.of("sought", "1001"), "/").body()).contains("<h1>Event ");
    }

    // ---- an event

    @Test
    void anEventTellsItsStory() {
        int event = chain.visit(1, "Visit", "Amber <one>");
        String waits = chain.signIn("admin").get("/events/" + event).body();
        assertThat(waits).contains("It waits to be sent.", "It was not sent yet.", "What would be sent", "Amber &lt;one&gt;", "id=\"try-again\"");
        chain.program.run();
        String arrived = chain.signIn("admin").get("/events/" + event).body();
        assertThat(arrived).contains("It is in DHIS2.", "Arrived", "id=\"send-again\"");
        assertThat(chain.signIn("clerk").get("/events/" + event).body()).contains("It is in DHIS2.").doesNotContain("Amber", "UIC-");
        assertThat(chain.signIn("admin").get("/events/4711").statusCode()).isEqualTo(404);
        assertThat(chain.signIn("admin").get("/events/4711").body()).contains("No event has the id 4711.");
    }

    @Test
    void aRefusedEventIsTriedAgainFromItsPage() {
        int event = chain.visit(1, "Late", "one");
        chain.program.run();
        assertThat(chain.signIn("admin").get("/events/" + event).body()).contains("It was refused, and waits for the next run.", "There is no mapping named &#39;Late&#39;");
        chain.clinic.mapping("Late", ProgramWithPages.VISIT, "{}");
        HttpResponse<String> after = chain.signIn("clerk").post("/events/" + event + "/try-again", Map.of(), "/events/" + event);
        assertThat(after.body()).contains("1 of 1 queued.");
        await().until(() -> chain.clinic.event(event).synced());
    }

    // ---- the search

    @ParameterizedTest
    @CsvSource({"admin, 1, 1", "admin, 1002, 2", "admin, P-000002, 2", "clerk, 1, 1", "clerk, 1002, 2"})
    void aSearchWithOneAnswerLeadsToIt(String who, String sought, int event) {
        chain.visit(1, "Visit", "one");
        chain.visit(2, "Visit", "two");
        assertThat(chain.signIn(who).post("/search", Map.of("sought", " " + sought + " "), "/").body()).contains("<h1>Event " + event + "</h1>");
    }

    @Test
    void aPatientsEventsAreFoundOnlyByWhoMaySeePatients() {
        chain.visit(7, "Visit", "one");
        chain.clinic.pending(7, "Late", 1007);
        assertThat(chain.signIn("admin").post("/search", Map.of("sought", "P-000007"), "/").body()).contains("2 events", "href=\"/events/1\"", "href=\"/events/2\"");
        assertThat(chain.signIn("admin").post("/search", Map.of("sought", "7"), "/").body()).contains("2 events");
        assertThat(chain.signIn("clerk").post("/search", Map.of("sought", "P-000007"), "/").body()).contains("No event was found");
        assertThat(chain.signIn("clerk").post("/search", Map.of("sought", "7"), "/").body()).contains("No event was found");
        assertThat(chain.signIn("clerk").post("/search", Map.of("sought", "99999999999"), "/").body()).contains("No event was found");
    }

    @Test
    void aPatientIsFoundByWhatTheMappingSearchesDhis2ByButOnlyByWhoMaySeePatients() {
        chain.visit(7, "Visit", "one");
        assertThat(chain.signIn("admin").post("/search", Map.of("sought", "UIC-000007"), "/").body()).contains("<h1>Event 1</h1>");
        assertThat(chain.signIn("clerk").post("/search", Map.of("sought", "UIC-000007"), "/").body()).contains("No event was found");
        chain.clinic.jdbc().update("UPDATE patient SET telephone = '0771-7'");
        assertThat(chain.signIn("admin").post("/search", Map.of("sought", "0771-7"), "/").body()).contains("No event was found");
        chain.clinic.mapping("Patient", "{}", "{\"searchable\": [\"gone\", \"uic' OR true\", \"telephone\", \"birthdate\"]}");
        assertThat(chain.signIn("admin").post("/search", Map.of("sought", "0771-7"), "/").body()).contains("<h1>Event 1</h1>");
        assertThat(chain.signIn("admin").post("/search", Map.of("sought", "UIC-000007"), "/").body()).contains("No event was found");
        for (String config : new String[] {"{\"searchable\": \"uic\"}", "{}", null}) {
            chain.clinic.mapping("Patient", "{}", config);
            assertThat(chain.signIn("admin").post("/search", Map.of("sought", "P-000007"), "/").body()).contains("<h1>Event 1</h1>");
        }
    }

    // ---- who did what

    @Test
    void whoDidWhatIsToldInWordsTheNewestFirst() {
        assertThat(chain.signIn("guest").get("/audit").body()).contains("Nobody has done anything yet.");
        chain.visit(1, "Late", "one");
        chain.program.run();
        chain.signIn("clerk").post("/pause", Map.of(), "/");
        chain.signIn("admin").post("/try-again", Map.of("mapping", "Late", "reason", "There is no mapping named '…'. Create it, or correct program_id of the event."), "/");
        chain.signIn("clerk").post("/events/1/try-again", Map.of(), "/events/1");
        chain.signIn("clerk").post("/resume", Map.of(), "/");
        chain.atRest();

        String all = chain.signIn("admin").get("/audit").body();
        assertThat(all).containsSubsequence("<b>clerk</b>", "Resume", "<b>clerk</b>", "Try again", "href=\"/events/1\"", "1 of 1 queued.",
                "<b>admin</b>", "Try refused events again: mapping &#39;Late&#39; reasons like", "<b>clerk</b>", "Pause");
        assertThat(chain.signIn("guest").get("/audit").body()).contains("Try refused events again", "<b>admin</b>").doesNotContain("reasons like");
        assertThat(overview("guest")).contains("href=\"/audit\"");
    }

    @Test
    void whoWasRefusedTheSameManyTimesStandsThereOnce() {
        chain.signIn("clerk").post("/resume", Map.of(), "/");
        chain.clinic.jdbc().update("INSERT INTO sync_audit (who, what, asked, queued, outcome, times, last) VALUES "
                + "('guest', 'JMX stop routes', 0, 0, 'Refused: No.', 37, '2026-01-01T10:00:00Z')");
        assertThat(chain.signIn("admin").get("/audit").body()).containsSubsequence("<b>guest</b>", "In the console: stop routes", "Refused: No.", "<b>So 37 times, the last at ",
                "<b>clerk</b>", "Resume").containsOnlyOnce("So 37 times");
    }

    // ---- around them

    @Test
    void aBrowserLoadsNothingFromElsewhere() {
        HttpResponse<String> page = chain.signIn("admin").get("/");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).startsWith("default-src 'none'; style-src 'self'; script-src 'self';");
        assertThat(page.body()).doesNotContainPattern("(src|href)=\"(http|//)").doesNotContain("style=\"", "onclick", "<script>");
        assertThat(chain.signIn("admin").get("/page/page.js").statusCode()).isEqualTo(200);
    }

    private static String overview(String who) {
        HttpResponse<String> page = chain.signIn(who).get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        return page.body();
    }

    /** The text of the element with that id. */
    private static String number(String page, String id) {
        var found = Pattern.compile("id=\"" + id + "\"[^>]*>([^<]*)<").matcher(page);
        assertThat(found.find()).as(id).isTrue();
        return found.group(1);
    }

    private static long groups(String page) {
        return Pattern.compile("<article").matcher(page).results().count();
    }
}
