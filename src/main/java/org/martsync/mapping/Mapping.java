package org.martsync.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.ProgramStage;
import org.martsync.words.Words;

/**
 * Which column of which form table goes to which data element of a program stage, or, in the patient mapping, to which attribute
 * (analytics-db.md, "Mapping").
 *
 * @param name {@code mapping.program_name}, the same as {@code events_to_sync.program_id}
 * @param patientMapping whether this is the mapping of the people and not of a stage
 * @param stage id of the program stage; null for the patient mapping
 * @param searchable columns a patient is looked up by in DHIS2; they count in the patient mapping only
 * @param comparable columns that must agree with the patient found; they count in the patient mapping only
 * @param reopenCompleted whether a completed enrolment is reopened for a new event ({@code openLatestCompletedEnrollment})
 * @param program id of the program its events belong to; null where that is the configured one
 * @param orgUnit id of the org unit of its enrolments, and of its events where the encounter names none; null for the site's
 * @param trackedEntityType id of the type of the people; null for its program's, and no other can be
 */
public record Mapping(String name, boolean patientMapping, String stage, List<FormTable> tables, List<String> searchable,
                      List<String> comparable, boolean reopenCompleted, String program, String orgUnit, String trackedEntityType) {

    /** The name of the patient mapping's row, and of its table in lower case. */
    public static final String PATIENT = "Patient";
    static final String PATIENT_TABLE = "patient";

    private static final ObjectMapper JSON = new ObjectMapper();

    public Mapping {
        tables = List.copyOf(tables);
        searchable = List.copyOf(searchable);
        comparable = List.copyOf(comparable);
    }

    /**
     * Reads a row of table {@code mapping}. Understood are all variants met in the field: the stage as an object or a plain id; a
     * column mapped to an object or a plain id, or to nothing ({@code ""}, an id {@code ""}, null); absent keys and empty lists.
     *
     * @param mappingJson {@code mapping.mapping_json}
     * @param configJson {@code mapping.config}; an empty object will do, but not null: the mapping was never saved to its end, and
     *        without the patient mapping's config nobody has said how patients are found
     * @throws InvalidMapping when nothing can be sent by it
     */
    public static Mapping read(String name, String mappingJson, String configJson) {
        JsonNode mapping = object(name, "mapping_json", mappingJson, "mapping.map-columns");
        boolean patient = isYes(name, "isPatientMapping", mapping.path("isPatientMapping"), "true") || PATIENT.equals(name);
        String stage = patient ? null : stage(name, mapping.path("dhisProgramStageId"));
        List<FormTable> tables = tables(name, mapping.path("formTableMappings"));
        if (patient && tables.stream().noneMatch(table -> table.name().equals(PATIENT_TABLE))) {
            throw new InvalidMapping("mapping.no-patient-table", name);
        }

        JsonNode config = object(name, "config", configJson, "mapping.choose-columns");
        return new Mapping(name, patient, stage, tables, columns(name, "searchable", config), columns(name, "comparable", config),
            isYes(name, "openLatestCompletedEnrollment", config.path("openLatestCompletedEnrollment"), "yes"),
            patient ? null : uid(name, "program", config), patient ? null : uid(name, "orgUnit", config),
            patient ? null : uid(name, "trackedEntityType", config));
    }

    /** A mapping beside the program: its stage (null for the patient mapping), and the columns whose target the stage or program lacks. */
    public record Checked(ProgramStage stage, List<Column> unknown) {
    }

    /**
     * Looks the mapping's stage, and the data elements or attributes, up in the program. A column whose target is not there fails an
     * event only when it holds a value; here it is only listed.
     *
     * @throws InvalidMapping when the program has no such stage
     */
    public Checked checkedAgainst(ProgramMetadata program) {
        if (patientMapping) {
            return new Checked(null, columnsNotIn(program.attributes()));
        }
        ProgramStage found = program.stages().get(stage);
        if (found == null) {
            throw new InvalidMapping("mapping.no-such-stage", name, stage, program.label(),
                program.stages().values().stream().map(ProgramStage::label).collect(Collectors.joining(", ")));
        }
        return new Checked(found, columnsNotIn(found.dataElements()));
    }

    /**
     * Finds the mapping's program and looks the mapping up in it, see {@link #checkedAgainst(ProgramMetadata)}; the patient mapping in
     * what all programs know of people, of whatever tracked entity type.
     *
     * @throws InvalidMapping also when the program cannot be used, or has people of another type than the mapping names; or when the
     *         patient mapping searches or compares by a column that is mapped to no attribute of any program, or cannot search for
     *         people of the configured one
     */
    public void checkedAgainst(Programs programs) {
        ProgramMetadata own = in(programs);
        if (own == null) {
            throw new InvalidMapping("mapping.program-unusable", name, program, programs.problem(program));
        }
        if (trackedEntityType != null && !trackedEntityType.equals(own.trackedEntityType())) {
            throw new InvalidMapping("mapping.other-people", name, trackedEntityType, own.label(), own.trackedEntityType());
        }
        checkedAgainst(own);
        if (patientMapping) {
            boolean searches = !searchedBy(programs.people()).isEmpty();
            // a program that cannot be used may have the attribute, and must not hold up the events of all others
            if (programs.unusable().isEmpty() || !searches) {
                Stream.concat(searchable.stream(), comparable.stream()).forEach(column -> refuseUnlessCarried(column, own));
            }
            if (!searches) {
                searchable.forEach(column -> refuseUnlessCarried(column, programs.people()));
            }
        }
    }

    /** The program the mapping is of, of the patient mapping what all know of people; null when it cannot be used. */
    public ProgramMetadata in(Programs programs) {
        return patientMapping ? programs.everybody() : programs.named(program);
    }

    /**
     * Column to attribute, for the columns that people of one tracked entity type are searched by: those whose attribute they can have.
     * Where they lack one and none of the rest is unique, it is no column at all: what is left might find somebody else.
     *
     * @param people what the programs of the type know of them
     */
    public Map<String, String> searchedBy(ProgramMetadata people) {
        Map<String, String> all = targets(searchable);
        Map<String, String> theirs = had(all, people);
        return theirs.size() == all.size() || theirs.values().stream().anyMatch(id -> people.attributes().get(id).unique()) ? theirs : Map.of();
    }

    /** Column to attribute, for the columns in which a person found must agree: those whose attribute people of the type can have. */
    public Map<String, String> comparedBy(ProgramMetadata people) {
        return had(targets(comparable), people);
    }

    private static Map<String, String> had(Map<String, String> targets, ProgramMetadata people) {
        Map<String, String> had = new LinkedHashMap<>(targets);
        had.values().removeIf(id -> !people.attributes().containsKey(id));
        return had;
    }

    /** Column to the id of what it is mapped to, for those of some columns that are mapped. */
    private Map<String, String> targets(List<String> columns) {
        Map<String, String> targets = new LinkedHashMap<>();
        for (String column : columns) {
            tables.stream().flatMap(table -> table.columns().stream()).filter(mapped -> mapped.name().equals(column)).findFirst()
                .ifPresent(mapped -> targets.put(column, mapped.dataElementId()));
        }
        return targets;
    }

    private List<Column> columnsNotIn(Map<String, ?> targets) {
        return tables.stream().flatMap(table -> table.columns().stream())
            .filter(column -> !targets.containsKey(column.dataElementId())).toList();
    }

    private void refuseUnlessCarried(String column, ProgramMetadata program) {
        boolean carried = tables.stream().filter(table -> table.name().equals(PATIENT_TABLE)).flatMap(table -> table.columns().stream())
            .anyMatch(mapped -> mapped.name().equals(column) && program.attributes().containsKey(mapped.dataElementId()));
        if (!carried) {
            throw new InvalidMapping("mapping.finds-by-nothing", name, column, program.label());
        }
    }

    private static JsonNode object(String name, String field, String json, String whatToDo) {
        if (!isGiven(json)) {
            throw new InvalidMapping("mapping.empty", name, field, Words.say(whatToDo));
        }
        JsonNode read;
        try {
            read = JSON.readTree(json);
        } catch (JsonProcessingException notJson) {
            // Its own message quotes the text; the sentence is enough.
            throw new InvalidMapping("mapping.no-json", name, field, Words.say(whatToDo));
        }
        if (!read.isObject()) {
            throw new InvalidMapping("mapping.no-object", name, field, Words.say(whatToDo));
        }
        return read;
    }

    private static boolean isGiven(String json) {
        return json != null && !json.isBlank() && !json.strip().equals("null");
    }

    private static String stage(String name, JsonNode stage) {
        String id = id(stage);
        if (id == null || id.isEmpty()) {
            throw new InvalidMapping("mapping.no-stage", name);
        }
        return id;
    }

    private static List<FormTable> tables(String name, JsonNode mappings) {
        if (mappings.isMissingNode() || mappings.isNull() || (mappings.isObject() && mappings.isEmpty())) {
            throw new InvalidMapping("mapping.no-forms", name);
        }
        if (!mappings.isObject()) {
            throw new InvalidMapping("mapping.forms-unreadable", name);
        }
        List<FormTable> tables = new ArrayList<>();
        for (Map.Entry<String, JsonNode> table : mappings.properties()) {
            if (!table.getValue().isObject() && !table.getValue().isNull()) {
                throw new InvalidMapping("mapping.form-unreadable", name, table.getKey());
            }
            tables.add(new FormTable(table.getKey(), columns(name, table.getKey(), table.getValue().properties())));
        }
        if (tables.stream().allMatch(table -> table.columns().isEmpty())) {
            throw new InvalidMapping("mapping.no-columns", name);
        }
        return tables;
    }

    private static List<Column> columns(String name, String table, Iterable<Map.Entry<String, JsonNode>> mapped) {
        List<Column> columns = new ArrayList<>();
        for (Map.Entry<String, JsonNode> column : mapped) {
            JsonNode target = column.getValue();
            String id = id(target);
            if (id == null) {
                throw new InvalidMapping("mapping.column-unreadable", name, column.getKey(), table);
            }
            if (!id.isEmpty()) {
                String displayName = target.path("displayName").asText("").strip();
                columns.add(new Column(column.getKey(), id, displayName.isEmpty() ? id : displayName));
            }
        }
        return columns;
    }

    /** The id of {@code {"id": …}} or of a plain text; "" when there is none, null when it can be no id at all. */
    private static String id(JsonNode target) {
        JsonNode id = target.isObject() ? target.path("id") : target;
        if (id.isMissingNode() || id.isNull()) {
            return "";
        }
        return id.isTextual() ? id.asText().strip() : null;
    }

    private static List<String> columns(String name, String key, JsonNode config) {
        JsonNode list = config.path(key);
        if (list.isMissingNode() || list.isNull()) {
            return List.of();
        }
        List<String> columns = new ArrayList<>();
        boolean readable = list.isArray();
        for (JsonNode column : list) {
            readable &= column.isTextual();
            if (!column.asText().isBlank()) {
                columns.add(column.asText());
            }
        }
        if (!readable) {
            throw new InvalidMapping("mapping.no-list", name, key);
        }
        return columns;
    }

    /** The id that the config names, or null where it names none. */
    private static String uid(String name, String key, JsonNode config) {
        String id = id(config.path(key));
        if (id != null && id.isEmpty()) {
            return null;
        }
        if (!ComputedUid.wellFormed(id)) {
            throw new InvalidMapping("mapping.no-uid", name, key);
        }
        return id;
    }

    private static boolean isYes(String name, String key, JsonNode answer, String yes) {
        if (answer.isContainerNode() || answer.isNumber()) {
            throw new InvalidMapping("mapping.no-yes-or-no", name, key);
        }
        return answer.isBoolean() ? answer.asBoolean() : answer.asText("").strip().equalsIgnoreCase(yes);
    }
}
