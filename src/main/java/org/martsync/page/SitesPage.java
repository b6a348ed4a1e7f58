package org.martsync.page;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.martsync.operate.OperationFailed;
import org.martsync.operate.Operations;
import org.martsync.operate.Receipt;
import org.martsync.sites.SideBySide;
import org.martsync.sites.Sites;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page at {@code /} where there are several sites: how each of them is, a link to its own page, and the buttons for all. */
@Controller
@ConditionalOnProperty("martsync.sites")
public class SitesPage {

    /** A database that is away is waited for this long, see spring.datasource.hikari.connection-timeout. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(12);

    private final Sites sites;
    private final Glances glances;

    public SitesPage(Sites sites) {
        this.sites = sites;
        this.glances = new Glances(sites.all());
    }

    @GetMapping("/")
    String overview(Model page) {
        now(page);
        return "sites";
    }

    /** The part that changes by itself; who is in trouble comes first. */
    @GetMapping("/now")
    String now(Model page) {
        List<Glance> all = glances.all();
        page.addAttribute("sites", all.stream().sorted(Comparator.comparing(site -> site.problem() == null)).toList());
        page.addAttribute("running", all.stream().anyMatch(site -> site.now() != null && site.now().running()));
        page.addAttribute("waiting", all.stream().filter(site -> site.now() != null).mapToLong(site -> site.now().waiting()).sum());
        page.addAttribute("refused", all.stream().filter(site -> site.now() != null).mapToLong(site -> site.now().rejected()).sum());
        page.addAttribute("today", all.stream().mapToLong(Glance::today).sum());
        page.addAttribute("month", all.stream().mapToLong(Glance::month).sum());
        page.addAttribute("troubled", all.stream().filter(site -> site.problem() != null).count());
        return "sites :: now";
    }

    @PostMapping("/run-now")
    String runNow(RedirectAttributes next) {
        return askAll(Operations::runNow, next);
    }

    @PostMapping("/pause")
    String pause(RedirectAttributes next) {
        return askAll(Operations::pause, next);
    }

    @PostMapping("/resume")
    String resume(RedirectAttributes next) {
        return askAll(Operations::resume, next);
    }

    /** One that cannot do it is told, and the others do it. */
    private String askAll(Function<Operations, Receipt> what, RedirectAttributes next) {
        Map<String, String> said = new SideBySide<>(sites.all(), site -> outcome(site.part(Operations.class), what),
                (site, problem) -> problem, LONGEST_WAIT, "; it may still do what was asked, so look at its page before you ask again").answers();
        next.addFlashAttribute("said", said.entrySet().stream().map(one -> one.getKey() + ": " + one.getValue()).toList());
        return "redirect:/";
    }

    private static String outcome(Operations operations, Function<Operations, Receipt> what) {
        try {
            return what.apply(operations).getOutcome();
        } catch (OperationFailed failed) {
            return failed.getMessage();
        }
    }
}
