package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Reads the body of a POST to /api/tracker, nested or flat, into three lists.
 *
 * <p>What DHIS2 cannot read fails the whole request here, good neighbours included: a UID of wrong form
 * (recordings 041, 349), a date (082, 116, 348), a status (123), a body that is no object (328, 329, 332).
 */
final class StandInPayload {

    /** A value for an attribute or data element; null clears, as an empty or blank one does (342, 343). */
    record Value(String field, String value) {
    }

    record TrackedEntityIn(String uid, String type, String orgUnit, List<Value> attributes) {
    }

    record EnrolmentIn(String uid, String trackedEntity, String program, String orgUnit, String status,
            LocalDateTime enrolledAt, LocalDateTime occurredAt, LocalDateTime completedAt, List<Value> attributes) {
    }

    record EventIn(String uid, String enrolment, String program, String stage, String orgUnit, String status,
            LocalDateTime occurredAt, LocalDateTime scheduledAt, LocalDateTime completedAt, List<Value> dataValues) {
    }

    /** Says why DHIS2 answers 400. */
    static final class Unreadable extends RuntimeException {

        private final String code;

        Unreadable(String message) {
            this(message, null);
        }

        Unreadable(String message, String code) {
            super(message);
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    static final Pattern UID = Pattern.compile("[A-Za-z][A-Za-z0-9]{10}");

    private static final Set<String> ENROLMENT_STATUS = Set.of("ACTIVE", "COMPLETED", "CANCELLED");
    private static final Set<String> EVENT_STATUS =
            Set.of("SKIPPED", "ACTIVE", "SCHEDULE", "VISITED", "COMPLETED", "OVERDUE");
    private static final Pattern DATE_TIME =
            Pattern.compile("(\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?)(Z|[+-]\\d{2}:?\\d{2})?");
    private static final AtomicLong MADE = new AtomicLong();

    final List<TrackedEntityIn> trackedEntities = new ArrayList<>();
    final List<EnrolmentIn> enrolments = new ArrayList<>();
    final List<EventIn> events = new ArrayList<>();

    /** Reads the body's JSON. */
    static StandInPayload of(JsonNode body) {
        if (!body.isObject()) {
            throw new Unreadable("JSON parse error: Cannot deserialize value of type `Body` from "
                    + body.getNodeType() + " value");
        }
        StandInPayload payload = new StandInPayload();
        list(body, "trackedEntities").forEach(payload::addTrackedEntity);
        list(body, "enrollments").forEach(enrolment -> payload.addEnrolment(enrolment, null));
        list(body, "events").forEach(event -> payload.addEvent(event, null));
        return payload;
    }

    /** Makes a UID as the server does for an object that came without one. */
    static String madeUid() {
        return String.format("Made%07d", MADE.incrementAndGet());
    }

    int size() {
        return trackedEntities.size() + enrolments.size() + events.size();
    }

    private void addTrackedEntity(JsonNode node) {
        String uid = ownUid(node, "trackedEntity");
        trackedEntities.add(new TrackedEntityIn(uid, text(node, "trackedEntityType"), text(node, "orgUnit"),
                values(node, "attributes", "attribute")));
        list(node, "enrollments").forEach(enrolment -> addEnrolment(enrolment, uid));
    }

    private void addEnrolment(JsonNode node, String parent) {
        String uid = ownUid(node, "enrollment");
        String trackedEntity = parent == null ? uid(node, "trackedEntity") : parent;
        enrolments.add(new EnrolmentIn(uid, trackedEntity, text(node, "program"), text(node, "orgUnit"),
                status(node, ENROLMENT_STATUS), date(node, "enrolledAt"), date(node, "occurredAt"),
                date(node, "completedAt"), values(node, "attributes", "attribute")));
        list(node, "events").forEach(event -> addEvent(event, uid));
    }

    private void addEvent(JsonNode node, String parent) {
        uid(node, "trackedEntity");
        events.add(new EventIn(ownUid(node, "event"), parent == null ? uid(node, "enrollment") : parent,
                text(node, "program"), text(node, "programStage"), text(node, "orgUnit"), status(node, EVENT_STATUS),
                date(node, "occurredAt"), date(node, "scheduledAt"), date(node, "completedAt"),
                values(node, "dataValues", "dataElement")));
    }

    private static JsonNode list(JsonNode node, String name) {
        JsonNode list = node.path(name);
        if (!list.isArray() && !list.isMissingNode() && !list.isNull()) {
            throw new Unreadable("JSON parse error: Cannot deserialize value of type `java.util.ArrayList`");
        }
        return list;
    }

    private static String ownUid(JsonNode node, String name) {
        if (!node.isObject()) {
            throw new Unreadable("JSON parse error: Cannot construct instance from " + node.getNodeType());
        }
        String uid = uid(node, name);
        return uid == null ? madeUid() : uid;
    }

    private static String uid(JsonNode node, String name) {
        String uid = text(node, name);
        if (uid != null && !UID.matcher(uid).matches()) {
            throw new Unreadable("JSON parse error: Cannot construct instance of `org.hisp.dhis.common.UID`, problem: "
                    + "UID must be an alphanumeric string of 11 characters starting with a letter, but was: " + uid);
        }
        return uid;
    }

    private static String status(JsonNode node, Set<String> known) {
        String status = text(node, "status");
        if (status != null && !known.contains(status)) {
            throw new Unreadable("JSON parse error: Cannot deserialize value of type status from String \"" + status
                    + "\": not one of the values accepted for Enum class: " + known);
        }
        return status == null ? "ACTIVE" : status;
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isValueNode() && !value.isNull() && !value.asText().isEmpty() ? value.asText() : null;
    }

    /** Reads values; one that is no plain value loses its data element too, as in recording 344. */
    private static List<Value> values(JsonNode node, String list, String field) {
        List<Value> values = new ArrayList<>();
        for (JsonNode each : list(node, list)) {
            JsonNode value = each.path("value");
            if (value.isContainerNode()) {
                values.add(new Value("", null));
                continue;
            }
            String text = value.isNull() || value.isMissingNode() || value.asText().isBlank() ? null : value.asText();
            values.add(new Value(each.path(field).asText(""), text == null ? null : withWholeCharacters(text)));
        }
        return values;
    }

    /** Writes half a surrogate pair as a question mark (recording 340). */
    private static String withWholeCharacters(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (Character.isSurrogate(text.charAt(at))) {
                return text.codePoints()
                        .map(point -> Character.getType(point) == Character.SURROGATE ? '?' : point)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
            }
        }
        return text;
    }

    private static LocalDateTime date(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (value.isIntegralNumber()) {
            return LocalDateTime.ofInstant(Instant.ofEpochMilli(value.asLong()), ZoneOffset.UTC);
        }
        String text = text(node, name);
        return text == null ? null : date(text);
    }

    /** Reads a date as DHIS2 does, in the recorded server's zone, UTC (recordings 082, 083). */
    static LocalDateTime date(String text) {
        try {
            if (text.length() == 4) {
                return Year.parse(text).atDay(1).atStartOfDay();
            }
            if (text.length() == 7) {
                return YearMonth.parse(text).atDay(1).atStartOfDay();
            }
            if (text.length() == 10) {
                return LocalDate.parse(text).atStartOfDay();
            }
            var match = DATE_TIME.matcher(text);
            if (match.matches()) {
                LocalDateTime local = LocalDateTime.parse(match.group(1));
                return match.group(2) == null ? local
                        : OffsetDateTime.of(local, ZoneOffset.of(match.group(2)))
                                .withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
            }
        } catch (DateTimeException e) {
            // answered below like every other text that is no date
        }
        throw new Unreadable("JSON parse error: Invalid date format '" + text
                + "', only 'yyyy-MM-dd'T'HH:mm:ss.SSS' format end epoch milliseconds are supported.");
    }
}
