package org.martsync.console;

import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import javax.management.ObjectName;
import org.jolokia.server.core.service.api.Restrictor;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Says what the console may ask of JMX: our MBeans, Camel's and the JVM's, and of these only what stands here, by the
 * roles of the login. What is not named is refused, so a new version of Camel brings no new way in.
 *
 * <p>Camel offers its attributes' getters and setters as operations too, so the names of operations are counted out.
 * {@link JolokiaGate} asks first, looks at their arguments as well, and tells who was refused what.
 */
final class JolokiaRestrictor implements Restrictor {

    static final Set<String> SENDS = Set.of("canSendToEndpoint", "sendBody", "sendStringBody", "sendBodyAndHeaders",
            "requestBody", "requestStringBody", "requestBodyAndHeaders");

    private static final String OURS = "mart-dhis2-sync";
    private static final String CAMEL = "org.apache.camel";
    private static final String JVM = "java.lang";
    private static final Set<String> SEEN = Set.of(OURS, CAMEL, JVM, "java.nio", "java.util.logging", "JMImplementation");

    /** Hold passwords that were given on the command line. */
    private static final Set<String> NOBODY_READS = Set.of("SystemProperties", "InputArguments");
    /** Quotes the value on which a route failed. */
    private static final Set<String> PATIENTS_READ = Set.of("LastError");

    private static final Set<String> OURS_TO_LOOK = Set.of("explain", "check", "audit", "failures");
    private static final Set<String> JVM_TO_LOOK = Set.of("dumpAllThreads", "getThreadInfo", "findDeadlockedThreads", "findMonitorDeadlockedThreads");
    private static final Set<String> CAMEL_TO_LOOK = Set.of("componentNames", "languageNames", "dataFormatNames", "processorIds",
            "dumpRoutesAsXml", "dumpRoutesAsYaml", "dumpRouteAsXml", "dumpRouteAsYaml", "dumpRoutesStatsAsXml", "dumpRouteStatsAsXml",
            "dumpRouteStatsAsJSon", "dumpStepStatsAsXml", "dumpRoutesCoverageAsXml", "dumpRouteSourceLocationsAsXml",
            "endpointStatistics", "isUpdateRouteEnabled", "breakpoints", "suspendedBreakpointNodeIds", "suspendedBreakpointExchangeIds", "getDebugCounter");
    /** Of the exchanges on their way, by id; those in the queues of endpoints, with bodies, are other operations. */
    private static final Map<String, Set<String>> CAMEL_TO_LOOK_BY_TYPE = Map.of("services", Set.of("browse", "size"));
    private static final Map<String, Set<String>> CAMEL_TO_ACT_BY_TYPE = Map.of(
            "context", SENDS,
            "routes", Set.of("start", "stop", "suspend", "resume", "restart", "reset"));
    private static final Set<String> CAMEL_FOR_PATIENTS = Set.of("browseExchange", "browseMessageBody", "browseMessageAsXml",
            "browseAllMessagesAsXml", "browseRangeMessagesAsXml", "browseMessageAsJSon", "browseAllMessagesAsJSon", "browseRangeMessagesAsJSon",
            "dumpTracedMessages", "dumpTracedMessagesAsJSon", "dumpAllTracedMessages", "dumpAllTracedMessagesAsJSon",
            "dumpLatestMessageHistory", "dumpLatestMessageHistoryAsJSon");
    /** {@link JolokiaGate} answers them, with what the role may see of {@link TracedMessages}. */
    private static final Set<String> TRACED = Set.of("dumpTracedMessagesAsXml", "dumpAllTracedMessagesAsXml", "dumpLatestMessageHistoryAsXml");
    private static final Set<String> TRACER_TO_LOOK = Set.of("messageHistoryOnBreakpointAsXml");
    /** Nothing that evaluates an expression (a condition, a filter), which could call any bean, nothing that changes a message, and nothing that leaves a step out (skipOver). */
    private static final Set<String> TRACER_TO_ACT = Set.of("setEnabled", "clear", "resetTraceCounter", "enableDebugger", "disableDebugger",
            "addBreakpoint", "removeBreakpoint", "removeAllBreakpoints", "enableBreakpoint", "disableBreakpoint",
            "resumeBreakpoint", "resumeAll", "stepBreakpoint", "step", "stepOver", "resetDebugCounter");
    private static final Set<String> TRACER_WRITES = Set.of("Enabled", "BodyMaxChars", "BodyIncludeStreams", "BodyIncludeFiles");

    @Override
    public boolean isHttpMethodAllowed(HttpMethod method) {
        return method == HttpMethod.GET || method == HttpMethod.POST;
    }

    @Override
    public boolean isTypeAllowed(RequestType type) {
        return type != RequestType.NOTIFICATION && type != RequestType.CONFIG;
    }

    @Override
    public boolean isObjectNameHidden(ObjectName name) {
        return !name.isDomainPattern() && !SEEN.contains(name.getDomain());
    }

    @Override
    public boolean isAttributeReadAllowed(ObjectName name, String attribute) {
        return SEEN.contains(name.getDomain()) && !NOBODY_READS.contains(attribute)
                && (!PATIENTS_READ.contains(attribute) || has(ConsoleLogin.PATIENTS));
    }

    @Override
    public boolean isAttributeWriteAllowed(ObjectName name, String attribute) {
        return mayBeWritten(name, attribute, JolokiaRestrictor::has);
    }

    static boolean mayBeWritten(ObjectName name, String attribute, Predicate<String> role) {
        return isTracer(name) && TRACER_WRITES.contains(attribute) && role.test(ConsoleLogin.ACT);
    }

    @Override
    public boolean isOperationAllowed(ObjectName name, String operation) {
        return mayBeDone(name, operation, JolokiaRestrictor::has);
    }

    /** @param role whether somebody has it */
    static boolean mayBeDone(ObjectName name, String operation, Predicate<String> role) {
        String what = named(operation);
        return switch (name.getDomain()) {
            case OURS -> OURS_TO_LOOK.contains(what) || role.test(ConsoleLogin.ACT);
            case JVM -> JVM_TO_LOOK.contains(what);
            case CAMEL -> mayCamelDo(name, what, role);
            default -> false;
        };
    }

    private static boolean mayCamelDo(ObjectName name, String operation, Predicate<String> role) {
        String type = String.valueOf(name.getKeyProperty("type"));
        return CAMEL_TO_LOOK.contains(operation)
                || CAMEL_TO_LOOK_BY_TYPE.getOrDefault(type, Set.of()).contains(operation)
                || CAMEL_TO_ACT_BY_TYPE.getOrDefault(type, Set.of()).contains(operation) && role.test(ConsoleLogin.ACT)
                || CAMEL_FOR_PATIENTS.contains(operation) && role.test(ConsoleLogin.PATIENTS)
                || isTracer(name) && (TRACED.contains(operation) || TRACER_TO_LOOK.contains(operation)
                        || TRACER_TO_ACT.contains(operation) && role.test(ConsoleLogin.ACT));
    }

    static boolean isTraced(ObjectName name, String operation) {
        return isTracer(name) && TRACED.contains(named(operation));
    }

    private static boolean isTracer(ObjectName name) {
        return name.getDomain().equals(CAMEL) && "tracer".equals(name.getKeyProperty("type"));
    }

    /** An operation's name without the types in brackets that may follow it. */
    static String named(String operation) {
        int types = operation.indexOf('(');
        return (types < 0 ? operation : operation.substring(0, types)).strip();
    }

    /** Jolokia works in the thread of the request, so it is the request's login. */
    static boolean has(String role) {
        Authentication login = SecurityContextHolder.getContext().getAuthentication();
        return login != null && login.getAuthorities().stream().anyMatch(may -> may.getAuthority().equals(role));
    }

    /** From anywhere, as far as {@link ConsoleLogin} lets somebody through. */
    @Override
    public boolean isRemoteAccessAllowed(String... hostsAndAddresses) {
        return true;
    }

    /** Pages of other sites are kept out by the login's token; they are never told (not strict: CORS) that they may read an answer. */
    @Override
    public boolean isOriginAllowed(String origin, boolean strict) {
        return strict;
    }

    /** Behind a proxy with TLS the page is https and we are not. */
    @Override
    public boolean ignoreScheme() {
        return true;
    }
}
