package org.martsync.check;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.Expiry;
import org.martsync.dhis2.ProgramStage;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.Site;
import org.martsync.event.AlikeEvents;
import org.martsync.event.Batch;
import org.martsync.event.EventForms;
import org.martsync.event.FormQuery;
import org.martsync.event.MapEvent;
import org.martsync.event.Mappings;
import org.martsync.event.PendingEvent;
import org.martsync.mapping.FillAttributes;
import org.martsync.mapping.FillDataValues;
import org.martsync.mapping.Filled;
import org.martsync.mapping.Mapping;
import org.martsync.mapping.Problem;
import org.martsync.patient.Patient;

/**
 * Looks at what is in the forms, by the same rules as a run: first at the pending events, which it tells the exact number of
 * that each problem holds back, then at the newest encounters of each form, for a mapping that has no events yet.
 */
public final class CheckValues {

    private final Site site;
    private final FillDataValues fillDataValues = new FillDataValues();
    private final FillAttributes fillAttributes = new FillAttributes();

    public CheckValues(Site site) {
        this.site = site;
    }

    /**
     * Takes a batch of pending events with their forms, to be found in no DHIS2 yet.
     *
     * @param groups those of its events that can be mapped
     */
    public void pending(Checkup checkup, Batch batch, Mappings mappings, Programs programs, List<AlikeEvents> groups) {
        // those of other mappings are only there for their patients' sake
        List<PendingEvent> wanted = batch.events().stream().filter(event -> checkup.ofPatients() || checkup.concerns(event.mappingName())).toList();
        checkup.lookedAt(wanted.size());
        wanted.stream().filter(event -> checkup.stops() || checkup.holdsAllOf(event.mappingName())).forEach(event -> checkup.hold(event.id()));
        wanted.stream().filter(PendingEvent::rejected).forEach(event -> unusable(checkup, event, mappings));
        if (checkup.ofPatients()) {
            batch.patients().stream().collect(Collectors.groupingBy(Patient::id, LinkedHashMap::new, Collectors.toList())).values()
                    .forEach(ofOne -> details(checkup, batch, ofOne));
            CheckPatients.uniqueInTwoTypes(batch.patientMapping(), programs).forEach((attribute, sentence) -> uniqueInTwoTypes(checkup, batch, attribute, sentence));
        }
        groups.stream().filter(group -> checkup.concerns(group.mapping())).forEach(group -> {
            group.events().forEach(forms -> values(checkup, forms));
            if (!ComputedUid.wellFormed(group.orgUnit())) {
                group.events().forEach(forms -> nowhere(checkup, forms.event()));
            }
        });
        if (checkup.ofPatients()) {
            rivals(checkup, batch);
        }
    }

    /** Whose events are all held back for something else is not sent, and takes no value from anybody. */
    private static void rivals(Checkup checkup, Batch batch) {
        Map<Patient, List<PendingEvent>> theirs = batch.open().stream().filter(event -> !checkup.held().contains(event.id()))
                .collect(Collectors.groupingBy(PendingEvent::patient));
        for (Patient patient : batch.patients()) {
            List<PendingEvent> events = theirs.getOrDefault(patient, List.of());
            if (patient.trackers().isEmpty() && !events.isEmpty() && checkup.rivals().refuse(patient.id(), patient.people().trackedEntityType(), events.size())) {
                events.forEach(event -> checkup.hold(event.id()));
            }
        }
    }

    /** The run rejects an event whose org unit is no UID ({@link org.martsync.event.CheckPayload}). */
    private static void nowhere(Checkup checkup, PendingEvent event) {
        checkup.hold(event.id());
        checkup.broken(Code.ORG_UNIT_UID_UNUSABLE, null, "Encounters have the org unit code " + event.orgUnitCode() + ", and what orgunit_tracker has beside it is "
                + (event.orgUnit().isBlank() ? "empty." : "no UID: '" + event.orgUnit() + "'."), "Correct orgunit_tracker.id: " + CheckPatients.GIVE_THE_CODE, "event " + event.id());
    }

    /**
     * By program, as the run rejects them; of whom DHIS2 knows already, details that cannot be sent hold back nothing.
     *
     * @param patients one patient of the clinic, as a person of each tracked entity type
     */
    private void details(Checkup checkup, Batch batch, List<Patient> patients) {
        Set<Problem> problems = new LinkedHashSet<>();
        Set<Integer> held = new HashSet<>();
        for (Patient patient : patients) {
            for (Patient.Enrolling in : patient.enrolling()) {
                List<Problem> these = new ArrayList<>(in.attributes().found());
                if (patient.trackers().isEmpty()) {
                    these.addAll(fillAttributes.missingForEnrolment(batch.patientMapping(), in.program(), in.attributes()));
                    if (!these.isEmpty()) {
                        batch.open().stream().filter(event -> event.patient() == patient && event.program() == in.program()).forEach(event -> held.add(event.id()));
                    }
                }
                problems.addAll(these);
            }
        }
        held.forEach(checkup::hold);
        checkup.tally(batch.patientMapping()).count(Map.of("patient", List.of(patients.get(0).columns())), problems, held.size(), "patient " + patients.get(0).id());
    }

    /** Of whom DHIS2 knows under one tracked entity type, or is told first, no unique value is taken a second time under another. */
    private static void uniqueInTwoTypes(Checkup checkup, Batch batch, String attribute, String sentence) {
        Map<String, Patient> first = new HashMap<>();
        for (PendingEvent event : batch.open()) {
            Patient patient = event.patient();
            if (!patient.attributes().values().getOrDefault(attribute, "").isEmpty()) {
                boolean taken = first.computeIfAbsent(patient.id(), id -> patient) != patient || patient.trackedOtherwise();
                if (taken && patient.trackers().isEmpty()) {
                    checkup.hold(event.id());
                    checkup.broken(Code.UNIQUE_IN_TWO_TYPES, Mapping.PATIENT, sentence, CheckPatients.ONE_TYPE_ALONE, "event " + event.id());
                }
            }
        }
    }

    private void values(Checkup checkup, EventForms forms) {
        PendingEvent event = forms.event();
        Mapping mapping = event.mapping();
        List<Problem> problems = problems(mapping, forms.program().stages().get(mapping.stage()), forms.columns(), forms.rows());
        Tally tally = checkup.tally(mapping);
        tally.count(forms.rows(), problems, 1, "event " + event.id());
        tally.looked(event.encounter());
        String dateless = MapEvent.dateProblem(event, forms.rows());
        if (dateless != null) {
            checkup.broken(Code.EVENT_WITHOUT_DATE, mapping.name(), "events have no date, or one that cannot be right.", "Save their encounters again in the clinic.",
                    "event " + event.id() + ": " + dateless);
        }
        if (!problems.isEmpty() || dateless != null) {
            checkup.hold(event.id());
        }
        Closing closing = checkup.closing(forms.program().id());
        if (closing != null) {
            expired(checkup, closing, event, MapEvent.date(event, forms.rows()));
        }
    }

    private void expired(Checkup checkup, Closing closing, PendingEvent event, LocalDate date) {
        String name = event.mapping().name();
        if (closing.closed(date)) {
            checkup.hold(event.id());
            checkup.broken(Code.PERIOD_CLOSED, name, "events are of " + closing.periods() + ", so that DHIS2 refuses them (E1047).", closing.advice(),
                    "event " + event.id() + " of " + date);
        }
        if (closing.noneCompleted() && site.eventStatus().equals("COMPLETED")) {
            checkup.hold(event.id());
            checkup.broken(Code.AUTHORITY_MISSING, name, "events are sent as completed, and the user lacks the authority " + Expiry.AUTHORITY
                    + ", so that DHIS2 refuses them without the date of completion (E1042).", closing.advice(), "event " + event.id());
        }
    }

    private List<Problem> problems(Mapping mapping, ProgramStage stage, Map<String, Set<String>> columns, Map<String, List<Map<String, Object>>> rows) {
        Filled filled = fillDataValues.fill(mapping, stage, columns, rows, site.eventStatus());
        List<Problem> problems = new ArrayList<>(filled.found());
        Demands.unmapped(stage, site.eventStatus(), Demands.mapped(mapping, columns)).forEach(target ->
                problems.add(new Problem(Problem.Kind.COMPULSORY_UNMAPPED, target, null, Tally.unmapped(target))));
        return problems;
    }

    private static void unusable(Checkup checkup, PendingEvent event, Mappings mappings) {
        checkup.hold(event.id());
        if (mappings.patient() == null || mappings.broken(event.mappingName()) != null) {
            return; // said of the mapping itself, with all its events
        }
        Patient patient = event.patient();
        if (patient == null || !patient.known()) {
            broken(checkup, event, mappings, Code.PATIENT_UNKNOWN, "events name no patient whom table patient has.", "Save the patients, then the encounters again in the clinic.");
        } else if (patient.identifier() == null) {
            broken(checkup, event, mappings, Code.PATIENT_WITHOUT_IDENTIFIER, "events are of patients without a patient identifier.", "Give them one in the clinic.");
        } else if (patient.namesakes() > 0) {
            broken(checkup, event, mappings, Code.IDENTIFIER_SHARED, "events are of patients whose identifier is another patient's too.",
                    "Correct it in the clinic, or merge the patients who are one person.");
        } else if (event.mappingName() == null || event.mappingName().isBlank() || mappings.has(event.mappingName())) {
            broken(checkup, event, mappings, Code.EVENT_UNUSABLE, "events are broken in their rows of events_to_sync.", "The log says of each what is wrong once it was tried.");
        } else {
            broken(checkup, event, mappings, Code.MAPPING_MISSING, "events name a mapping that does not exist.", "Create it, or correct their program_id.");
        }
    }

    /** A name that is no mapping's may hold anything, and is told with the example only. */
    private static void broken(Checkup checkup, PendingEvent event, Mappings mappings, Code code, String sentence, String advice) {
        String name = mappings.has(event.mappingName()) ? event.mappingName() : null;
        checkup.broken(code, name, name == null ? sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1) : sentence, advice,
                "event " + event.id() + ": " + event.rejection());
    }

    /** Begins to look at the forms of a mapping. */
    public FormSample sample(Checkup checkup, Mapping mapping) {
        return new FormSample(mapping, checkup.catalogue(), checkup.rows());
    }

    /** Takes the newest encounters of one form. */
    public void take(FormSample sample, List<Map<String, Object>> newest) {
        sample.take(newest);
    }

    /** Takes the rows of one form. */
    public void take(FormSample sample, FormQuery query, List<Map<String, Object>> rows) {
        sample.take(query, rows);
    }

    /** The mappings whose forms are looked at. */
    public List<Mapping> mappings(Checkup checkup, Mappings mappings) {
        List<Mapping> wanted = new ArrayList<>();
        mappings.all().forEach(mapping -> {
            if (!mapping.patientMapping() && checkup.concerns(mapping.name())) {
                wanted.add(mapping);
            }
        });
        return wanted;
    }

    /** Looks at the encounters of a sample that no pending event is of. */
    public void sampled(Checkup checkup, FormSample sample, Programs programs) {
        Mapping mapping = sample.mapping();
        Tally tally = checkup.tally(mapping);
        for (int encounter : sample.encounters()) {
            if (tally.looked(encounter)) {
                Map<String, List<Map<String, Object>>> rows = sample.rows(encounter);
                List<Problem> problems = problems(mapping, mapping.in(programs).stages().get(mapping.stage()), sample.columns(), rows);
                // one of another mapping that shares a form fills that form alone
                boolean whole = rows.values().stream().noneMatch(List::isEmpty);
                tally.count(rows, problems.stream().filter(problem -> whole || problem.kind() != Problem.Kind.COMPULSORY_EMPTY).toList(), 0, "encounter " + encounter);
            }
        }
    }
}
