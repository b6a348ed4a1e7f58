package org.martsync.page;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.martsync.operate.OperationFailed;
import org.martsync.operate.Operations;
import org.martsync.operate.Receipt;
import org.martsync.sites.OneSite;
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

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final Sites sites;
    private final Glances glances;

    public SitesPage(Sites sites) {
        this.sites = sites;
        this.glances = new Glances(sites.all(), Executors.newCachedThreadPool(ask -> {
            Thread thread = new Thread(ask, "ask-site");
            thread.setDaemon(true);
            return thread;
        }), LONGEST_WAIT);
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

    /** One that cannot be asked is told, and the others do it. */
    private String askAll(Function<Operations, Receipt> what, RedirectAttributes next) {
        List<String> said = new ArrayList<>();
        for (OneSite site : sites.all()) {
            Operations operations = site.part(Operations.class);
            try {
                said.add(site.name() + ": " + (operations == null ? "It does not run." : what.apply(operations).getOutcome()));
            } catch (OperationFailed failed) {
                said.add(site.name() + ": " + failed.getMessage());
            }
        }
        next.addFlashAttribute("said", said);
        return "redirect:/";
    }
}
