package org.martsync.event;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.martsync.database.JsonValue;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.mapping.DateText;
import org.martsync.mapping.Mapping;
import org.martsync.patient.Patient;

/**
 * One row of events_to_sync on its way: what the clinic holds of it, what it becomes in DHIS2, and how it ends.
 *
 * <p>Ends as stored, as rejected with a reason, or as neither, which leaves it waiting. Lives for one batch in one
 * thread.
 */
public final class PendingEvent {

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,9}");

    private final int id;
    private final String version;
    private final String patientId;
    private final String mappingName;
    private final String encounterId;
    private final Integer encounter;
    private final String username;
    private final boolean encounterKnown;
    private final String otherPatient;
    private final String orgUnit;
    private final String orgUnitCode;
    private final LocalDate encounterDate;
    private final Map<String, String> trackedByStage;
    private final boolean firstTry;

    private Patient patient;
    private Mapping mapping;
    private ProgramMetadata program;
    private String uid;
    private Map<String, Object> payload;
    private boolean stored;
    private String rejection;
    private String waitsFor;
    private final List<String> notes = new ArrayList<>();

    private PendingEvent(Map<String, Object> row) {
        id = ((Number) row.get("id")).intValue();
        version = (String) row.get("version");
        patientId = (String) row.get("patient_id");
        mappingName = (String) row.get("program_id");
        encounterId = (String) row.get("encounter_id");
        encounter = number(encounterId);
        username = (String) row.get("username");
        encounterKnown = Boolean.TRUE.equals(row.get("encounter_known"));
        otherPatient = (String) row.get("other_patient");
        orgUnit = (String) row.get("org_unit");
        orgUnitCode = (String) row.get("org_unit_code");
        Timestamp date = (Timestamp) row.get("encounter_date");
        encounterDate = date == null ? null : DateText.day(date);
        trackedByStage = row.get("tracked") == null ? new HashMap<>() : JsonValue.read(row.get("tracked"), new TypeReference<>() { });
        firstTry = Boolean.TRUE.equals(row.get("first_try"));
    }

    /** Reads a row of {@code routes/sql/read-events.sql}. */
    public static PendingEvent read(Map<String, Object> row) {
        return new PendingEvent(row);
    }

    /** {@code events_to_sync.id}. */
    public int id() {
        return id;
    }

    /** {@code xmin} of the row as it was read: with another one the row was edited meanwhile. */
    public String version() {
        return version;
    }

    public String patientId() {
        return patientId;
    }

    public String mappingName() {
        return mappingName;
    }

    public String encounterId() {
        return encounterId;
    }

    public String username() {
        return username;
    }

    /** Whether table encounter has the encounter. */
    boolean encounterKnown() {
        return encounterKnown;
    }

    /** The patient whom table encounter names for the encounter, where that is not the event's; else null. */
    String otherPatient() {
        return otherPatient;
    }

    /** UID of the encounter's org unit as its tracker has it, be it one or not; null where its code is in no tracker, or has none there. */
    public String orgUnit() {
        return orgUnit;
    }

    /** The code of the encounter's org unit, or null. */
    public String orgUnitCode() {
        return orgUnitCode;
    }

    /** When the encounter was recorded, or null. */
    LocalDate encounterDate() {
        return encounterDate;
    }

    /** Whether it was never rejected before. */
    public boolean firstTry() {
        return firstTry;
    }

    /** The encounter as a number, or null where the text is none. */
    public Integer encounter() {
        return encounter;
    }

    static Integer number(String text) {
        if (text == null || !NUMBER.matcher(text).matches()) {
            return null;
        }
        long number = Long.parseLong(text);
        return number > Integer.MAX_VALUE ? null : (int) number;
    }

    /** Ties the event to its patient, mapping, program and name in DHIS2. */
    void is(Patient patient, Mapping mapping, ProgramMetadata program, String uid) {
        this.patient = patient;
        this.mapping = mapping;
        this.program = program;
        this.uid = uid;
    }

    /** The UID under which the tracker knows the encounter in a program stage, or null; what is no UID is passed over. */
    public String trackedUid(String stage) {
        String tracked = trackedByStage.get(stage);
        return ComputedUid.wellFormed(tracked) ? tracked : null;
    }

    /** The patient, or null where the event names none. */
    public Patient patient() {
        return patient;
    }

    /** The mapping, or null where the event names none that can be used. */
    public Mapping mapping() {
        return mapping;
    }

    /** The program of the mapping, or null where there is none that can be used. */
    public ProgramMetadata program() {
        return program;
    }

    /** The event's UID in DHIS2, tracked or computed. */
    public String uid() {
        return uid;
    }

    /** The DHIS2 event as it will be sent, null before it is mapped. */
    public Map<String, Object> payload() {
        return payload;
    }

    public void send(Map<String, Object> payload) {
        this.payload = payload;
    }

    /** Ends the event as rejected; the first reason stays. */
    public void reject(String reason) {
        if (rejection == null) {
            rejection = reason;
        }
    }

    /** Leaves the event to a later run, as if it had not been met in this one. */
    void leave(String waitsFor) {
        this.waitsFor = waitsFor;
    }

    /** Why the event is left to a later run, or null where it is not. */
    public String waitsFor() {
        return waitsFor;
    }

    /** Ends the event as stored in DHIS2. */
    public void store() {
        stored = true;
    }

    public boolean stored() {
        return stored;
    }

    /** Why the event is rejected: its own reason or its patient's; null when it is not. */
    public String rejection() {
        return rejection != null || patient == null ? rejection : patient.rejection(program);
    }

    public boolean rejected() {
        return rejection() != null;
    }

    /** Whether the event is on its way still: not rejected, nor left to a later run, nor its patient to a later batch. */
    public boolean open() {
        return !rejected() && !stored && waitsFor == null && (patient == null || !patient.deferred());
    }

    /** What is to be told beside an event that was synced. */
    public List<String> notes() {
        return notes;
    }
}
