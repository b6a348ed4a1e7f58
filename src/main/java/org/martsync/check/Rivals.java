package org.martsync.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Patients who share a value that DHIS2 wants to be unique. Whoever stands there has it, else the first whom a run sends; the
 * others who are new are refused. Lives in one thread.
 */
final class Rivals {

    private static final class Value {
        private final String column;
        private String holder;

        Value(String column, String holder) {
            this.column = column;
            this.holder = holder;
        }
    }

    private final Map<String, Finding> findings = new LinkedHashMap<>();
    private final Map<String, Long> held = new HashMap<>();
    private final Map<String, List<Value>> values = new HashMap<>();

    /** Takes what is told of a column, whose name is the finding's subject. */
    void add(Finding finding) {
        findings.put(finding.subject(), finding);
    }

    /**
     * Takes a value of a column.
     *
     * @param patients who share it
     * @param holder the one of them who stands in DHIS2, or null where all are new
     */
    void share(String column, Collection<String> patients, String holder) {
        Value value = new Value(column, holder);
        patients.forEach(patient -> values.computeIfAbsent(patient, key -> new ArrayList<>(1)).add(value));
    }

    /**
     * Whether a new patient, next in the order of a run, is refused for one who has a value already; else the patient has it now.
     *
     * @param events how many pending events go with the patient
     */
    boolean refuse(String patient, int events) {
        List<Value> theirs = values.getOrDefault(patient, List.of());
        List<String> taken = theirs.stream().filter(value -> value.holder != null && !value.holder.equals(patient)).map(value -> value.column).distinct().toList();
        taken.forEach(column -> held.merge(column, (long) events, Long::sum));
        if (taken.isEmpty()) {
            theirs.forEach(value -> value.holder = patient);
        }
        return !taken.isEmpty();
    }

    List<Finding> findings() {
        return findings.values().stream().map(finding -> finding.holding(held.getOrDefault(finding.subject(), 0L))).toList();
    }
}
