package org.martsync.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.martsync.mapping.ConvertValue;
import org.martsync.mapping.FormTable;
import org.martsync.mapping.Mapping;
import org.martsync.mapping.Problem;

/** Counts how the values of one mapping fit, encounter by encounter, or patient by patient for the patient mapping. */
final class Tally {

    static final String MAP_A_COLUMN = "Map a column to it.";

    /** How many values that name no option are told. */
    private static final int VALUES = 10;

    private record Subject(Problem.Kind kind, String target, String columns) {
    }

    private static final class Count {
        private long seen;
        private long held;
        private String example;
        private final Map<Problem.Missing, Long> missing = new LinkedHashMap<>();

        /** The codes of the options that were perhaps meant, of the values that come first. */
        private List<String> nearest() {
            return shown().map(one -> one.getKey().nearest()).filter(Objects::nonNull).distinct().toList();
        }

        /** A case, and the values that name no option. */
        private String examples() {
            if (missing.size() < 2) {
                return example;
            }
            return example + " Missing: " + shown().map(one -> one.getKey().value() + " (" + number(one.getValue())
                    + (one.getKey().nearest() == null ? "" : ", nearest " + one.getKey().nearest()) + ")").collect(Collectors.joining(", "))
                    + (missing.size() > VALUES ? ", and " + number(missing.size() - VALUES) + " more." : ".");
        }

        /** The most frequent first. */
        private Stream<Map.Entry<Problem.Missing, Long>> shown() {
            return missing.entrySet().stream().sorted(Map.Entry.<Problem.Missing, Long>comparingByValue().reversed()).limit(VALUES);
        }
    }

    private final Mapping mapping;
    private final Map<Subject, Count> counts = new LinkedHashMap<>();
    /** Filled values by their column, as in {@link Problem#columns}. */
    private final Map<String, Long> filled = new HashMap<>();
    private final Set<Integer> encounters = new HashSet<>();
    private long looked;

    Tally(Mapping mapping) {
        this.mapping = mapping;
    }

    /**
     * Counts one encounter or patient.
     *
     * @param rows the rows of each of the mapping's tables
     * @param problems what is wrong with it
     * @param held how many pending events that holds back
     * @param whose in which an example is found, such as {@code event 7}
     */
    void count(Map<String, List<Map<String, Object>>> rows, Collection<Problem> problems, int held, String whose) {
        looked++;
        for (FormTable table : mapping.tables()) {
            for (Map<String, Object> row : rows.getOrDefault(table.name(), List.of())) {
                table.columns().stream().filter(column -> !ConvertValue.isEmpty(row.get(column.name())))
                        .forEach(column -> filled.merge(column.at(table.name()), 1L, Long::sum));
            }
        }
        Set<Subject> once = new HashSet<>();
        for (Problem problem : problems) {
            Subject subject = new Subject(problem.kind(), problem.target(), problem.columns());
            Count count = counts.computeIfAbsent(subject, key -> new Count());
            if (once.add(subject)) {
                count.seen++;
                count.held += held;
            }
            if (problem.missing() != null) {
                count.missing.merge(problem.missing(), 1L, Long::sum);
            }
            if (count.example == null) {
                // of what is not mapped, the sentence is the finding's own
                count.example = problem.kind() == Problem.Kind.COMPULSORY_UNMAPPED ? whose : whose + ": " + problem.sentence();
            }
        }
    }

    /** Whether this encounter was not looked at before; from now on it was. */
    boolean looked(int encounter) {
        return encounters.add(encounter);
    }

    /** @param unusable programs that mappings name and that cannot be used, so that nobody knows what they have */
    List<Finding> findings(List<String> unusable) {
        List<Finding> findings = new ArrayList<>();
        counts.forEach((subject, count) -> findings.add(new Finding(Code.valueOf(subject.kind().name()), mapping.name(), subject.columns() == null ? subject.target() : subject.columns(),
                sentence(subject, count, unusable), advice(subject, count), count.held, count.examples())));
        return findings;
    }

    private String sentence(Subject subject, Count count, List<String> unusable) {
        String some = number(count.seen) + " of " + number(looked) + (mapping.patientMapping() ? " patients" : " encounters") + (count.seen == 1 ? " has" : " have");
        String target = subject.target();
        return switch (subject.kind()) {
            case NO_TABLE -> "none of its form tables is in the database.";
            case NO_ROWS -> some + " no row in any of its forms.";
            case NOT_A_TARGET -> values(subject, count) + " meant for " + target + ", which DHIS2 does not have there" + (mapping.patientMapping() ? perhapsIn(unusable) : "") + ".";
            case UNFIT_VALUE -> values(subject, count) + " nothing that DHIS2 takes for " + target + ".";
            case COLUMNS_DISAGREE -> some + " different answers for " + target + " in " + subject.columns() + ".";
            case COMPULSORY_EMPTY -> some + " no " + target + ", which DHIS2 demands (" + subject.columns() + ").";
            case COMPULSORY_UNMAPPED -> unmapped(target);
        };
    }

    /** Where an attribute may be that is in none of the programs that can be used. */
    static String perhapsIn(List<String> unusable) {
        return unusable.isEmpty() ? "" : ", unless it is in the program " + String.join(" or ", unusable) + ", which a mapping names and which cannot be used";
    }

    static String unmapped(String target) {
        return "DHIS2 demands " + target + ", and no column that can be read is mapped to it.";
    }

    private String values(Subject subject, Count count) {
        return number(count.seen) + " of " + number(filled.getOrDefault(subject.columns(), looked)) + " values of " + subject.columns() + (count.seen == 1 ? " is" : " are");
    }

    private static String advice(Subject subject, Count count) {
        return switch (subject.kind()) {
            case NO_TABLE -> "Correct the mapping, or wait until the flattener has made the tables.";
            case NO_ROWS -> "Save these forms again in the clinic.";
            case NOT_A_TARGET -> "Map the column to something else, or add that to the program in DHIS2.";
            case UNFIT_VALUE -> "Correct them in the clinic, or map the column to something that takes them."
                    + (count.nearest().isEmpty() ? "" : " Options of DHIS2 that were perhaps meant: " + String.join(", ", count.nearest()) + ".");
            case COLUMNS_DISAGREE -> "Leave only one of them filled, or make them equal.";
            case COMPULSORY_EMPTY -> "Fill them in the clinic.";
            case COMPULSORY_UNMAPPED -> MAP_A_COLUMN;
        };
    }

    private static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
