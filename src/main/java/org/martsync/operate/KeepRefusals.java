package org.martsync.operate;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authorization.event.AuthorizationDeniedEvent;
import org.springframework.security.core.Authentication;

/**
 * Keeps in the audit what somebody who has signed in asked to be done and may not do: a row each, so that a script with the
 * wrong role shows. Who has no login is nobody, and leaves none.
 */
public final class KeepRefusals {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z]{1,40}");
    private static final Set<String> LOOKS = Set.of("GET", "HEAD", "OPTIONS");
    /** Of the API and of the page. */
    private static final Pattern PATH = Pattern.compile("(?:/api)?/(?:events/(?<event>[^/]+)/)?(?<deed>[a-z-]+)");
    private static final Map<String, String> DEEDS = Map.of("run-now", "runNow", "stop-run", "stopRun", "pause", "pause", "resume", "resume",
            "retrigger-failed", "retriggerFailed", "try-again", "retriggerFailed");
    private static final Map<String, String> DEEDS_WITH_AN_EVENT = Map.of("retrigger", "retrigger", "try-again", "retrigger",
            "resend", "resend", "send-again", "resend");

    private final Operations operations;

    KeepRefusals(Operations operations) {
        this.operations = operations;
    }

    /** @param refusal of a request, or of an operation of an MBean */
    @EventListener
    public void refused(AuthorizationDeniedEvent<?> refusal) {
        Authentication login = refusal.getAuthentication().get();
        if (login != null && !(login instanceof AnonymousAuthenticationToken)) {
            Optional<String> deed = refusal.getObject() instanceof HttpServletRequest request ? deed(request)
                    : refusal.getObject() instanceof Map.Entry<?, ?> operation ? Optional.of(String.valueOf(operation.getValue())).filter(NAME.asMatchPredicate())
                    : Optional.empty();
            deed.ifPresent(what -> operations.refused(what, "This login does not have the role for that."));
        }
    }

    /** What a request asks to be done, as the audit names it: "pause", "retrigger 4711"; empty for what is no deed. Anything may be in an address. */
    static Optional<String> deed(HttpServletRequest request) {
        Matcher path = PATH.matcher(request.getServletPath());
        if (LOOKS.contains(request.getMethod()) || !path.matches()) {
            return Optional.empty();
        }
        String event = path.group("event");
        return Optional.ofNullable((event == null ? DEEDS : DEEDS_WITH_AN_EVENT).get(path.group("deed")))
                .map(deed -> event == null || !event.matches("\\d{1,10}") ? deed : deed + " " + event);
    }
}
