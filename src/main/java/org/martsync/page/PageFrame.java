package org.martsync.page;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.martsync.operate.OperationFailed;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.servlet.ModelAndView;

/** What all pages have in common: who looks at them and what they may do, what a browser may load, and how a failure looks. */
@ControllerAdvice(assignableTypes = {OverviewPage.class, EventPage.class, AuditPage.class, CheckPage.class, SitesPage.class})
public class PageFrame {

    private static final String ONLY_OURS = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private final String site;
    private final boolean all;

    /**
     * @param site whose pages these are where there are several; else empty
     * @param all whether this is the page over all of them
     */
    public PageFrame(@Value("${martsync.site:}") String site, @Value("${martsync.sites:false}") boolean all) {
        this.site = site;
        this.all = all;
    }

    @ModelAttribute
    void frame(Authentication login, HttpServletRequest request, HttpServletResponse answer, Model page) {
        answer.setHeader("Content-Security-Policy", ONLY_OURS);
        page.addAttribute("root", request.getServletContext().getContextPath());
        page.addAttribute("site", site.isEmpty() ? null : site);
        page.addAttribute("all", all);
        page.addAttribute("name", login.getName());
        page.addAttribute("mayAct", may(login, "ACT"));
        page.addAttribute("maySeePatients", may(login, "PATIENTS"));
    }

    private static boolean may(Authentication login, String role) {
        return login.getAuthorities().stream().anyMatch(one -> one.getAuthority().equals(role));
    }

    @ExceptionHandler
    ModelAndView failed(OperationFailed failure) {
        ModelAndView page = new ModelAndView("failed", HttpStatus.SERVICE_UNAVAILABLE);
        page.addObject("problem", failure.getMessage());
        return page;
    }
}
