package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RunningProgram;
import org.martsync.clinic.LogRow;
import org.martsync.clinic.SyncEvent;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.sync.Run;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Rows, mappings, configs and values that are broken at random, among healthy ones. No broken one stops a run, is marked
 * synced without its object in DHIS2, or is rejected without a sentence that names what to mend; no healthy one suffers.
 */
@ExtendWith(OutputCaptureExtension.class)
class BadInputStressTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int A_RUN = 500;
    private static final String VISIT_MAPPING = """
            {"isPatientMapping": false, "dhisProgramStageId": {"id": "VtStage0001", "displayName": "Visit"},
             "formTableMappings": {"visit_form": {
               "f_text": {"id": "VtElem00001", "displayName": "Text"}, "f_long": {"id": "VtElem00002", "displayName": "Long"},
               "f_number": {"id": "VtElem00004", "displayName": "Number"}, "f_yes": {"id": "VtElem00011", "displayName": "Yes"},
               "f_date": {"id": "VtElem00013", "displayName": "Date"}}}}""";
    private static final String CONFIG = "{\"searchable\": [\"uic\"], \"comparable\": [\"gender\"], \"openLatestCompletedEnrollment\": \"no\"}";
    /** What people, converters and other programs leave in a text column. */
    private static final List<String> ODD = List.of("", " ", "\t\n", "null", "NULL", "None", "undefined", "NaN", "Infinity", "-0", "1e400", "1E5", "0x1F",
            "1,5", "1.234,56", "1 000", "٣", "½", "--1", "+1", ".", "9".repeat(400), "true ", "YES", "ja", "0", "2024-02-30", "2024-13-01", "30/02/2024",
            "0000-00-00", "0001-01-01", "9999-12-31", "99999-01-01", "2024-02-29T25:00:00", "24:00", "2024-02-29 00:00:00.0", "yesterday",
            "'; DROP TABLE log; --", "\\", "\"", "${body}", "{{dhis2.password}}", "<script>", "%00", "\u0001", "\u007f", "\ufeff", "\u202e", "👩🏽‍⚕️", "é".repeat(3000),
            "x".repeat(60_000), "a;b", "1|2", "[]", "{}", "{\"id\": 1}");

    private final Random chance = new Random(0);
    private StressClinic world;
    private int lastPatient;
    private final Map<Integer, String> broken = new LinkedHashMap<>();
    private final Set<Integer> healthy = new LinkedHashSet<>();

    @Test
    void nothingBrokenStopsARunOrHarmsItsNeighbours(CapturedOutput output) throws Exception {
        long seed = Form.seed();
        int rows = Form.of("badInput", 400, 10_000);
        chance.setSeed(seed);
        System.out.printf("bad input: %d broken rows, seed %d (repeat with -Dstress.seed=%d)%n", rows, seed, seed);
        List<String> lost = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        int doubled = 0;
        try (StressClinic clinic = new StressClinic(); RunningProgram program = RunningProgram.start(clinic.clinic, clinic.dhis2, StressClinic.PROGRAM,
                "sync.patience=30s", "sync.batch-patients=50")) {
            world = clinic;
            List<IntSupplier> ways = List.of(this::brokenQueueRow, this::brokenAnswers, this::brokenPatient, this::brokenEncounter, this::brokenForms,
                    this::brokenMapping);
            while (broken.size() < rows) {
                int before = broken.size();
                while (broken.size() < Math.min(rows, before + A_RUN)) {
                    IntSupplier way = ways.get(chance.nextInt(ways.size()));
                    broken.put(way.getAsInt(), lastWay);
                    if (chance.nextInt(3) == 0) {
                        healthy.add(world.visit(patient(), Map.of("f_text", "healthy " + healthy.size(), "f_number", "7", "f_yes", "true", "f_date", "2024-02-29")));
                    }
                }
                Run run = program.run();
                assertThat(run.stopped()).as("seed %d", seed).isNull();
                assertThat(run.waiting()).as("waiting, seed %d", seed).isZero();
                giveUpWhatIsRejected(wrong);
            }
            doubled = judge(lost, wrong);
            System.out.printf("bad input: %d rejected, %d taken as they are, %d healthy neighbours%n", rejected.size(), broken.size() - rejected.size(), healthy.size());
            new StressResult("bad input", broken.size(), lost.size(), doubled, wrong.size()).report();
        }
        assertThat(lost).as("lost, seed %d", seed).isEmpty();
        assertThat(wrong).as("wrong, seed %d", seed).isEmpty();
        assertThat(doubled).as("doubled, seed %d", seed).isZero();
        assertThat(output.toString().lines()).as("stack traces").noneMatch(line -> line.startsWith("\tat ") || line.startsWith("Caused by: "));
    }

    /** Looks at what was said of each rejected event, and takes it from the queue, so that the next run has its own. */
    private void giveUpWhatIsRejected(List<String> wrong) {
        Map<Integer, List<LogRow>> log = world.clinic.log().stream().filter(row -> row.eventId() != null).collect(Collectors.groupingBy(LogRow::eventId));
        for (Map<String, Object> row : world.clinic.jdbc().queryForList("SELECT id FROM events_to_sync WHERE synced IS NOT TRUE")) {
            int event = (Integer) row.get("id");
            String said = log.getOrDefault(event, List.of()).stream().map(LogRow::statusInfo).collect(Collectors.joining(" / "));
            if (said.isBlank() || said.contains("Something unexpected") || said.contains("no reason") || said.contains("could not take")) {
                wrong.add(broken.get(event) + ": event " + event + " is rejected with <" + said + ">");
            }
        }
        rejected.addAll(world.clinic.jdbc().queryForList("SELECT id FROM events_to_sync WHERE synced IS NOT TRUE", Integer.class));
        world.clinic.jdbc().update("UPDATE events_to_sync SET synced = true WHERE synced IS NOT TRUE");
    }

    private final Set<Integer> rejected = new HashSet<>();

    /** Compares each event with what is in DHIS2; returns how many are there twice. */
    private int judge(List<String> lost, List<String> wrong) {
        Map<String, List<Event>> byMark = world.dhis2.store().events().stream()
                .collect(Collectors.groupingBy(event -> event.dataValues().getOrDefault("VtElem00002", "")));
        Set<String> uids = world.dhis2.store().events().stream().map(Event::uid).collect(Collectors.toSet());
        int doubled = 0;
        for (int event : healthy) {
            SyncEvent row = world.clinic.event(event);
            List<Event> found = byMark.getOrDefault("encounter " + row.encounterId(), List.of());
            if (rejected.contains(event) || found.isEmpty()) {
                lost.add("healthy event " + event + ": " + world.clinic.logOf(event));
            } else if (found.size() > 1) {
                doubled++;
            } else if (!found.get(0).dataValues().equals(Map.of("VtElem00001", text(event), "VtElem00002", "encounter " + row.encounterId(),
                    "VtElem00004", "7", "VtElem00011", "true", "VtElem00013", "2024-02-29"))) {
                wrong.add("healthy event " + event + " holds " + found.get(0).dataValues());
            }
        }
        for (int event : broken.keySet()) {
            boolean logged = world.clinic.logOf(event).stream().anyMatch(row -> row.status().equals("success"));
            String encounter = world.clinic.event(event).encounterId();
            List<String> tracked = logged ? world.clinic.jdbc().queryForList("SELECT event_id FROM event_tracker WHERE encounter_id::text = ?",
                    String.class, encounter.strip()) : List.of();
            if (logged == rejected.contains(event)) {
                wrong.add(broken.get(event) + ": event " + event + " is neither synced nor rejected, or both: " + world.clinic.logOf(event));
            } else if (logged && (tracked.isEmpty() || !uids.containsAll(tracked))) {
                lost.add(broken.get(event) + ": event " + event + " is synced and not in DHIS2");
            } else if (byMark.getOrDefault("encounter " + encounter, List.of()).size() > 1) {
                doubled++;
            } else if (logged && broken.get(event).startsWith("answers") && !text(event).isBlank()
                    && !text(event).equals(byMark.get("encounter " + encounter).get(0).dataValues().get("VtElem00001"))) {
                wrong.add(broken.get(event) + ": event " + event + " has another text in DHIS2");
            } else if (!logged && byMark.containsKey("encounter " + encounter)) {
                wrong.add(broken.get(event) + ": event " + event + " is rejected and in DHIS2");
            }
        }
        return doubled;
    }

    private String text(int event) {
        return world.clinic.jdbc().queryForObject("SELECT f.f_text FROM visit_form f JOIN events_to_sync e ON e.encounter_id = f.encounter_id::text WHERE e.id = ?",
                String.class, event);
    }

    // ---- ways to break a row

    private String lastWay = "";

    private int patient() {
        lastPatient++;
        world.clinic.patient(lastPatient).column("address1", "Street " + lastPatient);
        return lastPatient;
    }

    private String odd() {
        return odd(Integer.MAX_VALUE);
    }

    private String odd(int longest) {
        String text = switch (chance.nextInt(4)) {
            case 0 -> random(1 + chance.nextInt(30));
            case 1 -> String.valueOf(chance.nextInt()) + ODD.get(chance.nextInt(ODD.size()));
            default -> ODD.get(chance.nextInt(ODD.size()));
        };
        return text.length() <= longest ? text : text.substring(0, text.offsetByCodePoints(0, longest / 2));
    }

    /** Characters of all kinds, without the two that PostgreSQL cannot hold: NUL and halves of pairs. */
    private String random(int length) {
        return chance.ints(length, 1, 0x2ffff).filter(c -> (c < 0xd800 || c > 0xdfff)).mapToObj(Character::toString).collect(Collectors.joining());
    }

    private int brokenQueueRow() {
        int patient = patient();
        int encounter = Integer.parseInt(world.clinic.event(world.visit(patient, Map.of("f_text", "of a broken row"))).encounterId());
        world.clinic.jdbc().update("DELETE FROM events_to_sync WHERE encounter_id = ?", String.valueOf(encounter));
        String[] row = {String.valueOf(patient), "Visit", String.valueOf(encounter)};
        int which = chance.nextInt(3);
        row[which] = chance.nextInt(6) == 0 ? null : odd(36);
        lastWay = List.of("patient_id", "program_id", "encounter_id").get(which) + " <" + row[which] + ">";
        return world.clinic.pending(row[0], row[1], row[2]);
    }

    private int brokenAnswers() {
        Map<String, String> answers = new HashMap<>(Map.of("f_text", "t", "f_number", "7", "f_yes", "true", "f_date", "2024-02-29"));
        List<String> columns = List.of("f_number", "f_yes", "f_date", "f_text");
        for (int i = 0; i <= chance.nextInt(2); i++) {
            answers.put(columns.get(chance.nextInt(4)), odd());
        }
        lastWay = "answers " + shortly(answers.toString());
        return world.visit(patient(), answers);
    }

    private int brokenPatient() {
        int patient = patient();
        String column = List.of("uic", "patient_identifier", "gender", "address1", "birthdate", "date_created", "org_unit").get(chance.nextInt(7));
        Object value = column.equals("birthdate") || column.equals("date_created") ? null : chance.nextInt(6) == 0 ? null : odd(200);
        if (value == null && column.endsWith("d") || column.equals("birthdate")) {
            String date = List.of("infinity", "-infinity", "0001-01-01", "4713-01-01 BC", "294276-12-31", "1899-12-31", "2999-01-01").get(chance.nextInt(7));
            String real = column.equals("birthdate") ? "birthdate" : "date_created";
            world.clinic.jdbc().update("UPDATE patient SET " + real + " = ?::timestamp WHERE patient_id = ?", date, patient);
            lastWay = "patient's " + real + " " + date;
        } else if (!hasColumn(column)) {
            world.clinic.jdbc().update("UPDATE patient SET uic = ? WHERE patient_id = ?", value, patient);
            lastWay = "patient's uic <" + shortly(String.valueOf(value)) + ">";
        } else {
            world.clinic.jdbc().update("UPDATE patient SET " + column + " = ? WHERE patient_id = ?", value, patient);
            lastWay = "patient's " + column + " <" + shortly(String.valueOf(value)) + ">";
        }
        return world.visit(patient, Map.of("f_text", "of a broken patient"));
    }

    private boolean hasColumn(String column) {
        return !world.clinic.jdbc().queryForList("SELECT 1 FROM information_schema.columns WHERE table_name = 'patient' AND column_name = ?", column).isEmpty();
    }

    private int brokenEncounter() {
        int event = world.visit(patient(), Map.of("f_text", "of a broken encounter"));
        int encounter = Integer.parseInt(world.clinic.event(event).encounterId());
        if (chance.nextBoolean()) {
            String date = List.of("infinity", "-infinity", "0001-01-01", "4713-01-01 BC", "294276-12-31", "1899-12-31", "2999-01-01").get(chance.nextInt(7));
            world.clinic.jdbc().update("UPDATE encounter SET encounter_date_created = ?::timestamp WHERE encounter_id = ?", date, encounter);
            lastWay = "encounter's date " + date;
        } else {
            String orgUnit = odd(100);
            world.clinic.jdbc().update("UPDATE encounter SET org_unit = ? WHERE encounter_id = ?", orgUnit, encounter);
            lastWay = "encounter's org_unit <" + orgUnit + ">";
        }
        return event;
    }

    private int brokenForms() {
        int patient = patient();
        int event = world.visit(patient, Map.of("f_text", "first"));
        int encounter = Integer.parseInt(world.clinic.event(event).encounterId());
        switch (chance.nextInt(3)) {
            case 0 -> world.clinic.jdbc().update("DELETE FROM visit_form WHERE encounter_id = ?", encounter);
            case 1 -> world.clinic.form("visit_form", encounter, patient, Map.of("f_text", odd(), "f_number", odd()), StressClinic.MORNING);
            default -> world.clinic.jdbc().update("UPDATE visit_form SET f_text = NULL, f_long = NULL, date_created = NULL, instance_id = NULL WHERE encounter_id = ?", encounter);
        }
        lastWay = "form rows";
        return event;
    }

    private int brokenMapping() {
        int event = world.visit(patient(), Map.of("f_text", "of a broken mapping", "f_number", "7"));
        String name = "Broken " + event;
        String mapping = VISIT_MAPPING;
        String config = CONFIG;
        if (chance.nextInt(4) == 0) {
            config = mutated(CONFIG);
        } else {
            mapping = mutated(VISIT_MAPPING);
        }
        world.clinic.mapping(name, mapping, config);
        world.clinic.jdbc().update("UPDATE events_to_sync SET program_id = ? WHERE id = ?", name, event);
        lastWay = "mapping " + mapping + " config " + config;
        return event;
    }

    /** The same JSON with one to three of its parts replaced, removed or renamed. */
    private String mutated(String json) {
        try {
            JsonNode root = JSON.readTree(json);
            for (int i = 0; i <= chance.nextInt(3) && root.isContainerNode(); i++) {
                List<JsonNode> places = new ArrayList<>();
                collect(root, places);
                JsonNode place = places.get(chance.nextInt(places.size()));
                if (chance.nextInt(15) == 0) {
                    root = anything();
                } else if (place instanceof ObjectNode object && !object.isEmpty()) {
                    List<String> names = new ArrayList<>();
                    object.fieldNames().forEachRemaining(names::add);
                    String name = names.get(chance.nextInt(names.size()));
                    switch (chance.nextInt(3)) {
                        case 0 -> object.remove(name);
                        case 1 -> object.set(odd(40), object.remove(name));
                        default -> object.set(name, anything());
                    }
                } else if (place instanceof ArrayNode array) {
                    array.add(anything());
                }
            }
            // jsonb holds no NUL
            return JSON.writeValueAsString(root).replace("\\u0000", "");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void collect(JsonNode node, List<JsonNode> places) {
        if (node.isContainerNode()) {
            places.add(node);
            node.forEach(child -> collect(child, places));
        }
    }

    private JsonNode anything() {
        return switch (chance.nextInt(8)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.createObjectNode();
            case 2 -> JSON.createArrayNode().add(odd(40)).add(chance.nextInt());
            case 3 -> JSON.getNodeFactory().numberNode(chance.nextLong());
            case 4 -> JSON.getNodeFactory().booleanNode(chance.nextBoolean());
            case 5 -> JSON.createObjectNode().put("id", odd(40)).put("displayName", odd(40));
            case 6 -> JSON.getNodeFactory().textNode("VtElem000" + (10 + chance.nextInt(60)));
            default -> JSON.getNodeFactory().textNode(odd(100));
        };
    }

    private static String shortly(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "... " + text.length() + " characters";
    }
}
