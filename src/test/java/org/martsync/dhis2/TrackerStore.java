package org.martsync.dhis2;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Keeps what the DHIS2 stand-in was given, and shows it to a test that wants to judge without asking over HTTP.
 *
 * <p>The records are snapshots. Deleting only marks, as in DHIS2: a deleted object keeps its UID for good and is
 * found by that UID alone; the lists leave it out. All methods may be called from any thread; {@link #inOneGo}
 * keeps others out while several are called.
 */
public final class TrackerStore {

    /** When an object came and how often it was stored; {@code number} counts the objects in order of creation. */
    public record Stamp(long number, LocalDateTime createdAt, LocalDateTime updatedAt, int writes) {
    }

    /** A person; {@code attributes} by attribute UID. */
    public record TrackedEntity(String uid, String type, String orgUnit, Map<String, String> attributes,
            boolean deleted, Stamp stamp) {

        public TrackedEntity {
            attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        }

        public TrackedEntity(String uid, String type, String orgUnit, Map<String, String> attributes) {
            this(uid, type, orgUnit, attributes, false, null);
        }

        /** Tells how many times it was stored. */
        public int writes() {
            return stamp.writes();
        }
    }

    /** An enrolment; dates in the server's time zone, {@code status} as DHIS2 writes it. */
    public record Enrolment(String uid, String trackedEntity, String program, String orgUnit, String status,
            LocalDateTime enrolledAt, LocalDateTime occurredAt, LocalDateTime completedAt, boolean deleted,
            Stamp stamp) {

        /** An active enrolment of that day. */
        public Enrolment(String uid, String trackedEntity, String program, String orgUnit, LocalDateTime enrolledAt) {
            this(uid, trackedEntity, program, orgUnit, "ACTIVE", enrolledAt, enrolledAt, null, false, null);
        }

        /** Tells how many times it was stored. */
        public int writes() {
            return stamp.writes();
        }

        boolean isActive() {
            return !deleted && status.equals("ACTIVE");
        }
    }

    /** An event; {@code dataValues} by data element UID. */
    public record Event(String uid, String enrolment, String stage, String orgUnit, String status,
            LocalDateTime occurredAt, LocalDateTime scheduledAt, LocalDateTime completedAt,
            Map<String, String> dataValues, boolean deleted, Stamp stamp) {

        public Event {
            dataValues = Collections.unmodifiableMap(new LinkedHashMap<>(dataValues));
        }

        /** An active event of that day. */
        public Event(String uid, String enrolment, String stage, String orgUnit, LocalDateTime occurredAt,
                Map<String, String> dataValues) {
            this(uid, enrolment, stage, orgUnit, "ACTIVE", occurredAt, null, null, dataValues, false, null);
        }

        /** Tells how many times it was stored. */
        public int writes() {
            return stamp.writes();
        }
    }

    private final Supplier<LocalDateTime> now;
    private final Map<String, TrackedEntity> trackedEntities = new LinkedHashMap<>();
    private final Map<String, Enrolment> enrolments = new LinkedHashMap<>();
    private final Map<String, Event> events = new LinkedHashMap<>();
    private final Map<String, Set<String>> enrolmentsByTrackedEntity = new HashMap<>();
    private final Map<String, Set<String>> eventsByEnrolment = new HashMap<>();
    /** Attribute, then value in lower case, as the searches ignore case, then the holders' UIDs. */
    private final Map<String, Map<String, Set<String>>> holders = new HashMap<>();
    private final Map<String, String> owners = new HashMap<>();
    private long counter;

    TrackerStore(Supplier<LocalDateTime> now) {
        this.now = now;
    }

    /** Does several things with no other thread between them. */
    public synchronized <T> T inOneGo(Supplier<T> work) {
        return work.get();
    }

    /** Forgets everything, UIDs of deleted objects included. */
    public synchronized void clear() {
        trackedEntities.clear();
        enrolments.clear();
        events.clear();
        enrolmentsByTrackedEntity.clear();
        eventsByEnrolment.clear();
        holders.clear();
        owners.clear();
    }

    /** Lists the tracked entities that are not deleted, oldest first. */
    public synchronized List<TrackedEntity> trackedEntities() {
        return trackedEntities.values().stream().filter(entity -> !entity.deleted()).toList();
    }

    /** Lists the enrolments that are not deleted, oldest first. */
    public synchronized List<Enrolment> enrolments() {
        return enrolments.values().stream().filter(enrolment -> !enrolment.deleted()).toList();
    }

    /** Lists the events that are not deleted, oldest first; also those whose enrolment is. */
    public synchronized List<Event> events() {
        return events.values().stream().filter(event -> !event.deleted()).toList();
    }

    /** Finds a tracked entity by its UID, deleted or not. */
    public synchronized Optional<TrackedEntity> trackedEntity(String uid) {
        return Optional.ofNullable(trackedEntities.get(uid));
    }

    /** Finds an enrolment by its UID, deleted or not. */
    public synchronized Optional<Enrolment> enrolment(String uid) {
        return Optional.ofNullable(enrolments.get(uid));
    }

    /** Finds an event by its UID, deleted or not. */
    public synchronized Optional<Event> event(String uid) {
        return Optional.ofNullable(events.get(uid));
    }

    /** Lists all enrolments of a tracked entity, deleted ones too, oldest first. */
    public synchronized List<Enrolment> enrolmentsOf(String trackedEntity) {
        return enrolmentsByTrackedEntity.getOrDefault(trackedEntity, Set.of()).stream().map(enrolments::get).toList();
    }

    /** Lists all events of an enrolment, deleted ones too, oldest first. */
    public synchronized List<Event> eventsOf(String enrolment) {
        return eventsByEnrolment.getOrDefault(enrolment, Set.of()).stream().map(events::get).toList();
    }

    /** Lists the tracked entities that hold a value, whatever its case, and are not deleted. */
    public synchronized List<TrackedEntity> holdersOf(String attribute, String value) {
        return holders.getOrDefault(attribute, Map.of()).getOrDefault(value.toLowerCase(Locale.ROOT), Set.of())
                .stream().map(trackedEntities::get).toList();
    }

    /** Gives the org unit which owns a patient in a program: that of their first enrolment. */
    synchronized String ownerOf(String trackedEntity, String program) {
        return owners.get(trackedEntity + program);
    }

    /** Stores a tracked entity as it is, with no rule asked; one of the same UID is replaced. */
    public synchronized void put(TrackedEntity entity) {
        TrackedEntity before = trackedEntities.get(entity.uid());
        keep(entity, stampAfter(before == null ? null : before.stamp()));
    }

    private void keep(TrackedEntity entity, Stamp stamp) {
        TrackedEntity before = trackedEntities.get(entity.uid());
        if (before != null) {
            before.attributes().forEach((attribute, value) -> holdersSet(attribute, value).remove(before.uid()));
        }
        trackedEntities.put(entity.uid(), new TrackedEntity(entity.uid(), entity.type(), entity.orgUnit(),
                entity.attributes(), entity.deleted(), stamp));
        if (!entity.deleted()) {
            entity.attributes().forEach((attribute, value) -> holdersSet(attribute, value).add(entity.uid()));
        }
    }

    /** Stores an enrolment as it is, with no rule asked; one of the same UID is replaced. */
    public synchronized void put(Enrolment enrolment) {
        Enrolment before = enrolments.get(enrolment.uid());
        keep(enrolment, stampAfter(before == null ? null : before.stamp()));
    }

    private void keep(Enrolment enrolment, Stamp stamp) {
        enrolments.put(enrolment.uid(), new Enrolment(enrolment.uid(), enrolment.trackedEntity(), enrolment.program(),
                enrolment.orgUnit(), enrolment.status(), enrolment.enrolledAt(), enrolment.occurredAt(),
                enrolment.completedAt(), enrolment.deleted(), stamp));
        enrolmentsByTrackedEntity.computeIfAbsent(enrolment.trackedEntity(), uid -> new LinkedHashSet<>())
                .add(enrolment.uid());
        owners.putIfAbsent(enrolment.trackedEntity() + enrolment.program(), enrolment.orgUnit());
    }

    /** Stores an event as it is, with no rule asked; one of the same UID is replaced. */
    public synchronized void put(Event event) {
        Event before = events.get(event.uid());
        keep(event, stampAfter(before == null ? null : before.stamp()));
    }

    private void keep(Event event, Stamp stamp) {
        events.put(event.uid(), new Event(event.uid(), event.enrolment(), event.stage(), event.orgUnit(),
                event.status(), event.occurredAt(), event.scheduledAt(), event.completedAt(), event.dataValues(),
                event.deleted(), stamp));
        eventsByEnrolment.computeIfAbsent(event.enrolment(), uid -> new LinkedHashSet<>()).add(event.uid());
    }

    /** Completes an enrolment now. */
    public synchronized void completeEnrolment(String uid) {
        Enrolment enrolment = enrolments.get(uid);
        keep(new Enrolment(uid, enrolment.trackedEntity(), enrolment.program(), enrolment.orgUnit(), "COMPLETED",
                enrolment.enrolledAt(), enrolment.occurredAt(), now.get(), enrolment.deleted(), null),
                enrolment.stamp());
    }

    /** Deletes whatever has this UID, and what lies below it. */
    public synchronized void delete(String uid) {
        deleteEvent(uid);
        deleteEnrolment(uid);
        deleteTrackedEntity(uid);
    }

    /** Deletes a tracked entity with its enrolments and their events; its unique values are free again. */
    public synchronized void deleteTrackedEntity(String uid) {
        TrackedEntity entity = trackedEntities.get(uid);
        if (entity == null || entity.deleted()) {
            return;
        }
        enrolmentsOf(uid).forEach(enrolment -> deleteEnrolment(enrolment.uid()));
        keep(new TrackedEntity(uid, entity.type(), entity.orgUnit(), entity.attributes(), true, null), entity.stamp());
    }

    /** Deletes an enrolment with its events. */
    public synchronized void deleteEnrolment(String uid) {
        Enrolment enrolment = enrolments.get(uid);
        if (enrolment == null || enrolment.deleted()) {
            return;
        }
        eventsOf(uid).forEach(event -> deleteEvent(event.uid()));
        keep(new Enrolment(uid, enrolment.trackedEntity(), enrolment.program(), enrolment.orgUnit(),
                enrolment.status(), enrolment.enrolledAt(), enrolment.occurredAt(), enrolment.completedAt(), true,
                null), enrolment.stamp());
    }

    /** Deletes an event. */
    public synchronized void deleteEvent(String uid) {
        Event event = events.get(uid);
        if (event == null || event.deleted()) {
            return;
        }
        keep(new Event(uid, event.enrolment(), event.stage(), event.orgUnit(), event.status(), event.occurredAt(),
                event.scheduledAt(), event.completedAt(), event.dataValues(), true, null), event.stamp());
    }

    /** Forgets an event without a mark, as a DHIS2 that was restored from an older backup has. */
    public synchronized void forget(String uid) {
        Event event = events.remove(uid);
        if (event != null) {
            eventsByEnrolment.get(event.enrolment()).remove(uid);
        }
    }

    synchronized Collection<TrackedEntity> allTrackedEntities() {
        return new ArrayList<>(trackedEntities.values());
    }

    synchronized Collection<Enrolment> allEnrolments() {
        return new ArrayList<>(enrolments.values());
    }

    synchronized Collection<Event> allEvents() {
        return new ArrayList<>(events.values());
    }

    private Set<String> holdersSet(String attribute, String value) {
        return holders.computeIfAbsent(attribute, uid -> new HashMap<>())
                .computeIfAbsent(value.toLowerCase(Locale.ROOT), text -> new LinkedHashSet<>());
    }

    private Stamp stampAfter(Stamp before) {
        LocalDateTime time = now.get();
        return before == null ? new Stamp(++counter, time, time, 1)
                : new Stamp(before.number(), before.createdAt(), time, before.writes() + 1);
    }
}
