package org.martsync.patient;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.TrackerDialect;
import org.martsync.dhis2.TrackerSearch;

/**
 * A question to DHIS2 for people of one tracked entity type by values that they have.
 *
 * @param query as it stands in the request
 * @param people what the programs of the type know of them
 */
public record PeopleSearch(String query, ProgramMetadata people) {

    /**
     * Writes the searches for some patients, usually one a tracked entity type.
     *
     * @param country UID of the org unit under which is searched; blank for all that the user may see
     * @param wanted the values that each is searched by, attribute to value
     * @param withEvents whether their events with their status are wanted too
     */
    public static List<PeopleSearch> of(TrackerDialect dialect, String country, Map<Patient, Map<String, String>> wanted, boolean withEvents) {
        Map<List<Object>, List<Patient>> alike = new LinkedHashMap<>();
        wanted.forEach((patient, values) ->
                alike.computeIfAbsent(List.of(patient.people().trackedEntityType(), values.keySet()), key -> new ArrayList<>()).add(patient));
        return alike.values().stream().flatMap(patients -> {
            ProgramMetadata people = patients.get(0).people();
            return TrackerSearch.byValues(dialect, people.trackedEntityType(), country, patients.stream().map(wanted::get).toList(), withEvents)
                    .stream().map(query -> new PeopleSearch(query, people));
        }).toList();
    }

    /** Whether a patient is of the type that is searched for. */
    public boolean isFor(Patient patient) {
        return people.hasSamePeopleAs(patient.people());
    }
}
