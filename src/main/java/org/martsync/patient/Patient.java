package org.martsync.patient;

import com.fasterxml.jackson.core.type.TypeReference;
import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.martsync.database.JsonValue;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Site;
import org.martsync.dhis2.TrackedEntity;
import org.martsync.mapping.DateText;
import org.martsync.mapping.Filled;

/**
 * A patient of a batch as a person of one tracked entity type: what the clinic holds of them, and what was decided of their place in
 * DHIS2. Who has events in programs of two types is two patients of the batch, of whom neither waits for the other.
 *
 * <p>Lives for one batch in one thread.
 */
public final class Patient {

    /**
     * What the trackers hold of one tracked entity that stood for the patient.
     *
     * @param trackedEntity its UID
     * @param enrolment the UID of its enrolment, or null
     * @param sent hash of what was last sent of it, or null if we never sent it
     * @param alsoOf identifier of another patient of the clinic whom the trackers know by it too, or null
     * @param others program to enrolment, for programs beside the configured one; null where there are none
     */
    public record Tracked(String trackedEntity, String enrolment, String sent, String alsoOf, Map<String, String> others) {

        /** Reads a row of {@code routes/sql/read-holders.sql}. */
        static Tracked of(Map<String, Object> row) {
            return new Tracked((String) row.get("tracked_entity"), (String) row.get("enrolment"), (String) row.get("sent"), null,
                    JsonValue.read(row.get("others"), new TypeReference<LinkedHashMap<String, String>>() { }));
        }

        /** The UID of the enrolment that stands where that in a program belongs, or null. */
        public String enrolment(Enrolling in) {
            return in.configured() ? enrolment : other(in.program());
        }

        /** The UID of the enrolment that is kept beside that in the configured program, or null. */
        public String other(ProgramMetadata program) {
            return others == null ? null : others.get(program.id());
        }

        /** Whether an enrolment stands anywhere in the trackers: where {@code dhis2.program} was changed, each may be of another program. */
        public boolean holds(String uid) {
            return uid.equals(enrolment) || others != null && others.containsValue(uid);
        }
    }

    /**
     * A program in which the patient has events in the batch.
     *
     * @param configured whether it is the one of the settings, whose enrolment the contract's table holds
     * @param orgUnit where the first of the events' mappings that names one enrols, or null for the site's org unit
     * @param reopens whether a completed enrolment may be opened again for the events
     * @param attributes what the patient mapping makes of the columns; the values are the same for all programs, what hinders is not
     */
    public record Enrolling(ProgramMetadata program, boolean configured, String orgUnit, boolean reopens, Filled attributes) {
    }

    private final String id;
    private final Map<String, Object> columns;
    private final LocalDate enrolled;
    private final Set<String> enrolledOn;
    private final Map<String, List<Tracked>> trackedByType;
    private final List<Tracked> trackers;
    private final int namesakes;
    private final ProgramMetadata people;
    /** The same patient as a person of the configured program's type; null for that one itself. */
    private final Patient asConfigured;

    private Filled attributes;
    private List<Enrolling> enrolling = List.of();
    private List<String> events = List.of();
    private boolean deferred;
    private String rejection;
    private final List<TrackedEntity> hits = new ArrayList<>();
    private TrackedEntity inDhis2;
    private boolean identifierWasAnothers;
    private final Set<String> shown = new HashSet<>();
    private Tracked before;
    private TrackedEntityToSend trackedEntity;
    private final Map<String, EnrolmentToSend> enrolments = new LinkedHashMap<>();
    private boolean trackedEntityStored;
    private final Set<String> enrolmentsStored = new HashSet<>();
    private final Map<String, String> rejections = new HashMap<>();
    private final List<String> notes = new ArrayList<>();

    private Patient(String id, Map<String, Object> columns, LocalDate enrolled, Set<String> enrolledOn, Map<String, List<Tracked>> trackedByType,
                    int namesakes, ProgramMetadata people, Patient asConfigured) {
        this.id = id;
        this.columns = columns;
        this.enrolled = enrolled;
        this.enrolledOn = enrolledOn;
        this.trackedByType = trackedByType;
        // what is no UID cannot be asked for, so the patient is looked up anew
        this.trackers = trackedByType.getOrDefault(people.trackedEntityType(), List.of()).stream()
                .filter(tracked -> ComputedUid.wellFormed(tracked.trackedEntity())).toList();
        this.namesakes = namesakes;
        this.people = people;
        this.asConfigured = asConfigured;
    }

    /**
     * Reads a row of {@code routes/sql/read-patients.sql}: the patient as a person of the configured program's tracked entity type.
     *
     * @param row {@code patient_id} as in events_to_sync, {@code patient} the row of table patient as JSON, or null,
     *     {@code enrolled} the oldest date of an enrolment, {@code enrolments} a JSON list of all such dates, {@code trackers} one of
     *     what the trackers hold, newest first, {@code other_trackers} such lists by other tracked entity types, {@code namesakes} how many other patients have the same identifier
     * @param people what the programs of the type know of people
     */
    public static Patient read(Map<String, Object> row, ProgramMetadata people) {
        Date enrolled = (Date) row.get("enrolled");
        Number namesakes = (Number) row.get("namesakes");
        Map<String, List<Tracked>> tracked = new HashMap<>();
        if (row.get("other_trackers") != null) {
            tracked.putAll(JsonValue.read(row.get("other_trackers"), new TypeReference<Map<String, List<Tracked>>>() { }));
        }
        if (row.get("trackers") != null) {
            // where dhis2.program was changed, people of its type may stand in our own table too
            tracked.merge(people.trackedEntityType(), JsonValue.read(row.get("trackers"), new TypeReference<List<Tracked>>() { }),
                    (own, contracts) -> Stream.concat(contracts.stream(), own.stream()).toList());
        }
        return new Patient((String) row.get("patient_id"),
                JsonValue.read(row.get("patient"), new TypeReference<LinkedHashMap<String, Object>>() { }),
                enrolled == null ? null : DateText.day(enrolled),
                row.get("enrolments") == null ? Set.of() : JsonValue.read(row.get("enrolments"), new TypeReference<Set<String>>() { }), tracked,
                namesakes == null ? 0 : namesakes.intValue(), people, null);
    }

    /**
     * The same patient as a person of another tracked entity type.
     *
     * @param others what the programs of the type know of people
     */
    public Patient as(ProgramMetadata others) {
        return new Patient(id, columns, enrolled, enrolledOn, trackedByType, namesakes, others, this);
    }

    /** The text by which events_to_sync names the patient. */
    public String id() {
        return id;
    }

    /** What the programs of the patient's tracked entity type know of people. */
    public ProgramMetadata people() {
        return people;
    }

    /** Whether the patient is of another tracked entity type than the configured program's. */
    public boolean ofOtherType() {
        return asConfigured != null;
    }

    /** Whether the trackers know the patient as a person of another tracked entity type than this. */
    public boolean trackedOtherwise() {
        return trackedByType.entrySet().stream().anyMatch(type -> !type.getKey().equals(people.trackedEntityType()) && !type.getValue().isEmpty());
    }

    /** Whether table patient has this patient. */
    public boolean known() {
        return columns != null;
    }

    /** The row of table patient; times as {@code yyyy-MM-ddTHH:mm:ss}. */
    public Map<String, Object> columns() {
        return columns;
    }

    /** The patient's identifier in the clinic, by which the trackers know them; null where it is missing. */
    public String identifier() {
        String identifier = text("patient_identifier");
        return identifier.isBlank() ? null : identifier;
    }

    /** The UID of the patient as a new person: that of the identifier, unless another patient stands in DHIS2 under it. */
    String computedUid(Site site) {
        String uid = ofOtherType() ? ComputedUid.ofTrackedEntity(site.id(), identifier(), people.trackedEntityType())
                : ComputedUid.ofTrackedEntity(site.id(), identifier());
        return identifierWasAnothers ? ComputedUid.ofAnotherTrackedEntity(uid, id) : uid;
    }

    /** The UID of the org unit where the patient belongs: the clinic's for the patient, else the site's. */
    String ownOrgUnit(Site site) {
        return text("org_unit").isBlank() ? site.orgUnit() : text("org_unit");
    }

    /** Says that somebody else had the identifier before, and stands in DHIS2 under its UID. */
    void identifierWasAnothers() {
        identifierWasAnothers = true;
    }

    /** The text of a column; empty where it is NULL or does not exist. */
    public String text(String column) {
        Object value = columns == null ? null : columns.get(column);
        return value instanceof BigDecimal number ? number.toPlainString() : Objects.toString(value, "");
    }

    /** The day of a new enrolment: the oldest that the clinic holds of one, over all programs, else that of the registration; null where it has neither. */
    public LocalDate enrolled() {
        return enrolled == null ? date(text("date_created")) : enrolled;
    }

    /** Whether a new enrolment may once have got this day ({@code yyyy-MM-dd}), by what the clinic holds of enrolments and the registration. */
    public boolean mayBeEnrolledOn(String day) {
        return day.equals(String.valueOf(enrolled)) || enrolledOn.contains(day) || day.equals(String.valueOf(date(text("date_created"))));
    }

    private static LocalDate date(String text) {
        try {
            LocalDate day = text.length() < 10 ? null : LocalDate.parse(text.substring(0, 10));
            return day != null && text.endsWith(" BC") ? day.withYear(1 - day.getYear()) : day;
        } catch (DateTimeParseException noDate) {
            return null;
        }
    }

    /** What the trackers hold, newest first. */
    public List<Tracked> trackers() {
        return trackers;
    }

    /**
     * What the trackers hold of those who may be this person. The contract's have no type: where {@code dhis2.program} was changed to a
     * program of another one, people of the type of before stand there.
     */
    public List<Tracked> candidates() {
        return trackers.isEmpty() && asConfigured != null ? asConfigured.trackers : trackers;
    }

    /** Whether somebody in DHIS2 is there and of the patient's tracked entity type. */
    boolean mayBe(TrackedEntity person) {
        return person != null && (person.type() == null || person.type().equals(people.trackedEntityType()));
    }

    /** How many other patients have the same identifier. */
    public int namesakes() {
        return namesakes;
    }

    /** What the patient mapping makes of the columns. */
    public Filled attributes() {
        return attributes;
    }

    /** Says which events of the batch are the patient's: the UIDs the trackers know, and the programs they are in. */
    public void has(List<String> trackedEvents, List<Enrolling> programs) {
        this.events = trackedEvents;
        this.enrolling = programs;
        Filled first = programs.get(0).attributes();
        this.attributes = new Filled(first.values(), first.notes(),
                programs.stream().flatMap(in -> in.attributes().found().stream()).distinct().toList());
    }

    /** UIDs of the patient's events in this batch that were sent before. */
    List<String> trackedEvents() {
        return events;
    }

    /** The programs in which the patient has events in this batch. */
    public List<Enrolling> enrolling() {
        return enrolling;
    }

    /** Leaves the patient to a later batch of the run: nothing is counted against the events. */
    public void defer() {
        deferred = true;
    }

    public boolean deferred() {
        return deferred;
    }

    /** Rejects every event of the patient in this batch. */
    public void reject(String reason) {
        if (rejection == null) {
            rejection = reason;
        }
    }

    /** Rejects the patient's events of one program; the whole patient when no other is left. */
    void reject(ProgramMetadata program, String reason) {
        rejections.putIfAbsent(program.id(), reason);
        if (rejections.size() == enrolling.size()) {
            reject(reason);
        }
    }

    /** Why all events of the patient are rejected, or null. */
    public String rejection() {
        return rejection;
    }

    /** Why the patient's events of a program are rejected, or null. */
    public String rejection(ProgramMetadata program) {
        return program == null ? rejection : rejections.getOrDefault(program.id(), rejection);
    }

    /** Whether the patient is still to be placed in DHIS2. */
    public boolean open() {
        return !deferred && rejection == null;
    }

    /** What a search brought for the patient. */
    public List<TrackedEntity> hits() {
        return hits;
    }

    /** The person in DHIS2 that the patient is, or null when new there. */
    public TrackedEntity inDhis2() {
        return inDhis2;
    }

    public void is(TrackedEntity person) {
        inDhis2 = person;
    }

    /** Says that DHIS2 shows somebody of that UID, who may be of another tracked entity type than the patient. */
    void isShown(String uid) {
        shown.add(uid);
    }

    /** Whether DHIS2 showed somebody of that UID when it was asked for those whom the trackers have. */
    boolean shown(String uid) {
        return shown.contains(uid);
    }

    /** What the trackers know of the person found, be it under an identifier that the patient had before; null where nothing. */
    public Tracked before() {
        return before;
    }

    void wasTracked(Tracked person) {
        before = person;
    }

    /** What the trackers know of the person in DHIS2 whom the patient is, under whatever identifier. */
    public Optional<Tracked> tracked() {
        return trackers.stream().filter(tracked -> tracked.trackedEntity().equals(inDhis2.uid())).findFirst().or(() -> Optional.ofNullable(before));
    }

    /**
     * The enrolment that stands in the trackers where that in the configured program belongs, and is in another: {@code dhis2.program}
     * was changed since.
     */
    public Optional<TrackedEntity.Enrolment> formerlyConfigured(ProgramMetadata configured) {
        return inDhis2 == null ? Optional.empty() : tracked().flatMap(tracked -> inDhis2.enrolments().stream()
                .filter(enrolment -> enrolment.uid().equals(tracked.enrolment()) && !enrolment.program().equals(configured.id())).findFirst());
    }

    /** The tracked entity of the patient and what of it has to be sent, once decided. */
    public TrackedEntityToSend trackedEntity() {
        return trackedEntity;
    }

    public void place(TrackedEntityToSend decided) {
        trackedEntity = decided;
    }

    /** The enrolment of the patient in a program and what of it has to be sent; null before it is decided. */
    public EnrolmentToSend enrolment(ProgramMetadata program) {
        return enrolments.get(program.id());
    }

    public void enrol(ProgramMetadata program, EnrolmentToSend decided) {
        enrolments.put(program.id(), decided);
    }

    /** Whether the tracked entity has to be sent and is not stored yet. */
    public boolean trackedEntityWaits() {
        return trackedEntity.toSend() && !trackedEntityStored;
    }

    public void trackedEntityStored() {
        trackedEntityStored = true;
    }

    /** Whether the enrolment in a program has to be sent and is not stored yet. */
    public boolean enrolmentWaits(ProgramMetadata program) {
        return enrolment(program).send() != EnrolmentToSend.Send.NOTHING && !enrolmentsStored.contains(program.id());
    }

    public void enrolmentStored(ProgramMetadata program) {
        enrolmentsStored.add(program.id());
    }

    /** What is to be told beside an event of the patient that was synced. */
    public List<String> notes() {
        return notes;
    }
}
