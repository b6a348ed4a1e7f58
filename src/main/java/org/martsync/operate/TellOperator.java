package org.martsync.operate;

import java.util.List;
import java.util.Map;
import org.martsync.sync.Run;

/** Writes the receipts that the routes of an operator give. */
public final class TellOperator {

    /**
     * Takes the id of an event, as a number or as the text of one.
     *
     * @throws IllegalArgumentException when it is none
     */
    public int event(Object id) {
        try {
            return Integer.parseInt(String.valueOf(id).strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("That is no event's id: it is a number, the column id of events_to_sync.", e);
        }
    }

    /** Of what could not be done. */
    public Receipt unmet(String outcome) {
        return Receipt.of(outcome);
    }

    /** @param run the one that was begun, or null */
    public Receipt begun(Run run) {
        return Receipt.of(run == null ? "No run was begun: one is going on, or the program is stopping."
                : "Run " + run.name() + " has begun.");
    }

    /** @param run the one that was going on, or null */
    public Receipt stopped(Run run) {
        return Receipt.of(run == null ? "No run is going on in this program."
                : "Run " + run.name() + " ends after the batches on their way. What is left waits for the next run.");
    }

    /** @param changed how many pauses were written */
    public Receipt paused(int changed) {
        return Receipt.of(changed > 0 ? "Paused: no run begins by itself until it is resumed, also after a restart."
                : "It was paused already.");
    }

    /** @param changed how many pauses were deleted */
    public Receipt resumed(int changed) {
        return Receipt.of(changed > 0 ? "Resumed: runs begin by the schedule again." : "It was not paused.");
    }

    /**
     * @param events rows of {@code routes/sql/retrigger.sql} or {@code resend.sql}: {@code id} and {@code outcome}
     * @param matching how many there are of which these are the first, or null where they were named by id
     */
    public Receipt queued(List<Map<String, Object>> events, Long matching) {
        List<String> refused = events.stream().filter(event -> !event.get("outcome").equals("queued")).map(TellOperator::refusal).toList();
        int queued = events.size() - refused.size();
        StringBuilder outcome = new StringBuilder(queued + " of " + events.size() + " queued.");
        if (matching != null) {
            outcome.append(' ').append(matching).append(" match.");
        }
        refused.stream().limit(1).forEach(first -> outcome.append(' ').append(first));
        if (refused.size() > 1) {
            outcome.append(" So it is with ").append(refused.size() - 1).append(" more, or alike.");
        }
        return Receipt.of(events.size(), queued, refused, outcome.toString());
    }

    private static String refusal(Map<String, Object> event) {
        Object id = event.get("id");
        return switch (String.valueOf(event.get("outcome"))) {
            case "unknown" -> "No event has the id " + id + ".";
            case "synced" -> "Event " + id + " is synced; use resend to send it again.";
            case "pending" -> "Event " + id + " is pending; use retrigger to have it tried now.";
            default -> "Event " + id + " is on its way or being edited right now; look again in a while.";
        };
    }

    public Receipt waiting(Receipt receipt) {
        return receipt.and("The program is paused: they wait for resume or runNow.");
    }

    /** @param run the one that takes the events, or null when it follows the one that is going on */
    public Receipt going(Receipt receipt, Run run) {
        return receipt.and(run != null ? "A run has begun that takes them." : "The run that is going on is followed by one that takes them.");
    }
}
