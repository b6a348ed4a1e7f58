package org.martsync.stress;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came of one kind of stress.
 *
 * @param kind    which
 * @param tried   how many times something was broken: kills, faults, edits, bad rows
 * @param lost    how many objects are missing in DHIS2
 * @param doubled how many are there more than once
 * @param wrong   how many hold another value than the database, or belong to nobody there
 */
@JsonPropertyOrder({"kind", "tried", "lost", "doubled", "wrong"})
record StressResult(String kind, long tried, long lost, long doubled, long wrong) {

    private static final Path FILE = Path.of("target/stress.json");
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    /** All kinds run in one JVM, one after the other. */
    private static final Map<String, StressResult> RESULTS = new LinkedHashMap<>();

    /** Writes the file anew with this result in it, and prints all results so far as a table. */
    void report() {
        synchronized (RESULTS) {
            RESULTS.put(kind, this);
            try {
                Files.createDirectories(FILE.getParent());
                Files.write(FILE, JSON.writeValueAsBytes(RESULTS.values()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            System.out.printf("%n%-24s %8s %8s %8s %8s%n", "stress", "tried", "lost", "doubled", "wrong");
            RESULTS.values().forEach(result -> System.out.printf("%-24s %8d %8d %8d %8d%n",
                    result.kind, result.tried, result.lost, result.doubled, result.wrong));
        }
    }
}
