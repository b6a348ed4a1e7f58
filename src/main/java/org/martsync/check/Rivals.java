package org.martsync.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Patients who share what only one of them can have in DHIS2: a value that must be unique there, or all that they are searched by.
 * Whoever stands there has it, else the first whom a run sends; the others who are new are refused. Lives in one thread.
 */
final class Rivals {

    private static final class Value {
        private final Finding finding;
        private final String type;
        private String holder;

        Value(Finding finding, String type, String holder) {
            this.finding = finding;
            this.type = type;
            this.holder = holder;
        }

        boolean counts(String as) {
            return type == null || type.equals(as);
        }
    }

    private final Set<Finding> findings = new LinkedHashSet<>();
    private final Map<Finding, Long> held = new HashMap<>();
    private final Map<String, List<Value>> values = new HashMap<>();

    /**
     * Takes something that several patients share.
     *
     * @param finding what is told of all that is shared in the same way
     * @param type UID of the tracked entity type within which it can be had once; null for all types together
     * @param holder the one of the patients who stands in DHIS2, or null where all are new
     */
    void share(Finding finding, String type, List<String> patients, String holder) {
        findings.add(finding);
        Value value = new Value(finding, type, holder);
        patients.forEach(patient -> values.computeIfAbsent(patient, key -> new ArrayList<>(1)).add(value));
    }

    /** Whether all of these patients, as people of a tracked entity type, share one thing that was taken already. */
    boolean shareAlready(String type, List<String> patients) {
        return values.getOrDefault(patients.get(0), List.of()).stream().filter(value -> value.counts(type))
                .anyMatch(value -> patients.stream().allMatch(patient -> values.getOrDefault(patient, List.of()).contains(value)));
    }

    /**
     * Whether a new patient, next in the order of a run, is refused for one who has a value already; else the patient has it now.
     *
     * @param type UID of the tracked entity type of which the patient is a person
     * @param events how many pending events go with the patient
     */
    boolean refuse(String patient, String type, int events) {
        List<Value> theirs = values.getOrDefault(patient, List.of()).stream().filter(value -> value.counts(type)).toList();
        List<Finding> taken = theirs.stream().filter(value -> value.holder != null && !value.holder.equals(patient)).map(value -> value.finding).distinct().toList();
        taken.forEach(finding -> held.merge(finding, (long) events, Long::sum));
        if (taken.isEmpty()) {
            theirs.forEach(value -> value.holder = patient);
        }
        return !taken.isEmpty();
    }

    List<Finding> findings() {
        return findings.stream().map(finding -> finding.holding(held.getOrDefault(finding, 0L))).toList();
    }
}
