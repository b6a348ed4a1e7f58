package org.martsync.bench;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.martsync.clinic.Clinic;
import org.martsync.demo.DemoProgram;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.StandInFaults;
import org.martsync.dhis2.TrackerStore.Event;

/**
 * Measures {@code reconcile} over a hundred thousand events, with 256 MB and against a DHIS2 that takes 200 ms for each answer:
 * once to the end, and once killed in the middle and gone on with. A few events are lost on purpose and must be all that is found.
 */
final class ReadBack {

    private static final int EVENTS = 100_000;
    private static final int LOST = 7;
    private static final Pattern COLLECTED = Pattern.compile("\\d+M->(\\d+)M\\(");

    private final Figures figures;
    private final Clinic clinic = BenchClinic.prepared();
    private final Dhis2StandIn dhis2 = BenchClinic.dhis2();

    ReadBack(Figures figures) {
        this.figures = figures;
    }

    void measure() throws Exception {
        try (OwnProcess program = new OwnProcess("bench-read-back", clinic, dhis2)) {
            figures.progress("read back: sending %,d events", EVENTS);
            BenchClinic.add(clinic, EVENTS);
            program.runAt(OwnProcess.soon()).get(15, TimeUnit.MINUTES);
        }
        List<Event> stored = dhis2.store().events();
        for (int i = 0; i < LOST; i++) {
            dhis2.store().forget(stored.get(EVENTS / LOST * i).uid());
        }
        dhis2.slow(StandInFaults.gets()).by(Duration.ofMillis(200));

        dhis2.resetCounts();
        figures.progress("read back: comparing");
        long began = System.nanoTime();
        Process whole = reconcile("bench-reconcile");
        foundWhatWasLost(whole, "bench-reconcile");
        figures.put("reconcileSeconds", (System.nanoTime() - began) / 1e9);
        figures.put("reconcileRequests", dhis2.requests());
        figures.put("reconcileHeapMb", heap("bench-reconcile"));

        figures.progress("read back: comparing, and killed half way");
        dhis2.resetCounts();
        Process killed = reconcile("bench-reconcile-killed");
        while (compared() < EVENTS / 2) {
            Thread.sleep(100);
        }
        killed.destroyForcibly().waitFor();
        int before = dhis2.requests();
        foundWhatWasLost(reconcile("bench-reconcile-gone-on"), "bench-reconcile-gone-on");
        figures.put("reconcileRequestsKilled", before);
        figures.put("reconcileRequestsGoneOn", dhis2.requests() - before);
        dhis2.close();
        clinic.close();
    }

    /** How far the comparison is that has not ended. */
    private int compared() {
        return clinic.jdbc().queryForObject("SELECT coalesce(max(events) FILTER (WHERE ended_at IS NULL), 0) FROM sync_reconcile", Integer.class);
    }

    private static void foundWhatWasLost(Process reconcile, String name) throws Exception {
        if (!reconcile.waitFor(15, TimeUnit.MINUTES)) {
            throw new IllegalStateException(name + " does not end");
        }
        String told = Files.readString(Path.of("target", name + ".out"));
        if (!told.startsWith(EVENTS + " events compared with DHIS2:") || !told.contains(LOST + "  events are missing in DHIS2")
                || told.lines().filter(line -> line.matches(" +\\d+  .*")).count() != 1) {
            throw new IllegalStateException(name + " told: " + told);
        }
    }

    private Process reconcile(String name) throws Exception {
        URI database = URI.create(clinic.jdbcUrl().substring("jdbc:".length()));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-Xlog:gc:file=target/" + name + "-gc.log", "-cp", System.getProperty("java.class.path").replace("test-classes" + File.pathSeparator, "none" + File.pathSeparator),
                "org.martsync.MartSync", "reconcile",
                "--analytics.server=" + database.getHost() + ":" + database.getPort(), "--analytics.database=" + database.getPath().substring(1),
                "--analytics.user=" + clinic.user(), "--analytics.password=" + clinic.password(), "--dhis2.url=" + dhis2.url(),
                "--dhis2.user=" + Dhis2StandIn.USER, "--dhis2.password=" + Dhis2StandIn.PASSWORD, "--dhis2.program=" + DemoProgram.PROGRAM,
                "--site.org-unit=" + DemoProgram.SITE));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Path.of("target", name + ".out").toFile()).start();
    }

    /** What was left of the heap, in MB, by the worst collection. */
    private static int heap(String name) throws Exception {
        return COLLECTED.matcher(Files.readString(Path.of("target", name + "-gc.log"))).results().mapToInt(found -> Integer.parseInt(found.group(1))).max().orElse(0);
    }
}
