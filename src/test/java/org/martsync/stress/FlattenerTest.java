package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.dhis2.StandInFaults.path;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.RunningProgram;

/**
 * Four nodes with four workers each carry over what the flattener writes 200 times a second on the same patients. When
 * it is done DHIS2 equals the database, and the flattener has not waited.
 *
 * <p>In short the nodes are four programs in this JVM, two with batches as a site has them and two with small ones; for
 * long they are four processes, for {@code -Dstress.flattener} seconds.
 */
class FlattenerTest {

    private static final int PATIENTS = 60;
    private static final int PER_SECOND = 200;
    private static final Duration PATIENCE = Duration.ofMillis(20);
    private static final String[] LARGE = {"sync.workers=4", "dhis2.metadata-max-age=10m"};
    private static final String[] SMALL = {"sync.workers=4", "dhis2.metadata-max-age=10m",
            "sync.batch-patients=4", "sync.batch-events=40"};

    @TempDir
    private Path folder;

    @Test
    void everyEditArrivesAndTheFlattenerDoesNotWait() throws Exception {
        long seed = Form.seed();
        Duration time = Duration.ofSeconds(Form.of("flattener", 8, 600));
        try (StressClinic world = new StressClinic()) {
            world.clinic.migrated();
            world.patients(PATIENTS);
            world.dhis2.slow(path("/api/tracker")).by(Duration.ofMillis(20));
            Flattener flattener = new Flattener(world, PATIENTS, new Random(seed), PATIENCE);

            if (Form.isLong()) {
                betweenProcesses(world, () -> flattener.write(PER_SECOND, time));
            } else {
                betweenContexts(world, () -> flattener.write(PER_SECOND, time));
            }

            Judge judge = world.judge();
            System.out.printf("flattener: %d writes in %d s, waited %d times longer than %d ms; %d events compared; seed %d%n",
                    flattener.writes(), time.toSeconds(), flattener.waits(), PATIENCE.toMillis(), judge.compared(), seed);
            judge.result("flattener", flattener.writes()).report();
            judge.assertAllIsThereOnceAndRight();
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Lets each of four programs begin a run as soon as its last is over; when the work is done, two more runs. */
    private static void betweenContexts(StressClinic world, Work work) throws Exception {
        List<RunningProgram> nodes = new ArrayList<>();
        ExecutorService clocks = Executors.newFixedThreadPool(4);
        try {
            for (String[] settings : List.of(LARGE, LARGE, SMALL, SMALL)) {
                nodes.add(RunningProgram.start(world.clinic, world.dhis2, StressClinic.PROGRAM, settings));
            }
            AtomicBoolean writing = new AtomicBoolean(true);
            List<Future<?>> running = new ArrayList<>();
            for (RunningProgram node : nodes) {
                running.add(clocks.submit(() -> {
                    while (writing.get()) {
                        node.run();
                    }
                }));
            }
            work.run();
            writing.set(false);
            for (Future<?> node : running) {
                node.get();
            }
            nodes.get(0).run();
            nodes.get(3).run();
        } finally {
            clocks.shutdownNow();
            nodes.forEach(RunningProgram::close);
        }
        assertThat(world.clinic.pendingCount()).as("events that are still pending").isZero();
    }

    private void betweenProcesses(StressClinic world, Work work) throws Exception {
        world.clinic.schedule("* * * ? * *", true);
        List<OwnProgram> nodes = new ArrayList<>();
        try {
            for (String[] settings : List.of(LARGE, LARGE, SMALL, SMALL)) {
                nodes.add(OwnProgram.start(world, folder.resolve("node " + nodes.size() + ".log"), settings));
            }
            work.run();
            nodes.get(0).await("nothing is pending", () -> world.clinic.pendingCount() == 0);
        } finally {
            nodes.forEach(OwnProgram::close);
        }
    }
}
