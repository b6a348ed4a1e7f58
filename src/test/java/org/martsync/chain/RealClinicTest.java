package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.martsync.clinic.ClinicAssert;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.dhis2.TrackerStore.TrackedEntity;
import org.martsync.sync.Run;

/**
 * The mappings and org units of a real clinic, with invented people and answers, through the whole program.
 *
 * <p>What must arrive is computed here from the mappings' JSON and the recorded metadata (recording 003), beside the
 * program's own reading of them: each question gets an answer as the flattener writes it, and with it the text that DHIS2
 * must hold.
 */
class RealClinicTest {

    private static final Path MAPPINGS = Path.of("../shared/clinic/mappings.json");
    private static final Path ORG_UNITS = Path.of("../shared/clinic/orgunits.csv");
    private static final List<String> STAGES = List.of("TB", "HTS", "PREP", "IPV", "FP", "NCD");
    /** Every form table has them, whatever a mapping says of them. */
    private static final Set<String> STANDARD = Set.of("id", "encounter_id", "visit_id", "patient_id", "username", "date_created",
            "patient_identifier", "location_id", "location_name", "instance_id");
    private static final List<String> TEXTS = List.of("Static", "N/A", "It's \"fine\" / ok", "Été 🙂", "First\nsecond", "100 %; a, b");
    /** PostgreSQL cuts a longer one, so that the mapping names a column which does not exist. */
    private static final int LONGEST_NAME = 63;
    private static final int PATIENTS = 60;
    private static final long SEED = 20240305;

    private static WholeChain chain;
    private static final Map<String, JsonNode> mappings = new LinkedHashMap<>();
    private static final Map<String, JsonNode> elements = new HashMap<>();
    private static final Set<String> attributes = new LinkedHashSet<>();
    /** Code and UID of each org unit of the clinic. */
    private static final List<String[]> orgUnits = new ArrayList<>();

    private final Random random = new Random(SEED);
    /** The columns that each form table has. */
    private final Map<String, Set<String>> tables = new TreeMap<>();
    /** What DHIS2 must hold of each event. */
    private final Map<Integer, Map<String, String>> expected = new TreeMap<>();
    /** Where each event was, by its UID. */
    private final Map<Integer, String> places = new HashMap<>();

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Files.exists(MAPPINGS), () -> "the clinic's mappings are not here: " + MAPPINGS);
        assumeTrue(Files.exists(ORG_UNITS), () -> "the clinic's org units are not here: " + ORG_UNITS);
        Files.readAllLines(ORG_UNITS).stream().skip(1).map(line -> line.split(",")).forEach(orgUnits::add);
        for (JsonNode row : new ObjectMapper().readTree(MAPPINGS.toFile())) {
            mappings.put(row.path("program_name").asText(), row);
        }
        try (InputStream in = RealClinicTest.class.getResourceAsStream("/dhis2/program.json")) {
            JsonNode program = new ObjectMapper().readTree(in);
            program.path("programStages").forEach(stage -> stage.path("programStageDataElements").forEach(element ->
                    elements.put(stage.path("id").asText() + element.at("/dataElement/id").asText(), element.path("dataElement"))));
            program.path("programTrackedEntityAttributes").forEach(attribute ->
                    attributes.add(attribute.at("/trackedEntityAttribute/id").asText()));
        }
        chain = WholeChain.start();
    }

    @AfterAll
    static void stop() {
        if (chain != null) {
            chain.close();
        }
    }

    @BeforeEach
    void install() {
        chain.reset();
        chain.clinic.jdbc().update("DELETE FROM mapping");
        mappings.forEach((name, row) -> {
            ObjectNode json = row.path("mapping_json").deepCopy();
            if (STAGES.contains(name)) {
                json.path("formTableMappings").forEach(table -> ((ObjectNode) table).remove(STANDARD));
            }
            chain.clinic.mapping(name, json.toString(), row.path("config").toString());
        });
        chain.clinic.jdbc().update("DELETE FROM orgunit_tracker");
        orgUnits.forEach(orgUnit -> chain.clinic.orgUnit(orgUnit[0], orgUnit[1]));
        createForms();
    }

    /** Makes the form tables of all mappings, with nine in ten of those mapped columns that a database can have. */
    private void createForms() {
        for (String mapping : STAGES) {
            forms(mapping).forEach((table, columns) -> tables.computeIfAbsent(table, name -> new LinkedHashSet<>()).addAll(columns.keySet()));
        }
        tables.forEach((table, columns) -> {
            columns.removeIf(column -> column.length() > LONGEST_NAME || column.matches(".*[?#:$\\\\{}].*") || random.nextInt(10) == 0);
            chain.clinic.jdbc().execute("DROP TABLE IF EXISTS \"" + table.replace("\"", "\"\"") + "\"");
            chain.clinic.formTable(table, columns.toArray(String[]::new));
        });
    }

    @Test
    void everyAnswerOfEveryFormArrivesAsItMust() {
        Map<Integer, String> stageOf = new HashMap<>();
        Map<Integer, Map<String, String>> people = new HashMap<>();
        for (int patient = 1; patient <= PATIENTS; patient++) {
            people.put(patient, patient(patient));
            for (String mapping : STAGES) {
                stageOf.put(event(patient, mapping), stage(mapping));
            }
        }
        List<Integer> second = List.of(event(1, "HTS"), event(30, "HTS"), event(PATIENTS, "HTS"));
        second.forEach(expected::remove);

        Run run = chain.program.run();

        assertThat(run.stopped()).isNull();
        assertThat(stageOf).hasSize(PATIENTS * STAGES.size());
        assertThat(expected.values().stream().mapToInt(Map::size).sum()).as("answers").isGreaterThan(1000);
        assertAll(stageOf.entrySet().stream().map(entry -> () -> {
            ClinicAssert.assertThat(chain.clinic).event(entry.getKey()).isSynced();
            Event event = chain.stored(entry.getKey(), entry.getValue());
            assertThat(event.stage()).isEqualTo(entry.getValue());
            assertThat(event.orgUnit()).isEqualTo(places.get(entry.getKey()));
            assertThat(event.occurredAt()).isEqualTo(WholeChain.MORNING.toLocalDate().atStartOfDay());
            assertThat(event.dataValues()).as("event %d of %s", entry.getKey(), entry.getValue())
                    .containsExactlyInAnyOrderEntriesOf(expected.get(entry.getKey()));
        }));
        second.forEach(event -> chain.assertEvent(event).isRejectedBecause("[E1039]").hasFailed(1));
        assertThat(chain.dhis2.store().events()).hasSize(stageOf.size());
        people.forEach((patient, person) -> {
            List<TrackedEntity> held = chain.dhis2.store().holdersOf(WholeChain.UIC, "UIC-%06d".formatted(patient));
            assertThat(held).hasSize(1);
            assertThat(held.get(0).attributes()).containsExactlyInAnyOrderEntriesOf(person);
        });
        chain.assertNobodyIsThereTwice();
    }

    /** Registers a patient and returns the attributes DHIS2 must hold of them. */
    private Map<String, String> patient(int patient) {
        Map<String, String> known = new LinkedHashMap<>();
        known.put("uic", "UIC-%06d".formatted(patient));
        known.put("patient_identifier", "P-%06d".formatted(patient));
        known.put("gender", "Female");
        known.put("birthdate", "1990-01-01");
        known.put("given_name", "Amber");
        known.put("family_name", "Test-%03d".formatted(patient));
        known.put("telephone", "077 000 %04d".formatted(patient));
        known.put("address1", "Stand " + patient);
        known.put("nationality", "Zimbabwean");
        chain.clinic.patient(patient).column("telephone", known.get("telephone")).column("address1", known.get("address1"))
                .column("nationality", known.get("nationality"));
        Map<String, String> person = new HashMap<>();
        mappings.get("Patient").at("/mapping_json/formTableMappings/patient").properties().forEach(column -> {
            String attribute = id(column.getValue());
            if (known.containsKey(column.getKey()) && attributes.contains(attribute)) {
                person.put(attribute, known.get(column.getKey()));
            }
        });
        return person;
    }

    /** Fills in the forms of a mapping for a new encounter, queues it, and writes down what DHIS2 must hold. */
    private int event(int patient, String mapping) {
        String[] orgUnit = orgUnits.get(random.nextInt(orgUnits.size()));
        int encounter = chain.encounter(patient, orgUnit[0], WholeChain.MORNING);
        Map<String, Map<String, String>> rows = new LinkedHashMap<>();
        Map<String, String> values = new HashMap<>();
        // data element to table and column of each that exists for it
        Map<String, List<String[]>> columnsOf = new LinkedHashMap<>();
        forms(mapping).forEach((table, columns) -> {
            rows.put(table, new LinkedHashMap<>());
            columns.forEach((column, element) -> {
                if (tables.get(table).contains(column)) {
                    columnsOf.computeIfAbsent(element, id -> new ArrayList<>()).add(new String[] {table, column});
                }
            });
        });
        columnsOf.forEach((element, where) -> {
            String[] answer = answer(elements.get(stage(mapping) + element));
            String[] empty = random.nextBoolean() ? null : new String[] {""};
            int filled = random.nextInt(where.size());
            boolean everywhere = random.nextInt(4) == 0;
            for (int i = 0; i < where.size(); i++) {
                String text = i == filled || everywhere ? answer[0] : other(answer, empty);
                rows.get(where.get(i)[0]).put(where.get(i)[1], text);
            }
            if (answer[1] != null) {
                values.put(element, answer[1]);
            }
        });
        rows.forEach((table, row) -> chain.clinic.form(table, encounter, patient, row, WholeChain.MORNING));
        int event = chain.clinic.pending(patient, mapping, encounter);
        expected.put(event, values);
        places.put(event, orgUnit[1]);
        return event;
    }

    /** What stands in the other columns of a question: nothing, or a "not chosen" beside a yes. */
    private String other(String[] answer, String[] empty) {
        return "true".equals(answer[1]) && random.nextBoolean() ? "false" : empty == null ? null : empty[0];
    }

    /** An answer as the flattener writes it, and as DHIS2 must hold it; null where it must hold none. */
    private String[] answer(JsonNode element) {
        if (random.nextInt(6) == 0) {
            return new String[] {random.nextBoolean() ? null : "", null};
        }
        JsonNode options = element.at("/optionSet/options");
        if (options.isArray()) {
            JsonNode option = options.get(random.nextInt(options.size()));
            return new String[] {option.path(random.nextBoolean() ? "name" : "code").asText(), option.path("code").asText()};
        }
        LocalDate day = LocalDate.of(2023, 1, 1).plusDays(random.nextInt(400));
        int number = random.nextInt(50);
        return switch (element.path("valueType").asText()) {
            case "TEXT", "LONG_TEXT" -> same(TEXTS.get(random.nextInt(TEXTS.size())) + (random.nextBoolean() ? "" : " " + number));
            case "BOOLEAN" -> same(random.nextBoolean() ? "true" : "false");
            case "TRUE_ONLY" -> random.nextBoolean() ? same("true") : new String[] {"false", null};
            case "DATE" -> new String[] {day + (random.nextBoolean() ? "" : " 00:00:00"), day.toString()};
            case "INTEGER_ZERO_OR_POSITIVE", "INTEGER" -> new String[] {number + (random.nextBoolean() ? "" : ".0"), "" + number};
            case "NUMBER" -> same(number + ".5");
            default -> throw new AssertionError("no answer is known to a question of type " + element.path("valueType").asText());
        };
    }

    private static String[] same(String text) {
        return new String[] {text, text};
    }

    // ---- the mappings' JSON, read without the program

    private static String stage(String mapping) {
        return id(mappings.get(mapping).at("/mapping_json/dhisProgramStageId"));
    }

    /** Table to column to data element, without what is mapped to nothing. */
    private static Map<String, Map<String, String>> forms(String mapping) {
        Map<String, Map<String, String>> forms = new LinkedHashMap<>();
        mappings.get(mapping).at("/mapping_json/formTableMappings").properties().forEach(table -> {
            Map<String, String> columns = new LinkedHashMap<>();
            table.getValue().properties().forEach(column -> {
                String id = id(column.getValue());
                if (!id.isEmpty() && !STANDARD.contains(column.getKey())) {
                    columns.put(column.getKey(), id);
                }
            });
            forms.put(table.getKey(), columns);
        });
        return forms;
    }

    private static String id(JsonNode target) {
        return target.isTextual() ? target.asText().strip() : target.path("id").asText("").strip();
    }
}
