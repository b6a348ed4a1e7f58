package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.TrackerStore;
import org.martsync.dhis2.TrackerStore.Enrolment;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.dhis2.TrackerStore.TrackedEntity;

/**
 * Compares the database of a {@link StressClinic} with what DHIS2 holds, object by object and value by value.
 *
 * <p>It believes nobody: not the program's counts, not {@code synced}, not the trackers, not the computed UIDs. Visits
 * are matched by the encounter's number among the answers, people by their UIC. Findings name things by their ids.
 *
 * @param compared visits in the database
 * @param lost     visits, and patients who have any, that are missing in DHIS2; visits that are there and still queued
 * @param doubled  those that are there more than once, or enrolled more than once
 * @param wrong    those whose values, person, place or day differ; whose tracker names another object; objects in DHIS2
 *                 that stand for nothing in the database
 */
record Judge(int compared, List<String> lost, List<String> doubled, List<String> wrong) {

    /** Compares when no run is going on and nobody writes. */
    static Judge of(Clinic clinic, TrackerStore store) {
        return of(clinic, store, Set.of());
    }

    /** Compares, where certain events (ids of events_to_sync) must have been refused: they stay queued and nothing of them is in DHIS2. */
    static Judge of(Clinic clinic, TrackerStore store, Set<Integer> refused) {
        return new Comparison(clinic, store, refused).verdict();
    }

    /** Gives the judgement as a result. */
    StressResult result(String kind, long tried) {
        return new StressResult(kind, tried, lost.size(), doubled.size(), wrong.size());
    }

    /** Fails when anything is not as it must be, and says what. */
    void assertAllIsThereOnceAndRight() {
        assertThat(lost).as("lost").isEmpty();
        assertThat(doubled).as("doubled").isEmpty();
        assertThat(wrong).as("wrong").isEmpty();
        assertThat(compared).as("visits compared").isPositive();
    }

    private static final class Comparison {

        private static final String VISITS = """
                SELECT e.id AS event, e.synced, e.encounter_id AS encounter, p.uic, f.*, n.encounter_date_created AS occurred,
                       (SELECT count(*) FROM visit_form g WHERE g.encounter_id = n.encounter_id) AS forms,
                       (SELECT max(t.event_id) FROM event_tracker t WHERE t.encounter_id = n.encounter_id) AS tracked
                FROM events_to_sync e
                JOIN encounter n ON n.encounter_id::text = e.encounter_id
                JOIN patient p ON p.patient_id::text = e.patient_id
                LEFT JOIN visit_form f ON f.encounter_id = n.encounter_id
                ORDER BY e.id""";

        private final Clinic clinic;
        private final Set<Integer> refused;
        private final Map<String, List<Event>> events;
        private final Map<String, List<TrackedEntity>> people;
        private final Map<String, List<Enrolment>> enrolments;
        private final Map<String, String> uicOfEnrolment = new HashMap<>();
        private final List<String> lost = new ArrayList<>();
        private final List<String> doubled = new ArrayList<>();
        private final List<String> wrong = new ArrayList<>();

        Comparison(Clinic clinic, TrackerStore store, Set<Integer> refused) {
            this.clinic = clinic;
            this.refused = refused;
            events = store.events().stream().collect(Collectors.groupingBy(event ->
                    event.dataValues().getOrDefault(StressClinic.ELEMENTS.get("f_long"), "no encounter"), LinkedHashMap::new, Collectors.toList()));
            people = store.trackedEntities().stream().collect(Collectors.groupingBy(Comparison::uic, LinkedHashMap::new, Collectors.toList()));
            enrolments = store.enrolments().stream().collect(Collectors.groupingBy(Enrolment::trackedEntity));
            Map<String, String> uics = store.trackedEntities().stream().collect(Collectors.toMap(TrackedEntity::uid, Comparison::uic));
            store.enrolments().forEach(enrolment -> uicOfEnrolment.put(enrolment.uid(), uics.get(enrolment.trackedEntity())));
        }

        private static String uic(TrackedEntity person) {
            return person.attributes().getOrDefault(StressClinic.ATTRIBUTES.get("uic"), "no UIC");
        }

        Judge verdict() {
            List<Map<String, Object>> visits = clinic.jdbc().queryForList(VISITS);
            Set<String> uics = new LinkedHashSet<>();
            for (Map<String, Object> visit : visits) {
                if (refused.contains((Integer) visit.get("event"))) {
                    refused(visit);
                } else {
                    uics.add((String) visit.get("uic"));
                    visit(visit);
                }
            }
            uics.forEach(this::person);
            events.values().forEach(strays -> strays.forEach(stray -> wrong.add("event " + stray.uid() + " stands for no visit")));
            people.values().forEach(strays -> strays.forEach(stray -> wrong.add("person " + stray.uid() + " stands for no patient")));
            return new Judge(visits.size(), List.copyOf(lost), List.copyOf(doubled), List.copyOf(wrong));
        }

        private void refused(Map<String, Object> visit) {
            if (Boolean.TRUE.equals(visit.get("synced"))) {
                wrong.add(name(visit) + " is synced and should have been refused");
            }
            if (events.remove("encounter " + visit.get("encounter")) != null) {
                wrong.add(name(visit) + " is in DHIS2 and should have been refused");
            }
        }

        private void visit(Map<String, Object> visit) {
            List<Event> found = events.remove("encounter " + visit.get("encounter"));
            if (found == null) {
                lost.add(name(visit) + " is not in DHIS2, synced " + visit.get("synced"));
                return;
            }
            if (found.size() > 1) {
                doubled.add(name(visit) + " is there " + found.size() + " times");
                return;
            }
            if (!Boolean.TRUE.equals(visit.get("synced"))) {
                lost.add(name(visit) + " is in DHIS2 and still queued");
            }
            differences(visit, found.get(0)).stream().findFirst().ifPresent(difference -> wrong.add(name(visit) + " " + difference));
        }

        private List<String> differences(Map<String, Object> visit, Event event) {
            List<String> differences = new ArrayList<>();
            Map<String, String> expected = new HashMap<>();
            StressClinic.ELEMENTS.forEach((column, element) -> {
                String answer = (String) visit.get(column);
                if (answer != null && !answer.isEmpty()) {
                    expected.put(element, answer);
                }
            });
            if (!expected.equals(event.dataValues())) {
                differences.add("holds " + event.dataValues() + " and not " + expected);
            }
            if (!visit.get("forms").equals(1L)) {
                differences.add("has " + visit.get("forms") + " forms, the clinic is wrong");
            }
            if (!visit.get("uic").equals(uicOfEnrolment.get(event.enrolment()))) {
                differences.add("is somebody else's");
            }
            if (!((Timestamp) visit.get("occurred")).toLocalDateTime().toLocalDate().equals(event.occurredAt().toLocalDate())) {
                differences.add("is of another day");
            }
            if (!event.orgUnit().equals(RunningProgram.SITE)) {
                differences.add("is at another place");
            }
            if (!event.uid().equals(visit.get("tracked"))) {
                differences.add("is tracked as " + visit.get("tracked") + " and not as " + event.uid());
            }
            return differences;
        }

        private void person(String uic) {
            List<TrackedEntity> found = people.remove(uic);
            if (found == null) {
                lost.add("patient " + uic + " is not in DHIS2");
                return;
            }
            if (found.size() > 1) {
                doubled.add("patient " + uic + " is there " + found.size() + " times");
                return;
            }
            TrackedEntity person = found.get(0);
            int enrolled = enrolments.getOrDefault(person.uid(), List.of()).size();
            if (enrolled != 1) {
                (enrolled == 0 ? lost : doubled).add("patient " + uic + " is enrolled " + enrolled + " times");
            }
            Map<String, Object> row = clinic.jdbc().queryForMap("SELECT * FROM patient WHERE uic = ?", uic);
            StressClinic.ATTRIBUTES.forEach((column, attribute) -> {
                if (!Objects.equals(row.get(column), person.attributes().get(attribute))) {
                    wrong.add("patient " + uic + " has another " + column);
                }
            });
        }

        private static String name(Map<String, Object> visit) {
            return "event " + visit.get("event") + " (encounter " + visit.get("encounter") + ")";
        }
    }
}
