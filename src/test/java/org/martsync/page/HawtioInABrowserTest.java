package org.martsync.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.clinic.ClinicAssert;
import org.martsync.dhis2.StandInFaults;
import org.martsync.operate.Inspection;
import org.martsync.sync.Run;

/** Hawtio in a real browser, behind the program's login. Screenshots are left in {@code target/screenshots}. */
class HawtioInABrowserTest {

    private static final Path SCREENSHOTS = Path.of("target/screenshots");

    /** Where the page's link leads: a table, since a picture of all routes at once takes Hawtio long and tells nobody anything. */
    private static final String ROUTES = "/actuator/hawtio/camel/routes";

    /** What Hawtio asks for and can do without: other servers to connect to. */
    private static final List<String> ASKED_IN_VAIN = List.of("/actuator/hawtio/proxy/enabled", "/actuator/hawtio/preset-connections");

    @TempDir private static Path folder;
    private static Chromium chromium;
    private static ProgramWithPages chain;

    private Page page;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        // Hawtio is 10 MB of scripts
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
        chain = new ProgramWithPages(folder, "spring.jmx.enabled=true");
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
    void everyRouteIsThereByItsIdWithDiagramAndSource() {
        chain.visit(1, "Visit", "one");
        chain.program.run();
        signIn("admin", ROUTES);
        assertThat(page.getByRole(AriaRole.GRIDCELL, new Page.GetByRoleOptions().setName("map-event").setExact(true)).first()).isVisible();
        screenshot("hawtio-routes");
        page.getByText("Expand all").click();
        for (Route route : chain.program.bean(CamelContext.class).getRoutes()) {
            assertThat(tree(route.getRouteId())).isVisible();
        }
        show("deliver");
        tab("Route Diagram");
        assertThat(page.getByText("(ID: settle-by-report)")).isVisible();
        screenshot("hawtio-route");
        tab("Source");
        assertThat(page.locator("#camel-source-editor")).containsText("id=\"deliver\"");
        screenshot("hawtio-source");
    }

    @Test
    void theOperationsAreDescribedAndDoWhatTheySay() {
        signIn("admin", "/actuator/hawtio/jmx");
        page.locator("li[role=treeitem]:has(:text-is('mart-dhis2-sync')) button").first().click();
        tree("Operations").click();
        tab("Attributes");
        assertThat(page.getByText("PendingByMapping")).isVisible();
        screenshot("hawtio-attributes");
        tab("Operations");
        assertThat(page.getByText("Lets no run begin by itself any more")).isVisible();
        screenshot("hawtio-operations");
        execute("pause()");
        await().until(HawtioInABrowserTest::paused);
        assertThat(page.getByText("\"outcome\"").first()).isVisible();
        screenshot("hawtio-paused");
        execute("resume()");
        await().until(() -> !paused());
        assertThat(chain.clinic.jdbc().queryForList("SELECT what || ' by ' || who FROM sync_audit ORDER BY id", String.class))
                .containsExactly("pause by admin", "resume by admin");
    }

    @Test
    void theStepsOfAnExchangeCanBeTraced() {
        signIn("admin", ROUTES);
        choose("map-event");
        tab("Trace");
        button("Start Tracing").click();
        await().until(HawtioInABrowserTest::inspected);
        chain.visit(1, "Visit", "one");
        chain.program.run();
        assertThat(page.locator("#route-message-table-body")).containsText("map-values");
        screenshot("hawtio-trace");
        button("Stop Tracing").click();
        await().until(() -> !inspected());
    }

    @Test
    void anExchangeCanBeHeldAtAStep() {
        signIn("admin", ROUTES);
        choose("map-event");
        tab("Debug");
        button("Start Debugging").click();
        page.locator(".react-flow__node").filter(new Locator.FilterOptions().setHasText("(ID: let-customise)")).click();
        button("Add breakpoint").click();
        assertThat(button("Remove breakpoint")).isVisible();
        int event = chain.visit(1, "Visit", "one");
        CompletableFuture<Run> run = CompletableFuture.supplyAsync(chain.program::run);
        assertThat(button("Resume")).isEnabled();
        screenshot("hawtio-debug");
        assertThat(run).isNotDone();
        button("Resume").click();
        await().until(run::isDone);
        ClinicAssert.assertThat(chain.clinic).event(event).isSynced();
        button("Stop Debugging").click();
        await().until(() -> !inspected());
    }

    @Test
    void exchangesInFlightAreListed() {
        signIn("admin", "/actuator/hawtio/jmx");
        page.locator("li[role=treeitem]:has(:text-is('mart-dhis2-sync')) button").first().click();
        tree("Inspection").click();
        tab("Operations");
        execute("switchOn()");
        await().until(HawtioInABrowserTest::inspected);
        int event = chain.visit(1, "Visit", "one");
        StandInFaults.Held answer = chain.dhis2.hold(1, StandInFaults.posts());
        CompletableFuture<Run> run = CompletableFuture.supplyAsync(chain.program::run);
        await().until(() -> answer.arrived() == 1);
        page.navigate(chain.address + ROUTES);
        tab("Exchanges");
        assertThat(page.locator("#camel-content").getByText("sync-run").first()).isVisible();
        screenshot("hawtio-exchanges");
        answer.release();
        await().until(run::isDone);
        ClinicAssert.assertThat(chain.clinic).event(event).isSynced();
        chain.program.bean(Inspection.class).switchOff();
    }

    @Test
    void anEventCanBeSentAgainByHand() {
        int event = chain.visit(1, "Visit", "one");
        chain.clinic.mapping("Visit", "{}", "{}");
        chain.program.run();
        ClinicAssert.assertThat(chain.clinic).event(event).isRejected();
        chain.clinic.mapping("Visit", ProgramWithPages.VISIT, "{}");
        signIn("admin", ROUTES);
        choose("direct://retrigger");
        assertThat(page.getByText("EndpointBaseUri")).isVisible();
        tab("Send");
        page.locator(".monaco-editor").click();
        page.keyboard().type(String.valueOf(event));
        screenshot("hawtio-send");
        button("Send").click();
        await().until(() -> chain.clinic.event(event).synced());
        assertThat(chain.clinic.jdbc().queryForList("SELECT what || ' by ' || who FROM sync_audit", String.class)).containsExactly("retrigger " + event + " by admin");
    }

    private void choose(String name) {
        page.getByText("Expand all").click();
        show(name);
    }

    /** Waits until it is shown: a tab that is clicked before is lost when it comes. */
    private void show(String name) {
        tree(name).click();
        assertThat(page.locator("#camel-content-header h1")).hasText(name);
    }

    private static boolean inspected() {
        return chain.program.bean(Inspection.class).isOn();
    }

    private Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static boolean paused() {
        return chain.clinic.jdbc().queryForObject("SELECT count(*) FROM sync_pause", Integer.class) > 0;
    }

    private void execute(String operation) {
        Locator item = page.locator("#jmx-operation-list li:has(b:text-is('" + operation + "'))");
        item.locator("button").first().click();
        item.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Execute")).click();
    }

    private void tab(String name) {
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true)).click();
    }

    private Locator tree(String name) {
        return page.locator("[role=treeitem]").getByText(name, new Locator.GetByTextOptions().setExact(true)).first();
    }

    private void signIn(String name, String path) {
        page = chromium.open(1280, 800, ASKED_IN_VAIN);
        page.setDefaultTimeout(60_000);
        Chromium.signIn(page, chain.address + path, name);
        assertThat(page.locator("#hawtio-main-page")).isVisible();
    }

    private void screenshot(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
    }
}
