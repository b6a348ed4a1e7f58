package org.martsync.turns;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A node in a process of its own, which asks for one turn and keeps it. */
final class OwnNode implements AutoCloseable {

    private final Process process;

    private OwnNode(Process process) {
        this.process = process;
    }

    static OwnNode start(TurnsDatabase at, Share share) {
        try {
            return new OwnNode(new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                    "-cp", System.getProperty("java.class.path"), OwnNode.class.getName(), at.server(), at.database(), at.schema(), at.user(), at.password(),
                    share.dhis2(), share.site(), String.valueOf(share.limit()))).inheritIO().start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] told) throws InterruptedException {
        Turns turns = new Turns(new TurnsDatabase(told[0], told[1], told[2], told[3], told[4], ""),
                new Share(told[5], told[6], Integer.parseInt(told[7]), Duration.ofMinutes(1)), new SimpleMeterRegistry());
        try (Turns.Turn turn = turns.await(() -> false)) {
            new CountDownLatch(1).await();
        }
    }

    /** SIGKILL ends it, SIGSTOP lets it do nothing more until SIGCONT. */
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
