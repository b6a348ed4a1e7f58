package org.martsync.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.martsync.SetClock;
import org.martsync.dhis2.Dhis2Server;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/** When a probe asks DHIS2 and when it remembers, with a clock that the test sets. */
class Dhis2HealthTest {

    private final SetClock clock = new SetClock();
    private final Dhis2Server server = new Dhis2Server("https://dhis2.example.org/zw", clock);
    private final List<CompletableFuture<?>> questions = new ArrayList<>();
    private final Dhis2Health probe = new Dhis2Health(server, () -> {
        questions.add(new CompletableFuture<>());
        return questions.get(questions.size() - 1);
    }, Duration.ofMillis(20), clock);

    @Test
    void aFreshAnswerIsRemembered() {
        server.answered();
        clock.pass(Duration.ofSeconds(60));
        assertThat(probe.health().getStatus()).isEqualTo(Status.UP);
        assertThat(questions).isEmpty();
    }

    @Test
    void anOldAnswerIsNotTrustedAndAHangingDhis2IsAskedOnlyOnce() {
        server.answered();
        clock.pass(Duration.ofSeconds(61));
        Health first = probe.health();
        assertThat(first.getStatus()).isEqualTo(Status.DOWN);
        assertThat(first.getDetails()).containsKeys("reason", "lastAnswer");
        assertThat(probe.health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(questions).hasSize(1);

        server.answered();
        questions.get(0).complete(null);
        assertThat(probe.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void aFailedQuestionIsToldByWhatTheServerRemembers() {
        server.failed("DHIS2 answered HTTP 503");
        clock.pass(Duration.ofSeconds(61));
        Dhis2Health failing = new Dhis2Health(server, () -> CompletableFuture.failedFuture(new IllegalStateException()),
                Duration.ofMillis(20), clock);
        assertThat(failing.health().getDetails()).containsEntry("reason", "DHIS2 answered HTTP 503").doesNotContainKey("lastAnswer");
    }
}
