package org.martsync.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.martsync.dhis2.Attribute;
import org.martsync.dhis2.Dhis2Answer;
import org.martsync.dhis2.ImportReport;
import org.martsync.patient.Patient;

/**
 * Deals the open events of a batch out to POSTs: one, unless some would clash in it.
 *
 * <p>DHIS2 refuses both of two objects that clash inside one payload (two people with one unique value, two events of
 * a stage that is not repeatable: recordings 135, 140), and of two events with one UID keeps only the last (039). In
 * different payloads the first is stored and the second gets an answer of its own.
 */
public final class DeliverBatch {

    private final int largest;

    /** @param largest number of events in one POST */
    public DeliverBatch(int largest) {
        this.largest = largest;
    }

    /** Returns the POSTs, to be sent one after the other. */
    public List<Delivery> plan(Batch batch) {
        List<Round> rounds = new ArrayList<>();
        for (PendingEvent event : batch.open()) {
            Map<String, Object> claims = claims(event);
            Round round = rounds.stream().filter(one -> one.hasRoom(claims)).findFirst().orElseGet(() -> {
                Round next = new Round(largest);
                rounds.add(next);
                return next;
            });
            round.add(event, claims);
        }
        return rounds.stream().map(round -> Delivery.of(round.events)).toList();
    }

    /** Takes the number of the note that the events of a batch are about to be sent. */
    public void noted(Batch batch, long request) {
        batch.noted(request);
    }

    /** Takes the answer to a POST: with a report nothing of the batch is on its way any more. */
    public void answered(Batch batch, Dhis2Answer answer) {
        batch.reported(answer.report());
    }

    /** Gives the events of a delivery the outcomes of its report. */
    public void settle(Delivery delivery, Dhis2Answer answer) {
        delivery.settle(ImportReport.read(answer.body()));
    }

    /** Gives the events of a delivery the outcomes they would have, see {@link Delivery#rehearse}. */
    public void rehearse(Delivery delivery, Dhis2Answer answer) {
        delivery.rehearse(answer);
    }

    /** Keeps the one event that DHIS2 refuses alone in doubt. */
    public void doubt(Delivery delivery, Dhis2Answer answer) {
        delivery.doubt(answer);
    }

    /** Decides by the answer to the patient alone whether the events in doubt are to blame, see {@link Delivery#judge}. */
    public void judge(Delivery delivery, Dhis2Answer answer) {
        delivery.judge(answer);
    }

    /** What may stand only once in a payload, and for whom it stands there. */
    private static Map<String, Object> claims(PendingEvent event) {
        Map<String, Object> claims = new HashMap<>();
        // two rows of one encounter and mapping are one event; two mappings that fill one stage are two versions of it
        claims.put("event " + event.uid(), event.mappingName());
        if (!event.program().stages().get(event.mapping().stage()).repeatable()) {
            claims.put("stage " + event.mapping().stage() + event.payload().get("enrollment"), event.uid());
        }
        Patient patient = event.patient();
        if (patient.trackedEntity().toSend()) {
            patient.trackedEntity().attributes().forEach((uid, value) -> {
                Attribute attribute = patient.people().attributes().get(uid);
                if (attribute != null && attribute.unique() && !value.isEmpty()) {
                    claims.put("value " + uid + value, patient.trackedEntity().uid());
                }
            });
        }
        claims.put("person " + patient.trackedEntity().uid(), patient);
        return claims;
    }

    private static final class Round {
        private final int largest;
        private final List<PendingEvent> events = new ArrayList<>();
        private final Map<String, Object> claimed = new HashMap<>();

        Round(int largest) {
            this.largest = largest;
        }

        boolean hasRoom(Map<String, Object> claims) {
            return events.size() < largest && claims.entrySet().stream()
                    .allMatch(claim -> claimed.getOrDefault(claim.getKey(), claim.getValue()).equals(claim.getValue()));
        }

        void add(PendingEvent event, Map<String, Object> claims) {
            events.add(event);
            claimed.putAll(claims);
        }
    }
}
