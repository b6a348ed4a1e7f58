package org.martsync.rehearse;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.martsync.mapping.Mapping;

/**
 * What is to be rehearsed, and what would become of each event. The events of one patient are rehearsed together, so
 * that there may be a few more than asked for. Lives in one thread.
 */
public final class Rehearsal {

    /** What would become of an event; LEFT where customise, or another event of the patient, puts it off. */
    public enum Ending { CREATED, UPDATED, REJECTED, LEFT }

    /**
     * One event.
     *
     * @param id of events_to_sync
     * @param mapping its mapping's name, as it stands in the row
     * @param reason why it would be rejected, or left for later where that is known; null otherwise; may quote a patient's values
     */
    public record Outcome(int id, String mapping, Ending ending, String reason) {
    }

    /**
     * What takes the place of a mapping's row, to try it; null leaves the row as it is in that column.
     *
     * @param mappingJson {@code mapping.mapping_json}
     * @param config {@code mapping.config}
     */
    public record Tried(String mappingJson, String config) {
    }

    private final String mapping;
    private final int limit;
    private final Tried tried;
    private final Map<Integer, Outcome> outcomes = new TreeMap<>();
    private String after = "";
    private boolean through;

    /**
     * @param mapping whose events, "" for all; Patient for all too
     * @param limit about how many events
     * @param tried what takes that mapping's place, or null
     */
    public Rehearsal(String mapping, int limit, Tried tried) {
        this.mapping = mapping;
        this.limit = limit;
        this.tried = tried;
    }

    /** The mapping that was asked for, "" for all. */
    String mapping() {
        return mapping;
    }

    /** Whose events are rehearsed, "" for all: every event brings its patient, so that the patients' mapping concerns them all. */
    public String ofEvents() {
        return mapping.equals(Mapping.PATIENT) ? "" : mapping;
    }

    /** The patient after whom the next batch begins. */
    public String after() {
        return after;
    }

    /** Whether there may be more to rehearse. */
    public boolean goesOn() {
        return !through && outcomes.size() < limit;
    }

    /** How many events more are wanted, and so how many patients at most. */
    public int room() {
        return limit - outcomes.size();
    }

    Tried tried() {
        return tried;
    }

    void behind(String patient) {
        after = patient;
    }

    void through() {
        through = true;
    }

    void add(Outcome outcome) {
        outcomes.put(outcome.id(), outcome);
    }

    /** The events by their ids. */
    public Map<Integer, Outcome> outcomes() {
        return Collections.unmodifiableMap(outcomes);
    }

    /** How many events would end so. */
    public long count(Ending ending) {
        return outcomes.values().stream().filter(outcome -> outcome.ending() == ending).count();
    }

    /** The rejected events of one mapping and one reason, the most first; what is in quotes differs from event to event and is left out. */
    public Map<String, List<Outcome>> rejectedByReason() {
        Map<String, List<Outcome>> groups = outcomes.values().stream().filter(outcome -> outcome.ending() == Ending.REJECTED)
                .collect(Collectors.groupingBy(outcome -> outcome.mapping() + ": " + shape(outcome.reason()), TreeMap::new, Collectors.toList()));
        return groups.entrySet().stream().sorted((one, other) -> other.getValue().size() - one.getValue().size())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, LinkedHashMap::new));
    }

    /** As {@code routes/sql/page-failures.sql} groups reasons: values in quotes and words with digits differ from patient to patient. */
    private static String shape(String reason) {
        return reason.replaceAll("(^|[\\s(])'.*?'(?=[\\s.,;:)]|$)", "$1'…'").replaceAll("\\b(?!DHIS2\\b|E\\d{4}\\b)[\\w-]*\\d[\\w-]*", "…");
    }

    private static boolean passes(Outcome outcome) {
        return outcome.ending() == Ending.CREATED || outcome.ending() == Ending.UPDATED;
    }

    /** Whether every event would be stored. */
    public boolean allPass() {
        return outcomes.values().stream().allMatch(Rehearsal::passes);
    }

    /** The events that this one lets pass and the other does not. */
    public List<Integer> passMoreThan(Rehearsal other) {
        List<Integer> more = new ArrayList<>();
        outcomes.forEach((id, outcome) -> {
            Outcome theirs = other.outcomes.get(id);
            if (theirs != null && passes(outcome) && !passes(theirs)) {
                more.add(id);
            }
        });
        return more;
    }
}
