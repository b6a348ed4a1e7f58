package org.martsync.patient;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Site;
import org.martsync.dhis2.TrackedEntity;
import org.martsync.dhis2.TrackedEntity.Enrolment;
import org.martsync.mapping.DateText;
import org.martsync.mapping.FillAttributes;
import org.martsync.mapping.Mapping;
import org.martsync.patient.EnrolmentToSend.Send;
import org.martsync.words.Words;

/**
 * Decides under which tracked entity and enrolment the events of a patient go, and what of the two has to be sent:
 * a tracked entity that is new or whose attributes changed, an enrolment that is new or opened again.
 */
public final class PlacePatients {

    private final FillAttributes fillAttributes = new FillAttributes();
    private final Site site;
    private final Clock clock;

    public PlacePatients(Site site, Clock clock) {
        this.site = site;
        this.clock = clock;
    }

    /**
     * Places every patient of a batch that is neither rejected nor deferred. No two get one tracked entity: whom the
     * trackers know by that of another patient is rejected, and the second whom a search led to the same person waits
     * for a later batch, when the trackers say whose it is.
     */
    public void place(Collection<Patient> patients, Mapping mapping) {
        Set<String> taken = new HashSet<>();
        for (Patient patient : patients) {
            if (patient.open()) {
                keepApart(patient, taken);
            }
            if (patient.open() && patient.inDhis2() == null) {
                refuseIncomplete(patient, mapping);
            }
            if (patient.open()) {
                patient.place(patient.inDhis2() == null ? newTrackedEntity(patient) : knownTrackedEntity(patient));
                for (Patient.Enrolling in : patient.enrolling()) {
                    if (patient.rejection(in.program()) == null) {
                        patient.enrol(in.program(), enrolment(patient, in));
                    }
                }
            }
        }
    }

    private static void keepApart(Patient patient, Set<String> taken) {
        Optional<Patient.Tracked> tracked = patient.inDhis2() == null
                ? patient.trackers().stream().findFirst() : trackerOf(patient, patient.inDhis2().uid());
        String other = tracked.map(Patient.Tracked::alsoOf).orElse(null);
        if (other != null) {
            patient.reject(Words.say("patient.one-person", patient.identifier(), other, tracked.get().trackedEntity()));
        } else if (patient.inDhis2() != null && !taken.add(patient.inDhis2().uid())) {
            patient.defer();
        }
    }

    /** A new person must have what a program demands to be enrolled in it. */
    private void refuseIncomplete(Patient patient, Mapping mapping) {
        for (Patient.Enrolling in : patient.enrolling()) {
            List<String> problems = new ArrayList<>(in.attributes().problems());
            fillAttributes.missingForEnrolment(mapping, in.program(), in.attributes()).forEach(missing -> problems.add(missing.sentence()));
            if (!problems.isEmpty()) {
                patient.reject(in.program(), String.join(", ", problems));
            }
        }
    }

    private TrackedEntityToSend newTrackedEntity(Patient patient) {
        String uid = patient.trackers().isEmpty()
                ? patient.computedUid(site)
                : ComputedUid.after(patient.trackers().get(0).trackedEntity());
        String orgUnit = patient.ownOrgUnit(site);
        return new TrackedEntityToSend(uid, false, orgUnit, filled(patient), hash(orgUnit, patient), null);
    }

    /**
     * A person who is in DHIS2 keeps the org unit they have there. Their empty attributes are cleared only when an
     * earlier version was sent from here: until then nothing says that a value of another clinic was meant to go.
     */
    private TrackedEntityToSend knownTrackedEntity(Patient patient) {
        TrackedEntity person = patient.inDhis2();
        Optional<Patient.Tracked> tracked = trackerOf(patient, person.uid());
        String hash = hash(person.orgUnit(), patient);
        String sent = patient.tracked().map(Patient.Tracked::sent).orElse(null);
        if (!patient.attributes().problems().isEmpty()) {
            patient.notes().add(Words.say("patient.details-not-sent", String.join(", ", patient.attributes().problems())));
            return new TrackedEntityToSend(person.uid(), tracked.isPresent(), person.orgUnit(), null, null, null);
        }
        if (hash.equals(sent)) {
            return new TrackedEntityToSend(person.uid(), tracked.isPresent(), person.orgUnit(), null, null, null);
        }
        return new TrackedEntityToSend(person.uid(), tracked.isPresent(), person.orgUnit(),
                sent == null ? filled(patient) : patient.attributes().values(), hash,
                hash(patient.ownOrgUnit(site), patient).equals(sent) ? patient.ownOrgUnit(site) : null);
    }

    private EnrolmentToSend enrolment(Patient patient, Patient.Enrolling in) {
        ProgramMetadata program = in.program();
        TrackedEntity person = patient.inDhis2();
        if (person == null) {
            return newEnrolment(patient, in,
                    ComputedUid.ofEnrolment(site.id(), patient.trackedEntity().uid(), program.id()));
        }
        List<Enrolment> there = person.enrolmentsIn(program.id());
        Optional<Patient.Tracked> known = patient.tracked();
        String trackedUid = known.map(tracks -> tracks.enrolment(in)).orElse(null);
        String computedUid = ComputedUid.ofEnrolment(site.id(), person.uid(), program.id());
        Optional<Enrolment> active = there.stream().filter(Enrolment::active).findFirst();
        Optional<Enrolment> tracked = byUid(there, trackedUid)
                .or(() -> there.stream().filter(enrolment -> known.isPresent() && known.get().holds(enrolment.uid())).findFirst())
                .or(() -> byUid(there, computedUid));
        if (tracked.isPresent() && !(tracked.get().completed() && in.reopens())) {
            return asItIs(tracked.get(), trackedUid);
        }
        if (active.isPresent()) {
            return asItIs(active.get(), trackedUid);
        }
        Optional<Enrolment> completed = tracked.or(() -> there.stream().filter(Enrolment::completed).findFirst());
        if (in.reopens() && completed.isPresent()) {
            Enrolment again = completed.get();
            return new EnrolmentToSend(again.uid(), again.uid().equals(trackedUid), Send.REOPEN, again.orgUnit(),
                    again.enrolledAt(), again.occurredAt());
        }
        if (program.onlyEnrollOnce() && !there.isEmpty()) {
            return asItIs(there.get(0), trackedUid);
        }
        // a tracked enrolment in this program that is no longer there was deleted, and its UID never comes back
        String own = in.configured() && patient.formerlyConfigured(program).isPresent() ? known.map(tracks -> tracks.other(program)).orElse(null) : trackedUid;
        String gone = own == null && known.isPresent() && known.get().holds(computedUid) ? computedUid : own;
        return newEnrolment(patient, in, gone == null ? computedUid : ComputedUid.after(gone));
    }

    private static EnrolmentToSend asItIs(Enrolment enrolment, String trackedUid) {
        return new EnrolmentToSend(enrolment.uid(), enrolment.uid().equals(trackedUid), Send.NOTHING,
                enrolment.orgUnit(), enrolment.enrolledAt(), enrolment.occurredAt());
    }

    private EnrolmentToSend newEnrolment(Patient patient, Patient.Enrolling in, String uid) {
        LocalDate enrolled = patient.enrolled();
        if (enrolled != null && !DateText.canBeRight(enrolled)) {
            patient.reject(in.program(), Words.say("patient.enrolled-wrong", enrolled));
            return null;
        }
        if (enrolled != null && !in.program().futureEnrolment() && enrolled.isAfter(LocalDate.now(clock))) {
            patient.reject(in.program(), Words.say("patient.enrolled-later", enrolled));
            return null;
        }
        return new EnrolmentToSend(uid, false, Send.NEW, in.orgUnit() == null ? site.orgUnit() : in.orgUnit(),
                enrolled == null ? null : enrolled.toString(), null);
    }

    private static Optional<Patient.Tracked> trackerOf(Patient patient, String trackedEntity) {
        return patient.trackers().stream().filter(tracked -> tracked.trackedEntity().equals(trackedEntity)).findFirst();
    }

    private static Optional<Enrolment> byUid(List<Enrolment> enrolments, String uid) {
        return enrolments.stream().filter(enrolment -> enrolment.uid().equals(uid)).findFirst();
    }

    private static Map<String, String> filled(Patient patient) {
        Map<String, String> filled = new LinkedHashMap<>(patient.attributes().values());
        filled.values().removeIf(String::isEmpty);
        return filled;
    }

    private static String hash(String orgUnit, Patient patient) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            new TreeMap<>(patient.attributes().values()).forEach((attribute, value) ->
                    sha256.update((attribute + '\0' + value + '\0').getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(sha256.digest(orgUnit.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
