package org.martsync.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was measured, beside the goals: a table on the screen and one flat JSON object. */
final class Figures {

    /** @param atLeast whether more is better */
    private record Goal(boolean atLeast, double value) {

        static Goal atLeast(double value) {
            return new Goal(true, value);
        }

        static Goal atMost(double value) {
            return new Goal(false, value);
        }

        boolean isMetBy(double seen) {
            return atLeast ? seen >= value : seen <= value;
        }
    }

    private static final Map<String, Goal> GOALS = Map.ofEntries(
            Map.entry("ceilingRatioInstant", Goal.atLeast(0.6)),
            Map.entry("ceilingRatioSlow", Goal.atLeast(0.95)),
            Map.entry("oneAtATimeRatio", Goal.atLeast(50)),
            Map.entry("growthRatio", Goal.atLeast(0.9)),
            Map.entry("claimMaxMillis", Goal.atMost(50)),
            Map.entry("newRequestsPerEvent", Goal.atMost(1.0 / 100)),
            Map.entry("newStatementsPerEvent", Goal.atMost(1.0 / 25)),
            Map.entry("knownRequestsPerEvent", Goal.atMost(1.0 / 150)),
            Map.entry("knownStatementsPerEvent", Goal.atMost(1.0 / 25)),
            Map.entry("twoProcessRatio", Goal.atLeast(1.9)),
            Map.entry("eventsSentTwice", Goal.atMost(0)),
            Map.entry("reconcileSeconds", Goal.atMost(300)),
            Map.entry("idleRunMillis", Goal.atMost(10)),
            Map.entry("idleStatements", Goal.atMost(1)),
            Map.entry("delayMedianMillis", Goal.atMost(1200)),
            Map.entry("delayP99Millis", Goal.atMost(2500)));

    private final Map<String, Double> values = new LinkedHashMap<>();
    private final long began = System.nanoTime();

    /** Says what is being done now, with the minutes and seconds since the start. */
    void progress(String what, Object... arguments) {
        long seconds = (System.nanoTime() - began) / 1_000_000_000;
        System.out.printf("%2d:%02d  %s%n", seconds / 60, seconds % 60, what.formatted(arguments));
    }

    /** Keeps a figure, to four places. */
    void put(String name, double value) {
        values.put(name, Math.round(value * 10_000) / 10_000.0);
        progress("%s = %s", name, values.get(name));
    }

    /** Prints all figures, with the goals of those that have one. */
    void print() {
        System.out.printf("%n%-28s %14s  %s%n", "figure", "seen", "goal");
        values.forEach((name, value) -> {
            Goal goal = GOALS.get(name);
            System.out.printf("%-28s %14.4f  %s%n", name, value, goal == null ? ""
                    : "%s %.4f%s".formatted(goal.atLeast() ? ">=" : "<=", goal.value(), goal.isMetBy(value) ? "" : "  MISSED"));
        });
    }

    /** Writes all figures by their names. */
    void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(values));
    }
}
