package org.martsync.event;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.martsync.dhis2.ComputedUid;
import org.martsync.words.Words;

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
        String problem = body instanceof Map<?, ?> map ? problem(event, map) : Words.say("payload.no-map");
        if (problem != null) {
            event.reject(Words.say("payload.unusable", problem));
            return;
        }
        event.send((Map<String, Object>) body);
    }

    /**
     * Rejects the events that never came to {@code check}: a stop in {@code customise} ends an event's way there. And leaves
     * with an event that waits every other one of its UID.
     */
    public void complete(Batch batch) {
        batch.open().stream().filter(event -> event.payload() == null).forEach(event -> event.reject(Words.say("payload.stopped")));
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
            return Words.say("payload.uid-changed");
        }
        for (String field : UIDS) {
            if (!ComputedUid.wellFormed(String.valueOf(payload.get(field)))) {
                return Words.say("payload.no-uid", field, payload.get(field));
            }
        }
        if (!STATUS.contains(String.valueOf(payload.get("status")))) {
            return Words.say("payload.status", payload.get("status"), STATUS);
        }
        try {
            LocalDate.parse(String.valueOf(payload.get("occurredAt")));
        } catch (DateTimeParseException e) {
            return Words.say("payload.date", payload.get("occurredAt"));
        }
        return hasNul(payload) ? Words.say("payload.nul") : null;
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
