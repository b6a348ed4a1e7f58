package org.martsync.patient;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.martsync.dhis2.Attribute;
import org.martsync.dhis2.Dhis2Answer;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2RefusesQuestion;
import org.martsync.dhis2.Dhis2Unavailable;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Site;
import org.martsync.dhis2.TrackedEntity;
import org.martsync.dhis2.TrackerDialect;
import org.martsync.dhis2.TrackerSearch;
import org.martsync.dhis2.ValueType;
import org.martsync.mapping.Mapping;
import org.martsync.words.Words;

/**
 * Decides which person in DHIS2 a patient is: the one the trackers name, if still there; else the only one that a
 * search finds and that agrees on every comparable column; else a new one. Anything in doubt is rejected with a
 * sentence, never made a second person.
 */
public final class FindPatients {

    private final Site site;

    public FindPatients(Site site) {
        this.site = site;
    }

    /** Writes the queries that read all tracked patients of a batch: usually one, none when nobody is tracked. */
    public List<String> readTracked(TrackerDialect dialect, Collection<Patient> patients) {
        List<Patient> tracked = patients.stream().filter(Patient::open).filter(p -> !p.candidates().isEmpty()).toList();
        List<String> uids = tracked.stream()
                .flatMap(patient -> patient.candidates().stream()).map(Patient.Tracked::trackedEntity).distinct().toList();
        boolean withEvents = tracked.stream().anyMatch(patient -> !patient.trackedEvents().isEmpty());
        return TrackerSearch.byUids(dialect, uids, withEvents);
    }

    /**
     * Takes what was read of tracked patients; those that are no longer there stay unplaced and are looked up anew.
     *
     * @throws Dhis2Refuses when DHIS2 refused the question: in it are well-formed UIDs only, so it would refuse any
     */
    public void takeTracked(TrackerDialect dialect, Collection<Patient> patients, Dhis2Answer answer) {
        if (answer.questionRefused()) {
            throw new Dhis2Refuses("DHIS2 refuses to be asked for patients by their UIDs (HTTP " + answer.status()
                    + "). Check its version and what stands between it and this program.");
        }
        Map<String, TrackedEntity> there = TrackedEntity.readAll(dialect, answer.found()).stream()
                .collect(Collectors.toMap(TrackedEntity::uid, Function.identity(), (one, same) -> one));
        for (Patient patient : patients) {
            patient.candidates().stream().map(Patient.Tracked::trackedEntity).filter(there::containsKey).forEach(patient::isShown);
            if (patient.inDhis2() == null) {
                patient.candidates().stream().filter(tracked -> patient.mayBe(there.get(tracked.trackedEntity()))).findFirst().ifPresent(tracked -> {
                    patient.is(there.get(tracked.trackedEntity()));
                    patient.wasTracked(tracked);
                });
            }
        }
    }

    /**
     * Writes the queries that look for the patients who are not placed yet: usually one for the whole batch.
     *
     * <p>A value that is empty searches nothing. Of two patients with the same values only the first is looked for;
     * the other is left to a later batch, when the first one stands in DHIS2. Whose values are too long to be asked for is
     * rejected.
     *
     * @param mapping the patient mapping, whose {@code searchable} columns are used; null only when there is no patient left
     */
    public List<PeopleSearch> searches(TrackerDialect dialect, Collection<Patient> patients, Mapping mapping) {
        if (mapping == null) {
            return List.of();
        }
        Map<Patient, Map<String, String>> lookedFor = new LinkedHashMap<>();
        Set<List<Object>> seen = new HashSet<>();
        for (Patient patient : unplaced(patients)) {
            Map<String, String> wanted = searchedBy(patient, mapping);
            if (wanted.isEmpty()) {
                continue;
            }
            if (!dialect.takes(wanted.values())) {
                patient.reject(Words.say("search.comma", names(wanted, patient.people())));
                continue;
            }
            if (!TrackerSearch.fits(dialect, wanted)) {
                patient.reject(Words.say("search.too-long", names(wanted, patient.people())));
                continue;
            }
            if (!seen.add(List.of(patient.people().trackedEntityType(), lowerCase(wanted)))) {
                patient.defer();
                continue;
            }
            lookedFor.put(patient, wanted);
        }
        boolean withEvents = unplaced(patients).stream().anyMatch(patient -> !patient.trackedEvents().isEmpty());
        return PeopleSearch.of(dialect, site.country(), lookedFor, withEvents);
    }

    /**
     * Gives each patient the hits that hold the values searched for; DHIS2 ignores case, and so does this step.
     *
     * @param search one of {@link #searches}
     * @param answer to it
     * @throws Dhis2Refuses when DHIS2 finds people by an attribute that it does not show: then nothing says who they are
     */
    public void takeHits(TrackerDialect dialect, Collection<Patient> patients, Mapping mapping, PeopleSearch search, JsonNode answer) {
        List<TrackedEntity> hits = TrackedEntity.readAll(dialect, answer);
        refuseHidden(hits, mapping, search);
        for (Patient patient : unplaced(patients)) {
            Map<String, String> wanted = lowerCase(searchedBy(patient, mapping));
            if (wanted.isEmpty() || !search.isFor(patient)) {
                continue;
            }
            hits.stream().filter(hit -> wanted.equals(lowerCase(pick(hit.attributes(), wanted.keySet()))))
                    .filter(hit -> patient.hits().stream().noneMatch(known -> known.uid().equals(hit.uid())))
                    .forEach(patient.hits()::add);
        }
    }

    /**
     * Who is found has a value of each attribute that was searched by. Where it is missing from a hit, the attribute is only the program's
     * (recording 286), and the person would be taken for nobody and made a second time.
     */
    private static void refuseHidden(List<TrackedEntity> hits, Mapping mapping, PeopleSearch search) {
        Map<String, String> hidden = new LinkedHashMap<>(mapping.searchedBy(search.people()));
        hidden.values().removeIf(uid -> !TrackerSearch.goesBy(search.query(), uid) || hits.stream().allMatch(hit -> hit.attributes().containsKey(uid)));
        if (!hidden.isEmpty()) {
            String names = hidden.values().stream().map(uid -> name(uid, search.people())).collect(Collectors.joining(", "));
            throw new Dhis2Refuses("DHIS2 finds people by " + names + ", but does not show the value of whom it found,"
                    + " so that people who are there would be made a second time. Take " + String.join(", ", hidden.keySet())
                    + " out of searchable in the config of the mapping " + mapping.name() + ", or add the attribute to the tracked entity type "
                    + search.people().trackedEntityType() + " in DHIS2.");
        }
    }

    /** Writes a search like one that was refused, by all searchable columns, for values that nobody has and that hold nothing unusual. */
    public String searchForNobody(TrackerDialect dialect, Mapping mapping, PeopleSearch refused) {
        Map<String, String> values = new TreeMap<>();
        mapping.searchedBy(refused.people()).values().forEach(uid -> values.put(uid, usual(refused.people().attributes().get(uid).type())));
        return TrackerSearch.byValues(dialect, refused.people().trackedEntityType(), site.country(), List.of(values), false).get(0);
    }

    private static String usual(ValueType type) {
        return switch (type) {
            case DATE, DATETIME, AGE -> "1800-01-01";
            case BOOLEAN, TRUE_ONLY -> "true";
            default -> type.isNumber() ? "1" : "mart-dhis2-sync";
        };
    }

    /**
     * Says whose fault a refused search is.
     *
     * @param refusal the answer to it
     * @param ofNobody the answer to {@link #searchForNobody}
     * @throws Dhis2Refuses when both were refused: every search would be
     * @throws org.martsync.dhis2.Dhis2RefusesQuestion otherwise: it is a value of one of the patients
     */
    public void refused(Dhis2Answer refusal, Dhis2Answer ofNobody, Mapping mapping) {
        if (ofNobody.questionRefused()) {
            // its message quotes no patient
            throw new Dhis2Refuses("DHIS2 refuses every search for patients (HTTP " + ofNobody.status() + ": " + ofNobody.message()
                    + "). Check searchable (" + String.join(", ", mapping.searchable()) + ") in the config of the mapping "
                    + mapping.name() + ", and dhis2.country-org-unit.");
        }
        refusal.found();
    }

    /**
     * Returns the UIDs of the hits, and those that the patients would get as new people, separated by commas, to ask the trackers whose
     * they are; empty when everybody is known.
     */
    public String found(Collection<Patient> patients) {
        return unplaced(patients).stream()
                .flatMap(patient -> Stream.concat(patient.hits().stream().map(TrackedEntity::uid), Stream.of(patient.computedUid(site))))
                .distinct().collect(Collectors.joining(","));
    }

    /**
     * Accepts or refuses the hits of each patient, and tells a patient whose identifier was somebody else's before.
     *
     * @param mapping whose {@code comparable} columns must agree
     * @param holders rows of {@code routes/sql/read-holders.sql}: {@code tracked_entity}, {@code holder} the identifier of the
     *     patient whom the trackers know by it, null where it is no patient's any more, {@code sent_for} the number of the patient for
     *     whom it was last sent, be they in the clinic still or not, {@code enrolment}, {@code sent} and {@code others}
     */
    public void choose(Collection<Patient> patients, Mapping mapping, List<Map<String, Object>> holders) {
        Map<String, List<Map<String, Object>>> heldBy = holders.stream()
                .collect(Collectors.groupingBy(row -> (String) row.get("tracked_entity")));
        for (Patient patient : unplaced(patients)) {
            List<Map<String, Object>> ofThatUid = heldBy.getOrDefault(patient.computedUid(site), List.of());
            if (anothers(patient, ofThatUid).isPresent() || ofThatUid.stream().anyMatch(row -> wasSentForAnother(patient, row))) {
                patient.identifierWasAnothers();
            }
            if (!patient.hits().isEmpty()) {
                choose(patient, mapping, heldBy);
            }
        }
    }

    private void choose(Patient patient, Mapping mapping, Map<String, List<Map<String, Object>>> heldBy) {
        Map<String, String> searched = searchedBy(patient, mapping);
        String what = describe(searched, patient.people());
        List<TrackedEntity> exact = patient.hits().stream()
                .filter(hit -> searched.equals(pick(hit.attributes(), searched.keySet()))).toList();
        if (exact.isEmpty()) {
            patient.reject(Words.say("search.capitals", what, patient.hits().get(0).uid()));
            return;
        }
        if (exact.size() > 1) {
            patient.reject(Words.say("search.several", exact.size(), what,
                    exact.stream().map(TrackedEntity::uid).sorted().collect(Collectors.joining(", "))));
            return;
        }
        TrackedEntity hit = exact.get(0);
        if (site.duplicateCheck() && !hit.orgUnit().equals(site.orgUnit())
                && !hit.orgUnit().equals(patient.text("org_unit"))) {
            patient.reject(Words.say("search.elsewhere", patient.text(site.duplicateColumn()), hit.orgUnit()));
            return;
        }
        List<Map<String, Object>> trackers = heldBy.getOrDefault(hit.uid(), List.of());
        Optional<String> holder = anothers(patient, trackers);
        if (holder.isPresent()) {
            patient.reject(Words.say("search.other-patient", what, hit.uid(), holder.get()));
            return;
        }
        List<String> differences = differences(patient, mapping, hit);
        if (!differences.isEmpty()) {
            patient.reject(Words.say("search.differs", what, hit.uid(), String.join(", ", differences)));
            return;
        }
        patient.is(hit);
        if (!trackers.isEmpty()) {
            // the same person before the identifier was corrected: what is known of them goes on
            patient.wasTracked(Patient.Tracked.of(trackers.get(0)));
        }
    }

    /**
     * Asks of the tracked patients whom DHIS2 does not show, and whom no search found, whether they are gone, see {@link VanishedPeople}.
     *
     * @return null where there is none
     */
    public Map<String, Object> askWhetherGone(Collection<Patient> patients) {
        return VanishedPeople.question(vanished(patients), site);
    }

    /**
     * Rejects the patients who are there and only not to be seen: they would be made a second time.
     *
     * @throws Dhis2RefusesQuestion when DHIS2 does not take the question, for what is asked in it
     * @throws Dhis2Unavailable when DHIS2 does not say
     */
    public void takeWhetherGone(Collection<Patient> patients, Dhis2Answer answer) {
        if (!answer.report()) {
            String sentence = "DHIS2 answered HTTP " + answer.status() + " to the question whether patients are gone";
            throw answer.questionRefused() ? new Dhis2RefusesQuestion(sentence) : new Dhis2Unavailable(sentence);
        }
        Map<String, Patient> vanished = vanished(patients);
        VanishedPeople.refused(vanished, answer).forEach((uid, fault) -> {
            if (VanishedPeople.there(fault)) {
                vanished.get(uid).reject(Words.say("patient.out-of-sight", vanished.get(uid).identifier(), uid));
            }
        });
    }

    private static Map<String, Patient> vanished(Collection<Patient> patients) {
        Map<String, Patient> vanished = new LinkedHashMap<>();
        unplaced(patients).forEach(patient -> patient.trackers().stream().map(Patient.Tracked::trackedEntity)
                .filter(uid -> !patient.shown(uid)).forEach(uid -> vanished.put(uid, patient)));
        return vanished;
    }

    private static boolean wasSentForAnother(Patient patient, Map<String, Object> row) {
        return row.get("sent_for") != null && !String.valueOf(row.get("sent_for")).equals(patient.id());
    }

    /** The identifier of another patient of the clinic whose person that is. */
    private static Optional<String> anothers(Patient patient, List<Map<String, Object>> trackers) {
        return trackers.stream().map(row -> (String) row.get("holder"))
                .filter(identifier -> identifier != null && !identifier.equals(patient.identifier())).findFirst();
    }

    private static List<String> differences(Patient patient, Mapping mapping, TrackedEntity hit) {
        List<String> differences = new ArrayList<>();
        mapping.comparedBy(patient.people()).forEach((column, uid) -> {
            Attribute attribute = patient.people().attributes().get(uid);
            String here = patient.attributes().values().getOrDefault(uid, "");
            String there = hit.attributes().getOrDefault(uid, "");
            if (attribute.type() == ValueType.DATE || attribute.type() == ValueType.AGE) {
                here = datePart(here);
                there = datePart(there);
            }
            if (!here.strip().equalsIgnoreCase(there.strip())) {
                differences.add(attribute.label());
            }
        });
        return differences;
    }

    private static String datePart(String text) {
        return text.length() > 10 ? text.substring(0, 10) : text;
    }

    private static List<Patient> unplaced(Collection<Patient> patients) {
        return patients.stream().filter(patient -> patient.open() && patient.inDhis2() == null).toList();
    }

    /** The values a patient is searched by, attribute to value, the empty ones left out. */
    public static Map<String, String> searchedBy(Patient patient, Mapping mapping) {
        Map<String, String> wanted = pick(patient.attributes().values(), mapping.searchedBy(patient.people()).values());
        wanted.values().removeIf(String::isBlank);
        return wanted;
    }

    private static Map<String, String> pick(Map<String, String> values, Collection<String> keys) {
        Map<String, String> picked = new TreeMap<>();
        keys.forEach(key -> picked.put(key, values.getOrDefault(key, "")));
        return picked;
    }

    private static Map<String, String> lowerCase(Map<String, String> values) {
        Map<String, String> lower = new TreeMap<>();
        values.forEach((key, value) -> lower.put(key, value.toLowerCase(Locale.ROOT)));
        return lower;
    }

    private static String describe(Map<String, String> searched, ProgramMetadata program) {
        return Words.and(searched.entrySet().stream().map(entry -> name(entry.getKey(), program) + " '" + entry.getValue() + "'").toList());
    }

    private static String names(Map<String, String> searched, ProgramMetadata program) {
        return Words.and(searched.keySet().stream().map(uid -> name(uid, program)).toList());
    }

    private static String name(String uid, ProgramMetadata program) {
        Attribute attribute = program.attributes().get(uid);
        return attribute == null ? uid : attribute.label();
    }
}
