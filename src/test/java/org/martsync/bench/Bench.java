package org.martsync.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Measures the program and writes {@code target/bench.json}; takes about twenty minutes.
 * {@code -Dbench.only=ceiling}, {@code growth}, {@code processes}, {@code history} or {@code reconcile} does that part alone.
 */
public final class Bench {

    /** A part of what is measured, with a database and a DHIS2 stand-in of its own. */
    private interface Part {

        void measure(Figures figures) throws Exception;
    }

    private Bench() {
    }

    public static void main(String[] args) throws Exception {
        System.setProperty("clinic.preload", "pg_stat_statements");
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("ceiling", figures -> new AgainstOthers(figures).measure());
        parts.put("growth", figures -> new Growth(figures).measure());
        parts.put("processes", figures -> new TwoProcesses(figures).measure());
        parts.put("history", figures -> new History(figures).measure());
        parts.put("reconcile", figures -> new ReadBack(figures).measure());
        String only = System.getProperty("bench.only", "");
        if (!only.isEmpty()) {
            parts.keySet().retainAll(Set.of(only));
        }
        Figures figures = new Figures();
        for (Part part : parts.values()) {
            part.measure(figures);
        }
        figures.print();
        figures.write(Path.of("target/bench.json"));
        System.exit(0);
    }
}
