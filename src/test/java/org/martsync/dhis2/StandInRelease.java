package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The release that the stand-in plays: what of a request it knows, and how it answers. Only 2.42 was recorded; the others
 * are played by DHIS2's documentation, release notes and sources (docs/dhis2-versions.md says which), in doubt in the less handy way.
 */
record StandInRelease(String version, int number, int patch) {

    /** What 2.41 named anew under tracker/trackedEntities, and what is the same in it but for the separator. */
    private static final Map<String, String> RENAMED = Map.of("orgUnit", "orgUnits", "ouMode", "orgUnitMode",
            "trackedEntity", "trackedEntities", "skipPaging", "paging");
    private static final Map<String, String> RENAMED_OF_EVENTS = Map.of("event", "events", "ouMode", "orgUnitMode", "skipPaging", "paging");
    private static final Set<String> LISTS = Set.of("trackedEntities", "enrollments", "events");

    static StandInRelease of(String version) {
        List<Integer> numbers = Stream.of(version.split("\\.")).map(Integer::valueOf).toList();
        boolean ofThese = numbers.get(0) == 2;
        return new StandInRelease(version, ofThese ? numbers.get(1) : 1000, ofThese && numbers.size() > 2 ? numbers.get(2) : 0);
    }

    private boolean oldNames() {
        return number <= 41;
    }

    private boolean newNames() {
        return number >= 41;
    }

    /** Whether wrong values have the codes of 2.43: E1085 became E1007, and a data value has no code of attributes any more. */
    boolean newValueCodes() {
        return number >= 43;
    }

    /** Whether a completed event must have its date of completion, where the program closes them (E1042). */
    boolean demandsCompletion() {
        return number <= 41;
    }

    /** Whether an event that is completed already is closed by the date it was completed at, whatever is sent (DHIS2-21536). */
    boolean keepsCompletion() {
        return number > 43 || number == 43 && patch >= 1;
    }

    /** Whether who has F_EDIT_EXPIRED may write to closed periods (DHIS2-19579). */
    boolean exemptsFromPeriods() {
        return number >= 43 || number == 42 && patch >= 5 || number == 41 && patch >= 8 || number == 40 && patch >= 12;
    }

    /** Whether a comma and a colon can belong to a value of a filter. */
    private boolean escapes() {
        return number > 40 || number == 40 && patch >= 1;
    }

    /** Gives the parameters of a search for tracked entities in the words of 2.42; what this release does not know is left out. */
    StandInParameters understood(StandInParameters sent) {
        if (number >= 42) {
            return sent;
        }
        StandInParameters understood = inNewWords(sent, RENAMED);
        if (!newNames()) {
            asBefore41(understood);
        }
        return understood;
    }

    /** The same of a search for events. */
    StandInParameters understoodOfEvents(StandInParameters sent) {
        return number >= 42 ? sent : inNewWords(sent, RENAMED_OF_EVENTS);
    }

    private StandInParameters inNewWords(StandInParameters sent, Map<String, String> names) {
        StandInParameters understood = new StandInParameters("");
        sent.each((name, values) -> {
            boolean old = names.containsKey(name);
            boolean renamed = names.containsValue(name);
            if (old && sent.has(names.get(name)) && newNames()) {
                throw new StandInPayload.Unreadable("Only one parameter of '" + name + "' and '" + names.get(name) + "' must be specified.");
            }
            if (old) {
                understood.put(names.get(name), values.stream().map(value -> name.equals("skipPaging")
                        ? String.valueOf(!value.equals("true")) : parted(name, value)).toList());
            } else if (!renamed || newNames()) {
                understood.put(name, name.equals("filter") && !escapes() ? values.stream().map(value -> value.replace("/", "//")).toList() : values);
            }
        });
        return understood;
    }

    /** Parts a list of UIDs by commas; releases that know nothing but semicolons take what holds a comma for one UID, and a wrong one. */
    private String parted(String name, String value) {
        if (!newNames() && value.contains(",")) {
            throw new StandInPayload.Unreadable("Value '" + value + "' is not valid for parameter " + name + ". Invalid UID");
        }
        return value.replace(";", ",");
    }

    private static void asBefore41(StandInParameters parameters) {
        if (parameters.has("program") && parameters.has("trackedEntityType")) {
            throw new StandInPayload.Unreadable("Program and tracked entity cannot be specified simultaneously");
        }
        if (!parameters.has("orgUnits") && !parameters.has("orgUnitMode") && !parameters.has("trackedEntities")) {
            throw new StandInPayload.Unreadable("At least one organisation unit must be specified");
        }
    }

    /** Refuses a list of enrolments or events without their program, as from 2.43 on. */
    void demand(String list, StandInParameters parameters) {
        if (number >= 43 && !list.equals("trackedEntities") && !parameters.has("program")) {
            throw new StandInPayload.Unreadable("Required request parameter 'program' for method parameter type UID is not present");
        }
    }

    /** Writes a list as this release does: up to 2.40 all are called instances, up to 2.41 the pager's fields stand beside it. */
    ObjectNode contained(ObjectNode list) {
        if (oldNames() && list.get("pager") instanceof ObjectNode pager) {
            list.setAll(pager);
            if (!newNames()) {
                list.remove("pager");
            }
        }
        if (!newNames()) {
            for (String name : LISTS) {
                if (list.has(name)) {
                    JsonNode found = list.remove(name);
                    list.set("instances", found);
                }
            }
        }
        return list;
    }

    /** Writes an import report as this release does: up to 2.40 one error makes the whole an ERROR, and objects have an index. */
    ObjectNode reported(ObjectNode report) {
        if (newNames()) {
            return report;
        }
        if (!report.at("/validationReport/errorReports").isEmpty()) {
            report.put("status", "ERROR");
        }
        report.at("/validationReport/errorReports").forEach(error -> ((ObjectNode) error).remove("args"));
        report.at("/bundleReport/typeReportMap").forEach(type -> {
            int index = 0;
            for (JsonNode object : type.path("objectReports")) {
                ((ObjectNode) object).put("index", index++);
            }
        });
        return report;
    }

    @Override
    public String toString() {
        return version;
    }
}
