package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.martsync.MartSync;
import org.martsync.RunningProgram;
import org.martsync.dhis2.Dhis2StandIn;

/** The program as a process of its own, which runs every second and can be killed as the kernel or a power cut does it. */
final class OwnProgram implements AutoCloseable {

    private final Process process;
    private final Path log;

    private OwnProgram(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts the program; more settings as {@code name=value}, and {@code -name} for one to leave out. What it says is appended to a file. */
    static OwnProgram start(StressClinic world, Path log, String... settings) {
        URI database = URI.create(world.clinic.jdbcUrl().substring("jdbc:".length()));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), MartSync.class.getName(),
                "--analytics.server=" + database.getHost() + ":" + database.getPort(),
                "--analytics.database=" + database.getPath().substring(1),
                "--analytics.user=" + world.clinic.user(), "--analytics.password=" + world.clinic.password(),
                "--dhis2.url=" + world.dhis2.url(), "--dhis2.user=" + Dhis2StandIn.USER, "--dhis2.password=" + Dhis2StandIn.PASSWORD,
                "--dhis2.program=" + StressClinic.PROGRAM, "--site.org-unit=" + RunningProgram.SITE, "--server.port=0",
                "--org-units.refresh=false", "--dhis2.ask-version=false", "--console.password=for-the-test"));
        for (String setting : settings) {
            if (setting.startsWith("-")) {
                command.removeIf(given -> given.startsWith("-" + setting + "="));
            } else {
                command.add("--" + setting);
            }
        }
        try {
            return new OwnProgram(new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for something to come true while the program runs. */
    void await(String what, Callable<Boolean> state) {
        Awaitility.await(what).atMost(Duration.ofMinutes(3)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20))
                .failFast(() -> assertThat(process.isAlive()).as(() -> "the program runs; it said " + said()).isTrue()).until(state);
    }

    /** Gives what the program has said so far. */
    String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Sends SIGKILL and waits until the process is gone. */
    void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends SIGTERM, as systemd and Docker do for a stop. */
    void terminate() {
        assertThat(process.supportsNormalTermination()).isTrue();
        process.destroy();
    }

    /** Whether it has ended within a time. */
    boolean ends(Duration within) throws InterruptedException {
        return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    int exitCode() {
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
