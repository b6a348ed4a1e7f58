package org.martsync.patient;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.TrackedEntity;
import org.martsync.mapping.Filled;

/**
 * A patient of a batch: what the clinic holds of them, and what was decided of their place in DHIS2.
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
     */
    public record Tracked(String trackedEntity, String enrolment, String sent, String alsoOf) {
    }

    /** A double would lose the digits of a number behind the fifteenth. */
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final String id;
    private final Map<String, Object> columns;
    private final LocalDate enrolled;
    private final List<Tracked> trackers;
    private final int namesakes;

    private Filled attributes;
    private boolean reopens;
    private List<String> events = List.of();
    private boolean deferred;
    private String rejection;
    private final List<TrackedEntity> hits = new ArrayList<>();
    private TrackedEntity inDhis2;
    private Tracked before;
    private TrackedEntityToSend trackedEntity;
    private EnrolmentToSend enrolment;
    private boolean trackedEntityStored;
    private boolean enrolmentStored;
    private final List<String> notes = new ArrayList<>();

    private Patient(String id, Map<String, Object> columns, LocalDate enrolled, List<Tracked> trackers, int namesakes) {
        this.id = id;
        this.columns = columns;
        this.enrolled = enrolled;
        // what is no UID cannot be asked for, so the patient is looked up anew
        this.trackers = trackers == null ? List.of()
                : trackers.stream().filter(tracked -> ComputedUid.wellFormed(tracked.trackedEntity())).toList();
        this.namesakes = namesakes;
    }

    /**
     * Reads a row of {@code routes/sql/read-patients.sql}.
     *
     * @param row {@code patient_id} as in events_to_sync, {@code patient} the row of table patient as JSON, or null,
     *     {@code enrolled} the oldest date of an enrolment, {@code trackers} a JSON list, newest first,
     *     {@code namesakes} how many other patients have the same identifier
     */
    public static Patient read(Map<String, Object> row) {
        Date enrolled = (Date) row.get("enrolled");
        Number namesakes = (Number) row.get("namesakes");
        return new Patient((String) row.get("patient_id"),
                json((String) row.get("patient"), new TypeReference<LinkedHashMap<String, Object>>() { }),
                enrolled == null ? null : enrolled.toLocalDate(),
                json((String) row.get("trackers"), new TypeReference<List<Tracked>>() { }),
                namesakes == null ? 0 : namesakes.intValue());
    }

    private static <T> T json(String text, TypeReference<T> type) {
        try {
            return text == null ? null : JSON.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL writes JSON that can be read", e);
        }
    }

    /** The text by which events_to_sync names the patient. */
    public String id() {
        return id;
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

    /** The text of a column; empty where it is NULL or does not exist. */
    public String text(String column) {
        Object value = columns == null ? null : columns.get(column);
        return value instanceof BigDecimal number ? number.toPlainString() : Objects.toString(value, "");
    }

    /** The oldest date of enrolment that the clinic holds, over all programs, or null. */
    public LocalDate enrolled() {
        return enrolled;
    }

    /** What the trackers hold, newest first. */
    public List<Tracked> trackers() {
        return trackers;
    }

    /** How many other patients have the same identifier. */
    public int namesakes() {
        return namesakes;
    }

    /** What the patient mapping makes of the columns. */
    public Filled attributes() {
        return attributes;
    }

    public void describe(Filled filled) {
        attributes = filled;
    }

    /** Says which events of the batch are the patient's: the UIDs the trackers know, and whether one may reopen an enrolment. */
    public void has(List<String> trackedEvents, boolean reopens) {
        this.events = trackedEvents;
        this.reopens = reopens;
    }

    /** UIDs of the patient's events in this batch that were sent before. */
    public List<String> trackedEvents() {
        return events;
    }

    /** Whether a completed enrolment may be opened again for the events of this batch. */
    public boolean reopens() {
        return reopens;
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

    /** Why all events of the patient are rejected, or null. */
    public String rejection() {
        return rejection;
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

    /** What the trackers know of the person found, under an identifier that the patient had before; null where nothing. */
    public Tracked before() {
        return before;
    }

    public void wasTracked(Tracked person) {
        before = person;
    }

    /** The tracked entity of the patient and what of it has to be sent, once decided. */
    public TrackedEntityToSend trackedEntity() {
        return trackedEntity;
    }

    public void place(TrackedEntityToSend decided) {
        trackedEntity = decided;
    }

    /** The enrolment of the patient and what of it has to be sent, once decided. */
    public EnrolmentToSend enrolment() {
        return enrolment;
    }

    public void enrol(EnrolmentToSend decided) {
        enrolment = decided;
    }

    /** Whether the tracked entity has to be sent and is not stored yet. */
    public boolean trackedEntityWaits() {
        return trackedEntity.toSend() && !trackedEntityStored;
    }

    public void trackedEntityStored() {
        trackedEntityStored = true;
    }

    /** Whether the enrolment has to be sent and is not stored yet. */
    public boolean enrolmentWaits() {
        return enrolment.send() != EnrolmentToSend.Send.NOTHING && !enrolmentStored;
    }

    public void enrolmentStored() {
        enrolmentStored = true;
    }

    /** What is to be told beside an event of the patient that was synced. */
    public List<String> notes() {
        return notes;
    }
}
