package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.martsync.words.Words;

/**
 * What DHIS2 says of a program: the attributes of its people, its stages, their data elements, types and options.
 *
 * @param trackedEntityType id of the type of its tracked entities
 * @param onlyEnrollOnce whether a person can be enrolled once in a lifetime only
 * @param futureEnrolment whether the date of enrolment may lie in the future (otherwise E1020, recording 114)
 * @param futureIncident whether the incident date may (otherwise E1021, recording 117)
 * @param ofType the attributes of the tracked entity type by id, each with whether people may be searched by it wherever they are
 *        registered; null where DHIS2 does not say
 * @param attributes by id, in the program's order
 * @param stages by id, in the program's order
 */
public record ProgramMetadata(String id, String name, String trackedEntityType, boolean onlyEnrollOnce, boolean futureEnrolment,
                              boolean futureIncident, Map<String, Boolean> ofType, Map<String, Attribute> attributes, Map<String, ProgramStage> stages)
        implements Labelled {

    /** Whether the people of another program are of the same tracked entity type. */
    public boolean hasSamePeopleAs(ProgramMetadata other) {
        return trackedEntityType.equals(other.trackedEntityType);
    }

    /**
     * Reads the answer of {@code GET /api/programs/<id>?fields=…} (recording 003). What is absent is taken as not demanded:
     * no option set, not compulsory, not strict, type TEXT; a name is replaced by the id.
     *
     * @throws IllegalArgumentException when the JSON is not a program, or one without registration or tracked entity type
     */
    public static ProgramMetadata read(JsonNode program) {
        String id = program == null ? null : text(program, "id");
        if (id == null || !(program.has("programStages") || program.has("programTrackedEntityAttributes") || program.has("programType"))) {
            String said = program == null ? null : text(program, "message");
            throw new IllegalArgumentException("What DHIS2 answered is not a program" + (said == null ? "." : ": " + said));
        }
        String kind = text(program, "programType");
        if (kind != null && !kind.equals("WITH_REGISTRATION")) {
            throw new IllegalArgumentException(Words.say("program.no-people", name(program) + " (" + id + ")", kind));
        }
        String type = text(program.path("trackedEntityType"), "id");
        if (type == null) {
            throw new IllegalArgumentException(Words.say("program.no-type", name(program) + " (" + id + ")"));
        }
        // One option set hangs on many data elements: read it once, keep it once.
        Map<String, OptionSet> optionSets = new HashMap<>();
        return new ProgramMetadata(id, name(program), type, yes(program, "onlyEnrollOnce"),
            yes(program, "selectEnrollmentDatesInFuture"), yes(program, "selectIncidentDatesInFuture"),
            ofType(program.path("trackedEntityType").path("trackedEntityTypeAttributes")),
            attributes(program.path("programTrackedEntityAttributes"), optionSets), stages(program.path("programStages"), optionSets));
    }

    private static Map<String, Boolean> ofType(JsonNode list) {
        if (!list.isArray()) {
            return null;
        }
        Map<String, Boolean> searchable = new HashMap<>();
        list.forEach(entry -> searchable.put(text(entry.path("trackedEntityAttribute"), "id"), yes(entry, "searchable")));
        return Collections.unmodifiableMap(searchable);
    }

    private static Map<String, Attribute> attributes(JsonNode list, Map<String, OptionSet> optionSets) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        for (JsonNode entry : list) {
            JsonNode attribute = entry.path("trackedEntityAttribute");
            String id = text(attribute, "id");
            if (id != null) {
                String type = text(attribute, "valueType");
                attributes.put(id, new Attribute(id, name(attribute), ValueType.named(type == null ? text(entry, "valueType") : type),
                    yes(entry, "mandatory"), yes(attribute, "unique"), options(attribute.path("optionSet"), optionSets)));
            }
        }
        return Collections.unmodifiableMap(attributes);
    }

    private static Map<String, ProgramStage> stages(JsonNode list, Map<String, OptionSet> optionSets) {
        Map<String, ProgramStage> stages = new LinkedHashMap<>();
        for (JsonNode stage : list) {
            String id = text(stage, "id");
            if (id != null) {
                stages.put(id, new ProgramStage(id, name(stage), yes(stage, "repeatable"),
                    "ON_UPDATE_AND_INSERT".equals(text(stage, "validationStrategy")),
                    dataElements(stage.path("programStageDataElements"), optionSets)));
            }
        }
        return Collections.unmodifiableMap(stages);
    }

    private static Map<String, DataElement> dataElements(JsonNode list, Map<String, OptionSet> optionSets) {
        Map<String, DataElement> dataElements = new LinkedHashMap<>();
        for (JsonNode entry : list) {
            JsonNode dataElement = entry.path("dataElement");
            String id = text(dataElement, "id");
            if (id != null) {
                dataElements.put(id, new DataElement(id, name(dataElement), ValueType.named(text(dataElement, "valueType")),
                    yes(entry, "compulsory"), options(dataElement.path("optionSet"), optionSets)));
            }
        }
        return Collections.unmodifiableMap(dataElements);
    }

    private static OptionSet options(JsonNode optionSet, Map<String, OptionSet> optionSets) {
        if (!optionSet.path("options").isArray()) {
            return null;
        }
        String id = text(optionSet, "id");
        OptionSet known = id == null ? null : optionSets.get(id);
        if (known != null) {
            return known;
        }
        List<Option> options = new ArrayList<>();
        for (JsonNode option : optionSet.path("options")) {
            // DHIS2 lists a null where the sort order has a gap.
            String code = text(option, "code");
            if (code != null) {
                String name = text(option, "name");
                options.add(new Option(code, name == null ? code : name));
            }
        }
        OptionSet read = new OptionSet(id, options);
        if (id != null) {
            optionSets.put(id, read);
        }
        return read;
    }

    private static String name(JsonNode object) {
        String name = text(object, "displayName");
        if (name == null) {
            name = text(object, "name");
        }
        return name == null ? text(object, "id") : name;
    }

    private static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isValueNode() && !value.isNull() && !value.asText().isEmpty() ? value.asText() : null;
    }

    private static boolean yes(JsonNode object, String field) {
        return object.path(field).asBoolean(false);
    }
}
