package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A person with everything that DHIS2 holds of them in a program, what was deleted included.
 *
 * @param uid the tracked entity's UID
 * @param orgUnit UID of the org unit it belongs to
 * @param attributes attribute UID to value
 * @param enrolments those of the program that was asked for, deleted ones too
 */
public record StoredPerson(String uid, String orgUnit, boolean deleted, Map<String, String> attributes, List<StoredEnrolment> enrolments) {

    /**
     * An enrolment.
     *
     * @param enrolledAt as DHIS2 writes it, {@code yyyy-MM-ddTHH:mm:ss.SSS}
     * @param occurredAt likewise, or null
     * @param events deleted ones too
     */
    public record StoredEnrolment(String uid, String program, String status, String orgUnit, String enrolledAt, String occurredAt,
                                  boolean deleted, List<StoredEvent> events) {

        /** The day of {@link #enrolledAt}, {@code yyyy-MM-dd}; empty where there is none. */
        public String day() {
            return dayOf(enrolledAt);
        }
    }

    /**
     * An event.
     *
     * @param occurredAt in the server's time zone and without one, {@code yyyy-MM-ddTHH:mm:ss.SSS}; null where it is only scheduled
     * @param values data element UID to value
     */
    public record StoredEvent(String uid, String enrolment, String stage, String status, String orgUnit, String occurredAt,
                              boolean deleted, Map<String, String> values) {

        /** The day of {@link #occurredAt}, {@code yyyy-MM-dd}; empty where there is none. */
        public String day() {
            return dayOf(occurredAt);
        }
    }

    private static String dayOf(String time) {
        return time == null ? "" : time.substring(0, Math.min(10, time.length()));
    }

    /** Reads the answer to a question of {@link TrackerSearch#everythingOf}. */
    public static List<StoredPerson> readAll(TrackerDialect dialect, JsonNode answer) {
        List<StoredPerson> all = new ArrayList<>();
        for (JsonNode one : list(answer, dialect.container())) {
            List<StoredEnrolment> enrolments = new ArrayList<>();
            one.path("enrollments").forEach(enrolment -> enrolments.add(readEnrolment(enrolment)));
            all.add(new StoredPerson(one.path("trackedEntity").asText(), one.path("orgUnit").asText(), one.path("deleted").asBoolean(),
                    pairs(one.path("attributes"), "attribute"), enrolments));
        }
        return all;
    }

    private static StoredEnrolment readEnrolment(JsonNode enrolment) {
        return new StoredEnrolment(enrolment.path("enrollment").asText(), enrolment.path("program").asText(),
                enrolment.path("status").asText(), enrolment.path("orgUnit").asText(), enrolment.path("enrolledAt").asText(),
                enrolment.path("occurredAt").asText(null), enrolment.path("deleted").asBoolean(), readEvents(enrolment.path("events")));
    }

    /** Reads the answer to a question of {@link TrackerSearch#eventsByUids}. */
    public static List<StoredEvent> readEvents(TrackerDialect dialect, JsonNode answer) {
        return readEvents(list(answer, dialect.eventContainer()));
    }

    /** @throws Dhis2Refuses where there is none: to take it for an empty one would make everything missing */
    private static JsonNode list(JsonNode answer, String name) {
        if (!answer.path(name).isArray()) {
            throw new Dhis2Refuses("DHIS2 answered a question without the list " + name + ". Check its version and what stands between it and this program.");
        }
        return answer.path(name);
    }

    private static List<StoredEvent> readEvents(JsonNode list) {
        List<StoredEvent> events = new ArrayList<>();
        for (JsonNode event : list) {
            events.add(new StoredEvent(event.path("event").asText(), event.path("enrollment").asText(), event.path("programStage").asText(),
                    event.path("status").asText(), event.path("orgUnit").asText(), event.path("occurredAt").asText(null),
                    event.path("deleted").asBoolean(), pairs(event.path("dataValues"), "dataElement")));
        }
        return events;
    }

    private static Map<String, String> pairs(JsonNode list, String key) {
        Map<String, String> pairs = new HashMap<>();
        list.forEach(pair -> pairs.put(pair.path(key).asText(), pair.path("value").asText()));
        return pairs;
    }

    /** The same person with what another program shows of them. */
    public StoredPerson with(StoredPerson inOther) {
        Map<String, String> all = new HashMap<>(attributes);
        all.putAll(inOther.attributes);
        List<StoredEnrolment> both = new ArrayList<>(enrolments);
        both.addAll(inOther.enrolments);
        return new StoredPerson(uid, orgUnit, deleted, all, both);
    }

    /**
     * Returns what a run would see of the person, with a status of events that hides what became of it there: so that what
     * would be sent can be compared with it.
     */
    public TrackedEntity toRun(String eventStatus) {
        return new TrackedEntity(uid, null, orgUnit, attributes, enrolments.stream().filter(enrolment -> !enrolment.deleted()).map(enrolment -> {
            Map<String, String> events = new HashMap<>();
            enrolment.events().stream().filter(event -> !event.deleted()).forEach(event -> events.put(event.uid(), eventStatus));
            return new TrackedEntity.Enrolment(enrolment.uid(), enrolment.program(), enrolment.status(), enrolment.orgUnit(),
                    enrolment.enrolledAt(), enrolment.occurredAt(), events);
        }).toList());
    }
}
