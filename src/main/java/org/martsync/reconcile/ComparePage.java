package org.martsync.reconcile;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.martsync.dhis2.Attribute;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.DataElement;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.ProgramStage;
import org.martsync.dhis2.Site;
import org.martsync.dhis2.StoredPerson;
import org.martsync.dhis2.StoredPerson.StoredEnrolment;
import org.martsync.dhis2.StoredPerson.StoredEvent;
import org.martsync.dhis2.TrackedEntity;
import org.martsync.dhis2.ValueType;
import org.martsync.event.Mappings;
import org.martsync.event.PendingEvent;
import org.martsync.mapping.Mapping;
import org.martsync.mapping.SameValue;
import org.martsync.patient.FindPatients;
import org.martsync.patient.Patient;
import org.martsync.patient.TrackedEntityToSend;
import org.martsync.reconcile.Finding.Kind;
import org.martsync.reconcile.Finding.Thing;

/**
 * Finds what of a page's events, enrolments and people is not in DHIS2 as the clinic holds it.
 *
 * <p>Compared is what would be sent now. The hazards: what the clinic edited since is on its way and no finding; what a health
 * worker changed must never count as repairable, as sending again would overwrite it.
 */
final class ComparePage {

    /** What no run makes of an enrolment: somebody in DHIS2 did. */
    private static final String CANCELLED = "CANCELLED";

    private final Page page;
    private final Mappings mappings;
    private final Site site;
    private final String since;
    private final Set<String> stages;

    /** @param since {@code yyyy-MM-dd} or empty: events that are there without a row are told from that day on */
    ComparePage(Page page, Mappings mappings, Site site, String since) {
        this.page = page;
        this.mappings = mappings;
        this.site = site;
        this.since = since;
        this.stages = StreamSupport.stream(mappings.all().spliterator(), false).map(Mapping::stage).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    void compare() {
        page.versions().forEach((uid, versions) -> compareEvent(versions));
        page.patients().forEach((patient, event) -> {
            comparePerson(patient, event);
            findUnknown(patient);
        });
    }

    // ---- events

    private void compareEvent(List<PendingEvent> versions) {
        PendingEvent event = versions.get(versions.size() - 1);
        if (event.uid() == null) {
            add(event, Kind.NOT_COMPARED, null, null, null, why(event));
            return;
        }
        StoredEvent stored = page.storedOf(event.patient()).get(event.uid());
        if (stored == null) {
            stored = page.elsewhere(event.uid());
            if (stored == null) {
                versions.forEach(this::missing);
                return;
            }
            // whose identifier was corrected since, the trackers do not know: their events are where they were
            if (!stored.deleted() && !event.patient().trackers().isEmpty()) {
                add(event, Kind.MISPLACED, null, null, null, null);
                return;
            }
        }
        if (stored.deleted()) {
            add(event, Kind.DELETED, null, null, null, null);
        } else if (versions.stream().anyMatch(version -> version.payload() == null)) {
            add(event, Kind.NOT_COMPARED, null, null, null, versions.stream().map(ComparePage::why).filter(Objects::nonNull).findFirst().orElse(null));
        } else {
            compareEvent(event, versions, stored);
        }
    }

    private void missing(PendingEvent event) {
        String hindrance = event.payload() == null ? why(event)
                : page.deleted(event.patient()) ? "the person was deleted in DHIS2"
                : enrolmentDeleted(event) ? "the enrolment was deleted in DHIS2" : page.notToBeMade(event.patient());
        page.add(new Finding(Thing.EVENT, Kind.MISSING, event.id(), event.uid(), null, null, null, hindrance, hindrance == null));
    }

    private static String why(PendingEvent event) {
        return event.rejection() != null ? event.rejection() : event.waitsFor() != null ? event.waitsFor()
                : event.payload() == null ? "another patient of this page is the same person in DHIS2" : null;
    }

    private void compareEvent(PendingEvent event, List<PendingEvent> versions, StoredEvent stored) {
        Map<String, Object> ours = event.payload();
        differ(event, "status", String.valueOf(ours.get("status")), stored.status());
        differ(event, "org unit", String.valueOf(ours.get("orgUnit")), stored.orgUnit());
        differ(event, "date", String.valueOf(ours.get("occurredAt")), stored.day());
        ProgramStage stage = event.program().stages().get(stored.stage());
        values(versions).forEach((id, value) -> {
            DataElement element = stage == null ? null : stage.dataElements().get(id);
            String there = stored.values().get(id);
            if (!SameValue.of(value, there, element == null ? ValueType.TEXT : element.type(), element == null ? null : element.options())) {
                add(event, Kind.CHANGED, element == null ? id : element.label(), value, there == null ? "" : there, null);
            }
        });
    }

    /** Of several versions that went one after the other each value as the latest has it: what is left out of one stays. */
    private static Map<String, String> values(List<PendingEvent> versions) {
        Map<String, String> values = new LinkedHashMap<>();
        for (PendingEvent version : versions) {
            if (version.payload().get("dataValues") instanceof List<?> list) {
                for (Object one : list) {
                    if (one instanceof Map<?, ?> pair) {
                        values.put(String.valueOf(pair.get("dataElement")), Objects.toString(pair.get("value"), ""));
                    }
                }
            }
        }
        return values;
    }

    private void differ(PendingEvent event, String field, String ours, String theirs) {
        if (!ours.equals(theirs)) {
            add(event, Kind.CHANGED, field, ours, theirs, null);
        }
    }

    private void add(PendingEvent event, Kind kind, String field, String ours, String theirs, String reason) {
        page.add(new Finding(Thing.EVENT, kind, event.id(), event.uid(), field, ours, theirs, reason, false));
    }

    // ---- people

    private void comparePerson(Patient patient, PendingEvent event) {
        if (patient.trackers().isEmpty()) {
            return;
        }
        StoredPerson person = page.personOf(patient);
        if (person == null) {
            page.add(new Finding(Thing.PERSON, page.deleted(patient) ? Kind.DELETED : Kind.MISSING, event.id(), patient.trackers().get(0).trackedEntity(),
                    null, null, null, page.notToBeMade(patient), false));
            return;
        }
        compareEnrolments(patient, event, person);
        compareDetails(patient, event, person);
        findNamesakes(patient, event, person);
    }

    private static Optional<Patient.Tracked> trackersOf(Patient patient, StoredPerson person) {
        return patient.trackers().stream().filter(tracked -> tracked.trackedEntity().equals(person.uid())).findFirst();
    }

    /** The enrolments in a program that the trackers hold, and that DHIS2 shows. */
    private static List<StoredEnrolment> held(Patient.Tracked tracked, StoredPerson person, ProgramMetadata in) {
        return person.enrolments().stream().filter(enrolment -> enrolment.program().equals(in.id()) && tracked.holds(enrolment.uid())).toList();
    }

    /** Whether the enrolment of an event's patient in its program was deleted. */
    private boolean enrolmentDeleted(PendingEvent event) {
        StoredPerson person = page.personOf(event.patient());
        List<StoredEnrolment> held = person == null ? List.of()
                : trackersOf(event.patient(), person).map(tracked -> held(tracked, person, event.program())).orElse(List.of());
        return !held.isEmpty() && held.stream().allMatch(StoredEnrolment::deleted);
    }

    /**
     * Only in programs where events of theirs arrived: where {@code dhis2.program} was changed, the trackers hold an enrolment in the
     * program of before until then.
     */
    private void compareEnrolments(Patient patient, PendingEvent event, StoredPerson person) {
        Patient.Tracked tracked = trackersOf(patient, person).orElse(null);
        if (tracked == null) {
            return;
        }
        for (Patient.Enrolling in : patient.enrolling()) {
            String uid = tracked.other(in.program()) == null ? tracked.enrolment(in) : tracked.other(in.program());
            List<StoredEnrolment> held = held(tracked, person, in.program());
            if (uid != null && held.stream().allMatch(StoredEnrolment::deleted) && page.arrived(patient, in.program())) {
                add(Thing.ENROLMENT, held.isEmpty() ? Kind.MISSING : Kind.DELETED, event, uid, null, null, null);
            }
            held.stream().filter(enrolment -> !enrolment.deleted() && enrolment.status().equals(CANCELLED) && hasOneOf(enrolment, page.known(patient)))
                    .forEach(enrolment -> add(Thing.ENROLMENT, Kind.CHANGED, event, enrolment.uid(), "status", null, CANCELLED));
            held.stream().filter(enrolment -> !enrolment.deleted() && madeHere(enrolment, person)).forEach(enrolment -> compareOwn(patient, in, event, enrolment));
        }
    }

    /** Only what was made here has a UID that is computed, from the person or from an enrolment that was deleted. */
    private boolean madeHere(StoredEnrolment enrolment, StoredPerson person) {
        return enrolment.uid().equals(ComputedUid.ofEnrolment(site.id(), person.uid(), enrolment.program()))
                || person.enrolments().stream().anyMatch(other -> other.deleted() && enrolment.uid().equals(ComputedUid.after(other.uid())));
    }

    /**
     * What an enrolment was made with is not kept, and what the clinic got to know since did not go. So only a date and an org unit are
     * told with which no run would have made it; the date of an event is one that was taken while the clinic held none.
     */
    private void compareOwn(Patient patient, Patient.Enrolling in, PendingEvent event, StoredEnrolment enrolment) {
        LocalDate enrolled = patient.enrolled();
        boolean byAnEvent = enrolment.events().stream().anyMatch(one -> one.day().equals(enrolment.day()));
        if (enrolled != null && !byAnEvent && !patient.mayBeEnrolledOn(enrolment.day())) {
            add(Thing.ENROLMENT, Kind.CHANGED, event, enrolment.uid(), "enrolment date", enrolled.toString(), enrolment.day());
        }
        if (!enrolment.orgUnit().equals(site.orgUnit()) && !orgUnits(in).contains(enrolment.orgUnit())) {
            add(Thing.ENROLMENT, Kind.CHANGED, event, enrolment.uid(), "org unit", in.orgUnit() == null ? site.orgUnit() : in.orgUnit(), enrolment.orgUnit());
        }
    }

    /** Where mappings whose events go to a program would enrol. */
    private Set<String> orgUnits(Patient.Enrolling in) {
        return StreamSupport.stream(mappings.all().spliterator(), false)
                .filter(mapping -> mapping.program() == null ? in.configured() : mapping.program().equals(in.program().id()))
                .map(Mapping::orgUnit).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    private static boolean hasOneOf(StoredEnrolment enrolment, Set<String> events) {
        return enrolment.events().stream().anyMatch(event -> !event.deleted() && events.contains(event.uid()));
    }

    /**
     * Only what was sent as it is now: what the clinic changed since goes with the patient's next event. An attribute that is empty
     * here says nothing, as it is not cleared in DHIS2 the first time. The org unit likewise only where it was sent: whom a search
     * found keeps the one that DHIS2 had.
     */
    private void compareDetails(Patient patient, PendingEvent event, StoredPerson person) {
        TrackedEntityToSend sent = patient.trackedEntity();
        if (sent == null || sent.toSend() && sent.movedFrom() == null || !patient.attributes().problems().isEmpty()) {
            return;
        }
        if (sent.movedFrom() != null) {
            add(Thing.PERSON, Kind.CHANGED, event, person.uid(), "org unit", sent.movedFrom(), person.orgUnit());
        }
        patient.attributes().values().forEach((id, value) -> {
            Attribute attribute = patient.people().attributes().get(id);
            String there = person.attributes().get(id);
            if (!value.isBlank() && attribute != null && !SameValue.of(value, there, attribute.type(), attribute.options())) {
                add(Thing.PERSON, Kind.CHANGED, event, person.uid(), attribute.label(), value, there == null ? "" : there);
            }
        });
    }

    private void findNamesakes(Patient patient, PendingEvent event, StoredPerson person) {
        List<Map<String, String>> own = ownValues(patient, page.batch().patientMapping());
        page.namesakes(patient).stream().filter(hit -> !hit.uid().equals(person.uid()) && own.stream().anyMatch(values -> hasAll(hit, values)))
                .map(TrackedEntity::uid).distinct().forEach(uid -> add(Thing.PERSON, Kind.DUPLICATED, event, person.uid(), null, null, uid));
    }

    /** DHIS2 ignores case, and so does this. */
    private static boolean hasAll(TrackedEntity hit, Map<String, String> values) {
        return values.entrySet().stream().allMatch(value -> value.getValue().equalsIgnoreCase(hit.attributes().getOrDefault(value.getKey(), "")));
    }

    /**
     * What nobody else should have of the values that a patient is searched by: each of an attribute that is unique in DHIS2 for
     * itself, else all of them together.
     */
    static List<Map<String, String>> ownValues(Patient patient, Mapping mapping) {
        Map<String, String> searched = FindPatients.searchedBy(patient, mapping);
        List<Map<String, String>> unique = searched.entrySet().stream().filter(value -> patient.people().attributes().get(value.getKey()).unique())
                .map(value -> Map.of(value.getKey(), value.getValue())).toList();
        return !unique.isEmpty() ? unique : searched.isEmpty() ? List.of() : List.of(searched);
    }

    private void add(Thing thing, Kind kind, PendingEvent event, String uid, String field, String ours, String theirs) {
        page.add(new Finding(thing, kind, event.id(), uid, field, ours, theirs, null, false));
    }

    // ---- what is there and not from here

    private void findUnknown(Patient patient) {
        StoredPerson person = page.personOf(patient);
        if (person == null) {
            return;
        }
        Set<String> known = page.known(patient);
        for (StoredEnrolment enrolment : person.enrolments()) {
            if (enrolment.deleted()) {
                continue;
            }
            for (StoredEvent event : enrolment.events()) {
                if (!event.deleted() && !known.contains(event.uid()) && stages.contains(event.stage()) && event.day().compareTo(since) >= 0) {
                    unknown(patient, enrolment, event, known);
                }
            }
        }
    }

    private void unknown(Patient patient, StoredEnrolment enrolment, StoredEvent event, Set<String> known) {
        Set<String> twins = enrolment.events().stream()
                .filter(other -> !other.deleted() && known.contains(other.uid()) && other.stage().equals(event.stage()) && other.day().equals(event.day()))
                .map(StoredEvent::uid).collect(Collectors.toSet());
        PendingEvent twin = page.batch().events().stream().filter(one -> one.patient() == patient && twins.contains(one.uid())).findFirst().orElse(null);
        ProgramStage stage = page.programs().values().stream().map(one -> one.stages().get(event.stage())).filter(Objects::nonNull).findFirst().orElse(null);
        page.add(new Finding(Thing.EVENT, twin == null ? Kind.UNKNOWN : Kind.DUPLICATED, twin == null ? null : twin.id(), event.uid(), null, null,
                (stage == null ? event.stage() : stage.label()) + " of " + event.day(), null, false));
    }
}
