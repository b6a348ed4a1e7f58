package org.martsync.operate;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.ObjectName;
import org.jolokia.server.core.request.JolokiaExecRequest;
import org.jolokia.server.core.request.JolokiaRequest;
import org.jolokia.server.core.request.JolokiaWriteRequest;
import org.jolokia.server.core.util.RequestType;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.authorization.event.AuthorizationDeniedEvent;
import org.springframework.security.core.Authentication;

/**
 * Keeps in the audit what somebody who has signed in asked to be done and was refused, so that it shows who tries: a request
 * without the role or without the page's token, and what the console may not ask of JMX. Who has no login is nobody, and leaves
 * no row. Of a request it tells only names that the program itself has: all else in it may be a patient's, or a password.
 */
public final class KeepRefusals {

    private static final Set<String> LOOKS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<RequestType> JMX_LOOKS = Set.of(RequestType.READ, RequestType.LIST, RequestType.SEARCH, RequestType.VERSION);
    /** Of the API and of the page. */
    private static final Pattern PATH = Pattern.compile("(?:/api)?/(?:events/(?<event>[^/]+)/)?(?<deed>[a-z-]+)");
    private static final Map<String, String> DEEDS = Map.of("run-now", "runNow", "stop-run", "stopRun", "pause", "pause", "resume", "resume",
            "retrigger-failed", "retriggerFailed", "try-again", "retriggerFailed");
    private static final Map<String, String> DEEDS_WITH_AN_EVENT = Map.of("retrigger", "retrigger", "try-again", "retrigger",
            "resend", "resend", "send-again", "resend");
    /** What it is that the console asks for, nobody has read where it is refused for want of the token. */
    private static final Pattern CONSOLE = Pattern.compile("/actuator/(hawtio/)?jolokia(/.*)?");
    /** Operations of Camel by which the console only finds out what it may do. */
    private static final Set<String> ASKS = Set.of("canSendToEndpoint", "canInvoke");
    private static final String JMX = "JMX";
    private static final String OURS = "mart-dhis2-sync";

    private final Operations operations;

    KeepRefusals(Operations operations) {
        this.operations = operations;
    }

    /** @param refusal of a request to the program, or to its JMX */
    @EventListener
    public void refused(AuthorizationDeniedEvent<?> refusal) {
        Authentication login = refusal.getAuthentication().get();
        if (login != null && !(login instanceof AnonymousAuthenticationToken)) {
            Optional<String> deed = refusal.getObject() instanceof HttpServletRequest request ? deed(request)
                    : refusal.getObject() instanceof JolokiaRequest jmx ? deed(jmx) : Optional.empty();
            String why = refusal.getAuthorizationResult() instanceof AuthorizationDeniedException told ? told.getMessage()
                    : "This login does not have the role for that.";
            deed.ifPresent(what -> operations.refused(what, why));
        }
    }

    /** What a request asks to be done, as the audit names it: "pause", "retrigger 4711"; empty for what is no deed. Anything may be in an address. */
    static Optional<String> deed(HttpServletRequest request) {
        Matcher path = PATH.matcher(request.getServletPath());
        if (LOOKS.contains(request.getMethod())) {
            return Optional.empty();
        }
        if (!path.matches()) {
            return CONSOLE.matcher(request.getServletPath()).matches() ? Optional.of(JMX) : Optional.empty();
        }
        String event = path.group("event");
        return Optional.ofNullable((event == null ? DEEDS : DEEDS_WITH_AN_EVENT).get(path.group("deed")))
                .map(deed -> event == null || !event.matches("\\d{1,10}") ? deed : deed + " " + event);
    }

    /** An operation of ours by its name alone, as over HTTP; of others "JMX stop routes", "JMX Enabled tracer", "JMX notification". */
    private static Optional<String> deed(JolokiaRequest request) {
        if (request instanceof JolokiaExecRequest exec) {
            String operation = exec.getOperation().replaceFirst("(?s)\\(.*", "").strip();
            return ASKS.contains(operation) ? Optional.empty() : Optional.of(named(exec.getObjectName(), operation, MBeanInfo::getOperations));
        }
        if (request instanceof JolokiaWriteRequest write) {
            return Optional.of(named(write.getObjectName(), write.getAttributeName(), MBeanInfo::getAttributes));
        }
        // looking elsewhere in our name is a deed
        return JMX_LOOKS.contains(request.getType()) && request.getOption("target") == null ? Optional.empty() : Optional.of(JMX + " " + request.getType().getName());
    }

    private static String named(ObjectName bean, String asked, Function<MBeanInfo, MBeanFeatureInfo[]> features) {
        try {
            MBeanInfo known = ManagementFactory.getPlatformMBeanServer().getMBeanInfo(bean);
            if (Stream.of(features.apply(known)).noneMatch(one -> one.getName().equals(asked))) {
                return JMX;
            }
            String type = bean.getKeyProperty("type");
            return bean.getDomain().equals(OURS) ? asked : JMX + " " + asked + (type == null ? "" : " " + type);
        } catch (JMException | RuntimeException nothingOfThatName) {
            return JMX;
        }
    }
}
