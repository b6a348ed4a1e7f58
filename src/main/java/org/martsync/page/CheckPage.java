package org.martsync.page;

import org.martsync.operate.Operations;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The page that says what would hold events back. */
@Controller
class CheckPage {

    private final Operations operations;

    CheckPage(Operations operations) {
        this.operations = operations;
    }

    @GetMapping("/check")
    String check(@RequestParam(defaultValue = "") String mapping, Model page) {
        page.addAttribute("report", operations.report(mapping));
        page.addAttribute("mapping", mapping);
        return "check";
    }
}
