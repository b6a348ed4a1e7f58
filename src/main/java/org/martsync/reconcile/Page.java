package org.martsync.reconcile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.StoredPerson;
import org.martsync.dhis2.StoredPerson.StoredEvent;
import org.martsync.dhis2.TrackedEntity;
import org.martsync.event.Batch;
import org.martsync.event.PendingEvent;
import org.martsync.patient.Patient;
import org.martsync.patient.PeopleSearch;
import org.martsync.reconcile.Finding.Kind;
import org.martsync.reconcile.Finding.Thing;

/** Some patients of a comparison: what the clinic holds of them, what DHIS2 holds, and what differs. Lives in one thread. */
public final class Page {

    private final String last;
    private final Map<String, Object> claim;
    private Batch batch;
    /** The events to compare, and those that are pending again. */
    private final Set<Integer> compared = new HashSet<>();
    private final Set<Integer> pending = new HashSet<>();
    private final Map<String, StoredPerson> people = new HashMap<>();
    /** Those who were not found in the program, looked for without it. */
    private final Map<String, StoredPerson> outside = new HashMap<>();
    private final Map<Patient, Map<String, StoredEvent>> storedOf = new HashMap<>();
    private final Map<Patient, String> notToBeMade = new HashMap<>();
    private final Map<String, StoredEvent> elsewhere = new HashMap<>();
    private final Map<String, List<TrackedEntity>> namesakes = new HashMap<>();
    private Set<String> unknown = new HashSet<>();
    private List<Finding> findings = new ArrayList<>();

    /** @param row of {@code routes/sql/reconcile-pages.sql} */
    Page(Map<String, Object> row) {
        claim = row;
        last = (String) row.get("last");
    }

    /** As a worker takes a claim. */
    public Map<String, Object> claim() {
        return claim;
    }

    String last() {
        return last;
    }

    int compared() {
        return compared.size();
    }

    void holds(Batch held, List<Map<String, Object>> rows) {
        batch = held;
        for (Map<String, Object> row : rows) {
            int id = ((Number) row.get("id")).intValue();
            if (Boolean.TRUE.equals(row.get("compared"))) {
                compared.add(id);
            }
            if (!Boolean.TRUE.equals(row.get("synced"))) {
                pending.add(id);
            }
        }
    }

    Batch batch() {
        return batch;
    }

    /** The programs that the page's events go to, by UID. */
    Map<String, ProgramMetadata> programs() {
        return batch.events().stream().map(PendingEvent::program).filter(Objects::nonNull)
                .collect(Collectors.toMap(ProgramMetadata::id, Function.identity(), (one, same) -> one, TreeMap::new));
    }

    /** The UIDs, by the trackers, of the people who can be in a program. */
    Collection<String> tracked(ProgramMetadata program) {
        return tracked(batch.patients().stream().filter(patient -> patient.people().hasSamePeopleAs(program)));
    }

    private static Collection<String> tracked(Stream<Patient> patients) {
        return patients.flatMap(patient -> patient.trackers().stream()).map(Patient.Tracked::trackedEntity).distinct().toList();
    }

    void found(List<StoredPerson> answer) {
        answer.forEach(person -> people.merge(person.uid(), person, StoredPerson::with));
    }

    /** Those whom DHIS2 did not show in the program. */
    Collection<String> notFound() {
        return tracked(batch.patients().stream()).stream().filter(uid -> !people.containsKey(uid)).toList();
    }

    void foundOutside(List<StoredPerson> answer) {
        answer.forEach(person -> outside.put(person.uid(), person));
    }

    /** The patients of whom DHIS2 shows nobody, nor that somebody was deleted, each with the UID that the trackers have. */
    Map<String, Patient> vanished() {
        Map<String, Patient> vanished = new LinkedHashMap<>();
        batch.patients().stream().filter(patient -> !patient.trackers().isEmpty())
                .filter(patient -> Stream.of(people, outside).flatMap(found -> theirs(patient, found)).findAny().isEmpty())
                .forEach(patient -> vanished.put(patient.trackers().get(0).trackedEntity(), patient));
        return vanished;
    }

    /** Takes why a person who has vanished cannot be made anew. */
    void notToBeMade(Patient patient, String reason) {
        notToBeMade.put(patient, reason);
    }

    /** Why a patient's person cannot be made anew, or null. */
    String notToBeMade(Patient patient) {
        return notToBeMade.get(patient);
    }

    /** Says of each patient who they are in DHIS2, as a run would see it. */
    void identify(String eventStatus) {
        for (Patient patient : batch.patients()) {
            Stream.of(people, outside).flatMap(found -> theirs(patient, found)).filter(person -> !person.deleted()).findFirst()
                    .ifPresent(person -> patient.is(person.toRun(eventStatus)));
        }
    }

    private static Stream<StoredPerson> theirs(Patient patient, Map<String, StoredPerson> found) {
        return patient.trackers().stream().map(tracked -> found.get(tracked.trackedEntity())).filter(Objects::nonNull);
    }

    /** The events that a patient's people in DHIS2 show or showed, by UID: not those that stand under a deleted enrolment (recording 207). */
    Map<String, StoredEvent> storedOf(Patient patient) {
        return storedOf.computeIfAbsent(patient, this::collect);
    }

    private Map<String, StoredEvent> collect(Patient patient) {
        Map<String, StoredEvent> stored = new HashMap<>();
        theirs(patient, people).flatMap(person -> person.enrolments().stream())
                .flatMap(enrolment -> enrolment.events().stream().filter(event -> event.deleted() || !enrolment.deleted()))
                .forEach(event -> stored.merge(event.uid(), event, (one, other) -> one.deleted() ? other : one));
        return stored;
    }

    /** UIDs of compared events that none of their patient's people has, by program. */
    Map<String, List<String>> notSeen() {
        return toCompare().filter(event -> event.uid() != null && !storedOf(event.patient()).containsKey(event.uid()))
                .collect(Collectors.groupingBy(event -> event.program().id(), Collectors.mapping(PendingEvent::uid, Collectors.toList())));
    }

    void seenElsewhere(List<StoredEvent> answer) {
        answer.forEach(event -> elsewhere.put(event.uid(), event));
    }

    StoredEvent elsewhere(String uid) {
        return elsewhere.get(uid);
    }

    void namesakes(PeopleSearch search, List<TrackedEntity> answer) {
        namesakes.computeIfAbsent(search.people().trackedEntityType(), type -> new ArrayList<>()).addAll(answer);
    }

    /** Those of a patient's tracked entity type who may have the values that the patient is searched by. */
    List<TrackedEntity> namesakes(Patient patient) {
        return namesakes.getOrDefault(patient.people().trackedEntityType(), List.of());
    }

    /** The events of this page that are compared, without those of which another version is pending and so on its way. */
    private Stream<PendingEvent> toCompare() {
        Set<String> onTheirWay = batch.events().stream().filter(event -> pending.contains(event.id())).map(PendingEvent::uid)
                .filter(Objects::nonNull).collect(Collectors.toSet());
        return batch.events().stream().filter(event -> compared.contains(event.id()) && !onTheirWay.contains(event.uid()));
    }

    /** The events to compare by UID, all versions of one together, the latest last; those without a UID each for itself. */
    Map<String, List<PendingEvent>> versions() {
        Map<String, List<PendingEvent>> versions = new LinkedHashMap<>();
        toCompare().forEach(event -> versions.computeIfAbsent(event.uid() == null ? "row " + event.id() : event.uid(), uid -> new ArrayList<>()).add(event));
        return versions;
    }

    /** The patients of whom an event is compared, each with their first one. */
    Map<Patient, PendingEvent> patients() {
        Map<Patient, PendingEvent> first = new LinkedHashMap<>();
        toCompare().filter(event -> event.patient() != null).forEach(event -> first.putIfAbsent(event.patient(), event));
        return first;
    }

    /** Whether an event of a patient that is compared went to a program. */
    boolean arrived(Patient patient, ProgramMetadata program) {
        return toCompare().anyMatch(event -> event.patient() == patient && event.program() == program);
    }

    /** Whether any of a patient's people in DHIS2 was deleted. */
    boolean deleted(Patient patient) {
        return Stream.of(people, outside).flatMap(found -> theirs(patient, found)).anyMatch(StoredPerson::deleted);
    }

    /** The person of a patient with everything DHIS2 has of them, or null. */
    StoredPerson personOf(Patient patient) {
        String uid = patient.inDhis2() == null ? null : patient.inDhis2().uid();
        return uid == null ? null : people.getOrDefault(uid, outside.get(uid));
    }

    /** The UIDs of everything that the clinic has of a patient, pending or not. */
    Set<String> known(Patient patient) {
        return batch.events().stream().filter(event -> event.patient() == patient).map(PendingEvent::uid).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    void add(Finding finding) {
        findings.add(finding);
        if (finding.thing() == Thing.EVENT && (finding.kind() == Kind.UNKNOWN || finding.kind() == Kind.DUPLICATED)) {
            unknown.add(finding.uid());
        }
    }

    List<Finding> findings() {
        return findings;
    }

    /** UIDs of events in DHIS2 of which no row is known, separated by commas. */
    public String unknown() {
        return String.join(",", unknown);
    }

    /** Takes which of {@link #unknown} came from here after all. */
    void cameFromHere(Set<String> events) {
        findings.removeIf(finding -> finding.thing() == Thing.EVENT && unknown.contains(finding.uid()) && events.contains(finding.uid())
                && (finding.kind() == Kind.UNKNOWN || finding.kind() == Kind.DUPLICATED));
        unknown = new HashSet<>();
    }

    /** The events of which something was found, with their versions. */
    Map<Integer, String> versionsOfFindings() {
        Set<Integer> ids = findings.stream().map(Finding::event).filter(Objects::nonNull).collect(Collectors.toSet());
        return batch.events().stream().filter(event -> ids.contains(event.id())).collect(Collectors.toMap(PendingEvent::id, PendingEvent::version));
    }

    /** Forgets what was found of events that were edited meanwhile. */
    void keepOnly(Set<Integer> untouched) {
        findings.removeIf(finding -> finding.event() != null && !untouched.contains(finding.event()));
    }

    /** Forgets all but what was found and how many were compared. */
    void done() {
        batch = null;
        people.clear();
        outside.clear();
        storedOf.clear();
        notToBeMade.clear();
        elsewhere.clear();
        namesakes.clear();
    }
}
