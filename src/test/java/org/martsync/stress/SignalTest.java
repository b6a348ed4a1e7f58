package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.dhis2.StandInFaults.posts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.StandInFaults;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** A process as a service manager sees it: its passwords are files, and it is asked to end by a signal. */
class SignalTest {

    private static final int PATIENTS = 60;
    private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

    @TempDir private Path folder;

    @Test
    void aSignalLetsTheBatchOnItsWayComeToItsEnd() throws Exception {
        int port = freePort();
        try (StressClinic world = new StressClinic()) {
            world.clinic.schedule("* * * ? * *", true);
            world.patients(PATIENTS);
            List<Integer> events = new ArrayList<>();
            for (int patient = 1; patient <= PATIENTS; patient++) {
                events.add(world.visit(patient, Map.of("f_text", "x")));
            }
            secret("analytics.password", world.clinic.password());
            secret("dhis2.password", Dhis2StandIn.PASSWORD);
            secret("console.password", "{bcrypt}" + new BCryptPasswordEncoder(4).encode("for the people"));
            StandInFaults.Held post = world.dhis2.hold(1, posts());
            try (OwnProgram program = OwnProgram.start(world, folder.resolve("output"), "-analytics.password", "-dhis2.password", "-console.password",
                    "-server.port", "server.port=" + port, "spring.config.import=optional:configtree:" + folder.resolve("secrets") + "/",
                    "sync.workers=1", "sync.ahead=0", "sync.batch-patients=10", "schedule.reread=1s")) {
                program.await("a POST, so the passwords for database and DHIS2 were right", () -> post.arrived() == 1);
                program.await("the console, which takes its own", () -> status(port, "for the people") == 200);
                assertThat(status(port, "for the others")).isEqualTo(401);

                long asked = System.nanoTime();
                program.terminate();
                assertThat(program.ends(Duration.ofSeconds(3))).as("it waits for DHIS2").isFalse();
                post.release();
                assertThat(program.ends(LONGEST_STOP.minus(Duration.ofNanos(System.nanoTime() - asked)))).as("ended within %s", LONGEST_STOP).isTrue();

                assertThat(program.exitCode()).as("as the README says").isEqualTo(143);
                assertThat(program.said()).contains("; stopped: the program is stopping").doesNotContain("\tat ", "for the people", "{bcrypt}");
            }
            assertThat(world.dhis2.store().events()).as("one batch, and no other was begun").hasSize(10);
            assertThat(events.stream().filter(event -> world.clinic.event(event).synced())).hasSize(10);
            assertThat(world.judge().doubled()).isEmpty();
        }
    }

    private void secret(String name, String value) throws Exception {
        Files.createDirectories(folder.resolve("secrets"));
        // as an editor leaves it, with an end of line
        Files.writeString(folder.resolve("secrets").resolve(name), value + "\n");
    }

    private static int status(int port, String password) {
        try {
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/status")).header("Authorization", "Basic "
                    + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8))).build(), HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException notYet) {
            return 0;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
