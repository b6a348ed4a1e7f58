package org.martsync.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The Chromium of this machine, without a window. Tests that need it are skipped where there is none. */
public final class Chromium implements AutoCloseable {

    private static final List<String> PLACES = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
    private static final List<String> ALONE = List.of("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync");

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> complaints = new ArrayList<>();
    private BrowserContext window;

    private Chromium(Path program) {
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(program).setHeadless(true).setArgs(ALONE));
    }

    /** A skipped test says why in the build's output, as its report is read by nobody; where CHROMIUM names one, it must be there. */
    public static Chromium start() {
        String named = System.getenv("CHROMIUM");
        if (named != null) {
            return new Chromium(Assertions.assertDoesNotThrow(() -> Path.of(named).toRealPath(), "the variable CHROMIUM names a browser that is not there: " + named));
        }
        Optional<Path> program = PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst();
        if (program.isEmpty()) {
            String why = "SKIPPED, no browser: Chromium is in none of " + PLACES + " (Debian: apt install chromium), and the variable CHROMIUM names none";
            System.out.println(why);
            Assumptions.abort(why);
        }
        return new Chromium(program.get());
    }

    /**
     * Opens a window in which nobody is signed in, and listens to what its pages complain of.
     *
     * @param askedInVain parts of addresses that are asked for and may fail
     */
    public Page open(int width, int height, List<String> askedInVain) {
        window = browser.newContext(new Browser.NewContextOptions().setViewportSize(width, height));
        Page page = window.newPage();
        page.onConsoleMessage(said -> {
            if (said.type().equals("error") && askedInVain.stream().noneMatch(said.location()::contains)) {
                complaints.add(said.text() + " " + said.location());
            }
        });
        page.onPageError(complaints::add);
        return page;
    }

    /** Goes to an address and signs in by the form that stands before it. */
    public static void signIn(Page page, String address, String name) {
        page.navigate(address);
        page.locator("#username").fill(name);
        page.locator("#password").fill("for-the-test");
        page.keyboard().press("Enter");
    }

    /** Closes the window that was opened last, if one was, and tells what its pages complained of. */
    public List<String> closeWindow() {
        if (window != null) {
            window.close();
            window = null;
        }
        List<String> told = List.copyOf(complaints);
        complaints.clear();
        return told;
    }

    @Override
    public void close() {
        playwright.close();
    }
}
