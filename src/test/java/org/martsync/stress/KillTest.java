package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.dhis2.StandInFaults.path;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program is killed, started again and killed again, and at last left to run to the end: every event is in DHIS2
 * once, with its newest values. Between two kills the clinic goes on working.
 *
 * <p>In short at the places that matter most, two programs with a clinic each at a time; for long at every {@link Gap}
 * and then at random moments, {@code -Dstress.kills} in all.
 */
class KillTest {

    private static final List<Gap> FIRST = List.of(Gap.AFTER_THE_CLAIM, Gap.POST_ON_ITS_WAY);
    private static final List<Gap> SECOND = List.of(Gap.HALF_SETTLED, Gap.COMMIT_ON_ITS_WAY);
    private static final String[] SETTINGS = {"sync.workers=2", "sync.batch-patients=5", "schedule.reread=1s"};

    @TempDir
    private Path folder;

    @Test
    void aKilledProgramLosesAndDoublesNothing() throws Exception {
        long seed = Form.seed();
        int kills = Form.of("kills", FIRST.size() + SECOND.size(), 200);
        System.out.println("kill: " + kills + " kills, seed " + seed);
        List<Gap> first = Form.isLong() ? List.of(Gap.values()) : FIRST;
        List<Gap> second = Form.isLong() ? List.of() : SECOND;
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Future<Judge>> judges = List.of(
                    two.submit(chain("a", first, Math.max(0, kills / 2 - first.size()), new Random(seed))),
                    two.submit(chain("b", second, Math.max(0, kills - kills / 2 - second.size()), new Random(seed + 1))));
            Judge one = judges.get(0).get();
            Judge other = judges.get(1).get();
            new StressResult("kill", kills, one.lost().size() + other.lost().size(), one.doubled().size() + other.doubled().size(),
                    one.wrong().size() + other.wrong().size()).report();
            one.assertAllIsThereOnceAndRight();
            other.assertAllIsThereOnceAndRight();
        } finally {
            two.shutdownNow();
        }
    }

    /** One clinic whose program is killed at certain places, then at random moments, and then left alone. */
    private Callable<Judge> chain(String name, List<Gap> gaps, int atRandom, Random random) {
        return () -> {
            Path log = folder.resolve(name + ".log");
            try (StressClinic world = new StressClinic()) {
                world.clinic.schedule("* * * ? * *", true);
                List<Integer> events = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    work(world, events, random);
                }
                for (Gap gap : gaps) {
                    killAt(gap, world, log);
                    work(world, events, random);
                }
                world.dhis2.slow(path("/api/tracker")).by(Duration.ofMillis(40));
                for (int i = 0; i < atRandom; i++) {
                    killAtRandom(world, log, events, random);
                    work(world, events, random);
                }
                try (OwnProgram last = OwnProgram.start(world, log, SETTINGS)) {
                    last.await("nothing is pending", () -> world.clinic.pendingCount() == 0);
                }
                System.out.println("kill " + name + ": " + gaps.size() + " kills at " + gaps + ", " + atRandom + " at random, "
                        + events.size() + " events compared");
                return world.judge();
            }
        };
    }

    private static void killAt(Gap gap, StressClinic world, Path log) {
        Gap.Hold hold = gap.hold(world);
        try (OwnProgram program = OwnProgram.start(world, log, SETTINGS)) {
            program.await(gap.name(), hold::reached);
        } finally {
            hold.release();
        }
        // a commit that is on its way may arrive
        if (gap != Gap.COMMIT_ON_ITS_WAY) {
            assertThat(world.clinic.pendingCount()).as("events waiting when it was killed, " + gap).isPositive();
        }
    }

    /** One in five during the start, the others up to three seconds after the first request, with edits going on. */
    private static void killAtRandom(StressClinic world, Path log, List<Integer> events, Random random) throws InterruptedException {
        int before = world.dhis2.requests();
        try (OwnProgram program = OwnProgram.start(world, log, SETTINGS)) {
            if (random.nextInt(5) == 0) { // the moment is left to chance: no state is waited for
                TimeUnit.MILLISECONDS.sleep(random.nextInt(8000));
            } else {
                program.await("a request", () -> world.dhis2.requests() > before);
                work(world, events, random);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(3000));
            }
        }
    }

    /** A new patient with two visits, a visit of somebody known, ten edits of which some clear a field. */
    private static void work(StressClinic world, List<Integer> events, Random random) {
        int patient = world.newPatient();
        events.add(world.visit(patient, answers(random)));
        events.add(world.visit(patient, answers(random)));
        events.add(world.visit(1 + random.nextInt(patient), answers(random)));
        for (int i = 0; i < 10; i++) {
            world.edit(events.get(random.nextInt(events.size())), answers(random));
        }
    }

    private static Map<String, Object> answers(Random random) {
        Map<String, Object> answers = new HashMap<>();
        answers.put("f_text", random.nextInt(4) == 0 ? null : "version " + random.nextLong());
        answers.put("f_number", random.nextInt(4) == 0 ? null : String.valueOf(random.nextInt(1000)));
        answers.put("f_yes", random.nextInt(4) == 0 ? "" : String.valueOf(random.nextBoolean()));
        return answers;
    }
}
