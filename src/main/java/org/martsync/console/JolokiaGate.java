package org.martsync.console;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import org.jolokia.server.core.request.JolokiaExecRequest;
import org.jolokia.server.core.request.JolokiaRequest;
import org.jolokia.server.core.request.JolokiaWriteRequest;
import org.jolokia.server.core.service.request.AbstractRequestHandler;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * Refuses requests to Jolokia by what {@link JolokiaRestrictor} says, and for what that is not told: where a message is sent,
 * whether the JMX of another program is meant, whether it came by a link. Tells the application of each refusal, as Spring Security
 * does of requests. Answers requests for traced messages itself, with the steps only to whoever
 * may not see patients. Jolokia finds it by {@code META-INF/jolokia/services}.
 */
public final class JolokiaGate extends AbstractRequestHandler {

    private static final String CUSTOMISE = "direct:customise";
    private static final Set<String> OPEN_TO_SEND = Set.of("direct:retrigger", CUSTOMISE);
    /** These write out settings in place of their names, which may be passwords, if the first argument is true. */
    private static final Pattern ROUTES_SOURCE = Pattern.compile("dumpRoutes?As(Xml|Yaml)");

    private static final String TOLD = JolokiaGate.class.getName() + ".told";
    private static final int MOST_TOLD = 10;

    private static final String FOR_OTHERS = "This login does not have the role for that.";
    private static final String FOR_NOBODY = "That is open to nobody from outside.";

    /** Bodies are streams, which can be read once. */
    private static final Set<String> TAKES_BODIES_AWAY = Set.of("BodyIncludeStreams", "BodyIncludeFiles");

    public JolokiaGate(int order) {
        super("gate", order);
    }

    /**
     * Whether this is the one to answer.
     *
     * @throws SecurityException if nobody is to answer
     */
    @Override
    public boolean canHandle(JolokiaRequest request) {
        String why = whyNot(request);
        if (why != null) {
            tell(request, why);
            throw new SecurityException(why);
        }
        if (request instanceof JolokiaExecRequest exec) {
            tryPayload(exec);
            return JolokiaRestrictor.isTraced(exec.getObjectName(), exec.getOperation());
        }
        return false;
    }

    /** In a sentence without anything of the request; null if nothing speaks against it. What is only read, Jolokia asks the restrictor itself. */
    private String whyNot(JolokiaRequest request) {
        if (request.getOption("target") != null) {
            return "Only this program's own JMX can be asked.";
        }
        // a link of another site makes a browser send a GET with the login it remembers
        if (request.getHttpMethod() != HttpMethod.POST && request.getType() != RequestType.VERSION) {
            return "JMX is asked by POST.";
        }
        if (!getJolokiaContext().isTypeAllowed(request.getType())) {
            return FOR_NOBODY;
        }
        if (request instanceof JolokiaExecRequest exec) {
            return getJolokiaContext().isOperationAllowed(exec.getObjectName(), exec.getOperation())
                    ? whyNot(JolokiaRestrictor.named(exec.getOperation()), arguments(exec))
                    : JolokiaRestrictor.mayBeDone(exec.getObjectName(), exec.getOperation(), anyRole -> true) ? FOR_OTHERS : FOR_NOBODY;
        }
        if (request instanceof JolokiaWriteRequest write) {
            return getJolokiaContext().isAttributeWriteAllowed(write.getObjectName(), write.getAttributeName()) ? whyNotWritten(write)
                    : JolokiaRestrictor.mayBeWritten(write.getObjectName(), write.getAttributeName(), anyRole -> true) ? FOR_OTHERS : FOR_NOBODY;
        }
        return null;
    }

    /**
     * Jolokia makes this, not Spring, so the way there is by the request that is being answered. One such may hold any number of
     * Jolokia's: each deed and reason is told once, and no more than some.
     */
    @SuppressWarnings("unchecked")
    private static void tell(JolokiaRequest request, String why) {
        HttpServletRequest asked = ((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes()).getRequest();
        Set<String> told = (Set<String>) asked.getAttribute(TOLD);
        if (told == null) {
            told = new HashSet<>();
            asked.setAttribute(TOLD, told);
        }
        String deed = request instanceof JolokiaExecRequest exec ? exec.getOperation() : request.getType().getName();
        if (told.size() < MOST_TOLD && told.add(deed + " " + why)) {
            WebApplicationContextUtils.getRequiredWebApplicationContext(asked.getServletContext()).publishEvent(ConsoleLogin.refusal(request, why));
        }
    }

    /** The console sends text only, and integrators' steps expect what they get in a run: try-customise makes that of it. */
    @SuppressWarnings("unchecked")
    private static void tryPayload(JolokiaExecRequest exec) {
        if (JolokiaRestrictor.SENDS.contains(JolokiaRestrictor.named(exec.getOperation())) && route(exec.getArguments()).equals(CUSTOMISE)) {
            ((List<Object>) exec.getArguments()).set(0, "direct:try-customise");
        }
    }

    private static String route(List<?> arguments) {
        return arguments.isEmpty() ? "" : String.valueOf(arguments.get(0)).replaceFirst("^direct://", "direct:");
    }

    private static List<?> arguments(JolokiaExecRequest exec) {
        return exec.getArguments() == null ? List.of() : exec.getArguments();
    }

    private static String whyNot(String operation, List<?> arguments) {
        if (JolokiaRestrictor.SENDS.contains(operation)) {
            if (!OPEN_TO_SEND.contains(route(arguments))) {
                return "From outside only " + String.join(" and ", OPEN_TO_SEND.stream().sorted().toList()) + " can be sent to.";
            }
            // the answer or a failure's words tell what integrators' steps put in or looked up
            if (route(arguments).equals(CUSTOMISE) && !JolokiaRestrictor.has(ConsoleLogin.PATIENTS)) {
                return "Who sends to " + CUSTOMISE + " has the role patients.";
            }
            if (arguments.size() > 2 && !areHeadersHarmless(arguments.get(2))) {
                return "Headers are a map without names that begin with Camel or org.apache.camel.";
            }
        }
        if (ROUTES_SOURCE.matcher(operation).matches() && arguments.stream().anyMatch(argument -> "true".equalsIgnoreCase(String.valueOf(argument)))) {
            return "Routes are shown as they are written.";
        }
        return null;
    }

    private static String whyNotWritten(JolokiaWriteRequest write) {
        return TAKES_BODIES_AWAY.contains(write.getAttributeName()) && !"false".equalsIgnoreCase(String.valueOf(write.getValue()))
                ? "A body that is read for the console would be missing in the route." : null;
    }

    /** Headers of these names tell Camel's components what to do, for example which SQL to run. */
    private static boolean areHeadersHarmless(Object headers) {
        return headers == null || headers instanceof Map<?, ?> map && map.keySet().stream().map(name -> String.valueOf(name).strip().toLowerCase(Locale.ROOT))
                .noneMatch(name -> name.startsWith("camel") || name.startsWith("org.apache.camel"));
    }

    /** Takes no arguments but texts and truth values: those of Camel's tracer and debugger. */
    @Override
    public <R extends JolokiaRequest> Object handleRequest(R request, Object earlier) throws JMException {
        JolokiaExecRequest exec = (JolokiaExecRequest) request;
        Object[] arguments = arguments(exec).stream().map(one -> one instanceof Boolean ? one : String.valueOf(one)).toArray();
        String[] types = Stream.of(arguments).map(one -> one instanceof Boolean ? "boolean" : "java.lang.String").toArray(String[]::new);
        String traced = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(exec.getObjectName(), JolokiaRestrictor.named(exec.getOperation()), arguments, types);
        return JolokiaRestrictor.has(ConsoleLogin.PATIENTS) ? TracedMessages.whole(traced) : TracedMessages.stepsOnly(traced);
    }
}
