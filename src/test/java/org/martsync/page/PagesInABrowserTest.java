package org.martsync.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.dhis2.StandInFaults;

/** The pages in a real browser, with scripts. Screenshots are left in {@code target/screenshots}. */
class PagesInABrowserTest {

    private static final Path SCREENSHOTS = Path.of("target/screenshots");

    @TempDir private static Path folder;
    private static Chromium chromium;
    private static ProgramWithPages chain;

    private Page page;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        chain = new ProgramWithPages(folder);
    }

    @BeforeEach
    void reset() {
        chain.reset();
    }

    @AfterEach
    void nothingWasComplainedOf() {
        assertThat(chromium.closeWindow()).isEmpty();
    }

    @AfterAll
    static void stop() {
        if (chain != null) {
            chain.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void aRunBegunByTheKeyboardIsFollowedWithoutReloading() {
        for (int patient = 1; patient <= 3; patient++) {
            chain.visit(patient, "Visit", "one");
        }
        signIn(1200, 800);
        StandInFaults.Held held = chain.dhis2.hold(1, StandInFaults.posts());
        tabTo("run-now");
        page.keyboard().press("Enter");
        await().until(() -> held.arrived() == 1);
        assertThat(page.locator("#state")).containsText("Running since");
        assertThat(page.locator("#run-now")).isDisabled();
        assertThat(page.locator("progress")).isVisible();
        screenshot("running");
        page.evaluate("window.loadedOnce = true");

        held.release();
        assertThat(page.locator("#state")).containsText("3 arrived, 0 refused");
        assertThat(page.locator("#today")).hasText("3");
        assertThat(page.locator("#run-now")).isEnabled();
        assertThat(page.locator("#news")).containsText("At rest.");
        assertThat(page.evaluate("window.loadedOnce")).isEqualTo(true);
    }

    @Test
    void aGroupIsTriedAgainAndAnEventFoundByTheKeyboard() {
        chain.visit(1, "Late", "one");
        chain.program.run();
        signIn(1200, 800);
        chain.clinic.mapping("Late", ProgramWithPages.VISIT, "{}");
        page.locator("article summary").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("article .example")).containsText("There is no mapping named 'Late'");
        page.locator("article button").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator(".said")).containsText("1 of 1 queued.");
        await().until(() -> chain.clinic.event(1).synced());

        page.locator("#sought").focus();
        page.keyboard().type("P-000001");
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).hasText("Event 1");
        assertThat(page.url()).doesNotContain("P-000001");
        screenshot("event");
    }

    @Test
    void everyPageFitsOnAPhone() {
        history();
        int event = chain.refused("Prep_Screening_With_A_Name_No_Blanks", "Site type (SqX8j4oFNN3): 'a_value_without_any_blank_that_goes_on_and_on_and_on' is none of the options: A, B.");
        chain.clinic.pending(7, "Visit", 1007);
        signIn(360, 640);
        fits("phone");
        page.navigate(chain.address + "/events/" + event);
        fits("phone-event");
        page.locator("#try-again").click();
        page.navigate(chain.address + "/audit");
        assertThat(page.locator(".audit")).containsText("Try again");
        fits("phone-audit");
        page.locator("#sought").fill("1001");
        page.keyboard().press("Enter");
        page.waitForURL("**/search"); // and until its style is there
        fits("phone-search");
    }

    @Test
    void anEmptyClinicAndOneWithAHundredThousandFailuresCanBeRead() {
        signIn(1200, 800);
        screenshot("empty");
        history();
        chain.clinic.jdbc().execute("""
                INSERT INTO events_to_sync (patient_id, program_id, encounter_id)
                SELECT n::text, (ARRAY['Visit', 'IPV', 'HTS'])[1 + n % 3], n::text FROM generate_series(1, 100000) AS n""");
        chain.clinic.jdbc().execute("INSERT INTO sync_attempt (event_id, run) SELECT id, now() FROM events_to_sync ON CONFLICT DO NOTHING");
        chain.clinic.jdbc().execute("""
                INSERT INTO log (program, status, status_info, date_created, event_id, category)
                SELECT program_id, 'failed', CASE WHEN id % 2 = 0 THEN 'ZW EMR - Site type (SqX8j4oFNN3): ''place ' || id || ''' is none of the options: A, B. Correct ipv_form.sp_if_site_type.'
                  WHEN id % 5 = 0 THEN 'CORE - Sex assigned at birth (JjaN3dwjHo1) is compulsory for enrolment in program KP (vatFxlZR2lj). Fill it in in the registration.'
                  ELSE 'Patient ' || id || ' is unknown: table patient has no such patient_id. Save the patient again in the clinic.' END,
                  localtimestamp, id, 'dhis-sync'
                FROM events_to_sync""");
        page.reload();
        assertThat(page.locator("#refused")).hasText("100,007");
        assertThat(page.locator("article").first()).isVisible();
        page.locator("article summary").first().click();
        screenshot("many-failures");
        page.setViewportSize(360, 640);
        fits("phone-many-failures");
    }

    private void history() {
        for (int day = 0; day < 30; day++) {
            chain.arrived((day * 37) % 113 + (day % 7 == 2 ? 0 : 60), day);
        }
        for (int i = 0; i < 7; i++) {
            chain.refused("Visit", "Weight (VtElem00004): 'about " + i + " kg' is not a number. Correct visit_form.weight.");
        }
    }

    private void signIn(int width, int height) {
        page = chromium.open(width, height, List.of());
        Chromium.signIn(page, chain.address + "/", "admin");
        assertThat(page.locator("#state")).isVisible();
    }

    private void tabTo(String id) {
        for (int presses = 0; presses < 30; presses++) {
            page.keyboard().press("Tab");
            if (id.equals(page.evaluate("document.activeElement.id"))) {
                return;
            }
        }
        throw new AssertionError("the Tab key never came to " + id);
    }

    private void fits(String name) {
        screenshot(name);
        assertThat((int) page.evaluate("document.documentElement.scrollWidth")).as(name).isLessThanOrEqualTo(360);
    }

    private void screenshot(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
    }
}
