package org.martsync.dhis2;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the stand-in against what a real DHIS2 answered.
 *
 * <p>The recordings are replayed in the order of their numbers against one fresh stand-in, since later ones rest on
 * what earlier ones stored. The full set lies outside the project and is replayed where it is found; the part on which
 * the rules of an import and of a search rest is kept in the project and always replayed.
 *
 * <p>Compared are the HTTP status; of an import report its status, all counts, which object has which error, and
 * which objects were stored; of everything else that is JSON the whole body, except for what {@link #tidied} says.
 */
class Dhis2StandInContractTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path ALL = Path.of("..", "shared", "dhis2-recordings");
    private static final Path KEPT = Path.of("src", "test", "resources", "dhis2", "recordings");

    private static final String SPEED = "measures time; its body was not recorded";
    private static final String RACE = "two requests at the same moment; the outcome changed from one run to the next";

    private static final Map<Integer, String> NOT_PLAYED = Map.ofEntries(entry(360, SPEED), entry(361, SPEED),
            entry(362, SPEED), entry(363, SPEED), entry(364, SPEED), entry(365, RACE), entry(366, RACE),
            entry(367, RACE), entry(368, RACE), entry(369, RACE), entry(370, RACE), entry(371, RACE), entry(372, RACE),
            entry(376, RACE), entry(377, RACE), entry(378, RACE));

    /** Recordings whose objects got their UIDs from the server: these are counted and not compared. */
    private static final Set<Integer> UIDS_FROM_THE_SERVER = Set.of(42);

    /** What a recording's {@code _note} says in words. */
    private static final Map<Integer, String> WRITTEN_OUT = Map.of(340, """
            {"trackedEntities": [{"trackedEntity": "TeSurr00001", "trackedEntityType": "XV3kldsZq0H",
              "orgUnit": "DoA0vsy8Da5", "attributes": [{"attribute": "zRA08XEYiSF", "value": "SURR-1"}],
              "enrollments": [{"enrollment": "EnSurr00001", "program": "vatFxlZR2lj", "orgUnit": "DoA0vsy8Da5",
                "enrolledAt": "2024-01-01", "events": [{"event": "EvSurr00001", "programStage": "VtStage0001",
                  "orgUnit": "DoA0vsy8Da5", "occurredAt": "2024-02-01",
                  "dataValues": [{"dataElement": "VtElem00001", "value": "a\\ud800b"}]}]}]}]}
            """, 342, longTexts());

    private static final Pattern CHARACTERS = Pattern.compile("(?s)x+… \\((\\d+) characters\\)");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> jobs = new HashMap<>();
    private Dhis2StandIn dhis2;

    private record Recording(int number, String title, String method, String path, Map<String, String> headers,
            JsonNode body, JsonNode status, JsonNode answer) {
    }

    private record Answer(int status, String contentType, String location, String text) {

        JsonNode json() {
            return read(text);
        }
    }

    @BeforeEach
    void startStandIn() {
        dhis2 = Dhis2StandIn.start();
    }

    @AfterEach
    void stopStandIn() {
        dhis2.close();
    }

    @TestFactory
    Stream<DynamicTest> answersAsRecorded() {
        assumeTrue(Files.isDirectory(ALL), "the full set of recordings is not beside the project: " + ALL);
        return replay(ALL);
    }

    @TestFactory
    Stream<DynamicTest> answersAsInTheRecordingsKeptHere() {
        assertThat(recordings(KEPT)).hasSizeGreaterThan(100);
        return replay(KEPT);
    }

    private Stream<DynamicTest> replay(Path folder) {
        return recordings(folder).stream().filter(recording -> !NOT_PLAYED.containsKey(recording.number()))
                .map(recording -> dynamicTest(String.format("%03d %s", recording.number(), recording.title()),
                        () -> play(recording)));
    }

    private void play(Recording recording) {
        if (recording.status().isTextual()) {
            playSeries(recording);
            return;
        }
        Answer answer = send(recording, body(recording));
        assertThat(answer.status()).as("HTTP status of %s", answer.text()).isEqualTo(recording.status().asInt());
        JsonNode expected = recording.answer();
        if (answer.status() == 302) {
            assertThat(answer.location()).contains("login");
        } else if (expected.path("_text").asText().startsWith("<!doctype html>")) {
            assertThat(answer.contentType()).startsWith("text/html");
            assertThat(answer.text()).startsWith("<!doctype html>");
        } else if (expected.has("validationReport")) {
            compareReports(recording, answer.json(), expected);
        } else if (expected.at("/response/id").isTextual()) {
            assertThat(answer.json().path("status")).isEqualTo(expected.path("status"));
            jobs.put(expected.at("/response/id").asText(), answer.json().at("/response/id").asText());
        } else if (recording.path().matches(".*/tracker/jobs/\\w+")) {
            assertThat(answer.json().at("/0/completed")).isEqualTo(expected.at("/0/completed"));
        } else if (expected.path("status").asText().equals("ERROR")) {
            assertThat(withoutMessage(answer.json())).isEqualTo(withoutMessage(expected));
        } else {
            assertThat(tidied(answer.json(), recording)).isEqualTo(tidied(expected, recording));
        }
    }

    /** Plays a recording of one request with many values: each value, its status and what became of it. */
    private void playSeries(Recording recording) {
        List<String> outcomes = new ArrayList<>();
        List<String> recorded = new ArrayList<>();
        for (JsonNode each : recording.answer()) {
            ObjectNode body = recording.body().deepCopy();
            String uid = String.format("EvDate%05d", outcomes.size());
            ((ObjectNode) body.at("/events/0")).put("event", uid).set("occurredAt", each.path("value"));
            Answer answer = send(recording, body.toString().getBytes(StandardCharsets.UTF_8));
            String value = each.path("value").asText() + ": ";
            outcomes.add(value + answer.status() + (answer.status() == 200 ? outcome(answer.json()) : ""));
            JsonNode outcome = each.path("outcome");
            recorded.add(value + each.path("status").asInt() + (outcome.isTextual() ? " " + outcome.asText()
                    : outcome.isArray() ? " " + outcome.at("/0/errorCode").asText() : ""));
        }
        assertThat(outcomes).isEqualTo(recorded);
    }

    private static String outcome(JsonNode report) {
        return " " + report.at("/validationReport/errorReports/0/errorCode").asText("stored");
    }

    // ---- comparing

    private static void compareReports(Recording recording, JsonNode actual, JsonNode expected) {
        boolean made = UIDS_FROM_THE_SERVER.contains(recording.number());
        assertThat(summary(actual, made)).isEqualTo(summary(expected, made));
    }

    /** Writes what counts in a report, sorted, as lines. */
    private static String summary(JsonNode report, boolean countUids) {
        StringBuilder lines = new StringBuilder("status " + report.path("status").asText());
        lines.append("\nstats ").append(sorted(report.path("stats")));
        Set<String> errors = new TreeSet<>();
        report.at("/validationReport/errorReports").forEach(error -> errors.add(error.path("errorCode").asText() + " "
                + error.path("trackerType").asText() + " " + error.path("uid").asText()));
        lines.append("\nerrors ").append(errors);
        Map<String, String> types = new TreeMap<>();
        report.at("/bundleReport/typeReportMap").properties().forEach(type -> {
            List<String> stored = new ArrayList<>();
            type.getValue().path("objectReports").forEach(object -> stored.add(object.path("uid").asText()));
            stored.sort(Comparator.naturalOrder());
            types.put(type.getKey(), sorted(type.getValue().path("stats")) + " stored "
                    + (countUids ? stored.size() : stored));
        });
        types.forEach((type, line) -> lines.append("\n").append(type).append(" ").append(line));
        return lines.append("\nbundleReport ").append(report.has("bundleReport")).toString();
    }

    private static String sorted(JsonNode stats) {
        Map<String, Integer> counts = new TreeMap<>();
        stats.properties().forEach(count -> counts.put(count.getKey(), count.getValue().asInt()));
        return counts.toString();
    }

    private static JsonNode withoutMessage(JsonNode error) {
        return ((ObjectNode) error).without("message");
    }

    /**
     * Gives a body in a form to compare: lists sorted, since the order of DHIS2 is not stable, and without what no
     * client of this project reads: who wrote, notes, relationships, category options, codes of attributes, and the
     * link to the next page. Times made by the server stay as "(a time)"; a very long text is shortened as the
     * recordings do it.
     */
    private static JsonNode tidied(JsonNode node, Recording recording) {
        if (recording.path().equals("/api/system/info")) {
            return ((ObjectNode) node.deepCopy()).retain("version", "serverTimeZoneId", "calendar", "dateFormat",
                    "systemName");
        }
        return tidied(node);
    }

    private static JsonNode tidied(JsonNode node) {
        if (node.isArray()) {
            List<JsonNode> elements = new ArrayList<>();
            node.forEach(element -> elements.add(tidied(element)));
            elements.sort(Comparator.comparing(JsonNode::toString));
            return JSON.createArrayNode().addAll(elements);
        }
        if (!node.isObject()) {
            String text = node.asText();
            return text.length() > 1000 ? TextNode.valueOf("…" + text.substring(text.length() - 10)) : node;
        }
        Map<String, JsonNode> fields = new TreeMap<>();
        node.properties().forEach(field -> fields.put(field.getKey(), tidied(field.getValue())));
        fields.keySet().removeAll(Set.of("createdBy", "updatedBy", "storedBy", "notes", "relationships",
                "attributeOptionCombo", "attributeCategoryOptions", "providedElsewhere", "code", "nextPage",
                "programOwners"));
        fields.computeIfPresent("createdAt", (name, value) -> TextNode.valueOf("(a time)"));
        fields.computeIfPresent("updatedAt", (name, value) -> TextNode.valueOf("(a time)"));
        fields.computeIfPresent("completedAt", (name, value) -> TextNode.valueOf("(a time)"));
        ObjectNode tidy = JSON.createObjectNode();
        tidy.setAll(fields);
        return tidy;
    }

    // ---- sending

    private Answer send(Recording recording, byte[] body) {
        String path = recording.path();
        for (Map.Entry<String, String> job : jobs.entrySet()) {
            path = path.replace(job.getKey(), job.getValue());
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(dhis2.url() + path)).method(recording.method(),
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (recording.method().equals("POST")) {
            request.setHeader("Content-Type", "application/json");
        }
        recording.headers().forEach(request::setHeader);
        if (!recording.title().startsWith("No credentials")) {
            request.setHeader("Authorization", "Basic " + Base64.getEncoder()
                    .encodeToString(credentials(recording.title()).getBytes(StandardCharsets.UTF_8)));
        }
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers().firstValue("Content-Type").orElse(""),
                    response.headers().firstValue("Location").orElse(""), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String credentials(String title) {
        if (title.endsWith("[as user: clerk]")) {
            return Dhis2StandIn.CLERK + ":" + Dhis2StandIn.CLERKS_PASSWORD;
        }
        return Dhis2StandIn.USER + ":" + (title.endsWith("[as user: wrong]") ? "wrong" : Dhis2StandIn.PASSWORD);
    }

    private static byte[] body(Recording recording) {
        JsonNode body = recording.body();
        if (body.isNull() || body.isMissingNode()) {
            return null;
        }
        String text = body.has("_text") ? body.path("_text").asText()
                : body.has("_note") ? WRITTEN_OUT.get(recording.number()) : lengthened(body).toString();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return "gzip".equals(recording.headers().get("Content-Encoding")) ? zipped(bytes) : bytes;
    }

    /** Puts the long texts back which the recording only counts. */
    private static JsonNode lengthened(JsonNode node) {
        if (node.isArray()) {
            ArrayNode elements = JSON.createArrayNode();
            node.forEach(element -> elements.add(lengthened(element)));
            return elements;
        }
        if (node.isObject()) {
            ObjectNode fields = JSON.createObjectNode();
            node.properties().forEach(field -> fields.set(field.getKey(), lengthened(field.getValue())));
            return fields;
        }
        Matcher counted = CHARACTERS.matcher(node.asText());
        return counted.matches() ? TextNode.valueOf("x".repeat(Integer.parseInt(counted.group(1)))) : node;
    }

    private static String longTexts() {
        List<Object> values = List.of("x".repeat(50_000), "x".repeat(50_001), "line\nbreak", " padded ", "ünïcødé 😀",
                " ", 5, "");
        ObjectNode body = JSON.createObjectNode();
        ObjectNode entity = body.putArray("trackedEntities").addObject().put("trackedEntity", "TeLong00001")
                .put("trackedEntityType", "XV3kldsZq0H").put("orgUnit", "DoA0vsy8Da5");
        entity.putArray("attributes").addObject().put("attribute", "zRA08XEYiSF").put("value", "LONG-1");
        ArrayNode events = entity.putArray("enrollments").addObject().put("enrollment", "EnLong00001")
                .put("program", "vatFxlZR2lj").put("orgUnit", "DoA0vsy8Da5").put("enrolledAt", "2024-01-01")
                .putArray("events");
        for (int number = 1; number <= values.size(); number++) {
            events.addObject().put("event", "EvLong0000" + number).put("programStage", "VtStage0001")
                    .put("orgUnit", "DoA0vsy8Da5").put("occurredAt", "2024-02-01").putArray("dataValues").addObject()
                    .put("dataElement", "VtElem00001").putPOJO("value", values.get(number - 1));
        }
        return body.toString();
    }

    private static byte[] zipped(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    // ---- reading the recordings

    private static List<Recording> recordings(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted()
                    .map(Dhis2StandInContractTest::recording).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Recording recording(Path file) {
        try {
            JsonNode recorded = read(Files.readString(file));
            JsonNode request = recorded.path("request");
            Map<String, String> headers = new HashMap<>();
            request.path("headers").properties()
                    .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
            return new Recording(Integer.parseInt(file.getFileName().toString().substring(0, 3)),
                    recorded.path("title").asText(), request.path("method").asText(), request.path("path").asText(),
                    headers, request.path("body"), recorded.at("/response/status"), recorded.at("/response/body"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }
}
