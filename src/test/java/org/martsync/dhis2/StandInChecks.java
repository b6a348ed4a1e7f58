package org.martsync.dhis2;

import java.time.Clock;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.martsync.dhis2.StandInImport.Strategy;
import org.martsync.dhis2.StandInPayload.EnrolmentIn;
import org.martsync.dhis2.StandInPayload.EventIn;
import org.martsync.dhis2.StandInPayload.TrackedEntityIn;
import org.martsync.dhis2.StandInPayload.Value;
import org.martsync.dhis2.StandInReport.Type;

/**
 * Checks every object of an import against what was stored before, and notes the errors in the report.
 *
 * <p>As in DHIS2 the checks of an object come in groups, and the first group with an error is the last that is
 * asked; the stored state is that from before the request, however many objects of one UID the request holds. The
 * codes without a recording number (E1022, E1041, E1049, E1050, E1068 to E1070, E1126) were not recorded; they are there so
 * that a wrong payload is not taken.
 */
final class StandInChecks {

    private final TrackerStore store;
    private final StandInRelease release;
    private final StandInMetadata metadata;
    private final Clock clock;
    private final StandInPayload payload;
    private final StandInImport.Options options;
    private final StandInUser user;
    private final StandInReport report;
    private final Map<String, TrackedEntityIn> sentTrackedEntities = new HashMap<>();
    private final Map<String, EnrolmentIn> sentEnrolments = new HashMap<>();
    private final Map<String, Map<String, Set<String>>> sentUniqueValues = new HashMap<>();
    private final Map<String, List<EnrolmentIn>> sentEnrolmentsOf = new HashMap<>();

    StandInChecks(Dhis2StandIn.World world, StandInRelease release, StandInPayload payload, StandInImport.Options options,
            StandInUser user, StandInReport report) {
        this.store = world.store();
        this.release = release;
        this.metadata = world.metadata();
        this.clock = world.clock();
        this.payload = payload;
        this.options = options;
        this.user = user;
        this.report = report;
        for (TrackedEntityIn entity : payload.trackedEntities) {
            sentTrackedEntities.put(entity.uid(), entity);
            collectUniqueValues(entity.uid(), entity.attributes());
        }
        for (EnrolmentIn enrolment : payload.enrolments) {
            sentEnrolments.put(enrolment.uid(), enrolment);
            sentEnrolmentsOf.computeIfAbsent(enrolment.trackedEntity(), uid -> new ArrayList<>()).add(enrolment);
            collectUniqueValues(enrolment.trackedEntity(), enrolment.attributes());
        }
    }

    void run() {
        payload.trackedEntities.forEach(this::check);
        payload.enrolments.forEach(this::check);
        payload.events.forEach(this::check);
        if (options.strategy() != Strategy.DELETE) {
            checkRepeats();
        }
    }

    private String unit(String named) {
        return options.unit(metadata, named);
    }

    // ---- tracked entities

    private void check(TrackedEntityIn sent) {
        TrackerStore.TrackedEntity stored = store.trackedEntity(sent.uid()).orElse(null);
        Findings findings = new Findings(Type.TRACKED_ENTITY, sent.uid());
        findings.existence(stored != null, stored != null && stored.deleted(),
                "E1114", "TrackedEntity: `%s` is already deleted and cannot be modified.",
                "E1002", "TrackedEntity: `%s`, already exists.", "E1063", "TrackedEntity: `%s`, does not exist.");
        if (findings.failed() || options.strategy() == Strategy.DELETE) {
            return;
        }
        findings.demand("E1121", "trackedEntity", "trackedEntityType", sent.type());
        findings.demand("E1121", "trackedEntity", "orgUnit", sent.orgUnit());
        if (findings.failed()) {
            return;
        }
        findings.unless(unit(sent.orgUnit()) != null, "E1049",
                "Could not find OrganisationUnit: `%s`, linked to Tracked Entity.", sent.orgUnit());
        findings.unless(metadata.isType(sent.type()), "E1005",
                "Could not find TrackedEntityType: `%s`.", sent.type());
        if (findings.failed()) {
            return;
        }
        findings.unless(stored == null || stored.type().equals(sent.type()), "E1126",
                "Not allowed to update Tracked Entity property: %s.", "trackedEntityType");
        if (stored == null) {
            findings.mayWrite(unit(sent.orgUnit()));
        } else {
            findings.unless(mayAccess(stored.orgUnit()), "E1003",
                    "User: `%s` has no write access to TrackedEntity: `%s`.", user.uid(), sent.uid());
        }
        if (!findings.failed()) {
            checkAttributes(findings, sent.uid(), sent.attributes());
        }
    }

    /** Checks attribute values (recordings 080, 100, 133 to 136, 350). */
    private void checkAttributes(Findings findings, String trackedEntity, List<Value> values) {
        for (Value each : values) {
            StandInMetadata.Field attribute = metadata.attribute(each.field());
            String value = each.value();
            if (attribute == null) {
                findings.add("E1006", "Attribute: `%s` does not exist.",
                        each.field().isEmpty() ? "null" : each.field());
                continue;
            }
            if (value == null) {
                continue;
            }
            findings.unless(value.length() <= StandInValueRules.LONGEST_ATTRIBUTE_VALUE, "E1077",
                    "Attribute: `%s`, text value exceed the maximum allowed length: `%s`.", value,
                    String.valueOf(StandInValueRules.LONGEST_ATTRIBUTE_VALUE));
            String problem = StandInValueRules.problem(attribute.valueType(), value);
            if (!release.newValueCodes()) {
                findings.unless(problem == null, "E1085", "Attribute: `%s`, value does not match value type: `%s`.",
                        attribute.uid(), problem);
                problem = null;
            }
            if (attribute.valueType().equals("DATE")) {
                problem = StandInValueRules.problemOfAttributeDate(value);
            }
            if (attribute.valueType().equals("ORGANISATION_UNIT") && !metadata.isOrgUnit(value)) {
                problem = value;
            }
            findings.unless(problem == null, "E1007", "Error validating attribute value type: `%s`; Error: `%s`.", attribute.valueType(), problem);
            checkOption(findings, attribute, value);
            findings.unless(!attribute.unique() || isFree(attribute.uid(), value, trackedEntity), "E1064",
                    "Non-unique attribute value `%s` for attribute `%s`.", value, attribute.uid());
        }
    }

    private void checkOption(Findings findings, StandInMetadata.Field field, String value) {
        findings.unless(!field.hasOptions() || StandInValueRules.isOption(field, value), "E1125",
                "Value `%s` is not a valid option code in OptionSet `%s`.", value, field.optionSet());
    }

    private void collectUniqueValues(String trackedEntity, List<Value> values) {
        for (Value each : values) {
            StandInMetadata.Field attribute = metadata.attribute(each.field());
            if (attribute != null && attribute.unique() && each.value() != null) {
                sentUniqueValues.computeIfAbsent(attribute.uid(), uid -> new HashMap<>())
                        .computeIfAbsent(each.value(), value -> new HashSet<>()).add(trackedEntity);
            }
        }
    }

    private boolean isFree(String attribute, String value, String trackedEntity) {
        return sentUniqueValues.get(attribute).get(value).size() == 1
                && store.holdersOf(attribute, value).stream()
                        .noneMatch(holder -> !holder.uid().equals(trackedEntity)
                                && holder.attributes().get(attribute).equals(value));
    }

    // ---- enrolments

    private void check(EnrolmentIn sent) {
        TrackerStore.Enrolment stored = store.enrolment(sent.uid()).orElse(null);
        Findings findings = new Findings(Type.ENROLLMENT, sent.uid());
        findings.existence(stored != null, stored != null && stored.deleted(),
                "E1113", "Enrollment: `%s` is already deleted and cannot be modified.",
                "E1080", "Enrollment: `%s`, already exists.", "E1081", "Enrollment: `%s`, do not exist.");
        if (findings.failed() || options.strategy() == Strategy.DELETE) {
            return;
        }
        findings.demand("E1122", "enrollment", "trackedEntity", sent.trackedEntity());
        findings.demand("E1122", "enrollment", "program", sent.program());
        findings.demand("E1122", "enrollment", "orgUnit", sent.orgUnit());
        if (findings.failed()) {
            return;
        }
        String orgUnit = unit(sent.orgUnit());
        findings.unless(orgUnit != null, "E1070", "Could not find OrganisationUnit: `%s`, linked to Enrollment.",
                sent.orgUnit());
        findings.unless(metadata.of(sent.program()) != null, "E1069",
                "Could not find Program: `%s`, linked to Enrollment.", sent.program());
        TrackerStore.TrackedEntity person = store.trackedEntity(sent.trackedEntity()).orElse(null);
        findings.unless(person != null || sentTrackedEntities.containsKey(sent.trackedEntity()), "E1068",
                "Could not find TrackedEntity: `%s`, linked to Enrollment.", sent.trackedEntity());
        if (findings.failed()) {
            return;
        }
        findings.unless(stored == null || stored.trackedEntity().equals(sent.trackedEntity()), "E1127",
                "Not allowed to update enrollment property: %s.", "trackedEntity");
        String type = person == null ? sentTrackedEntities.get(sent.trackedEntity()).type() : person.type();
        findings.unless(type == null || metadata.of(sent.program()).trackedEntityType().equals(type), "E1022",
                "TrackedEntity: `%s`, must have same TrackedEntityType as Program `%s`.", sent.trackedEntity(), sent.program());
        if (findings.failed()) {
            return;
        }
        findings.unless(metadata.of(sent.program()).isAssigned(orgUnit), "E1041",
                "Enrollment OrganisationUnit: `%s` and Program: `%s`, do not match.", orgUnit, sent.program());
        if (findings.failed()) {
            return;
        }
        if (stored == null) {
            findings.mayWrite(orgUnit);
        }
        String owner = store.ownerOf(sent.trackedEntity(), sent.program());
        String home = person == null ? unit(sentTrackedEntities.get(sent.trackedEntity()).orgUnit()) : person.orgUnit();
        if (owner != null || home != null) {
            findings.mayAccess(owner == null ? home : owner, sent.trackedEntity());
        }
        if (!findings.failed()) {
            checkOthers(findings, sent);
            checkDates(findings, sent);
            checkAttributes(findings, sent.trackedEntity(), sent.attributes());
            checkCompulsory(findings, sent, person);
        }
    }

    /** Allows one ACTIVE enrolment of a person, what is sent counting before what is stored (128 to 131). */
    private void checkOthers(Findings findings, EnrolmentIn sent) {
        boolean onlyOnce = metadata.of(sent.program()).enrolsOnlyOnce();
        if (sent.status().equals("CANCELLED") || sent.status().equals("COMPLETED") && !onlyOnce) {
            return;
        }
        Map<String, String> others = new HashMap<>();
        store.enrolmentsOf(sent.trackedEntity()).stream().filter(other -> !other.deleted() && other.program().equals(sent.program()))
                .forEach(other -> others.put(other.uid(), other.status()));
        sentEnrolmentsOf.get(sent.trackedEntity()).stream().filter(other -> sent.program().equals(other.program()))
                .forEach(other -> others.put(other.uid(), other.status()));
        others.remove(sent.uid());
        findings.unless(!sent.status().equals("ACTIVE") || !others.containsValue("ACTIVE"), "E1015",
                "TrackedEntity: `%s` already has an active Enrollment in Program `%s`.", sent.trackedEntity(),
                sent.program());
        findings.unless(!onlyOnce || others.values().stream().allMatch("CANCELLED"::equals), "E1016",
                "TrackedEntity: `%s` already has an Enrollment in Program `%s`, and it only allows one.",
                sent.trackedEntity(), sent.program());
    }

    private void checkDates(Findings findings, EnrolmentIn sent) {
        if (sent.enrolledAt() == null) {
            findings.add("E1025", "Property enrolledAt is null.");
        }
        findings.unless(metadata.of(sent.program()).mayEnrolInFuture() || !isFuture(sent.enrolledAt()), "E1020",
                "Enrollment date: `%s` cannot be a future date.", String.valueOf(sent.enrolledAt()));
        findings.unless(metadata.of(sent.program()).mayOccurInFuture() || !isFuture(sent.occurredAt()), "E1021",
                "Incident date: `%s` cannot be a future date.", String.valueOf(sent.occurredAt()));
    }

    private boolean isFuture(LocalDateTime date) {
        return date != null && date.toLocalDate().isAfter(LocalDate.now(clock.withZone(ZoneOffset.UTC)));
    }

    /**
     * Demands the program's compulsory attributes at enrolment.
     *
     * <p>For a stored person the stored values count, not those sent along: emptying one together with its
     * enrolment passes (157), a deleted person sent again has none (211). Only for a new person the sent ones do.
     */
    private void checkCompulsory(Findings findings, EnrolmentIn sent, TrackerStore.TrackedEntity person) {
        Set<String> present = new HashSet<>();
        if (person == null) {
            sentTrackedEntities.get(sent.trackedEntity()).attributes().stream().filter(each -> each.value() != null)
                    .forEach(each -> present.add(each.field()));
        } else if (!person.deleted()) {
            present.addAll(person.attributes().keySet());
        }
        sent.attributes().stream().filter(each -> each.value() != null).forEach(each -> present.add(each.field()));
        for (String compulsory : metadata.of(sent.program()).compulsoryAttributes()) {
            findings.unless(present.contains(compulsory), "E1018",
                    "Attribute: `%s` is mandatory in Program `%s` but not declared in Enrollment `%s`.", compulsory,
                    sent.program(), sent.uid());
        }
    }

    // ---- events

    private void check(EventIn sent) {
        TrackerStore.Event stored = store.event(sent.uid()).orElse(null);
        Findings findings = new Findings(Type.EVENT, sent.uid());
        findings.existence(stored != null, stored != null && stored.deleted(),
                "E1082", "Event: `%s`, is already deleted and cannot be modified.",
                "E1030", "Event: `%s` already exists.", "E1032", "Event: `%s` do not exist.");
        if (findings.failed() || options.strategy() == Strategy.DELETE) {
            return;
        }
        findings.demand("E1123", "event", "orgUnit", sent.orgUnit());
        findings.demand("E1123", "event", "programStage", sent.stage());
        if (findings.failed()) {
            return;
        }
        String orgUnit = unit(sent.orgUnit());
        StandInMetadata.Stage stage = metadata.stage(sent.stage());
        findings.unless(orgUnit != null, "E1011", "Could not find OrganisationUnit: `%s`, linked to Event.",
                sent.orgUnit());
        findings.unless(sent.program() == null || metadata.of(sent.program()) != null, "E1010",
                "Could not find Program: `%s`, linked to Event.", sent.program());
        findings.unless(stage != null, "E1013", "Could not find ProgramStage: `%s`, linked to Event.", sent.stage());
        if (findings.failed()) {
            return;
        }
        findings.unless(stored == null || stored.stage().equals(sent.stage()), "E1128",
                "Not allowed to update event property: %s.", "programStage");
        findings.unless(stored == null || sent.enrolment() == null || stored.enrolment().equals(sent.enrolment()),
                "E1128", "Not allowed to update event property: %s.", "enrollment");
        if (findings.failed()) {
            return;
        }
        StandInMetadata program = metadata.ofStage(sent.stage());
        findings.unless(sent.program() == null || sent.program().equals(program.programUid()), "E1089",
                "Event: `%s` references a Program `%s` but its ProgramStage `%s` is of another.", sent.uid(), sent.program(), sent.stage());
        checkEnrolmentOf(findings, sent, program.programUid());
        findings.unless(program.isAssigned(orgUnit), "E1029",
                "Event OrganisationUnit: `%s` and Program: `%s`, do not match.", orgUnit, program.programUid());
        if (findings.failed()) {
            return;
        }
        if (stored == null) {
            findings.mayWrite(orgUnit);
        }
        store.enrolment(sent.enrolment()).ifPresent(enrolment -> findings.mayAccess(
                store.ownerOf(enrolment.trackedEntity(), enrolment.program()), enrolment.trackedEntity()));
        if (!findings.failed()) {
            checkDates(findings, sent);
            checkExpiry(findings, sent, stored, program);
            checkDataValues(findings, sent, stored, stage);
        }
    }

    /** Demands an enrolment in the store or in the request; a deleted one is good enough (009, 010, 206, 207). */
    private void checkEnrolmentOf(Findings findings, EventIn sent, String program) {
        if (sent.enrolment() == null) {
            findings.add("E1033", "Event: `%s` Enrollment value is null.", sent.uid());
            return;
        }
        if (store.enrolment(sent.enrolment()).filter(stored -> stored.program().equals(program)).isPresent()) {
            return;
        }
        EnrolmentIn enrolment = sentEnrolments.get(sent.enrolment());
        findings.unless(enrolment != null && enrolment.trackedEntity() != null, "E1313",
                "Event `%s` of an Enrollment does not reference a TrackedEntity.", sent.uid());
        findings.unless(enrolment != null && program.equals(enrolment.program()), "E1079",
                "Event: `%s`, program: `%s` is different from program defined in enrollment `%s`.", sent.uid(),
                program, sent.enrolment());
    }

    private void checkDates(Findings findings, EventIn sent) {
        if (sent.status().equals("SCHEDULE")) {
            findings.unless(sent.scheduledAt() != null, "E1050", "Event scheduledAt date is missing.");
        } else {
            findings.unless(sent.occurredAt() != null, "E1031", "Event occurredAt date is missing.");
        }
    }

    /** Refuses what is closed or completed to who lacks the authority, by DHIS2's documentation and sources; not recorded. */
    private void checkExpiry(Findings findings, EventIn sent, TrackerStore.Event stored, StandInMetadata program) {
        boolean wasCompleted = stored != null && stored.status().equals("COMPLETED");
        findings.unless(!wasCompleted || sent.status().equals("COMPLETED") || user.has("F_UNCOMPLETE_EVENT"), "E1083",
                "User: `%s`, is not authorized to modify completed events.", user.uid());
        LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
        boolean exempt = user.has("F_EDIT_EXPIRED");
        findings.unless(sent.occurredAt() == null || exempt && release.exemptsFromPeriods() || !program.closed(sent.occurredAt().toLocalDate(), today), "E1047",
                "Event: `%s`, date belongs to an expired period. It is not possible to create such event.", sent.uid());
        if (program.completedDays() > 0 && !exempt && sent.status().equals("COMPLETED")) {
            findings.unless(sent.completedAt() != null || !release.demandsCompletion(), "E1042", "Event: `%s`, needs to have completed date.", sent.uid());
            LocalDateTime completed = wasCompleted && release.keepsCompletion() ? stored.completedAt() : sent.completedAt();
            findings.unless(completed == null || !completed.toLocalDate().plusDays(program.completedDays()).isBefore(today), "E1043",
                    "Event: `%s`, completeness date has expired. Not possible to make changes to this event.", sent.uid());
        }
    }

    /** Checks data values (recordings 051 to 074, 097, 098, 105 to 110, 121, 344, 345). */
    private void checkDataValues(Findings findings, EventIn sent, TrackerStore.Event stored,
            StandInMetadata.Stage stage) {
        Set<String> given = new HashSet<>();
        Set<String> emptied = new HashSet<>();
        for (Value each : sent.dataValues()) {
            given.add(each.field());
            StandInMetadata.Field element = metadata.dataElement(each.field());
            findings.unless(element != null, "E1304", "DataElement `%s` is not a valid DataElement.", each.field());
            if (each.value() == null) {
                emptied.add(each.field());
            } else if (element != null) {
                checkDataValue(findings, element, each.value());
            }
        }
        boolean takesNone = Set.of("SCHEDULE", "SKIPPED", "OVERDUE").contains(sent.status());
        findings.unless(!takesNone || given.isEmpty(), "E1315",
                "Status `%s` does not allow creating data values, allow statuses: [ACTIVE, VISITED, COMPLETED].",
                sent.status());
        if (!takesNone && (!stage.validatedOnlyWhenCompleted() || sent.status().equals("COMPLETED"))) {
            for (String compulsory : stage.compulsory()) {
                findings.unless(given.contains(compulsory)
                        || stored != null && stored.dataValues().containsKey(compulsory), "E1303",
                        "Mandatory DataElement `%s` is not present.", compulsory);
                findings.unless(!emptied.contains(compulsory), "E1076",
                        "`DataElement` `%s` is mandatory and cannot be null", compulsory);
            }
        }
        for (String element : given) {
            findings.unless(stage.members().contains(element), "E1305",
                    "DataElement `%s` is not part of ProgramStage `%s`.", element, stage.uid());
        }
    }

    private void checkDataValue(Findings findings, StandInMetadata.Field element, String value) {
        checkOption(findings, element, value);
        String problem = StandInValueRules.problem(element.valueType(), value);
        findings.unless(problem == null, "E1302", "DataElement `%s` is not valid: `%s`.", element.uid(), problem);
        if (element.valueType().equals("ORGANISATION_UNIT") && !metadata.isOrgUnit(value)) {
            if (release.newValueCodes()) {
                findings.add("E1302", "DataElement `%s` is not valid: `%s`.", element.uid(), value);
            } else {
                // DHIS2 gives a data value that is no org unit an attribute's code, and forgets the second argument (072)
                findings.add("E1007", "Error validating attribute value type: `%s`; Error: `{1}`.", value);
            }
        }
    }

    /** Allows one event of a stage that is not repeatable; of two sent together both are refused (137 to 140). */
    private void checkRepeats() {
        Map<List<String>, List<EventIn>> single = new LinkedHashMap<>();
        for (EventIn sent : payload.events) {
            if (!report.isRefused(Type.EVENT, sent.uid()) && !metadata.stage(sent.stage()).repeatable()) {
                single.computeIfAbsent(List.of(sent.enrolment(), sent.stage()), key -> new ArrayList<>()).add(sent);
            }
        }
        single.forEach((key, together) -> {
            boolean taken = store.eventsOf(key.get(0)).stream()
                    .anyMatch(event -> !event.deleted() && event.stage().equals(key.get(1)));
            for (EventIn sent : together) {
                if (together.size() > 1 || taken && store.event(sent.uid()).isEmpty()) {
                    report.refuse(Type.EVENT, sent.uid(), "E1039",
                            "ProgramStage: `%s` is not repeatable and an Event already exists.", sent.stage());
                }
            }
        });
    }

    private boolean mayAccess(String orgUnit) {
        return orgUnit != null && metadata.isWithin(orgUnit, user.orgUnit());
    }

    /** Notes the errors of one object. */
    private final class Findings {

        private final Type type;
        private final String uid;
        private boolean failed;

        Findings(Type type, String uid) {
            this.type = type;
            this.uid = uid;
        }

        boolean failed() {
            return failed;
        }

        void add(String code, String message, String... args) {
            failed = true;
            report.refuse(type, uid, code, message, args);
        }

        void unless(boolean good, String code, String message, String... args) {
            if (!good) {
                add(code, message, args);
            }
        }

        void demand(String code, String kind, String property, String value) {
            if (value == null) {
                failed = true;
                report.refuse(type, uid, code, "Missing required " + kind + " property: `%s`.", property);
            }
        }

        /** Compares what is there with what the strategy means to do (037, 038, 202 to 211). */
        void existence(boolean stored, boolean deleted, String deletedCode, String deletedMessage, String thereCode,
                String thereMessage, String absentCode, String absentMessage) {
            if (deleted) {
                add(deletedCode, deletedMessage, uid);
            } else if (stored && options.strategy() == Strategy.CREATE) {
                add(thereCode, thereMessage, uid);
            } else if (!stored && (options.strategy() == Strategy.UPDATE || options.strategy() == Strategy.DELETE)) {
                add(absentCode, absentMessage, uid);
            }
        }

        void mayWrite(String orgUnit) {
            unless(StandInChecks.this.mayAccess(orgUnit), "E1000",
                    "User: `%s` has no write access to OrganisationUnit: `%s`.", user.uid(), orgUnit);
        }

        void mayAccess(String owner, String trackedEntity) {
            unless(StandInChecks.this.mayAccess(owner), "E1102",
                    "User: `%s` does not have access to the TrackedEntity: `%s` and Program: `%s`.", user.uid(),
                    trackedEntity, metadata.programUid());
        }
    }
}
