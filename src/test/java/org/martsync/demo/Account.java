package org.martsync.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.TrackerStore;

/**
 * What became of the pending events, counted from the database and from what DHIS2 holds.
 *
 * @param pending how many there were
 * @param synced how many of them are marked synced
 * @param rejected how many are pending, with a failed row in the log
 * @param waiting how many are pending without one
 * @param eventsInDhis2 how many events DHIS2 holds
 * @param lost marked synced, and DHIS2 does not have them
 * @param duplicated held by DHIS2 and not marked synced, or people held twice
 * @param httpRequests that reached DHIS2
 * @param sqlStatements that reached the database
 * @param seconds the run took
 */
public record Account(int pending, int synced, int rejected, int waiting, int eventsInDhis2, int lost, int duplicated,
                      int httpRequests, int sqlStatements, double seconds) {

    /** Takes the account. */
    static Account of(Clinic clinic, Dhis2StandIn dhis2, Set<Integer> pendingBefore, int sqlStatements, double seconds) {
        int httpRequests = dhis2.requests();
        Set<String> held = dhis2.store().events().stream().map(TrackerStore.Event::uid).collect(Collectors.toSet());
        Set<String> accountedFor = new HashSet<>();
        int synced = 0;
        int rejected = 0;
        int lost = 0;
        List<Map<String, Object>> rows = clinic.jdbc().queryForList("""
                SELECT e.id, e.synced IS TRUE AS synced, t.event_id,
                       EXISTS (SELECT FROM log l WHERE l.event_id = e.id AND l.status = 'failed' AND l.category = 'dhis-sync') AS failed
                FROM events_to_sync e
                LEFT JOIN mapping m ON m.program_name = e.program_id
                LEFT JOIN event_tracker t ON t.encounter_id::text = e.encounter_id
                  AND t.program_stage = coalesce(m.mapping_json -> 'dhisProgramStageId' ->> 'id', m.mapping_json ->> 'dhisProgramStageId')""");
        for (Map<String, Object> row : rows) {
            if (!pendingBefore.contains((Integer) row.get("id"))) {
                continue;
            }
            if (Boolean.TRUE.equals(row.get("synced"))) {
                synced++;
                if (held.contains((String) row.get("event_id"))) {
                    accountedFor.add((String) row.get("event_id"));
                } else {
                    lost++;
                }
            } else if (Boolean.TRUE.equals(row.get("failed"))) {
                rejected++;
            }
        }
        int duplicated = held.size() - accountedFor.size() + peopleHeldTwice(dhis2);
        return new Account(pendingBefore.size(), synced, rejected, pendingBefore.size() - synced - rejected, held.size(),
                lost, duplicated, httpRequests, sqlStatements, seconds);
    }

    private static int peopleHeldTwice(Dhis2StandIn dhis2) {
        Map<String, Integer> byIdentifier = new HashMap<>();
        dhis2.store().trackedEntities().stream()
                .map(person -> person.attributes().get(DemoProgram.PATIENT_IDENTIFIER))
                .filter(identifier -> identifier != null)
                .forEach(identifier -> byIdentifier.merge(identifier, 1, Integer::sum));
        return byIdentifier.values().stream().mapToInt(count -> count - 1).sum();
    }

    /** Whether every event is accounted for. */
    boolean balances() {
        return pending == synced + rejected + waiting && lost == 0 && duplicated == 0;
    }

    String json() {
        try {
            return new ObjectMapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers can be written as JSON", e);
        }
    }
}
