package org.martsync.dhis2;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Answers the reading requests under /api/tracker (recordings 104, 126, 127, 208 to 215, 224 to 289, 300 to 311). */
final class StandInSearch {

    /** The search asks beyond what the user may see (recording 225). */
    static final class OutOfScope extends RuntimeException {

        OutOfScope(String orgUnit) {
            super("Organisation unit is not part of the search scope: " + orgUnit);
        }
    }

    /** @param wanted the value in lower case, for {@code in} the values between the semicolons */
    private record Filter(String attribute, String operator, Set<String> wanted) {

        static Filter of(String attribute, String operator, String value) {
            String text = value.toLowerCase(Locale.ROOT);
            return new Filter(attribute, operator,
                    operator.equals("in") ? new HashSet<>(Arrays.asList(text.split(";"))) : Set.of(text));
        }

        boolean accepts(TrackerStore.TrackedEntity entity) {
            String held = entity.attributes().get(attribute);
            if (held == null) {
                return false;
            }
            String found = held.toLowerCase(Locale.ROOT);
            return switch (operator) {
                case "eq", "ieq", "in" -> wanted.contains(found);
                case "ne" -> !wanted.contains(found);
                case "like", "ilike" -> wanted.stream().anyMatch(found::contains);
                case "sw" -> wanted.stream().anyMatch(found::startsWith);
                default -> wanted.stream().anyMatch(found::endsWith);
            };
        }
    }

    private static final Set<String> OPERATORS = Set.of("eq", "ieq", "ne", "in", "like", "ilike", "sw", "ew");
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS");

    private final TrackerStore store;
    private final StandInMetadata metadata;
    private final StandInParameters parameters;
    private final StandInUser user;
    private final boolean includeDeleted;

    StandInSearch(Dhis2StandIn.World world, StandInParameters parameters, StandInUser user) {
        this.store = world.store();
        this.metadata = world.metadata();
        this.parameters = parameters;
        this.user = user;
        this.includeDeleted = parameters.flag("includeDeleted", false);
    }

    // ---- tracked entities

    /** Lists tracked entities by program, type or UIDs, org units and filters on attributes. */
    ObjectNode trackedEntities() {
        List<String> uids = parameters.uids("trackedEntities");
        String program = program();
        String type = parameters.uid("trackedEntityType");
        if (program == null && type == null && uids == null) {
            throw refused(
                    "Either `program`, `trackedEntityType` or `trackedEntities` should be specified");
        }
        Predicate<String> area = area(parameters.uids("orgUnits"), uids != null);
        List<Filter> filters = filters();
        StandInFields fields = fields("*,!relationships,!enrollments,!events,!programOwners");
        return store.inOneGo(() -> {
            List<TrackerStore.TrackedEntity> found = candidates(uids, filters).stream()
                    .filter(entity -> includeDeleted || !entity.deleted())
                    .filter(entity -> type == null || entity.type().equals(type))
                    .filter(entity -> isIn(entity, program, area))
                    .filter(entity -> filters.stream().allMatch(filter -> filter.accepts(entity)))
                    .sorted(Comparator.comparingLong(entity -> -entity.stamp().number())).toList();
            return container("trackedEntities", found, entity -> written(entity, program, fields));
        });
    }

    Optional<ObjectNode> trackedEntity(String uid) {
        String program = program();
        StandInFields fields = fields("*,!relationships,!enrollments,!events,!programOwners");
        return store.inOneGo(() -> store.trackedEntity(uid).filter(entity -> !entity.deleted())
                .filter(entity -> isIn(entity, program, this::isInScope))
                .map(entity -> written(entity, program, fields)));
    }

    /** Starts from the fewest that can match, so that a search by values need not look at everybody. */
    private Collection<TrackerStore.TrackedEntity> candidates(List<String> uids, List<Filter> filters) {
        if (uids != null) {
            return uids.stream().distinct().flatMap(uid -> store.trackedEntity(uid).stream()).toList();
        }
        Map<String, TrackerStore.TrackedEntity> found = new LinkedHashMap<>();
        for (Filter filter : filters) {
            if (!includeDeleted && Set.of("eq", "ieq", "in").contains(filter.operator())) {
                for (String value : filter.wanted()) {
                    store.holdersOf(filter.attribute(), value).forEach(entity -> found.put(entity.uid(), entity));
                }
                return found.values();
            }
        }
        return store.allTrackedEntities();
    }

    /** With a program only those enrolled in it are found, and their owner's org unit counts (126, 127, 287). */
    private boolean isIn(TrackerStore.TrackedEntity entity, String program, Predicate<String> area) {
        if (program == null) {
            return area.test(entity.orgUnit());
        }
        return area.test(store.ownerOf(entity.uid(), program)) && store.enrolmentsOf(entity.uid()).stream()
                .anyMatch(enrolment -> enrolment.program().equals(program) && (includeDeleted || !enrolment.deleted()));
    }

    private String program() {
        String program = parameters.uid("program");
        if (program != null && metadata.of(program) == null) {
            throw refused("Program is specified but does not exist: " + program);
        }
        return program;
    }

    private boolean isInScope(String orgUnit) {
        return orgUnit != null && metadata.isWithin(orgUnit, user.orgUnit());
    }

    /** Reads where to search (225, 226, 285, 288); the UIDs of what is wanted make an org unit needless. */
    private Predicate<String> area(List<String> orgUnits, boolean byUid) {
        String mode = parameters.text("orgUnitMode", orgUnits == null ? "ACCESSIBLE" : "SELECTED");
        if (!Set.of("SELECTED", "CHILDREN", "DESCENDANTS", "ACCESSIBLE", "CAPTURE", "ALL").contains(mode)) {
            throw new StandInPayload.Unreadable("Value '" + mode + "' is not valid for parameter orgUnitMode.");
        }
        boolean needsOrgUnit = Set.of("SELECTED", "CHILDREN", "DESCENDANTS").contains(mode);
        if (needsOrgUnit && orgUnits == null && !byUid) {
            throw refused("At least one org unit or tracked entity is required for orgUnitMode: "
                    + mode + ". Please add one of the two or use a different orgUnitMode.");
        }
        if (!needsOrgUnit && orgUnits != null) {
            throw refused("orgUnitMode " + mode + " cannot be used with orgUnits.");
        }
        if (orgUnits == null) {
            return this::isInScope;
        }
        for (String orgUnit : orgUnits) {
            if (!metadata.isOrgUnit(orgUnit)) {
                throw refused("Organisation unit does not exist: " + orgUnit);
            }
            if (!isInScope(orgUnit)) {
                throw new OutOfScope(orgUnit);
            }
        }
        return unit -> unit != null && orgUnits.stream().anyMatch(orgUnit -> switch (mode) {
            case "SELECTED" -> unit.equals(orgUnit);
            case "CHILDREN" -> unit.equals(orgUnit) || metadata.isChild(unit, orgUnit);
            default -> metadata.isWithin(unit, orgUnit);
        });
    }

    /** Reads {@code attribute:operator:value}; {@code /} escapes a comma, a colon and itself (259 to 276). */
    private List<Filter> filters() {
        List<Filter> filters = new ArrayList<>();
        for (String parameter : parameters.all("filter")) {
            for (String each : split(parameter, ',')) {
                List<String> parts = split(each, ':');
                String attribute = parts.get(0);
                if (!StandInPayload.UID.matcher(attribute).matches()) {
                    throw refused("filter=" + parameter + " is invalid. UID must be an alphanumeric "
                            + "string of 11 characters starting with a letter, but was: " + attribute);
                }
                for (int at = 1; at < parts.size(); at += 2) {
                    if (!OPERATORS.contains(parts.get(at)) || at + 1 == parts.size()) {
                        throw refused("filter=" + parameter + " is invalid. '" + parts.get(at)
                                + "' is not a valid operator.");
                    }
                    filters.add(Filter.of(attribute, parts.get(at), unescaped(parts.get(at + 1))));
                }
                if (metadata.attribute(attribute) == null) {
                    throw refused("attribute filters are invalid. Tracked entity attribute '"
                            + attribute + "' does not exist.");
                }
            }
        }
        return filters;
    }

    private static StandInPayload.Unreadable refused(String message) {
        return new StandInPayload.Unreadable(message, "E1003");
    }

    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            if (isEscape(text, at)) {
                part.append(text, at, at + 2);
                at++;
            } else if (text.charAt(at) == separator) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(text.charAt(at));
            }
        }
        parts.add(part.toString());
        return parts;
    }

    private static boolean isEscape(String text, int at) {
        return text.charAt(at) == '/' && at + 1 < text.length() && ",:/".indexOf(text.charAt(at + 1)) >= 0;
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            if (isEscape(text, at)) {
                at++;
            }
            plain.append(text.charAt(at));
        }
        return plain.toString();
    }

    // ---- enrolments and events

    /** Lists enrolments by their UIDs, of one tracked entity, or of org units. */
    ObjectNode enrolments() {
        List<String> uids = parameters.uids("enrollments");
        String trackedEntity = parameters.uid("trackedEntity");
        String program = program();
        String status = parameters.text("status", null);
        Predicate<String> area = area(parameters.uids("orgUnits"), uids != null || trackedEntity != null);
        StandInFields fields = fields("*,!relationships,!events,!attributes");
        return store.inOneGo(() -> {
            Collection<TrackerStore.Enrolment> candidates = uids != null
                    ? uids.stream().distinct().flatMap(uid -> store.enrolment(uid).stream()).toList()
                    : trackedEntity != null ? store.enrolmentsOf(trackedEntity) : store.allEnrolments();
            List<TrackerStore.Enrolment> found = candidates.stream()
                    .filter(enrolment -> includeDeleted || !enrolment.deleted())
                    .filter(enrolment -> trackedEntity == null || enrolment.trackedEntity().equals(trackedEntity))
                    .filter(enrolment -> program == null || enrolment.program().equals(program))
                    .filter(enrolment -> status == null || enrolment.status().equals(status))
                    .filter(enrolment -> area.test(enrolment.orgUnit()))
                    .sorted(order(TrackerStore.Enrolment::enrolledAt, TrackerStore.Enrolment::stamp)).toList();
            return container("enrollments", found, enrolment -> written(enrolment, fields));
        });
    }

    Optional<ObjectNode> enrolment(String uid) {
        StandInFields fields = fields("*,!relationships,!events,!attributes");
        return store.inOneGo(() -> store.enrolment(uid)
                .filter(enrolment -> !enrolment.deleted() && isInScope(enrolment.orgUnit()))
                .map(enrolment -> written(enrolment, fields)));
    }

    /** Lists events; those of a deleted enrolment only by their own UIDs (recordings 208, 209). */
    ObjectNode events() {
        List<String> uids = parameters.uids("events");
        List<String> enrolments = parameters.uids("enrollments");
        String program = program();
        String stage = parameters.uid("programStage");
        String status = parameters.text("status", null);
        String trackedEntity = parameters.uid("trackedEntity");
        String orgUnit = parameters.uid("orgUnit");
        Predicate<String> area = area(orgUnit == null ? null : List.of(orgUnit), uids != null || enrolments != null);
        StandInFields fields = fields("*,!relationships");
        return store.inOneGo(() -> {
            Collection<TrackerStore.Event> candidates = uids != null
                    ? uids.stream().distinct().flatMap(uid -> store.event(uid).stream()).toList()
                    : enrolments != null
                            ? enrolments.stream().distinct().flatMap(uid -> store.eventsOf(uid).stream()).toList()
                            : store.allEvents();
            List<TrackerStore.Event> found = candidates.stream()
                    .filter(event -> includeDeleted || !event.deleted())
                    .filter(event -> uids != null || includeDeleted || !enrolmentOf(event).deleted())
                    .filter(event -> enrolments == null || enrolments.contains(event.enrolment()))
                    .filter(event -> program == null || enrolmentOf(event).program().equals(program))
                    .filter(event -> trackedEntity == null || enrolmentOf(event).trackedEntity().equals(trackedEntity))
                    .filter(event -> stage == null || event.stage().equals(stage))
                    .filter(event -> status == null || event.status().equals(status))
                    .filter(event -> area.test(event.orgUnit()))
                    .sorted(order(TrackerStore.Event::occurredAt, TrackerStore.Event::stamp)).toList();
            return container("events", found, event -> written(event, fields));
        });
    }

    Optional<ObjectNode> event(String uid) {
        StandInFields fields = fields("*,!relationships");
        return store.inOneGo(() -> store.event(uid)
                .filter(event -> !event.deleted() && isInScope(event.orgUnit()))
                .map(event -> written(event, fields)));
    }

    private TrackerStore.Enrolment enrolmentOf(TrackerStore.Event event) {
        return store.enrolment(event.enrolment()).orElseThrow();
    }

    /** Newest first, or by the date when {@code order} names it. */
    private <T> Comparator<T> order(Function<T, LocalDateTime> date, Function<T, TrackerStore.Stamp> stamp) {
        Comparator<T> newestFirst = Comparator.comparingLong(each -> -stamp.apply(each).number());
        String order = parameters.text("order", "");
        if (!order.startsWith("enrolledAt") && !order.startsWith("occurredAt")) {
            return newestFirst;
        }
        Comparator<T> byDate = Comparator.comparing(date, Comparator.nullsFirst(Comparator.naturalOrder()));
        return (order.endsWith(":desc") ? byDate.reversed() : byDate).thenComparing(newestFirst);
    }

    // ---- writing

    private StandInFields fields(String otherwise) {
        return StandInFields.of(parameters.text("fields", otherwise));
    }

    /** Wraps a page: 50 unless asked otherwise, without a pager for {@code paging=false} (257, 258). */
    private <T> ObjectNode container(String name, List<T> found, Function<T, ObjectNode> writer) {
        ObjectNode container = JsonNodeFactory.instance.objectNode();
        List<T> page = found;
        if (parameters.flag("paging", true)) {
            int number = parameters.number("page", 1);
            int size = parameters.number("pageSize", 50);
            int from = Math.min(found.size(), (number - 1) * size);
            page = found.subList(from, Math.min(found.size(), from + size));
            ObjectNode pager = container.putObject("pager").put("page", number).put("pageSize", size);
            if (parameters.flag("totalPages", false)) {
                pager.put("total", found.size()).put("pageCount", (found.size() + size - 1) / size);
            }
        }
        ArrayNode list = container.putArray(name);
        page.forEach(each -> list.add(writer.apply(each)));
        return container;
    }

    private ObjectNode written(TrackerStore.TrackedEntity entity, String program, StandInFields fields) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("trackedEntity", entity.uid())
                .put("trackedEntityType", entity.type());
        stamp(node, entity.stamp(), fields);
        node.put("orgUnit", entity.orgUnit()).put("inactive", false).put("deleted", entity.deleted())
                .put("potentialDuplicate", false);
        node.putArray("relationships");
        // without a program the attributes that the type lacks are not shown (recordings 104, 286)
        attributes(node, entity, attribute -> program != null || metadata.isOfType(entity.type(), attribute), fields);
        if (fields.wants("enrollments")) {
            ArrayNode enrolments = node.putArray("enrollments");
            store.enrolmentsOf(entity.uid()).stream()
                    .filter(enrolment -> includeDeleted || !enrolment.deleted())
                    .filter(enrolment -> program == null || enrolment.program().equals(program))
                    .forEach(enrolment -> enrolments.add(written(enrolment, fields.under("enrollments"))));
        }
        return fields.pick(node);
    }

    private void attributes(ObjectNode node, TrackerStore.TrackedEntity entity, Predicate<String> which,
            StandInFields parent) {
        if (!parent.wants("attributes")) {
            return;
        }
        StandInFields fields = parent.under("attributes");
        ArrayNode attributes = node.putArray("attributes");
        entity.attributes().forEach((uid, value) -> {
            StandInMetadata.Field attribute = metadata.attribute(uid);
            if (attribute != null && which.test(uid)) {
                ObjectNode each = attributes.addObject().put("attribute", uid).put("displayName", attribute.name());
                stamp(each, entity.stamp(), fields);
                each.put("valueType", attribute.valueType()).put("value", value);
            }
        });
    }

    private ObjectNode written(TrackerStore.Enrolment enrolment, StandInFields fields) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("enrollment", enrolment.uid());
        stamp(node, enrolment.stamp(), fields);
        node.put("trackedEntity", enrolment.trackedEntity()).put("program", enrolment.program())
                .put("status", enrolment.status()).put("orgUnit", enrolment.orgUnit());
        date(node, "enrolledAt", enrolment.enrolledAt(), fields);
        date(node, "occurredAt", enrolment.occurredAt(), fields);
        date(node, "completedAt", enrolment.completedAt(), fields);
        node.put("followUp", false).put("deleted", enrolment.deleted());
        store.trackedEntity(enrolment.trackedEntity())
                .ifPresent(entity -> attributes(node, entity, uid -> true, fields));
        if (fields.wants("events")) {
            ArrayNode events = node.putArray("events");
            store.eventsOf(enrolment.uid()).stream().filter(event -> includeDeleted || !event.deleted())
                    .forEach(event -> events.add(written(event, fields.under("events"))));
        }
        node.putArray("notes");
        return fields.pick(node);
    }

    private ObjectNode written(TrackerStore.Event event, StandInFields fields) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("event", event.uid())
                .put("status", event.status()).put("program", metadata.ofStage(event.stage()).programUid()).put("programStage", event.stage())
                .put("enrollment", event.enrolment());
        store.enrolment(event.enrolment())
                .ifPresent(enrolment -> node.put("trackedEntity", enrolment.trackedEntity()));
        node.put("orgUnit", event.orgUnit());
        date(node, "occurredAt", event.occurredAt(), fields);
        date(node, "scheduledAt", event.scheduledAt(), fields);
        date(node, "completedAt", event.completedAt(), fields);
        if (event.completedAt() != null) {
            node.put("completedBy", user.name());
        }
        node.put("followUp", false).put("deleted", event.deleted());
        stamp(node, event.stamp(), fields);
        if (fields.wants("dataValues")) {
            StandInFields ofValues = fields.under("dataValues");
            ArrayNode values = node.putArray("dataValues");
            event.dataValues().forEach((element, value) -> {
                ObjectNode each = values.addObject().put("dataElement", element).put("value", value);
                stamp(each, event.stamp(), ofValues);
            });
        }
        node.putArray("notes");
        return fields.pick(node);
    }

    private static void stamp(ObjectNode node, TrackerStore.Stamp stamp, StandInFields fields) {
        date(node, "createdAt", stamp.createdAt(), fields);
        date(node, "updatedAt", stamp.updatedAt(), fields);
    }

    /** Writes a date where it is wanted: to format one takes longer than everything else about an object. */
    private static void date(ObjectNode node, String name, LocalDateTime date, StandInFields fields) {
        if (date != null && fields.wants(name)) {
            node.put(name, DATE.format(date));
        }
    }
}
