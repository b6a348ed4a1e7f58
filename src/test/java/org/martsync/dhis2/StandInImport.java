package org.martsync.dhis2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.martsync.dhis2.StandInPayload.EnrolmentIn;
import org.martsync.dhis2.StandInPayload.EventIn;
import org.martsync.dhis2.StandInPayload.TrackedEntityIn;
import org.martsync.dhis2.StandInPayload.Value;
import org.martsync.dhis2.StandInReport.Done;
import org.martsync.dhis2.StandInReport.Type;

/** Does one import: has every object checked, and stores those without an error whose parents are stored. */
final class StandInImport {

    enum Strategy { CREATE, UPDATE, CREATE_AND_UPDATE, DELETE }

    record Options(Strategy strategy, boolean all, boolean validateOnly, boolean orgUnitsByCode) {

        /** Resolves an org unit as named in the request to its UID, or null (024, 092). */
        String unit(StandInMetadata metadata, String named) {
            if (named == null) {
                return null;
            }
            return orgUnitsByCode ? metadata.orgUnitByCode(named) : metadata.isOrgUnit(named) ? named : null;
        }
    }

    /** @param status the HTTP status that goes with the report */
    record Outcome(int status, ObjectNode report) {
    }

    /** The database took none of it (recordings 337, 339). */
    static final class DatabaseFailure extends RuntimeException {
    }

    private record Write(List<Value> values, Runnable action) {
    }

    private final TrackerStore store;
    private final StandInMetadata metadata;
    private final Clock clock;
    private final StandInPayload payload;
    private final Options options;
    private final StandInReport report;
    private final StandInChecks checks;

    StandInImport(Dhis2StandIn.World world, StandInRelease release, StandInPayload payload, Options options, StandInUser user) {
        this.store = world.store();
        this.metadata = world.metadata();
        this.clock = world.clock();
        this.payload = payload;
        this.options = options;
        this.report = new StandInReport(payload);
        this.checks = new StandInChecks(world, release, payload, options, user, report);
    }

    /** Runs it with nobody else at the store. */
    Outcome run() {
        return store.inOneGo(this::checkAndStore);
    }

    private Outcome checkAndStore() {
        checks.run();
        if (options.strategy() == Strategy.DELETE) {
            return finish(this::deleteAll);
        }
        List<Write> writes = passing();
        return finish(() -> {
            if (writes.stream().anyMatch(write -> hasNul(write.values()))) {
                throw new DatabaseFailure();
            }
            writes.forEach(write -> write.action().run());
        });
    }

    private Outcome finish(Runnable write) {
        if (options.all() && report.hasProblems()) {
            return new Outcome(409, report.writtenForAll());
        }
        if (options.validateOnly()) {
            return new Outcome(200, report.writtenForValidation());
        }
        write.run();
        return new Outcome(200, report.written());
    }

    /** Gathers what will be stored; what passed its own checks still falls with a parent that is not stored. */
    private List<Write> passing() {
        List<Write> writes = new ArrayList<>();
        Set<String> trackedEntities = new HashSet<>();
        Set<String> enrolments = new HashSet<>();
        Set<String> fallenEnrolments = new HashSet<>();
        for (TrackedEntityIn sent : payload.trackedEntities) {
            if (!report.isRefused(Type.TRACKED_ENTITY, sent.uid())) {
                trackedEntities.add(sent.uid());
                Done done = done(store.trackedEntity(sent.uid()).isPresent());
                writes.add(new Write(sent.attributes(), () -> store(sent, done)));
            }
        }
        for (EnrolmentIn sent : payload.enrolments) {
            if (report.isRefused(Type.ENROLLMENT, sent.uid())) {
                continue;
            }
            if (trackedEntities.contains(sent.trackedEntity())
                    || store.trackedEntity(sent.trackedEntity()).isPresent()) {
                enrolments.add(sent.uid());
                Done done = done(store.enrolment(sent.uid()).isPresent());
                writes.add(new Write(sent.attributes(), () -> store(sent, done)));
            } else {
                fallenEnrolments.add(sent.uid());
                refuseWithParent(Type.ENROLLMENT, "enrollment", sent.uid(), "trackedEntity", sent.trackedEntity());
            }
        }
        for (EventIn sent : payload.events) {
            if (report.isRefused(Type.EVENT, sent.uid())) {
                continue;
            }
            if (enrolments.contains(sent.enrolment()) || store.enrolment(sent.enrolment()).isPresent()) {
                Done done = done(store.event(sent.uid()).isPresent());
                writes.add(new Write(sent.dataValues(), () -> store(sent, done)));
            } else if (!fallenEnrolments.contains(sent.enrolment())) {
                // below an enrolment that only fell with its tracked entity an event gets no error (034, 133)
                refuseWithParent(Type.EVENT, "event", sent.uid(), "enrollment", sent.enrolment());
            }
        }
        return writes;
    }

    private void refuseWithParent(Type type, String kind, String uid, String parentKind, String parent) {
        report.refuse(type, uid, "E5000", "%s `%s` cannot be created because %s `%s` referenced by it could not be "
                + "created.", kind, uid, parentKind, parent);
    }

    private static Done done(boolean existed) {
        return existed ? Done.UPDATED : Done.CREATED;
    }

    private void store(TrackedEntityIn sent, Done done) {
        Map<String, String> attributes = new LinkedHashMap<>();
        store.trackedEntity(sent.uid()).ifPresent(before -> attributes.putAll(before.attributes()));
        merge(attributes, sent.attributes());
        store.put(new TrackerStore.TrackedEntity(sent.uid(), sent.type(), unit(sent.orgUnit()), attributes));
        report.stored(Type.TRACKED_ENTITY, sent.uid(), done);
    }

    /** Stores an enrolment; {@code occurredAt} left out becomes {@code enrolledAt} (162, 178). */
    private void store(EnrolmentIn sent, Done done) {
        TrackerStore.Enrolment before = store.enrolment(sent.uid()).orElse(null);
        LocalDateTime completedAt = completedAt(sent.status(), sent.completedAt(),
                before == null ? null : before.completedAt());
        store.put(new TrackerStore.Enrolment(sent.uid(), sent.trackedEntity(), sent.program(), unit(sent.orgUnit()),
                sent.status(), sent.enrolledAt(), Objects.requireNonNullElse(sent.occurredAt(), sent.enrolledAt()),
                completedAt, false, null));
        if (!sent.attributes().isEmpty()) {
            store.trackedEntity(sent.trackedEntity()).ifPresent(person -> {
                Map<String, String> attributes = new LinkedHashMap<>(person.attributes());
                merge(attributes, sent.attributes());
                store.put(new TrackerStore.TrackedEntity(person.uid(), person.type(), person.orgUnit(), attributes));
            });
        }
        report.stored(Type.ENROLLMENT, sent.uid(), done);
    }

    /** Stores an event: data values left out stay, empty ones go, no status means ACTIVE (161 to 166, 189 to 191). */
    private void store(EventIn sent, Done done) {
        TrackerStore.Event before = store.event(sent.uid()).orElse(null);
        Map<String, String> values = new LinkedHashMap<>();
        if (before != null) {
            values.putAll(before.dataValues());
        }
        merge(values, sent.dataValues());
        LocalDateTime completedAt = completedAt(sent.status(), sent.completedAt(),
                before == null ? null : before.completedAt());
        store.put(new TrackerStore.Event(sent.uid(), sent.enrolment(), sent.stage(), unit(sent.orgUnit()),
                sent.status(), sent.occurredAt(), sent.scheduledAt(), completedAt, values, false, null));
        report.stored(Type.EVENT, sent.uid(), done);
    }

    private LocalDateTime completedAt(String status, LocalDateTime sent, LocalDateTime before) {
        if (!status.equals("COMPLETED")) {
            return null;
        }
        if (sent != null) {
            return sent;
        }
        return before != null ? before : LocalDateTime.now(clock.withZone(ZoneOffset.UTC));
    }

    private static void merge(Map<String, String> values, List<Value> sent) {
        for (Value each : sent) {
            if (each.value() == null) {
                values.remove(each.field());
            } else {
                values.put(each.field(), each.value());
            }
        }
    }

    private String unit(String named) {
        return options.unit(metadata, named);
    }

    private static boolean hasNul(List<Value> values) {
        return values.stream().anyMatch(each -> each.value() != null && each.value().indexOf('\0') >= 0);
    }

    private void deleteAll() {
        payload.events.stream().map(EventIn::uid).filter(uid -> !report.isRefused(Type.EVENT, uid)).forEach(uid -> {
            store.deleteEvent(uid);
            report.stored(Type.EVENT, uid, Done.DELETED);
        });
        payload.enrolments.stream().map(EnrolmentIn::uid).filter(uid -> !report.isRefused(Type.ENROLLMENT, uid))
                .forEach(uid -> {
                    store.deleteEnrolment(uid);
                    report.stored(Type.ENROLLMENT, uid, Done.DELETED);
                });
        payload.trackedEntities.stream().map(TrackedEntityIn::uid)
                .filter(uid -> !report.isRefused(Type.TRACKED_ENTITY, uid)).forEach(uid -> {
                    store.deleteTrackedEntity(uid);
                    report.stored(Type.TRACKED_ENTITY, uid, Done.DELETED);
                });
    }
}
