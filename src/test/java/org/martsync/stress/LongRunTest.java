package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.dhis2.StandInFaults.path;
import static org.martsync.dhis2.StandInFaults.posts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that runs every second, with events arriving and a fault now and then, takes no more memory, threads,
 * connections or file handles at the end than at the beginning, and carries everything over.
 *
 * <p>For long: {@code -Dstress.longrun} seconds, half an hour, with a fault every 20 seconds.
 */
class LongRunTest {

    private static final int PATIENTS = 50;
    private static final int POOL = 18;
    private static final String CONNECTIONS = """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = 'mart-dhis2-sync' AND datname = current_database()""";

    /** What the program holds, after a full garbage collection. */
    private record Sample(long heap, long threads, long files, long connections) {
    }

    @TempDir
    private Path folder;

    @Test
    void nothingGrowsAndNothingIsLost() throws Exception {
        Random random = new Random(Form.seed());
        Duration time = Duration.ofSeconds(Form.of("longrun", 20, 1800));
        long millisBetweenFaults = Form.isLong() ? 20_000 : 2_500;
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(3);
        try (StressClinic world = new StressClinic()) {
            world.clinic.schedule("* * * ? * *", true);
            world.patients(PATIENTS);
            List<Integer> events = new ArrayList<>();
            List<Sample> samples = new ArrayList<>();
            int[] faults = {0};
            try (OwnProgram program = OwnProgram.start(world, folder.resolve("program.log"), "sync.first-pause=200ms",
                    "sync.longest-pause=1s", "sync.batch-patients=10", "dhis2.response-timeout=2000", "schedule.reread=1s", "dhis2.metadata-max-age=10s",
                    "spring.datasource.hikari.maximum-pool-size=" + POOL)) {
                arrive(world, events, random);
                program.await("the first run", () -> world.clinic.pendingCount() == 0);
                List<Future<?>> going = List.of(
                        clock.scheduleWithFixedDelay(() -> arrive(world, events, random), 0, 100, TimeUnit.MILLISECONDS),
                        clock.scheduleWithFixedDelay(() -> breakSomething(world, faults[0]++), 1000, millisBetweenFaults, TimeUnit.MILLISECONDS),
                        clock.scheduleWithFixedDelay(() -> samples.add(sample(program, world)), 0, time.toMillis() / 30, TimeUnit.MILLISECONDS));
                waitFor(going, time);
                clock.shutdown();
                clock.awaitTermination(1, TimeUnit.MINUTES);
                world.dhis2.heal();
                world.dhis2.acceptConnections();
                program.await("nothing is pending", () -> world.clinic.pendingCount() == 0);
            }
            Judge judge = world.judge();
            System.out.printf("long run: %d s, %d faults, %d events compared; %d samples, first %s, middle %s, last %s%n", time.toSeconds(),
                    faults[0], judge.compared(), samples.size(), samples.get(0), samples.get(samples.size() / 2), samples.get(samples.size() - 1));
            judge.result("long run", faults[0]).report();
            judge.assertAllIsThereOnceAndRight();
            assertFlat("heap", samples, Sample::heap, 4_000_000);
            assertFlat("threads", samples, Sample::threads, 8);
            assertFlat("file handles", samples, Sample::files, 12);
            assertThat(samples).extracting(Sample::connections).as("connections, which come and go").allMatch(count -> count <= POOL);
        } finally {
            clock.shutdownNow();
        }
    }

    /** Waits as long as the time is, or until one of the works fails. */
    private static void waitFor(List<Future<?>> going, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            for (Future<?> work : going) {
                try {
                    work.get(100, TimeUnit.MILLISECONDS);
                } catch (TimeoutException goesOn) {
                    // as it should
                } catch (ExecutionException e) {
                    throw new AssertionError("the test itself stopped", e.getCause());
                }
            }
        }
    }

    private static void arrive(StressClinic world, List<Integer> events, Random random) {
        Map<String, String> answers = Map.of("f_text", "version " + random.nextInt(), "f_number", String.valueOf(random.nextInt(1000)));
        if (events.size() < 20 || random.nextInt(3) == 0) {
            events.add(world.visit(1 + random.nextInt(PATIENTS), answers));
        } else {
            world.edit(events.get(random.nextInt(events.size())), answers);
        }
    }

    /** A fault of another kind each time; the one before ends. */
    private static void breakSomething(StressClinic world, int number) {
        world.dhis2.heal();
        world.dhis2.acceptConnections();
        switch (number % 8) {
            case 0 -> world.dhis2.fail(2, posts()).with(503, "Down");
            case 1 -> world.dhis2.fail(1, posts()).byResetAfterProcessing();
            case 2 -> world.dhis2.fail(1, path("/api/tracker")).byCuttingTheAnswer();
            case 3 -> world.dhis2.refuseConnections();
            case 4 -> world.clinic.jdbc().queryForList("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    + "WHERE application_name = 'mart-dhis2-sync' AND datname = current_database()");
            case 5 -> world.dhis2.fail(2, path("/api/tracker")).withHtml();
            case 6 -> world.dhis2.endSessions();
            default -> world.dhis2.hold(1, posts());
        }
    }

    private static Sample sample(OwnProgram program, StressClinic world) {
        try {
            Path process = Path.of("/proc", String.valueOf(program.pid()));
            long threads;
            try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
                threads = tasks.count();
            }
            long files;
            try (Stream<Path> handles = Files.list(process.resolve("fd"))) {
                files = handles.count();
            }
            return new Sample(heap(program), threads, files, world.clinic.jdbc().queryForObject(CONNECTIONS, Long.class));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The bytes of all objects that can still be reached: the last line of jcmd's histogram, which collects first. */
    private static long heap(OwnProgram program) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(program.pid()), "GC.class_histogram").redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes());
        jcmd.waitFor();
        String total = said.lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow(() -> new IllegalStateException(said));
        return Long.parseLong(total.trim().split("\\s+")[2]);
    }

    /** The middle one of the last third is no higher than the middle one of the second third, but for a tolerance. */
    private static void assertFlat(String what, List<Sample> samples, ToLongFunction<Sample> of, long tolerance) {
        int third = samples.size() / 3;
        long before = median(samples.subList(third, 2 * third), of);
        long after = median(samples.subList(2 * third, samples.size()), of);
        assertThat(after).as("%s, from %d; all: %s", what, before, samples).isLessThanOrEqualTo(before + tolerance);
    }

    private static long median(List<Sample> samples, ToLongFunction<Sample> of) {
        return samples.stream().mapToLong(of).sorted().skip(samples.size() / 2).findFirst().orElseThrow();
    }
}
