package org.martsync.event;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.martsync.dhis2.ComputedUid;

/**
 * Finds in a customised event what would make DHIS2 refuse the whole request, good neighbours included: a badly formed
 * UID, an unreadable date, an unknown status, a NUL character (recordings 041, 123, 337, 348, 349).
 */
public final class CheckPayload {

    private static final List<String> UIDS = List.of("program", "programStage", "enrollment", "orgUnit");
    private static final Set<String> STATUS = Set.of("ACTIVE", "COMPLETED", "SCHEDULE", "OVERDUE", "SKIPPED", "VISITED");

    /** As {@link #check(EventForms, Object, String, String)}, for a route {@code map-event} of a site that knows no header {@code later}. */
    public void check(EventForms forms, Object body, String reject) {
        check(forms, body, reject, null);
    }

    /**
     * Keeps the payload to be sent, rejects the event or leaves it to a later run.
     *
     * @param forms of the event which the payload is of
     * @param body what {@code customise} left: the map it was given, changed or not
     * @param reject the reason that {@code customise} gave to reject the event, or null
     * @param later what {@code customise} said the event is to wait for, or null
     */
    @SuppressWarnings("unchecked")
    public void check(EventForms forms, Object body, String reject, String later) {
        PendingEvent event = forms.event();
        if (reject != null) {
            event.reject(reject);
            return;
        }
        if (later != null) {
            event.leave(later);
            return;
        }
        String problem = body instanceof Map<?, ?> map ? problem(event, map) : "the body is no longer the event's map";
        if (problem != null) {
            event.reject("The event cannot be sent: " + problem
                    + ". Correct the org unit's UID in orgunit_tracker, or what routes/customise.camel.yaml makes of the event.");
            return;
        }
        event.send((Map<String, Object>) body);
    }

    /**
     * Rejects the events that never came to {@code check}: a stop in {@code customise} ends an event's way there. And leaves
     * with an event that waits every other one of its UID.
     */
    public void complete(Batch batch) {
        batch.open().stream().filter(event -> event.payload() == null).forEach(event -> event.reject(
                "routes/customise.camel.yaml stopped this event without a reason. Let it set the header reject or later to one and not"
                        + " stop: a header is lost with the stop."));
        leaveVersionsTogether(batch);
    }

    /** Else the version that waits would be sent over the other one, which may be newer. */
    private static void leaveVersionsTogether(Batch batch) {
        Map<String, String> waiting = new HashMap<>();
        batch.events().stream().filter(event -> event.waitsFor() != null).forEach(event -> waiting.putIfAbsent(event.uid(), event.waitsFor()));
        batch.open().stream().filter(event -> waiting.containsKey(event.uid())).forEach(event -> event.leave(waiting.get(event.uid())));
    }

    private static String problem(PendingEvent event, Map<?, ?> payload) {
        if (!event.uid().equals(payload.get("event"))) {
            return "the event's UID was changed, by which its outcome is known";
        }
        for (String field : UIDS) {
            if (!ComputedUid.wellFormed(String.valueOf(payload.get(field)))) {
                return field + " '" + payload.get(field) + "' is no UID";
            }
        }
        if (!STATUS.contains(String.valueOf(payload.get("status")))) {
            return "status '" + payload.get("status") + "' is none of " + STATUS;
        }
        try {
            LocalDate.parse(String.valueOf(payload.get("occurredAt")));
        } catch (DateTimeParseException e) {
            return "occurredAt '" + payload.get("occurredAt") + "' is no date like 2024-02-01";
        }
        return hasNul(payload) ? "a value has a NUL character" : null;
    }

    private static boolean hasNul(Object value) {
        if (value instanceof CharSequence text) {
            return text.toString().indexOf('\0') >= 0;
        }
        Collection<?> parts = value instanceof Map<?, ?> map ? map.values() : value instanceof Collection<?> list ? list : List.of();
        for (Object part : parts) {
            if (hasNul(part)) {
                return true;
            }
        }
        return false;
    }
}
