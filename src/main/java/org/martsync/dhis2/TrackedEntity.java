package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A person as DHIS2 holds them now.
 *
 * @param uid the tracked entity's UID
 * @param type the UID of its tracked entity type; null where it was not asked for
 * @param orgUnit the UID of the org unit it belongs to
 * @param attributes attribute UID to value
 * @param enrolments those that are not deleted, of all programs the user may see
 */
public record TrackedEntity(String uid, String type, String orgUnit, Map<String, String> attributes, List<Enrolment> enrolments) {

    /**
     * An enrolment as DHIS2 holds it now.
     *
     * @param enrolledAt as DHIS2 writes it, {@code yyyy-MM-ddTHH:mm:ss.SSS}
     * @param occurredAt likewise
     * @param events event UID to status, where the events were asked for
     */
    public record Enrolment(String uid, String program, String status, String orgUnit, String enrolledAt,
                            String occurredAt, Map<String, String> events) {

        public boolean active() {
            return "ACTIVE".equals(status);
        }

        public boolean completed() {
            return "COMPLETED".equals(status);
        }
    }

    /**
     * Reads the list of an answer to a search.
     *
     * @throws Dhis2Refuses when the answer has no such list: then nothing says that nobody was found
     */
    public static List<TrackedEntity> readAll(TrackerDialect dialect, JsonNode answer) {
        if (!answer.path(dialect.container()).isArray()) {
            throw new Dhis2Refuses("DHIS2 answered a search without the list " + dialect.container()
                    + ", as another version of it does. The next run asks for its version again. If this stays, set"
                    + " dhis2.ask-version to true, or look for a newer mart-dhis2-sync.");
        }
        List<TrackedEntity> all = new ArrayList<>();
        for (JsonNode one : answer.path(dialect.container())) {
            Map<String, String> attributes = new HashMap<>();
            one.path("attributes").forEach(attribute ->
                    attributes.put(attribute.path("attribute").asText(), attribute.path("value").asText()));
            List<Enrolment> enrolments = new ArrayList<>();
            one.path("enrollments").forEach(enrolment -> enrolments.add(readEnrolment(enrolment)));
            all.add(new TrackedEntity(one.path("trackedEntity").asText(), one.path("trackedEntityType").asText(null),
                    one.path("orgUnit").asText(), attributes, enrolments));
        }
        return all;
    }

    private static Enrolment readEnrolment(JsonNode enrolment) {
        Map<String, String> events = new HashMap<>();
        enrolment.path("events").forEach(event ->
                events.put(event.path("event").asText(), event.path("status").asText()));
        return new Enrolment(enrolment.path("enrollment").asText(), enrolment.path("program").asText(),
                enrolment.path("status").asText(), enrolment.path("orgUnit").asText(),
                enrolment.path("enrolledAt").asText(), enrolment.path("occurredAt").asText(null), events);
    }

    /** Returns the enrolments in a program, the latest first. */
    public List<Enrolment> enrolmentsIn(String program) {
        return enrolments.stream()
                .filter(enrolment -> program.equals(enrolment.program()))
                .sorted(Comparator.comparing(Enrolment::enrolledAt).reversed())
                .toList();
    }

    /** Returns the enrolment that holds an event, where the events were asked for. */
    public Optional<Enrolment> enrolmentOf(String event) {
        return enrolments.stream().filter(enrolment -> enrolment.events().containsKey(event)).findFirst();
    }
}
