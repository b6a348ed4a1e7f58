package org.martsync.page;

import org.martsync.operate.Operations;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The page that says who had the program do what, and when. */
@Controller
class AuditPage {

    private final Operations operations;
    private final TellTime time;

    AuditPage(Operations operations, TellTime time) {
        this.operations = operations;
        this.time = time;
    }

    @GetMapping("/audit")
    String audit(Model page) {
        page.addAttribute("lines", operations.audit().stream().map(row -> AuditLine.of(row, time)).toList());
        return "audit";
    }
}
