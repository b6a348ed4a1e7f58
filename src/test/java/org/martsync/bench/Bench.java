package org.martsync.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.demo.DemoProgram;
import org.martsync.demo.SqlStatements;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.sync.Run;

/**
 * Measures the program against the least program that could do the job ({@link Ceiling}), on one PostgreSQL and one
 * DHIS2 stand-in, in one process and one run: what it says are ratios. Writes {@code target/bench.json}.
 */
public final class Bench {

    private static final int WORKERS = 4;
    private static final int WARM_UP = 20_000;
    private static final int EVENTS = 40_000;
    private static final int SLOW_EVENTS = 12_000;

    private final Map<String, Object> results = new LinkedHashMap<>();
    private final SqlStatements statements = new SqlStatements();
    private final Dhis2StandIn dhis2;
    private final Clinic clinic;
    private final RunningProgram program;
    private final Dhis2StandIn ceilingsDhis2;
    private final Clinic ceilingsClinic;
    private final Ceiling ceiling;
    private int carried;

    private Bench() throws Exception {
        dhis2 = standIn();
        ceilingsDhis2 = standIn();
        clinic = BenchClinic.prepared();
        ceilingsClinic = BenchClinic.prepared();
        program = RunningProgram.start(clinic, dhis2.url(), DemoProgram.PROGRAM, statements, "site.org-unit=" + DemoProgram.SITE,
                "dhis2.metadata-max-age=1h", "sync.workers=" + WORKERS, "sync.patience=5m");
        ceiling = new Ceiling(ceilingsClinic, ceilingsDhis2, WORKERS);
    }

    private static Dhis2StandIn standIn() throws Exception {
        ObjectMapper json = new ObjectMapper();
        return Dhis2StandIn.start(json.readTree(DemoProgram.metadata()), json.readTree(DemoProgram.orgUnits()));
    }

    /** Runs all measurements; takes a few minutes. */
    public static void main(String[] args) throws Exception {
        Bench bench = new Bench();
        bench.againstTheCeiling();
        bench.againstTheCeilingOfASlowDhis2();
        bench.requestsAndStatements();
        bench.nothingToDo();
        bench.write();
        System.exit(0);
    }

    private void againstTheCeiling() throws Exception {
        say("warming up both programs");
        ceiling(WARM_UP);
        ours(WARM_UP);
        double ours = 0;
        double theirs = 0;
        for (int round = 1; round <= 2; round++) {
            say("against the ceiling, a DHIS2 that answers at once, round " + round);
            theirs += ceiling(EVENTS);
            ours += ours(EVENTS);
        }
        put("eventsPerSecond", 2 * EVENTS / ours);
        put("ceilingEventsPerSecond", 2 * EVENTS / theirs);
        put("ceilingRatioInstant", theirs / ours);
    }

    private void againstTheCeilingOfASlowDhis2() throws Exception {
        say("against the ceiling, a DHIS2 that takes 300 ms and 1 ms an object");
        for (Dhis2StandIn one : new Dhis2StandIn[] {dhis2, ceilingsDhis2}) {
            one.slow(request -> true).by(Duration.ofMillis(300)).byPerObject(Duration.ofMillis(1));
        }
        double theirs = ceiling(SLOW_EVENTS);
        double ours = ours(SLOW_EVENTS);
        put("ceilingRatioSlow", theirs / ours);
        dhis2.heal();
        ceilingsDhis2.heal();
    }

    private void requestsAndStatements() {
        say("requests and statements an event");
        BenchClinic.add(clinic, EVENTS);
        counted("new");
        clinic.jdbc().update("UPDATE events_to_sync SET synced = false");
        counted("known");
    }

    private void counted(String of) {
        int pending = clinic.pendingCount();
        dhis2.resetCounts();
        statements.reset();
        checked(program.run(), pending);
        put(of + "RequestsPerEvent", (double) dhis2.requests() / pending);
        put(of + "StatementsPerEvent", (double) statements.count() / pending);
    }

    private void nothingToDo() {
        say("a run with nothing to do");
        double[] millis = new double[50];
        for (int i = 0; i < millis.length; i++) {
            statements.reset();
            millis[i] = program.run().seconds() * 1000;
        }
        Arrays.sort(millis);
        put("idleRunMillis", millis[millis.length / 2]);
        put("idleStatements", statements.count());
    }

    private double ours(int events) throws Exception {
        BenchClinic.add(clinic, events);
        return seconds(() -> checked(program.run(), events));
    }

    private double ceiling(int events) throws Exception {
        BenchClinic.add(ceilingsClinic, events);
        int first = carried / BenchClinic.EVENTS_A_PATIENT + 1;
        carried += events;
        int last = carried / BenchClinic.EVENTS_A_PATIENT;
        double seconds = seconds(() -> {
            ceiling.run(first, last);
            return null;
        });
        if (ceilingsDhis2.store().events().size() != carried) {
            throw new IllegalStateException("the ceiling carried " + ceilingsDhis2.store().events().size() + " of " + carried + " events");
        }
        return seconds;
    }

    private static Run checked(Run run, int events) {
        if (run.synced() != events) {
            throw new IllegalStateException("not all of " + events + " events arrived: " + run.summary());
        }
        return run;
    }

    private static double seconds(Callable<?> work) throws Exception {
        long began = System.nanoTime();
        work.call();
        return (System.nanoTime() - began) / 1e9;
    }

    private void put(String name, double value) {
        results.put(name, Math.round(value * 10_000) / 10_000.0);
        System.out.printf("  %-28s %.4f%n", name, value);
    }

    private static void say(String what) {
        System.out.println(what);
    }

    private void write() throws Exception {
        Files.createDirectories(Path.of("target"));
        Files.write(Path.of("target/bench.json"),
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(results));
    }
}
