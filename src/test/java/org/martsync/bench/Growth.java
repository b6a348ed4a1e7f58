package org.martsync.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.martsync.RunningProgram;
import org.martsync.bench.OwnProcess.Ended;
import org.martsync.clinic.Clinic;
import org.martsync.demo.DemoProgram;
import org.martsync.demo.SqlStatements;
import org.martsync.dhis2.ComputedUid;
import org.martsync.dhis2.Dhis2StandIn;

/**
 * Measures what becomes of the program as the number of pending events grows to a million, and, with the million
 * synced, a run with nothing to do and the delay from an insert to its arrival.
 */
final class Growth {

    private static final int WARM_UP = 100_000;
    private static final int FEW = 10_000;
    private static final int MANY = 1_000_000;
    /** Pending events of each run; few again at the end, so that neither a warmer JVM nor a fuller database decides. */
    private static final int[] RUNS = {1_000, 1_000, 1_000, FEW, FEW, FEW, 100_000, MANY, FEW, FEW, FEW};
    private static final int IDLE_RUNS = 50;
    private static final int INSERTS = 120;
    private static final long LONGEST_GAP_MILLIS = 1_000;

    /** A part of claim-batch.sql that no other statement has. */
    private static final String CLAIM = "pg_try_advisory_xact_lock";

    private final Figures figures;
    private final Dhis2StandIn dhis2 = BenchClinic.dhis2();
    private final Clinic clinic = BenchClinic.prepared();
    private final ServerStatements statements = new ServerStatements(clinic);

    Growth(Figures figures) {
        this.figures = figures;
    }

    /** What the runs of one size came to. */
    private static final class Sum {

        private int events;
        private int requests;
        private long statements;
        private double seconds;
        private double cpuMillis;
        private int heap;
    }

    void measure() throws Exception {
        figures.progress("growth: starting the program");
        try (OwnProcess program = new OwnProcess("bench-growth", clinic, dhis2)) {
            figures.progress("growth: warming up");
            BenchClinic.add(clinic, WARM_UP);
            run(program, WARM_UP);
            Map<Integer, Sum> sums = new TreeMap<>();
            for (int events : RUNS) {
                figures.progress("growth: %,d pending events", events);
                measure(program, events, sums.computeIfAbsent(events, size -> new Sum()));
                if (events == MANY) {
                    figures.put("claimMaxMillis", statements.longestMillis(CLAIM));
                    figures.put("claimMeanMillis", statements.meanMillis(CLAIM));
                    figures.put("claimPages", statements.pages(CLAIM));
                }
            }
            sums.forEach(this::put);
            figures.put("growthRatio", perSecond(sums.get(MANY)) / perSecond(sums.get(FEW)));
            nothingToDo();
            delay(program);
        }
        dhis2.close();
        clinic.close();
    }

    private void measure(OwnProcess program, int events, Sum sum) throws Exception {
        BenchClinic.add(clinic, events);
        clinic.jdbc().execute("VACUUM (ANALYZE)");
        statements.reset();
        int collections = program.collections();
        Duration cpu = program.cpu();
        Ended run = run(program, events);
        sum.events += events;
        sum.requests += run.requests();
        sum.statements += statements.count();
        sum.seconds += run.seconds();
        sum.cpuMillis += program.cpu().minus(cpu).toMillis();
        sum.heap = Math.max(sum.heap, program.heapAfterCollection(collections));
    }

    private void put(int size, Sum sum) {
        figures.put("eventsPerSecond" + size, perSecond(sum));
        figures.put("cpuMillisPerEvent" + size, sum.cpuMillis / sum.events);
        figures.put("heapAfterGcMb" + size, sum.heap);
        figures.put("requestsPerEvent" + size, (double) sum.requests / sum.events);
        figures.put("statementsPerEvent" + size, (double) sum.statements / sum.events);
    }

    private static double perSecond(Sum sum) {
        return sum.events / sum.seconds;
    }

    private Ended run(OwnProcess program, int events) throws Exception {
        dhis2.resetCounts();
        CompletableFuture<Ended> run = program.runAt(OwnProcess.soon());
        while (true) {
            try {
                Ended ended = run.get(20, TimeUnit.SECONDS);
                if (ended.synced() != events) {
                    throw new IllegalStateException(ended.synced() + " of " + events + " events arrived");
                }
                return ended;
            } catch (TimeoutException goesOn) {
                figures.progress("growth: %,d requests so far", dhis2.requests());
            }
        }
    }

    private void nothingToDo() {
        figures.progress("a run with nothing to do, a million events synced");
        SqlStatements counted = new SqlStatements();
        try (RunningProgram program = RunningProgram.start(clinic, dhis2.url(), DemoProgram.PROGRAM, counted,
                "site.org-unit=" + DemoProgram.SITE, "schedule.job=none", "logging.level.sync=WARN")) {
            double[] millis = new double[IDLE_RUNS];
            for (int i = 0; i < millis.length; i++) {
                counted.reset();
                millis[i] = program.run().seconds() * 1000;
            }
            figures.put("idleStatements", counted.count());
            figures.put("idleRunMillis", percentile(millis, 50));
        }
    }

    /** Inserts events at random moments while runs begin every second, and waits for each at the stand-in. */
    private void delay(OwnProcess program) throws Exception {
        figures.progress("from an insert to its arrival, a run every second: %d inserts", INSERTS);
        Map<String, Long> inserted = new ConcurrentHashMap<>();
        Map<String, Long> arrived = new ConcurrentHashMap<>();
        dhis2.onRequest(request -> {
            if (request.method().equals("POST")) {
                inserted.keySet().stream().filter(request.text()::contains).forEach(event -> arrived.putIfAbsent(event, System.nanoTime()));
            }
        });
        program.schedule("* * * * * ?");
        Random random = new Random(1);
        for (int i = 1; i <= INSERTS; i++) {
            Thread.sleep(random.nextLong(LONGEST_GAP_MILLIS));
            int encounter = BenchClinic.FIRST_VISIT + i;
            inserted.put(ComputedUid.ofEvent(DemoProgram.SITE, String.valueOf(encounter), DemoProgram.SCREENING), System.nanoTime());
            BenchClinic.visit(clinic, 1 + random.nextInt(WARM_UP / BenchClinic.EVENTS_A_PATIENT), encounter);
        }
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> arrived.size() == INSERTS);
        dhis2.heal();
        double[] millis = inserted.keySet().stream().mapToDouble(event -> (arrived.get(event) - inserted.get(event)) / 1e6).toArray();
        figures.put("delayMedianMillis", percentile(millis, 50));
        figures.put("delayP99Millis", percentile(millis, 99));
    }

    private static double percentile(double[] values, int percent) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(percent / 100.0 * sorted.length) - 1];
    }
}
