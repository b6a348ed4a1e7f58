package org.martsync.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.operate.ConsolePerson.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people of each role reach through the console's JMX, and how those fare who try to get further. */
class ConsoleJmxTest {

    private static final String OURS = "mart-dhis2-sync:name=Operations";
    private static final String CAMEL = "org.apache.camel:context=mart-dhis2-sync,";
    private static final String CONTEXT = "org.apache.camel:context=mart-dhis2-sync,type=context,name=\"mart-dhis2-sync\"";
    private static final String TRACER = "org.apache.camel:context=mart-dhis2-sync,type=tracer,name=BacklogTracer";
    private static final String DEBUGGER = "org.apache.camel:context=mart-dhis2-sync,type=tracer,name=BacklogDebugger";
    private static final String ROUTE = "org.apache.camel:context=mart-dhis2-sync,type=routes,name=\"customise\"";
    private static final String RUNTIME = "java.lang:type=Runtime";

    @TempDir private static Path folder;
    private static OperatedProgram chain;
    private static ConsolePerson looks;
    private static ConsolePerson acts;
    private static ConsolePerson admin;

    @BeforeAll
    static void start() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "looks look {noop}l\nacts look,act {noop}a\n");
        chain = new OperatedProgram("console.users=" + users);
        URI address = URI.create("http://127.0.0.1:" + chain.program.context().getEnvironment().getProperty("local.server.port"));
        looks = new ConsolePerson(address, "looks", "l");
        acts = new ConsolePerson(address, "acts", "a");
        admin = new ConsolePerson(address, "admin", "for-the-test");
    }

    @BeforeEach
    void reset() {
        chain.atRest();
        chain.reset();
    }

    @AfterAll
    static void stop() {
        chain.close();
    }

    @Test
    void whoLooksSeesHowThingsAre() throws Exception {
        assertThat(looks.read(OURS, "Running").at("/value").asBoolean(true)).isFalse();
        assertThat(looks.read(RUNTIME, "Uptime").at("/value").asLong()).isPositive();
        assertThat(looks.read(ROUTE, "State").at("/value").asText()).isEqualTo("Started");
        assertThat(looks.exec(ROUTE, "dumpRouteAsXml()").at("/value").asText()).contains("id=\"customise\"");
        assertThat(looks.exec(ROUTE, "dumpRouteStatsAsXml(boolean,boolean)", true, true).at("/status").asInt()).isEqualTo(200);
        assertThat(looks.exec("java.lang:type=Threading", "dumpAllThreads(boolean,boolean)", false, false).at("/value")).isNotEmpty();
        assertThat(looks.exec(OURS, "audit").at("/status").asInt()).isEqualTo(200);
        assertThat(looks.exec(OURS, "check", "").at("/value/findings").isArray()).isTrue();
        assertThat(looks.read(RUNTIME, null).at("/value/Uptime").asLong()).as("all attributes but those that are hidden").isPositive();
    }

    @Test
    void everyRouteIsShownAloneAndAllTogether() throws Exception {
        List<String> ids = chain.program.bean(CamelContext.class).getRoutes().stream().map(Route::getRouteId).toList();
        JsonNode all = looks.exec(CONTEXT, "dumpRoutesAsXml()");
        assertThat(all.at("/status").asInt()).as(all.at("/error").asText()).isEqualTo(200);
        for (String id : ids) {
            assertThat(all.at("/value").asText()).contains("<route id=\"" + id + "\" ");
            JsonNode one = looks.exec(CAMEL + "type=routes,name=\"" + id + "\"", "dumpRouteAsXml()");
            assertThat(one.at("/value").asText()).as(one.at("/error").asText()).contains("<route ", " id=\"" + id + "\" ");
        }
        assertThat(all.at("/value").asText()).contains("<policy id=\"as-many-posts\"");
        assertThat(ids).hasSizeGreaterThan(30);
    }

    @Test
    void theConsoleKnowsOnlyWhatItMayAskFor() throws Exception {
        TreeSet<String> domains = new TreeSet<>();
        admin.ask(Map.of("type", "list", "config", Map.of("maxDepth", 1))).at("/value").fieldNames().forEachRemaining(domains::add);
        assertThat(domains).contains("mart-dhis2-sync", "org.apache.camel", "java.lang")
                .isSubsetOf("mart-dhis2-sync", "org.apache.camel", "java.lang", "java.nio", "java.util.logging", "JMImplementation");
        assertThat(admin.ask(Map.of("type", "search", "mbean", "*:*")).at("/value").toString())
                .contains("mart-dhis2-sync:").doesNotContain("Tomcat:", "com.sun.management", "jdk.management", "jolokia:");
        looks.ask(Map.of("type", "list"));
        assertThat(chain.audits()).as("whoever looks around asks for nothing").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "com.sun.management:type=DiagnosticCommand | vmCommandLine",
        "com.sun.management:type=DiagnosticCommand | jvmtiAgentLoad",
        "com.sun.management:type=DiagnosticCommand | compilerDirectivesAdd",
        "com.sun.management:type=HotSpotDiagnostic | dumpHeap(java.lang.String,boolean)",
        "com.sun.management:type=HotSpotDiagnostic | setVMOption(java.lang.String,java.lang.String)",
        "jdk.management.jfr:type=FlightRecorder | newRecording()",
        "java.util.logging:type=Logging | setLoggerLevel(java.lang.String,java.lang.String)",
        "java.lang:type=Memory | gc()",
        "JMImplementation:type=MBeanServerDelegate | getMBeanServerId",
        "jolokia:type=Config | resetDebugInfo()",
        "Tomcat:type=Manager,host=localhost,context=/ | listSessionIds()",
        "javax.management.loading:type=MLet | getMBeansFromURL(java.lang.String)"})
    void nobodyHasTheJvmDoAnything(String mbean, String operation) throws Exception {
        assertRefused(admin.exec(mbean, operation, "x", "y"));
        assertThat(chain.audit()).containsEntry("who", "admin").containsEntry("outcome", "Refused: That is open to nobody from outside.")
                .hasEntrySatisfying("what", what -> assertThat(what).asString().startsWith("JMX"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:/tmp/mart-dhis2-sync-was-here", "exec:touch?args=/tmp/mart-dhis2-sync-was-here", "bean:operations?method=pause",
        "log:x", "direct:settle-batch", "direct:pause", "sql:SELECT 1", "direct:retrigger?x=y", "DIRECT:retrigger", "seda:sync-run", "{{dhis2.url}}"})
    void nobodySendsToAnyOtherEndpoint(String endpoint) throws Exception {
        int endpoints = chain.program.bean(CamelContext.class).getEndpoints().size();
        for (String operation : List.of("sendBody", "sendStringBody", "sendStringBody(java.lang.String, java.lang.String)", "requestBody", "requestStringBody")) {
            assertRefused(admin.exec(CONTEXT, operation, endpoint, "x"));
        }
        assertRefused(admin.exec(CONTEXT, "sendBodyAndHeaders(java.lang.String, java.lang.Object, java.util.Map)", endpoint, "x", Map.of("a", "b")));
        assertRefused(admin.exec(CONTEXT, "requestBodyAndHeaders", endpoint, "x", Map.of("a", "b")));
        assertRefused(admin.exec(CONTEXT, "canSendToEndpoint(java.lang.String)", endpoint));
        assertRefused(admin.exec(CONTEXT, "createEndpoint(java.lang.String)", endpoint));
        assertThat(chain.program.bean(CamelContext.class).getEndpoints()).hasSize(endpoints);
        assertThat(Path.of("/tmp/mart-dhis2-sync-was-here")).doesNotExist();
        assertThat(kept()).containsExactly("admin, JMX: Refused: From outside only direct:customise and direct:retrigger can be sent to. (7)",
                "admin, JMX createEndpoint context: Refused: That is open to nobody from outside. (1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CamelSqlQuery", "camelhttpuri", " CamelFileName", "org.apache.camel.x"})
    void noHeaderTellsCamelWhatToDo(String header) throws Exception {
        assertRefused(admin.exec(CONTEXT, "sendBodyAndHeaders(java.lang.String, java.lang.Object, java.util.Map)", "direct:customise", "x", Map.of(header, "y")));
        assertRefused(admin.exec(CONTEXT, "sendBodyAndHeaders(java.lang.String, java.lang.Object, java.util.Map)", "direct:customise", "x",
                "{\"" + header + "\": \"y\"}"));
    }

    @Test
    void anExchangeCanBeSentAgainByWhoActs() throws Exception {
        chain.patients(1);
        int event = chain.visit(1, "Late", "one");
        chain.program.run();
        assertRefused(looks.exec(CONTEXT, "sendStringBody(java.lang.String, java.lang.String)", "direct://retrigger", String.valueOf(event)));
        assertThat(chain.audit()).containsEntry("who", "looks").containsEntry("what", "JMX sendStringBody context").containsEntry("outcome", "Refused: This login does not have the role for that.");
        assertThat(acts.exec(CONTEXT, "sendStringBody(java.lang.String, java.lang.String)", "direct://retrigger", "Amber").at("/status").asInt()).isEqualTo(200);
        assertThat(chain.audit()).containsEntry("who", "acts").containsEntry("what", "retrigger").hasEntrySatisfying("outcome", why -> assertThat(why).asString().startsWith("Refused: that is no event's id"));

        chain.clinic.mapping("Late", OperatedProgram.VISIT, "{}");
        assertThat(acts.exec(CONTEXT, "canSendToEndpoint(java.lang.String)", "direct://retrigger").at("/value").asBoolean()).isTrue();
        assertThat(acts.exec(CONTEXT, "sendStringBody(java.lang.String, java.lang.String)", "direct://retrigger", String.valueOf(event)).at("/status").asInt())
                .isEqualTo(200);
        assertThat(chain.audit()).containsEntry("who", "acts").containsEntry("what", "retrigger " + event);
        chain.atRest();
        chain.assertEvent(event).isSynced();
        assertThat(admin.exec(CONTEXT, "sendBodyAndHeaders(java.lang.String, java.lang.Object, java.util.Map)", "direct://customise", "{}",
                Map.of("mapping", "Visit")).at("/status").asInt()).isEqualTo(200);
        assertRefused(acts.exec(CONTEXT, "sendBodyAndHeaders(java.lang.String, java.lang.Object, java.util.Map)", "direct://customise", "{}",
                Map.of("mapping", "Visit")));
    }

    @Test
    void whoLooksChangesNothing() throws Exception {
        for (String operation : List.of("runNow", "pause", "resume", "stopRun")) {
            assertRefused(looks.exec(OURS, operation));
        }
        assertRefused(looks.exec(OURS, "retrigger(int)", 1));
        assertRefused(looks.exec(OURS, "resend(int)", 1));
        assertRefused(looks.exec(OURS, "retriggerFailed", "", "", "", 1));
        assertRefused(looks.exec(ROUTE, "stop()"));
        assertRefused(looks.exec(TRACER, "setEnabled", true));
        assertRefused(looks.write(TRACER, "Enabled", true));
        assertRefused(looks.exec(DEBUGGER, "enableDebugger"));
        assertRefused(looks.exec(DEBUGGER, "addBreakpoint", "unchanged"));
        assertRefused(looks.exec(OURS, "Amber 1"));
        assertRefused(looks.exec("mart-dhis2-sync:name=Inspection", "switchOn"));
        assertThat(chain.audits()).containsExactly("runNow", "pause", "resume", "stopRun", "retrigger", "resend", "retriggerFailed", "JMX", "switchOn");
        assertThat(kept()).as("what is Camel's, and what nobody knows").contains("looks, JMX: Refused: This login does not have the role for that. (6)");
        assertThat(chain.audit()).containsEntry("who", "looks").containsEntry("outcome", "Refused: This login does not have the role for that.");
        assertThat(looks.read(ROUTE, "State").at("/value").asText()).isEqualTo("Started");
    }

    @Test
    void whoActsDoesWhatOperatorsDo() throws Exception {
        assertThat(acts.exec(OURS, "pause").at("/status").asInt()).isEqualTo(200);
        assertThat(chain.audit()).containsEntry("who", "acts").containsEntry("what", "pause");
        assertThat(acts.exec(OURS, "resume").at("/status").asInt()).isEqualTo(200);
        assertThat(acts.exec(OURS, "retriggerFailed", "", "yesterday", "", 1).at("/status").asInt()).isNotEqualTo(200);
        assertThat(chain.audit()).containsEntry("who", "acts").containsEntry("what", "retriggerFailed")
                .containsEntry("outcome", "Refused: since is no time like 2026-01-31 or 2026-01-31T08:00.");
        assertThat(acts.exec(ROUTE, "stop()").at("/status").asInt()).isEqualTo(200);
        assertThat(looks.read(ROUTE, "State").at("/value").asText()).isEqualTo("Stopped");
        assertThat(acts.exec(ROUTE, "start()").at("/status").asInt()).isEqualTo(200);
    }

    @Test
    void messagesAreShownOnlyToWhoMaySeePatients() throws Exception {
        for (ConsolePerson person : List.of(looks, acts)) {
            for (String operation : List.of("dumpAllTracedMessages()", "dumpAllTracedMessagesAsJSon()", "dumpLatestMessageHistory()", "dumpLatestMessageHistoryAsJSon()")) {
                assertRefused(person.exec(TRACER, operation));
            }
            assertRefused(person.exec(TRACER, "dumpTracedMessages(java.lang.String)", "customise"));
            assertRefused(person.exec(TRACER, "dumpTracedMessagesAsJSon(java.lang.String)", "customise"));
            assertRefused(person.exec(DEBUGGER, "dumpTracedMessagesAsJSon(java.lang.String)", "unchanged"));
            assertRefused(person.exec("org.apache.camel:context=mart-dhis2-sync,type=endpoints,name=\"seda://sync-run*\"", "browseAllMessagesAsXml(java.lang.Boolean)", true));
            assertRefused(person.read(ROUTE, "LastError"));
        }
    }

    @Test
    void notEvenWhoMayDoAllReachesCamelsInside() throws Exception {
        assertRefused(admin.exec(DEBUGGER, "evaluateExpressionAtBreakpoint(java.lang.String,java.lang.String,java.lang.String)", "x", "simple", "${bean:operations?method=pause}"));
        assertRefused(admin.exec(DEBUGGER, "addConditionalBreakpoint", "x", "simple", "${bean:operations?method=pause}"));
        assertRefused(admin.exec(DEBUGGER, "validateConditionalBreakpoint", "simple", "${bean:operations?method=pause}"));
        assertRefused(admin.exec(DEBUGGER, "setMessageBodyOnBreakpoint(java.lang.String,java.lang.Object)", "x", "y"));
        assertRefused(admin.exec(TRACER, "setTraceFilter", "${bean:operations?method=pause}"));
        assertRefused(admin.write(TRACER, "TraceFilter", "${bean:operations?method=pause}"));
        assertRefused(admin.exec(DEBUGGER, "skipOver"));
        assertRefused(admin.exec(CONTEXT, "stop()"));
        assertRefused(admin.exec(CONTEXT, "restart"));
        assertRefused(admin.exec(CONTEXT, "removeEndpoints", "*"));
        assertRefused(admin.exec(CONTEXT, "setTracing", true));
        assertRefused(admin.write(CONTEXT, "Timeout", 1));
        assertRefused(admin.write(TRACER, "BodyIncludeStreams", true));
        assertRefused(admin.write(DEBUGGER, "BodyIncludeFiles", true));
        assertRefused(admin.exec(TRACER, "setBodyIncludeStreams", true));
        assertRefused(admin.exec(ROUTE, "remove()"));
        assertRefused(admin.exec(ROUTE, "updateRouteFromXml(java.lang.String)", "<route/>"));
        assertRefused(admin.exec(CONTEXT, "dumpRoutesAsXml(boolean)", true));
        assertRefused(admin.exec(ROUTE, "dumpRouteAsYaml(boolean)", "true"));
        assertRefused(admin.write("java.util.logging:type=Logging", "Verbose", true));
        assertRefused(admin.write("java.lang:type=Memory", "Verbose", true));
        assertThat(chain.program.bean(CamelContext.class).getStatus().isStarted()).isTrue();
    }

    @Test
    void whatIsRefusedIsKeptByNamesOfTheProgramAndWithNothingElseOfTheRequest() throws Exception {
        assertRefused(admin.exec("java.lang:type=Memory", "gc()"));
        assertRefused(looks.exec(ROUTE, "stop()"));
        assertRefused(acts.write(TRACER, "BodyIncludeFiles", "Amber"));
        assertRefused(acts.exec(CONTEXT, "sendStringBody(java.lang.String, java.lang.String)", "direct:customise", "Amber"));
        assertThat(kept()).containsExactly("admin, JMX gc Memory: Refused: That is open to nobody from outside. (1)",
                "looks, JMX stop routes: Refused: This login does not have the role for that. (1)",
                "acts, JMX BodyIncludeFiles tracer: Refused: A body that is read for the console would be missing in the route. (1)",
                "acts, JMX sendStringBody context: Refused: Who sends to direct:customise has the role patients. (1)");

        chain.reset();
        assertRefused(looks.exec("java.lang:type=Amber", "gc()"));
        assertRefused(looks.exec("java.lang:type=Memory", "Amber"));
        assertRefused(looks.write("java.lang:type=Memory", "Amber", "Amber"));
        assertThat(kept()).containsExactly("looks, JMX: Refused: That is open to nobody from outside. (3)");
    }

    @Test
    void noOtherKindOfRequestIsOpen() throws Exception {
        assertRefused(admin.ask(Map.of("type", "notification", "command", "register")));
        assertThat(kept()).containsExactly("admin, JMX notification: Refused: That is open to nobody from outside. (1)");
    }

    @Test
    void oneRequestThatHoldsManyOfTheConsolesIsKeptByNoMoreThanTen() throws Exception {
        String many = IntStream.range(0, 300).mapToObj(i -> """
                {"type": "exec", "mbean": "java.lang:type=Memory", "operation": "gc%d"}""".formatted(i)).collect(Collectors.joining(",", "[", "]"));
        assertThat(looks.post("/actuator/jolokia", many).body()).contains("403");
        assertThat(kept()).containsExactly("looks, JMX: Refused: That is open to nobody from outside. (10)");
    }

    private static List<String> kept() {
        return chain.clinic.jdbc().queryForList("SELECT concat(who, ', ', what, ': ', outcome, ' (', times, ')') FROM sync_audit ORDER BY id", String.class);
    }

    @Test
    void passwordsOfTheCommandLineAreNotShown() throws Exception {
        assertRefused(admin.read(RUNTIME, "SystemProperties"));
        assertRefused(admin.read(RUNTIME, "InputArguments"));
        assertThat(admin.read(RUNTIME, null).toString()).doesNotContain("sun.java.command");
        assertThat(admin.read("java.lang:*", null).toString()).doesNotContain("sun.java.command");
    }

    @Test
    void noOtherProgramIsAskedInItsName() throws Exception {
        assertRefused(admin.ask(Map.of("type", "read", "mbean", RUNTIME, "attribute", "Name",
                "target", Map.of("url", "service:jmx:rmi:///jndi/rmi://127.0.0.1:1/jmxrmi"))));
        assertThat(kept()).containsExactly("admin, JMX read: Refused: Only this program's own JMX can be asked. (1)");
        for (String path : List.of("/actuator/hawtio/proxy/http/127.0.0.1/1/jolokia", "/actuator/hawtio/proxy/http:/127.0.0.1:1/")) {
            assertThat(admin.get(path).statusCode()).as(path).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/jolokia", "/actuator/hawtio/jolokia"})
    void aLinkTellsTheVersionAndNothingElse(String path) throws Exception {
        assertThat(json(admin.get(path)).at("/value/agent").asText()).isNotEmpty();
        assertRefused(json(admin.get(path + "/exec/" + OURS + "/pause")));
        assertRefused(json(admin.get(path + "/read/" + RUNTIME + "/Name")));
        assertThat(chain.audits()).as("who follows a link to look").containsExactly("pause");
        assertRefused(json(admin.get(path + "/write/" + TRACER + "/Enabled/true")));
        assertThat(kept()).containsExactly("admin, pause: Refused: JMX is asked by POST. (1)", "admin, JMX Enabled tracer: Refused: JMX is asked by POST. (1)");
    }

    @Test
    void noOtherSiteIsToldThatItMayReadTheAnswer() throws Exception {
        HttpResponse<String> answer = admin.post("/actuator/jolokia", "{\"type\":\"version\"}", "Origin", "https://elsewhere.example");
        assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void oneOfManyQuestionsIsJudgedAlone() throws Exception {
        JsonNode answers = json(looks.post("/actuator/jolokia", new ObjectMapper().writeValueAsString(List.of(
                Map.of("type", "read", "mbean", RUNTIME, "attribute", "Uptime"),
                Map.of("type", "exec", "mbean", OURS, "operation", "pause")))));
        assertThat(answers.at("/0/status").asInt()).isEqualTo(200);
        assertRefused(answers.get(1));
    }

    private static void assertRefused(JsonNode answer) {
        assertThat(answer.at("/status").asInt()).as(answer.toString()).isEqualTo(403);
    }
}
