package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Knows the program, those added to it, and the org units of the stand-in, read from the same JSON that it serves. */
final class StandInMetadata {

    /** The ancestor of all org units, where these have no {@code path} of their own. */
    static final String COUNTRY = "TwUzWzgDAST";

    /** An org unit which the recorded program is not assigned to (recording 093). */
    private static final String NOT_OF_THE_PROGRAM = "NoPrgOrgUn1";

    /** A data element which exists on the recorded server but is in no stage (recording 098). */
    private static final String IN_NO_STAGE = "VtElem00077";

    /** An attribute or a data element: what a value of it must be. */
    record Field(String uid, String name, String valueType, boolean unique, String optionSet, Set<String> codes) {

        boolean hasOptions() {
            return optionSet != null;
        }
    }

    record Stage(String uid, boolean repeatable, boolean validatedOnlyWhenCompleted, Set<String> members,
            Set<String> compulsory) {
    }

    private record OrgUnit(String uid, String code, String path) {
    }

    private final ObjectNode program;
    private final JsonNode orgUnits;
    private final String programUid;
    private final String trackedEntityType;
    private final Map<String, Field> attributes = new LinkedHashMap<>();
    private final Set<String> compulsoryAttributes = new LinkedHashSet<>();
    private final Set<String> attributesOfType = new HashSet<>();
    private final Map<String, Stage> stages = new LinkedHashMap<>();
    private final Map<String, Field> dataElements = new HashMap<>();
    private final Map<String, OrgUnit> units = new LinkedHashMap<>();
    private final Map<String, String> uidByCode = new HashMap<>();
    private final Set<String> assigned = new HashSet<>();
    private final Map<String, StandInMetadata> others = new LinkedHashMap<>();

    StandInMetadata(JsonNode program, JsonNode orgUnits) {
        this.program = program.deepCopy();
        this.orgUnits = orgUnits;
        programUid = program.path("id").asText();
        trackedEntityType = program.at("/trackedEntityType/id").asText();
        orgUnits.path("organisationUnits").forEach(this::addOrgUnit);
        assign();
        program.path("programTrackedEntityAttributes").forEach(this::addAttribute);
        program.path("programStages").forEach(this::addStage);
        program.at("/trackedEntityType/trackedEntityTypeAttributes")
                .forEach(attribute -> attributesOfType.add(attribute.at("/trackedEntityAttribute/id").asText()));
    }

    private void addOrgUnit(JsonNode unit) {
        String uid = unit.path("id").asText();
        String path = unit.path("path").asText(uid.equals(COUNTRY) ? "/" + COUNTRY : "/" + COUNTRY + "/" + uid);
        units.put(uid, new OrgUnit(uid, unit.path("code").asText(null), path));
        uidByCode.put(unit.path("code").asText(), uid);
    }

    private void assign() {
        if (program.has("organisationUnits")) {
            program.path("organisationUnits").forEach(unit -> assigned.add(unit.path("id").asText()));
            return;
        }
        ArrayNode list = program.putArray("organisationUnits");
        for (JsonNode unit : orgUnits.path("organisationUnits")) {
            if (!unit.path("id").asText().equals(NOT_OF_THE_PROGRAM)) {
                assigned.add(unit.path("id").asText());
                list.add(unit);
            }
        }
    }

    private void addAttribute(JsonNode ofProgram) {
        Field field = field(ofProgram.path("trackedEntityAttribute"));
        attributes.put(field.uid(), field);
        if (ofProgram.path("mandatory").asBoolean()) {
            compulsoryAttributes.add(field.uid());
        }
        // the recordings do not say which attributes the type has; on the recorded server these are the searchable ones
        if (!program.at("/trackedEntityType").has("trackedEntityTypeAttributes")
                && ofProgram.path("searchable").asBoolean()) {
            attributesOfType.add(field.uid());
        }
    }

    private void addStage(JsonNode stage) {
        Set<String> members = new HashSet<>();
        Set<String> compulsory = new LinkedHashSet<>();
        for (JsonNode ofStage : stage.path("programStageDataElements")) {
            Field field = field(ofStage.path("dataElement"));
            dataElements.put(field.uid(), field);
            members.add(field.uid());
            if (ofStage.path("compulsory").asBoolean()) {
                compulsory.add(field.uid());
            }
        }
        String uid = stage.path("id").asText();
        stages.put(uid, new Stage(uid, stage.path("repeatable").asBoolean(),
                stage.path("validationStrategy").asText("ON_COMPLETE").equals("ON_COMPLETE"), members, compulsory));
    }

    private static Field field(JsonNode node) {
        Set<String> codes = new HashSet<>();
        node.at("/optionSet/options").forEach(option -> codes.add(option.path("code").asText()));
        return new Field(node.path("id").asText(), node.path("displayName").asText(null),
                node.path("valueType").asText("TEXT"), node.path("unique").asBoolean(),
                node.at("/optionSet/id").asText(null), codes);
    }

    /** Adds another program, for the same people or for those of a tracked entity type of its own. */
    void add(JsonNode another) {
        StandInMetadata other = new StandInMetadata(another, orgUnits);
        others.put(other.programUid, other);
    }

    /** All programs, the one it started with first. */
    List<StandInMetadata> programs() {
        return Stream.concat(Stream.of(this), others.values().stream()).toList();
    }

    /** Finds a program, or null. */
    StandInMetadata of(String uid) {
        return programUid.equals(uid) ? this : others.get(uid);
    }

    /** Finds the program of a stage, or null. */
    StandInMetadata ofStage(String uid) {
        return stages.containsKey(uid) ? this : others.values().stream().filter(other -> other.stages.containsKey(uid)).findFirst().orElse(null);
    }

    JsonNode program() {
        return program;
    }

    /** The org unit above all others. */
    String country() {
        return units.values().stream().filter(unit -> unit.path().lastIndexOf('/') == 0).map(OrgUnit::uid).findFirst()
                .orElse(COUNTRY);
    }

    JsonNode orgUnits() {
        return orgUnits.path("organisationUnits");
    }

    /** The org units that all filters {@code id:in:[<uid>,…]} let through, each with its path. */
    ArrayNode orgUnits(List<String> filters) {
        ArrayNode wanted = JsonNodeFactory.instance.arrayNode();
        orgUnits().forEach(unit -> {
            String uid = unit.path("id").asText();
            if (filters.stream().allMatch(filter -> filter.startsWith("id:in:[") && List.of(filter.substring(7, filter.length() - 1).split(",")).contains(uid))) {
                wanted.add(((ObjectNode) unit.deepCopy()).put("path", units.get(uid).path()));
            }
        });
        return wanted;
    }

    String programUid() {
        return programUid;
    }

    String trackedEntityType() {
        return trackedEntityType;
    }

    synchronized void expires(int completedDays, String periodType, int periodDays) {
        program.put("completeEventsExpiryDays", completedDays).put("expiryPeriodType", periodType).put("expiryDays", periodDays);
    }

    int completedDays() {
        return program.path("completeEventsExpiryDays").asInt();
    }

    /** Whether events of a day belong to a closed period; only months are played. */
    boolean closed(LocalDate day, LocalDate today) {
        return program.path("expiryPeriodType").asText("").equals("Monthly")
                && day.with(TemporalAdjusters.lastDayOfMonth()).plusDays(program.path("expiryDays").asInt()).isBefore(today);
    }

    boolean mayEnrolInFuture() {
        return program.path("selectEnrollmentDatesInFuture").asBoolean();
    }

    boolean mayOccurInFuture() {
        return program.path("selectIncidentDatesInFuture").asBoolean();
    }

    boolean enrolsOnlyOnce() {
        return program.path("onlyEnrollOnce").asBoolean();
    }

    Field attribute(String uid) {
        return attributes.containsKey(uid) ? attributes.get(uid)
                : others.values().stream().map(other -> other.attributes.get(uid)).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Tells whether a program has people of a tracked entity type. */
    boolean isType(String type) {
        return programs().stream().anyMatch(one -> one.trackedEntityType.equals(type));
    }

    /** Tells whether an attribute is of a tracked entity type and not only of a program. */
    boolean isOfType(String type, String attribute) {
        return programs().stream().anyMatch(one -> one.trackedEntityType.equals(type) && one.attributesOfType.contains(attribute));
    }

    Set<String> compulsoryAttributes() {
        return compulsoryAttributes;
    }

    Stage stage(String uid) {
        return ofStage(uid) == null ? null : ofStage(uid).stages.get(uid);
    }

    Field dataElement(String uid) {
        return uid.equals(IN_NO_STAGE) ? new Field(uid, uid, "TEXT", false, null, Set.of()) : dataElements.containsKey(uid) ? dataElements.get(uid)
                : others.values().stream().map(other -> other.dataElements.get(uid)).filter(Objects::nonNull).findFirst().orElse(null);
    }

    boolean isOrgUnit(String uid) {
        return units.containsKey(uid);
    }

    /** Finds an org unit's UID by its code, or null. */
    String orgUnitByCode(String code) {
        return uidByCode.get(code);
    }

    boolean isAssigned(String orgUnit) {
        return assigned.contains(orgUnit);
    }

    /** Tells whether an org unit is another one or lies below it. */
    boolean isWithin(String orgUnit, String ancestor) {
        OrgUnit unit = units.get(orgUnit);
        return unit != null && (unit.path() + "/").contains("/" + ancestor + "/");
    }

    /** Tells whether an org unit lies directly below another one. */
    boolean isChild(String orgUnit, String parent) {
        OrgUnit unit = units.get(orgUnit);
        return unit != null && unit.path().endsWith("/" + parent + "/" + orgUnit);
    }
}
