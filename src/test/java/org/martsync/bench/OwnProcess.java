package org.martsync.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.martsync.clinic.Clinic;
import org.martsync.demo.DemoProgram;
import org.martsync.dhis2.Dhis2StandIn;

/**
 * The program as a site starts it: a process of its own, so that its heap is its own, in a directory with
 * {@code routes/}. Its runs begin when its row of analytics_cron_job says so, and are told by its log.
 */
final class OwnProcess implements AutoCloseable {

    /** How a run went; {@code seconds} from the moment for which the schedule fired to the log's line at its end. */
    record Ended(int synced, int requests, double seconds) {
    }

    /** As the package's service has them. */
    private static final String JAVA_OPTS = "-Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
    private static final Pattern END = Pattern.compile("(\\S+) +INFO +sync: run (\\S+): (\\d+) events synced, .*; (\\d+) requests; .*");
    private static final Pattern COLLECTED = Pattern.compile("Pause Full .* \\d+M->(\\d+)M\\(");
    private static final DateTimeFormatter ONCE = DateTimeFormatter.ofPattern("s m H d M ? yyyy").withZone(ZoneOffset.UTC);

    private final String name;
    private final Clinic clinic;
    private final Process process;
    private final Path collections;
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final Map<Instant, CompletableFuture<Ended>> runs = new ConcurrentHashMap<>();

    /**
     * Starts the program and waits until it is up.
     *
     * @param name of its row in analytics_cron_job, and of its files in target/
     */
    OwnProcess(String name, Clinic clinic, Dhis2StandIn dhis2, String... settings) throws Exception {
        this.name = name;
        this.clinic = clinic;
        URI database = URI.create(clinic.jdbcUrl().substring("jdbc:".length()));
        collections = Path.of("target", name + "-gc.log");
        String classes = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes")).collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(JAVA_OPTS.split(" ")));
        command.addAll(List.of("-Xlog:gc:file=" + collections, "-cp", classes, "org.martsync.MartSync"));
        Stream.concat(Stream.of(
                "analytics.server=" + database.getHost() + ":" + database.getPort(),
                "analytics.database=" + database.getPath().substring(1),
                "analytics.user=" + clinic.user(),
                "analytics.password=" + clinic.password(),
                "dhis2.url=" + dhis2.url(),
                "dhis2.user=" + Dhis2StandIn.USER,
                "dhis2.password=" + Dhis2StandIn.PASSWORD,
                "dhis2.program=" + DemoProgram.PROGRAM,
                "site.org-unit=" + DemoProgram.SITE,
                "schedule.job=" + name,
                "schedule.time-zone=UTC",
                "schedule.reread=1s",
                "org-units.refresh=false",
                "server.port=0"), Stream.of(settings)).forEach(setting -> command.add("--" + setting));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        Thread reader = new Thread(this::read, name + "-log");
        reader.setDaemon(true);
        reader.start();
        started.get(3, TimeUnit.MINUTES);
    }

    /** Follows the log, which goes to a file as well, until the process ends. */
    private void read() {
        try (BufferedReader log = process.inputReader(); var file = Files.newBufferedWriter(Path.of("target", name + ".log"))) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                file.write(line + "\n");
                file.flush();
                Matcher end = END.matcher(line);
                if (line.contains("Started MartSync")) {
                    started.complete(null);
                } else if (end.matches()) {
                    Instant run = Instant.parse(end.group(2));
                    Duration time = Duration.between(run, OffsetDateTime.parse(end.group(1)).toInstant());
                    ended(run).complete(new Ended(Integer.parseInt(end.group(3)), Integer.parseInt(end.group(4)), time.toMillis() / 1000.0));
                }
            }
        } catch (IOException closed) {
            // ended from outside; whoever waits is told below
        } finally {
            IllegalStateException over = new IllegalStateException("the program ended, see target/" + name + ".log");
            started.completeExceptionally(over);
            runs.values().forEach(run -> run.completeExceptionally(over));
        }
    }

    private CompletableFuture<Ended> ended(Instant run) {
        return runs.computeIfAbsent(run, name -> new CompletableFuture<>());
    }

    /** A moment for a run that is far enough away for the program to read of it. */
    static Instant soon() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(4);
    }

    /** Lets one run begin at a moment. */
    CompletableFuture<Ended> runAt(Instant moment) {
        schedule(ONCE.format(moment));
        return ended(moment);
    }

    /** Sets the times at which runs begin, as a Quartz expression. */
    void schedule(String expression) {
        clinic.jdbc().update("""
                INSERT INTO analytics_cron_job (name, start_delay, expression, enabled) VALUES (?, 0, ?, true)
                ON CONFLICT (name) DO UPDATE SET expression = excluded.expression""", name, expression);
    }

    /** Returns the time that the process has spent on all cores together. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Returns how many full garbage collections there were so far; the others leave what has died in the old generation. */
    int collections() throws IOException {
        return heapsAfterCollection().size();
    }

    /** Returns what was left of the heap, in MB, by the worst full collection after some earlier ones, 0 when there was none. */
    int heapAfterCollection(int earlier) throws IOException {
        return heapsAfterCollection().stream().skip(earlier).mapToInt(Integer::intValue).max().orElse(0);
    }

    private List<Integer> heapsAfterCollection() throws IOException {
        return COLLECTED.matcher(Files.readString(collections)).results().map(found -> Integer.parseInt(found.group(1))).toList();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
    }
}
