package org.martsync.console;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jolokia.server.core.request.JolokiaExecRequest;
import org.jolokia.server.core.request.JolokiaRequest;
import org.jolokia.server.core.service.request.AbstractRequestHandler;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;

/**
 * Refuses requests to Jolokia for what {@link JolokiaRestrictor} is not told: where a message is sent, whether the JMX of
 * another program is meant, whether it came by a link. It answers none. Jolokia finds it by {@code META-INF/jolokia/services}.
 */
public final class JolokiaGate extends AbstractRequestHandler {

    private static final Set<String> OPEN_TO_SEND = Set.of("direct:retrigger", "direct:customise");
    /** These write out settings in place of their names, which may be passwords, if the first argument is true. */
    private static final Pattern ROUTES_SOURCE = Pattern.compile("dumpRoutes?As(Xml|Yaml)");

    public JolokiaGate(int order) {
        super("gate", order);
    }

    /**
     * Whether this is the one to answer, which it never is.
     *
     * @throws SecurityException if nobody is to answer
     */
    @Override
    public boolean canHandle(JolokiaRequest request) {
        if (request.getOption("target") != null) {
            throw new SecurityException("Only this program's own JMX can be asked.");
        }
        // a link of another site makes a browser send a GET with the login it remembers
        if (request.getHttpMethod() != HttpMethod.POST && request.getType() != RequestType.VERSION) {
            throw new SecurityException("JMX is asked by POST.");
        }
        if (request instanceof JolokiaExecRequest exec) {
            check(JolokiaRestrictor.named(exec.getOperation()), exec.getArguments() == null ? List.of() : exec.getArguments());
        }
        return false;
    }

    private static void check(String operation, List<?> arguments) {
        if (JolokiaRestrictor.SENDS.contains(operation)) {
            String route = arguments.isEmpty() ? "" : String.valueOf(arguments.get(0)).replaceFirst("^direct://", "direct:");
            if (!OPEN_TO_SEND.contains(route)) {
                throw new SecurityException("From outside only " + String.join(" and ", OPEN_TO_SEND.stream().sorted().toList()) + " can be sent to.");
            }
            if (arguments.size() > 2 && !areHeadersHarmless(arguments.get(2))) {
                throw new SecurityException("Headers are a map without names that begin with Camel or org.apache.camel.");
            }
        }
        if (ROUTES_SOURCE.matcher(operation).matches() && arguments.stream().anyMatch(argument -> "true".equalsIgnoreCase(String.valueOf(argument)))) {
            throw new SecurityException("Routes are shown as they are written.");
        }
    }

    /** Headers of these names tell Camel's components what to do, for example which SQL to run. */
    private static boolean areHeadersHarmless(Object headers) {
        return headers == null || headers instanceof Map<?, ?> map && map.keySet().stream().map(name -> String.valueOf(name).strip().toLowerCase(Locale.ROOT))
                .noneMatch(name -> name.startsWith("camel") || name.startsWith("org.apache.camel"));
    }

    @Override
    public <R extends JolokiaRequest> Object handleRequest(R request, Object earlier) {
        throw new IllegalStateException("The gate answers nothing.");
    }
}
