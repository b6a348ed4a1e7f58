package org.martsync.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.dhis2.StandInFaults;
import org.martsync.sync.Runs;

/** What people of each role see of exchanges on their way, asked for as Hawtio's tabs ask. */
class ConsoleInspectionTest {

    private static final String CAMEL = "org.apache.camel:context=mart-dhis2-sync,";
    private static final String CONTEXT = CAMEL + "type=context,name=\"mart-dhis2-sync\"";
    private static final String TRACER = CAMEL + "type=tracer,name=BacklogTracer";
    private static final String DEBUGGER = CAMEL + "type=tracer,name=BacklogDebugger";
    private static final String IN_FLIGHT = CAMEL + "type=services,name=DefaultInflightRepository";
    private static final String BLOCKED = CAMEL + "type=services,name=DefaultAsyncProcessorAwaitManager";
    private static final String INSPECTION = "mart-dhis2-sync:name=Inspection";
    /** Of a patient: stands in the form, in bodies, variables and the payload. */
    private static final String SECRET = "Rudo-was-here-7391";

    @TempDir private static Path folder;
    private static OperatedProgram chain;
    private static ConsolePerson looks;
    private static ConsolePerson acts;
    private static ConsolePerson admin;

    @BeforeAll
    static void start() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "looks look {noop}l\nacts look,act {noop}a\n");
        chain = new OperatedProgram("console.users=" + users, "sync.patience=20s");
        URI address = URI.create("http://127.0.0.1:" + chain.program.context().getEnvironment().getProperty("local.server.port"));
        looks = new ConsolePerson(address, "looks", "l");
        acts = new ConsolePerson(address, "acts", "a");
        admin = new ConsolePerson(address, "admin", "for-the-test");
    }

    @BeforeEach
    void reset() {
        chain.atRest();
        chain.reset();
        chain.dhis2.resetCounts();
        chain.patients(1);
    }

    @AfterEach
    void off() {
        chain.program.bean(Inspection.class).switchOff();
    }

    @AfterAll
    static void stop() {
        chain.close();
    }

    @Test
    void theStepsOfATraceAreForAllAndWhatIsInTheMessagesForWhoMaySeePatients() throws Exception {
        chain.visit(1, "Visit", SECRET);
        startTracing(acts);
        chain.program.run();
        String steps = text(looks.exec(TRACER, "dumpAllTracedMessagesAsXml()"));
        assertThat(steps).contains("<routeId>map-event</routeId>", "<toNode>let-customise</toNode>", "<elapsed>", "<timestamp>")
                .doesNotContain(SECRET, "UIC-000001", "<message", "<body", "<header", "<exchangeVariable", "<exchangeProperty");

        chain.visit(1, "Visit", SECRET);
        chain.program.run();
        String messages = text(admin.exec(TRACER, "dumpAllTracedMessagesAsXml()"));
        assertThat(messages).contains(SECRET, "<toNode>let-customise</toNode>", "seda://note-request?timeout=0&amp;waitForTaskToComplete=Always");
        assertThat(acts.exec(TRACER, "setEnabled", false).at("/status").asInt()).isEqualTo(200);
    }

    @Test
    void ofAnExceptionTheOthersSeeItsKind() throws Exception {
        chain.visit(1, "Visit", SECRET);
        chain.dhis2.fail(1, StandInFaults.posts()).with(503, SECRET);
        startTracing(acts);
        chain.program.run();
        String steps = text(acts.exec(TRACER, "dumpAllTracedMessagesAsXml()"));
        assertThat(steps).contains("<failed>true</failed>", "type=\"org.martsync.dhis2.Dhis2Unavailable\"").doesNotContain(SECRET, "<message");
        JsonNode failures = looks.exec(INSPECTION, "failures").at("/value");
        assertThat(failures.findValuesAsText("failure")).contains("org.martsync.dhis2.Dhis2Unavailable");
        assertThat(failures.findValuesAsText("route")).contains("ask-dhis2");
        assertThat(failures.toString()).contains("post-to-tracker / ask-tracker").doesNotContain(SECRET, "HTTP 503");
    }

    @Test
    void aBatchThatABreakpointHoldsIsLookedAtAndGoesOn() throws Exception {
        int event = chain.visit(1, "Visit", SECRET);
        assertThat(acts.exec(DEBUGGER, "enableDebugger").at("/status").asInt()).isEqualTo(200);
        assertThat(acts.exec(DEBUGGER, "addBreakpoint", "as-json").at("/status").asInt()).isEqualTo(200);
        await().until(() -> looks.read(INSPECTION, "On").at("/value").asBoolean());
        chain.program.begin();
        await().until(() -> looks.exec(DEBUGGER, "suspendedBreakpointNodeIds").at("/value").toString().contains("as-json"));

        assertThat(text(looks.exec(DEBUGGER, "dumpTracedMessagesAsXml(java.lang.String,boolean)", "as-json", true)))
                .contains("<toNode>as-json</toNode>").doesNotContain(SECRET);
        assertThat(text(looks.exec(DEBUGGER, "dumpTracedMessagesAsXml(java.lang.String)", "as-json")))
                .contains("<toNode>as-json</toNode>").doesNotContain(SECRET);
        assertThat(text(looks.exec(DEBUGGER, "messageHistoryOnBreakpointAsXml(java.lang.String)", "as-json")))
                .contains("processorId=\"as-json\"").doesNotContain(SECRET);
        assertThat(text(admin.exec(DEBUGGER, "dumpTracedMessagesAsXml(java.lang.String,boolean)", "as-json", true))).contains(SECRET);
        assertThat(looks.exec(IN_FLIGHT, "browse()").at("/value").toString()).contains("post-to-tracker").doesNotContain(SECRET);
        assertThat(looks.exec(BLOCKED, "browse()").at("/status").asInt()).isEqualTo(200);
        assertThat(looks.exec(INSPECTION, "switchOff").at("/status").asInt()).isEqualTo(403);
        assertThat(chain.clinic.event(event).synced()).isFalse();

        assertThat(acts.exec(INSPECTION, "switchOff").at("/status").asInt()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(20)).until(() -> chain.program.bean(Runs.class).current() == null);
        chain.assertEvent(event).isSynced();
        assertThat(looks.read(DEBUGGER, "Enabled").at("/value").asBoolean(true)).isFalse();
    }

    @Test
    void exchangesInFlightAreListedFromWhenSomebodyWantsToSeeThem() throws Exception {
        assertThat(looks.read(IN_FLIGHT, "InflightBrowseEnabled").at("/value").asBoolean(true)).isFalse();
        assertThat(looks.exec(INSPECTION, "switchOn").at("/status").asInt()).isEqualTo(403);
        assertThat(acts.exec(INSPECTION, "switchOn").at("/status").asInt()).isEqualTo(200);
        assertThat(looks.read(IN_FLIGHT, "InflightBrowseEnabled").at("/value").asBoolean()).isTrue();
        assertThat(looks.read(INSPECTION, "Until").at("/value").asText()).isNotEmpty();
        assertThat(acts.exec(INSPECTION, "switchOff").at("/status").asInt()).isEqualTo(200);
        assertThat(looks.read(IN_FLIGHT, "InflightBrowseEnabled").at("/value").asBoolean(true)).isFalse();
    }

    @Test
    void aPayloadThatIsSentByHandGoesThroughCustomiseAsInARun() throws Exception {
        startTracing(admin);
        String payload = "{\"status\": \"ACTIVE\", \"dataValues\": [{\"dataElement\": \"VtElem00001\", \"value\": \"by hand\"}]}";
        assertThat(admin.exec(CONTEXT, "canSendToEndpoint(java.lang.String)", "direct://customise").at("/value").asBoolean()).isTrue();
        assertThat(admin.exec(CONTEXT, "sendBodyAndHeaders(java.lang.String, java.lang.Object, java.util.Map)", "direct://customise", payload,
                Map.of("mapping", "Visit")).at("/status").asInt()).isEqualTo(200);
        assertThat(text(admin.exec(TRACER, "dumpTracedMessagesAsXml(java.lang.String)", "customise"))).contains("<body type=\"java.util.LinkedHashMap\">", "by hand",
                "<header key=\"mapping\" type=\"java.lang.String\">Visit</header>", "<header key=\"rehearsal\" type=\"java.lang.String\">true</header>");
        assertThat(admin.exec(CONTEXT, "sendStringBody(java.lang.String, java.lang.String)", "direct://customise", payload).at("/status").asInt()).isEqualTo(200);
        assertThat(admin.exec(CONTEXT, "sendBodyAndHeaders(java.lang.String, java.lang.Object, java.util.Map)", "direct://customise", payload,
                Map.of("later", "It is sent at night.")).at("/status").asInt()).isEqualTo(200);
        assertThat(text(admin.exec(TRACER, "dumpTracedMessagesAsXml(java.lang.String)", "try-customise"))).contains("<toNode>say-waits</toNode>");
        assertThat(admin.exec(CONTEXT, "sendStringBody(java.lang.String, java.lang.String)", "direct://customise", "no JSON").at("/status").asInt()).isEqualTo(500);
        assertThat(chain.dhis2.requests()).isZero();
    }

    @Test
    void whatCustomiseMakesOfAPayloadIsForWhoMaySeePatients() throws Exception {
        String payload = "{\"dataValues\": [{\"dataElement\": \"VtElem00001\", \"value\": \"" + SECRET + "\"}]}";
        for (String endpoint : List.of("direct:customise", "direct://customise")) {
            for (String operation : List.of("requestStringBody(java.lang.String, java.lang.String)", "requestBody(java.lang.String, java.lang.Object)",
                    "sendStringBody(java.lang.String, java.lang.String)", "sendBody(java.lang.String, java.lang.Object)")) {
                for (String body : List.of(payload, "no JSON " + SECRET)) {
                    JsonNode refused = acts.exec(CONTEXT, operation, endpoint, body);
                    assertThat(refused.at("/status").asInt()).as(refused.toString()).isEqualTo(403);
                    assertThat(refused.at("/value").isMissingNode()).isTrue();
                    assertThat(refused.at("/error").asText()).contains("has the role patients").doesNotContain(SECRET);
                }
            }
        }
        assertThat(admin.exec(CONTEXT, "requestStringBody(java.lang.String, java.lang.String)", "direct://customise", payload).at("/value"))
                .as("bytes, each a number").isNotEmpty();
    }

    private static String text(JsonNode answer) {
        assertThat(answer.at("/status").asInt()).as(answer.toString()).isEqualTo(200);
        return answer.at("/value").asText();
    }

    /** What Hawtio's button does. */
    private static void startTracing(ConsolePerson person) throws Exception {
        assertThat(person.write(TRACER, "BodyMaxChars", 5000).at("/status").asInt()).isEqualTo(200);
        assertThat(person.write(TRACER, "BodyIncludeStreams", false).at("/status").asInt()).isEqualTo(200);
        assertThat(person.write(TRACER, "BodyIncludeFiles", false).at("/status").asInt()).isEqualTo(200);
        assertThat(person.exec(TRACER, "setEnabled", true).at("/status").asInt()).isEqualTo(200);
        await().until(() -> looks.read(INSPECTION, "On").at("/value").asBoolean());
    }
}
