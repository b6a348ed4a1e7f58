package org.martsync.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.StandInFaults;
import org.martsync.reconcile.Reconciliation;
import org.yaml.snakeyaml.Yaml;

/** The alert rules and the dashboard of {@code config/} ask for numbers that the program has, by labels that it gives them. */
class AlertFilesTest {

    private static final Path RULES = Path.of("config/prometheus-alerts.yaml");
    private static final Path DASHBOARD = Path.of("config/grafana-dashboard.json");
    /** What Prometheus itself knows of a program it asks. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up");
    private static final Set<String> LABELS_OF_PROMETHEUS = Set.of("job", "instance", "site");
    private static final Pattern LABELS = Pattern.compile("\\{([^}]*)}");
    private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"");
    private static final Pattern BY_LABELS = Pattern.compile("\\b(?:by|on|ignoring|without)\\s*\\(([^)]*)\\)");
    private static final Pattern WORD = Pattern.compile("(?<![\\w.])[a-z_][a-z0-9_]*(?![\\w]*\\s*\\()");
    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "by", "on", "ignoring", "without");

    private static Set<String> names;
    private static String told;

    @BeforeAll
    static void whatTheProgramTellsAfterAGoodRunAndAnOutage() throws Exception {
        try (Clinic clinic = Clinic.installed(); Dhis2StandIn dhis2 = Dhis2StandIn.start()) {
            clinic.mapping("Patient", """
                    {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
                      "uic": {"id": "zRA08XEYiSF"}, "patient_identifier": {"id": "GGvUui7Dc3F"}, "birthdate": {"id": "wSp6Q7QDMsk"}}}}""",
                    "{\"searchable\": [\"uic\"]}");
            clinic.mapping("IPV", """
                    {"dhisProgramStageId": {"id": "TGvGDt6e6OM"}, "formTableMappings": {"gbv_form": {"asked": {"id": "tadIzybMHE7"}}}}""", "{}");
            clinic.formTable("gbv_form", "asked");
            clinic.patient(1);
            clinic.encounter(11, 1, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
            clinic.form("gbv_form", 11, 1, Map.of("asked", "true"), LocalDateTime.of(2024, 2, 1, 0, 0));
            clinic.pending(1, "IPV", 11);
            try (RunningProgram program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", "turns.limit=2",
                    "reconcile.schedule=0 0 0 1 1 ? 2099")) {
                dhis2.fail(1, StandInFaults.posts()).with(413, "Too large");
                program.run();
                program.bean(ProducerTemplate.class).requestBody("direct:reconcile", new Reconciliation(Instant.now(), null, false));
                dhis2.refuseConnections();
                clinic.jdbc().update("UPDATE events_to_sync SET synced = false");
                program.run();
                told = numbers(program);
            }
        }
        names = told.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("[{ ]")[0]).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyNumberOfTheRulesIsTheProgramsOwn() throws Exception {
        List<String> queries = queriesOfTheRules();
        assertThat(queries).hasSizeGreaterThan(5).allSatisfy(AlertFilesTest::isAnsweredByTheProgram);
    }

    @Test
    void everyNumberOfTheDashboardIsTheProgramsOwn() throws Exception {
        List<String> queries = queriesOfTheDashboard();
        assertThat(queries).hasSizeGreaterThan(10).allSatisfy(AlertFilesTest::isAnsweredByTheProgram);
    }

    @Test
    void everyNumberOfAnEventIsShown() throws Exception {
        Set<String> shown = new TreeSet<>();
        for (String query : queriesOfTheDashboard()) {
            shown.addAll(metrics(query));
        }
        assertThat(shown).contains("mart_events_total", "mart_pending_events", "mart_dhis2_requests_seconds_count", "mart_batch_size",
                "mart_batch_shrinks_total", "mart_run_ended_seconds", "mart_run_seconds_count", "mart_first_tries_total", "mart_turns_wait_seconds_sum",
                "mart_turns_waiting", "mart_turns_taken", "up");
    }

    @Test
    void sitesOfOneProcessAreToldApart() throws Exception {
        assertThat(queriesOfTheRules()).as("they all have the same instance").noneMatch(query -> query.contains("(instance)"));
        assertThat(queriesOfTheDashboard()).allSatisfy(query -> assertThat(query).contains("site=~\"$site\"").doesNotContain("(instance)"));
    }

    @Test
    void prometheusUnderstandsAllAndItsRulesFireWhenTheyShould(@TempDir Path folder) throws Exception {
        Path queries = folder.resolve("dashboard.yaml");
        List<Map<String, String>> rules = queriesOfTheDashboard().stream().distinct()
                .map(query -> Map.of("record", "dashboard:query", "expr", query)).toList();
        Files.writeString(queries, new Yaml().dump(Map.of("groups", List.of(Map.of("name", "dashboard", "rules", rules)))));
        promtool("check", "rules", RULES.toString(), queries.toString());
        promtool("test", "rules", "src/test/resources/prometheus-alerts-test.yaml");
    }

    /** Prometheus's own tool; on machines without it (Debian: package prometheus) nothing is tried. */
    private static void promtool(String... arguments) throws Exception {
        Optional<Path> tool = Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable).findFirst();
        assumeTrue(tool.isPresent(), "there is no promtool in the PATH");
        Process process = new ProcessBuilder(Stream.concat(Stream.of(tool.get().toString()), Stream.of(arguments)).toList()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @Test
    void everyRuleTellsAPersonWhatIsWrongAndWhereToLook() throws Exception {
        assertThat(rules()).allSatisfy(rule -> {
            assertThat(rule.get("alert")).asString().startsWith("MartDhis2Sync");
            assertThat(rule.get("for")).isNotNull();
            Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
            assertThat(annotations.get("summary")).asString().contains("{{ $labels.instance }}");
            assertThat(annotations.get("description")).asString().endsWith(".");
        });
    }

    @Test
    void whatTheProgramDoesNotTellIsFound() {
        assertThat(metrics("sum by (instance) (increase(mart_evnts_total{outcome=\"synced\"}[1h])) > 0 and on (job) up == 1"))
                .containsExactlyInAnyOrder("mart_evnts_total", "up");
        assertThat(labels("sum by (instance) (increase(mart_events_total{outcom=\"synced\"}[1h]))")).containsExactlyInAnyOrder("instance", "outcom");
    }

    private static void isAnsweredByTheProgram(String query) {
        assertThat(metrics(query)).isNotEmpty().allMatch(name -> names.contains(name) || OF_PROMETHEUS.contains(name), "is told by the program");
        assertThat(labels(query)).allMatch(label -> told.contains(label + "=\"") || LABELS_OF_PROMETHEUS.contains(label), "is a label");
    }

    /** The words of a query that are no function, keyword or label. */
    private static Set<String> metrics(String query) {
        String bare = BY_LABELS.matcher(LABELS.matcher(query).replaceAll("")).replaceAll("").replaceAll("\\[[^]]*]", "");
        return WORD.matcher(bare).results().map(found -> found.group()).filter(word -> !KEYWORDS.contains(word))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> labels(String query) {
        Set<String> labels = new TreeSet<>();
        LABELS.matcher(query).results().forEach(group -> LABEL.matcher(group.group(1)).results().forEach(label -> labels.add(label.group(1))));
        BY_LABELS.matcher(query).results().forEach(group -> labels.addAll(List.of(group.group(1).split("\\s*,\\s*"))));
        return labels;
    }

    private static List<Map<?, ?>> rules() throws Exception {
        Map<String, List<Map<String, List<Map<?, ?>>>>> file = new Yaml().load(Files.readString(RULES));
        return file.get("groups").stream().flatMap(group -> group.get("rules").stream()).toList();
    }

    private static List<String> queriesOfTheRules() throws Exception {
        return rules().stream().map(rule -> (String) rule.get("expr")).toList();
    }

    private static List<String> queriesOfTheDashboard() throws Exception {
        List<String> queries = new ArrayList<>();
        for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).get("panels")) {
            panel.get("targets").forEach(target -> queries.add(target.get("expr").asText()));
        }
        return queries;
    }

    private static String numbers(RunningProgram program) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                        + program.context().getEnvironment().getProperty("local.server.port") + "/actuator/prometheus"))
                .header("Accept", "text/plain")
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString("admin:for-the-test".getBytes(StandardCharsets.UTF_8))).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
