package org.martsync.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.martsync.dhis2.StandInFaults.posts;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.dhis2.StandInFaults;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A thousand values of patients that can be told from all else pass through the program; none of them may be seen from outside. */
@ExtendWith(OutputCaptureExtension.class)
class PlantedValuesTest {

    private static final int PATIENTS = 250;
    /** Stands in each of the thousand and nowhere else. */
    private static final Pattern PLANTED = Pattern.compile("zqv[a-z]+[0-9]+", Pattern.CASE_INSENSITIVE);
    private static final LocalDateTime MORNING = LocalDateTime.of(2024, 2, 1, 10, 0);

    private static OperatedProgram chain;

    @BeforeAll
    static void start() {
        chain = new OperatedProgram("sync.batch-patients=50");
        chain.clinic.formTable("planted_form", "f_text", "f_number");
    }

    @AfterAll
    static void stop() {
        chain.close();
    }

    @Test
    void noneOfAThousandValuesIsSeenFromOutside(CapturedOutput log) throws Exception {
        chain.reset();
        chain.clinic.mapping("Patient", """
                {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
                  "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "address1": {"id": "Q1rBKb09Goz"}}}}""",
                "{\"searchable\": [\"uic\"], \"comparable\": []}");
        chain.clinic.mapping("Planted", """
                {"dhisProgramStageId": {"id": "VtStage0001"}, "formTableMappings": {"planted_form": {
                  "f_text": {"id": "VtElem00001"}, "f_number": {"id": "VtElem00004"}}}}""", "{}");
        for (int patient = 1; patient <= PATIENTS; patient++) {
            chain.clinic.patient(patient).identifier(planted("identifier", patient)).uic(planted("uic", patient)).column("address1", planted("address", patient));
            Map<String, Object> answers = new LinkedHashMap<>(Map.of("f_text", planted("text", patient)));
            if (patient % 2 == 0) {
                answers.put("f_number", planted("number", patient));
            }
            event(patient, answers);
        }
        Map<String, String> seen = new LinkedHashMap<>();

        // DHIS2 is away, refuses, breaks off, and quotes what it was sent
        chain.dhis2.refuseConnections();
        chain.program.run();
        chain.dhis2.acceptConnections();
        for (int status : List.of(400, 409, 500, 503)) {
            StandInFaults.Fault quoting = chain.dhis2.failAlways(request -> (request.query() + request.text()).contains(planted("uic", 7)));
            quoting.with(status, "Value " + planted("text", 1) + " of " + planted("uic", 2) + " is wrong");
            chain.program.run();
            assertThat(quoting.struck()).isPositive();
            chain.dhis2.heal();
        }
        look("after DHIS2's failures", seen);

        // the database quotes what it was given, which breaks the batches of those whom DHIS2 did not take
        chain.clinic.jdbc().execute("""
                CREATE FUNCTION quote_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bad row %', NEW; END $$""");
        chain.clinic.jdbc().execute("CREATE TRIGGER quote_row BEFORE INSERT OR UPDATE ON instance_tracker FOR EACH ROW EXECUTE FUNCTION quote_row()");
        chain.program.run();
        assertThat(chain.clinic.pendingCount()).as("beside those with a wrong number").isGreaterThan(PATIENTS / 2);
        assertThat(log.getAll()).contains("a batch broke", "PSQLException");
        chain.clinic.jdbc().execute("DROP FUNCTION quote_row() CASCADE");
        look("after broken batches", seen);

        // and at last it goes well, but for the half that is no number; looked at meanwhile too
        StandInFaults.Held held = chain.dhis2.hold(1, posts());
        chain.program.begin();
        await().atMost(Duration.ofMinutes(1)).until(() -> held.arrived() > 0);
        look("while a batch is on its way", seen);
        chain.dhis2.fail(2, posts()).byResetAfterProcessing();
        held.release();
        chain.atRest();
        chain.program.run();
        look("at the end", seen);

        assertThat(chain.clinic.pendingCount()).isEqualTo(PATIENTS / 2);
        assertThat(chain.clinic.log().toString()).as("the log table may quote, so the values did pass").contains(planted("number", 2));
        seen.put("the log", log.getAll());
        assertThat(log.getAll()).contains("events synced");
        assertThat(seen.size()).isGreaterThan(10);
        seen.forEach((where, text) -> assertThat(values(text)).as(where).isEmpty());
    }

    private static String planted(String kind, int patient) {
        return "Zqv" + kind + patient;
    }

    private static void event(int patient, Map<String, ?> answers) {
        int encounter = 1000 + patient;
        chain.clinic.encounter(encounter, patient, "ZW", MORNING);
        chain.clinic.form("planted_form", encounter, patient, answers, MORNING);
        chain.clinic.pending(patient, "Planted", encounter);
    }

    private static TreeSet<String> values(String text) {
        TreeSet<String> values = new TreeSet<>();
        for (Matcher value = PLANTED.matcher(text); value.find();) {
            values.add(value.group().toLowerCase(Locale.ROOT) + " in ..." + text.substring(Math.max(0, value.start() - 150), Math.min(text.length(), value.end() + 50)));
        }
        return values;
    }

    /** What is told over HTTP, in a thread dump and by JMX to who may only look. */
    private static void look(String when, Map<String, String> seen) throws Exception {
        for (String path : List.of("/actuator/health", "/actuator/metrics", "/actuator/prometheus", "/api/status")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isIn(200, 503);
            seen.put(path + " " + when, answer.body());
        }
        StringBuilder threads = new StringBuilder();
        Thread.getAllStackTraces().forEach((thread, trace) -> threads.append(thread.getName()).append(List.of(trace)).append('\n'));
        seen.put("threads " + when, threads.toString());
        seen.put("JMX " + when, jmx());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + chain.program.context().getEnvironment().getProperty("local.server.port") + path);
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).header("Authorization", "Basic "
                + Base64.getEncoder().encodeToString("admin:for-the-test".getBytes(StandardCharsets.UTF_8))).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String jmx() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        List<String> told = new ArrayList<>();
        for (String domain : List.of("org.apache.camel:*", "mart-dhis2-sync:*")) {
            for (ObjectName name : server.queryNames(new ObjectName(domain), null)) {
                told.add(name.toString());
                for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                    if (attribute.isReadable() && !attribute.getName().equals("LastError")) {
                        told.add(name + " " + attribute.getName() + "=" + value(server, name, attribute.getName()));
                    }
                }
            }
        }
        assertThat(told).hasSizeGreaterThan(100);
        return String.join("\n", told);
    }

    private static String value(MBeanServer server, ObjectName name, String attribute) {
        try {
            return String.valueOf(server.getAttribute(name, attribute));
        } catch (Exception unreadable) {
            return "unreadable";
        }
    }
}
