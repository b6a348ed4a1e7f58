package org.martsync.event;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.Site;
import org.martsync.mapping.FillAttributes;
import org.martsync.mapping.Filled;
import org.martsync.mapping.Mapping;
import org.martsync.patient.Patient;

/**
 * All pending events of some patients: what is read, sent and settled together, in one transaction.
 *
 * <p>Lives in one thread, from the claim to the settling.
 */
public final class Batch {

    private final List<PendingEvent> events;
    private final List<Patient> patients;
    private final Programs programs;
    private final Mapping patientMapping;
    private Catalogue catalogue = Catalogue.read(List.of());
    private final Map<String, Map<Integer, List<Map<String, Object>>>> formRows = new HashMap<>();
    private long request;
    private boolean answered;

    private Batch(List<PendingEvent> events, List<Patient> patients, Programs programs, Mapping patientMapping) {
        this.events = events;
        this.patients = patients;
        this.programs = programs;
        this.patientMapping = patientMapping;
    }

    /**
     * Puts a batch together and rejects what is broken in a row, each with its own sentence.
     *
     * @param eventRows rows of {@code routes/sql/read-events.sql}
     * @param patientRows rows of {@code routes/sql/read-patients.sql}
     * @param mappings the mappings of the clinic
     * @param programs that the mappings go to
     * @param site whose name goes into computed UIDs
     */
    public static Batch of(List<Map<String, Object>> eventRows, List<Map<String, Object>> patientRows, Mappings mappings,
                           Programs programs, Site site) {
        Batch batch = read(eventRows, patientRows, mappings, programs, site);
        batch.describePatients();
        return batch;
    }

    /**
     * Puts a batch together that broke on its way before: every event is rejected, and nobody is looked up or sent.
     *
     * @param reason for the events that have none of their own
     */
    public static Batch givenUp(List<Map<String, Object>> eventRows, List<Map<String, Object>> patientRows, Mappings mappings,
                                Programs programs, Site site, String reason) {
        Batch batch = read(eventRows, patientRows, mappings, programs, site);
        batch.rejectAll(reason);
        batch.patients.clear();
        return batch;
    }

    private static Batch read(List<Map<String, Object>> eventRows, List<Map<String, Object>> patientRows, Mappings mappings,
                              Programs programs, Site site) {
        Map<String, ProgramMetadata> types = programs.types();
        ProgramMetadata configured = types.get(programs.main().trackedEntityType());
        Map<String, Patient> patients = new LinkedHashMap<>();
        Map<List<String>, Patient> ofOtherTypes = new LinkedHashMap<>();
        for (Map<String, Object> row : patientRows) {
            Patient patient = Patient.read(row, configured);
            patients.put(patient.id(), patient);
        }
        List<PendingEvent> events = new ArrayList<>();
        for (Map<String, Object> row : eventRows) {
            PendingEvent event = PendingEvent.read(row);
            Patient patient = event.patientId() == null ? null : patients.get(event.patientId());
            String problem = CheckEvent.problem(event, patient, mappings);
            Mapping mapping = problem == null ? mappings.get(event.mappingName()) : null;
            String uid = null;
            if (mapping != null) {
                String tracked = event.trackedUid(mapping.stage());
                uid = tracked != null ? tracked : ComputedUid.ofEvent(site.id(), event.encounterId(), mapping.stage());
            }
            ProgramMetadata program = mapping == null ? null : programs.named(mapping.program());
            if (program != null && !program.hasSamePeopleAs(configured)) {
                Patient asConfigured = patient;
                String type = program.trackedEntityType();
                patient = ofOtherTypes.computeIfAbsent(List.of(patient.id(), type), key -> asConfigured.as(types.get(type)));
            }
            event.is(patient, mapping, program, uid);
            if (problem != null) {
                event.reject(problem);
            }
            events.add(event);
        }
        List<Patient> all = new ArrayList<>(patients.values());
        all.addAll(ofOtherTypes.values());
        return new Batch(events, all, programs, mappings.patient());
    }

    private void describePatients() {
        Map<Patient, List<PendingEvent>> theirs = open().stream().collect(Collectors.groupingBy(PendingEvent::patient));
        theirs.forEach((patient, own) -> {
            Map<String, List<PendingEvent>> byProgram = own.stream()
                    .collect(Collectors.groupingBy(event -> event.program().id(), LinkedHashMap::new, Collectors.toList()));
            patient.has(own.stream().map(event -> event.trackedUid(event.mapping().stage())).filter(Objects::nonNull).toList(),
                    byProgram.values().stream().map(events -> enrolling(patient, events)).toList());
        });
        patients.removeIf(patient -> !theirs.containsKey(patient));
    }

    private Patient.Enrolling enrolling(Patient patient, List<PendingEvent> events) {
        ProgramMetadata program = events.get(0).program();
        Filled filled = new FillAttributes().fill(patientMapping, programs, program, patient.columns());
        filled.values().entrySet().removeIf(one -> one.getValue().isEmpty() && programs.mayDemand(program, one.getKey()));
        return new Patient.Enrolling(program, program.id().equals(programs.main().id()), orgUnit(events),
                events.stream().anyMatch(event -> event.mapping().reopenCompleted()), filled);
    }

    /** The first that one of the mappings names; which event happens to be the oldest of the batch must not decide. */
    private static String orgUnit(List<PendingEvent> events) {
        return events.stream().map(event -> event.mapping().orgUnit()).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** All events, in the order of their ids. */
    public List<PendingEvent> events() {
        return events;
    }

    /** The events that are neither rejected nor left for later. */
    public List<PendingEvent> open() {
        return events.stream().filter(PendingEvent::open).toList();
    }

    public List<PendingEvent> rejected() {
        return events.stream().filter(PendingEvent::rejected).toList();
    }

    public List<PendingEvent> stored() {
        return events.stream().filter(PendingEvent::stored).toList();
    }

    /** How many events are left to a later batch of the run. */
    public long deferred() {
        return events.stream().filter(event -> !event.stored() && !event.rejected() && event.waitsFor() == null).count();
    }

    /** The patients who have events that can go on, once for each tracked entity type of the events' programs. */
    public Collection<Patient> patients() {
        return patients;
    }

    public Mapping patientMapping() {
        return patientMapping;
    }

    /** Rejects every event that has not ended yet, and asks nothing more of their patients: one of them may be what broke. */
    public void rejectAll(String reason) {
        events.stream().filter(Predicate.not(PendingEvent::stored)).forEach(event -> event.reject(reason));
        patients.clear();
    }

    /** Table to the encounters whose rows are needed of it. */
    Map<String, Set<Integer>> formsNeeded() {
        Map<String, Set<Integer>> needed = new TreeMap<>();
        open().forEach(event -> event.mapping().tables().forEach(table ->
                needed.computeIfAbsent(table.name(), name -> new LinkedHashSet<>()).add(event.encounter())));
        return needed;
    }

    /** Takes which of these tables and their columns can be read. */
    void takeCatalogue(Catalogue now) {
        catalogue = now;
    }

    /** Which form tables and columns could be read for this batch. */
    Catalogue catalogue() {
        return catalogue;
    }

    /** Takes the rows of a form table, the oldest first. */
    void takeForms(String table, List<Map<String, Object>> rows) {
        formRows.put(table, rows.stream().collect(Collectors.groupingBy(
                row -> ((Number) row.get(FormQuery.ENCOUNTER)).intValue())));
    }

    /** The rows that a form table has of an encounter, the oldest first. */
    public List<Map<String, Object>> forms(String table, int encounter) {
        return formRows.getOrDefault(table, Map.of()).getOrDefault(encounter, List.of());
    }

    /** Takes the number of the note that its events are on their way to DHIS2 (table sync_request). */
    void noted(long request) {
        this.request = request;
        answered = false;
    }

    /** Takes whether DHIS2 reported on the last POST of it. */
    void reported(boolean report) {
        answered = report;
    }

    /** Whether DHIS2 reported on all of it that was sent. */
    public boolean isAnswered() {
        return answered;
    }

    /** The number of the note that its events are on their way to DHIS2, or 0 where no POST of it has begun. */
    public long request() {
        return request;
    }
}
