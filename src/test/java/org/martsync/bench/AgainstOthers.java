package org.martsync.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.demo.DemoProgram;
import org.martsync.demo.SqlStatements;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.sync.Run;

/**
 * Measures the program against the least program that could do the job ({@link Ceiling}), against the least that also
 * keeps the database's contract ({@link ContractCeiling}) and against the way of the one it replaces ({@link OneAtATime}),
 * on one PostgreSQL, in one process and one run: what it says are ratios.
 */
final class AgainstOthers {

    private static final int WORKERS = 4;
    private static final int WARM_UP = 20_000;
    private static final int EVENTS = 40_000;
    /** What a run asks before its first POST takes a slow DHIS2 a second: of 40,000 events that would be a twentieth of the time. */
    private static final int SLOW_EVENTS = 100_000;
    private static final int OUR_EVENTS_BESIDE_OLD = 12_000;
    private static final int OLD_WARM_UP = 100;
    private static final int OLD_EVENTS = 500;

    private final Figures figures;
    private final SqlStatements statements = new SqlStatements();
    private final Dhis2StandIn dhis2 = BenchClinic.dhis2();
    private final Clinic clinic = BenchClinic.prepared();
    private final RunningProgram program;
    private final Other least = new Other(Ceiling::new);
    private final Other leastOfContract = new Other(ContractCeiling::new);

    AgainstOthers(Figures figures) {
        this.figures = figures;
        program = RunningProgram.start(clinic, dhis2.url(), DemoProgram.PROGRAM, statements, "site.org-unit=" + DemoProgram.SITE,
                "dhis2.metadata-max-age=1h", "sync.workers=" + WORKERS, "sync.patience=5m", "logging.level.sync=WARN");
    }

    void measure() throws Exception {
        againstTheCeiling();
        againstTheCeilingOfASlowDhis2();
        againstOneAtATime();
        requestsAndStatements();
        program.close();
        for (AutoCloseable each : List.of(dhis2, least.dhis2, leastOfContract.dhis2, clinic, least.clinic, leastOfContract.clinic)) {
            each.close();
        }
    }

    private void againstTheCeiling() throws Exception {
        figures.progress("warming up: the ceilings and the program");
        least.carry(WARM_UP);
        leastOfContract.carry(WARM_UP);
        ours(WARM_UP);
        double ours = 0;
        double theirs = 0;
        double contract = 0;
        for (int round = 1; round <= 2; round++) {
            figures.progress("against the ceiling, a DHIS2 that answers at once, round %d", round);
            theirs += least.carry(EVENTS);
            contract += leastOfContract.carry(EVENTS);
            ours += ours(EVENTS);
        }
        figures.put("eventsPerSecond", 2 * EVENTS / ours);
        figures.put("ceilingEventsPerSecond", 2 * EVENTS / theirs);
        figures.put("ceilingRatioInstant", theirs / ours);
        figures.put("contractRatioInstant", contract / ours);
        figures.put("contractToCeiling", theirs / contract);
    }

    private void againstTheCeilingOfASlowDhis2() throws Exception {
        figures.progress("against the ceiling, a DHIS2 that takes 300 ms and 1 ms an object");
        for (Dhis2StandIn one : List.of(dhis2, least.dhis2)) {
            one.slow(request -> true).by(Duration.ofMillis(300)).byPerObject(Duration.ofMillis(1));
        }
        double theirs = least.carry(SLOW_EVENTS);
        double ours = ours(SLOW_EVENTS);
        figures.put("ceilingRatioSlow", theirs / ours);
        dhis2.heal();
        least.dhis2.heal();
    }

    private void againstOneAtATime() throws Exception {
        figures.progress("against one event at a time, a DHIS2 that takes 20 ms");
        OneAtATime old = new OneAtATime(least.clinic, least.dhis2);
        for (Dhis2StandIn one : List.of(dhis2, least.dhis2)) {
            one.slow(request -> true).by(Duration.ofMillis(20));
        }
        BenchClinic.add(least.clinic, OLD_WARM_UP + OLD_EVENTS);
        old.run(OLD_WARM_UP);
        double theirs = seconds(() -> old.run(OLD_EVENTS)) / OLD_EVENTS;
        least.carried += OLD_WARM_UP + OLD_EVENTS;
        least.check();
        double ours = ours(OUR_EVENTS_BESIDE_OLD) / OUR_EVENTS_BESIDE_OLD;
        figures.put("oneAtATimeEventsPerSecond", 1 / theirs);
        figures.put("oneAtATimeRatio", theirs / ours);
        dhis2.heal();
        least.dhis2.heal();
    }

    private void requestsAndStatements() {
        figures.progress("requests and statements an event");
        BenchClinic.add(clinic, EVENTS);
        counted("new");
        clinic.jdbc().update("UPDATE events_to_sync SET synced = false WHERE id <= ?", EVENTS);
        counted("known");
    }

    private void counted(String of) {
        int pending = clinic.pendingCount();
        dhis2.resetCounts();
        statements.reset();
        checked(program.run(), pending);
        figures.put(of + "RequestsPerEvent", (double) dhis2.requests() / pending);
        figures.put(of + "StatementsPerEvent", (double) statements.count() / pending);
    }

    private double ours(int events) throws Exception {
        BenchClinic.add(clinic, events);
        return seconds(() -> checked(program.run(), events));
    }

    /** Another program, with a clinic and a DHIS2 of its own that hold nothing but what it was given to carry. */
    private static final class Other {

        private interface Make {

            Ceiling with(Clinic clinic, Dhis2StandIn dhis2, int threads);
        }

        private final Clinic clinic = BenchClinic.prepared();
        private final Dhis2StandIn dhis2 = BenchClinic.dhis2();
        private final Ceiling program;
        private int carried;

        Other(Make make) {
            program = make.with(clinic, dhis2, WORKERS);
        }

        /** Adds events and has them carried; returns the seconds that takes. */
        double carry(int events) throws Exception {
            BenchClinic.add(clinic, events);
            int first = carried / BenchClinic.EVENTS_A_PATIENT + 1;
            carried += events;
            int last = carried / BenchClinic.EVENTS_A_PATIENT;
            double seconds = seconds(() -> {
                program.run(first, last);
                return null;
            });
            check();
            return seconds;
        }

        void check() {
            int arrived = dhis2.store().events().size();
            if (arrived != carried || clinic.pendingCount() != 0) {
                throw new IllegalStateException("another program carried " + arrived + " of " + carried + " events, "
                        + clinic.pendingCount() + " are pending");
            }
        }
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
}
