package org.martsync.page;

import java.util.List;
import org.martsync.operate.OperationFailed;
import org.martsync.operate.Operations;
import org.martsync.operate.Receipt;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page at {@code /}: how the program is, what arrived, what fails and why, and the buttons. */
@Controller
class OverviewPage {

    private static final int GROUPS_SHOWN = 50;

    private final Operations operations;
    private final Figures figures;
    private final TellNow tellNow;
    private final TellTime time;

    OverviewPage(Operations operations, Figures figures, TellNow tellNow, TellTime time) {
        this.operations = operations;
        this.figures = figures;
        this.tellNow = tellNow;
        this.time = time;
    }

    @GetMapping("/")
    String overview(Model page) {
        try {
            page.addAttribute("now", tellNow.tell());
            page.addAttribute("arrivals", figures.arrivals());
            page.addAttribute("reconciled", figures.reconciled(time));
            List<FailureGroup> failures = figures.failures();
            page.addAttribute("failures", failures.stream().limit(GROUPS_SHOWN).toList());
            page.addAttribute("otherFailures", failures.stream().skip(GROUPS_SHOWN).mapToLong(FailureGroup::count).sum());
        } catch (OperationFailed unknown) {
            page.addAttribute("unknown", unknown.getMessage());
        }
        return "overview";
    }

    /** The part that changes during a run. */
    @GetMapping("/now")
    String now(Model page) {
        page.addAttribute("now", tellNow.tell());
        return "now :: now";
    }

    @PostMapping("/run-now")
    String runNow(RedirectAttributes next) {
        return told(operations.runNow(), next);
    }

    @PostMapping("/stop-run")
    String stopRun(RedirectAttributes next) {
        return told(operations.stopRun(), next);
    }

    @PostMapping("/pause")
    String pause(RedirectAttributes next) {
        return told(operations.pause(), next);
    }

    @PostMapping("/resume")
    String resume(RedirectAttributes next) {
        return told(operations.resume(), next);
    }

    /** Has the events of a group tried again, as the group is now. */
    @PostMapping("/try-again")
    String tryAgain(@RequestParam String mapping, @RequestParam String reason, RedirectAttributes next) {
        FailureGroup group = figures.failures().stream().filter(one -> one.mapping().equals(mapping) && one.reason().equals(reason)).findFirst().orElse(null);
        if (group == null) {
            next.addFlashAttribute("said", "No event fails for that reason any more.");
            return "redirect:/";
        }
        return told(operations.retriggerGroup(group.mapping(), group), next);
    }

    private static String told(Receipt receipt, RedirectAttributes next) {
        next.addFlashAttribute("said", receipt.getOutcome());
        return "redirect:/";
    }
}
