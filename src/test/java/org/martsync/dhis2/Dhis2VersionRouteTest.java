package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.martsync.dhis2.StandInFaults.gets;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The routes of {@code routes/dhis2-version.camel.yaml}: what is said of DHIS2 at the start. */
@ExtendWith(OutputCaptureExtension.class)
class Dhis2VersionRouteTest {

    private Clinic clinic;
    private Dhis2StandIn dhis2;

    @BeforeEach
    void open() {
        clinic = Clinic.installed().migrated();
        dhis2 = Dhis2StandIn.start();
    }

    @AfterEach
    void close() {
        dhis2.close();
        clinic.close();
    }

    private RouteFixture load(boolean askAtStart) {
        return RouteFixture.load("dhis2-version", clinic, List.of("dhis2.ask-version=" + askAtStart), RouteFixture.askingDhis2(dhis2));
    }

    @Test
    void theVersionIsAskedForOnceAtTheStartAndSaid(CapturedOutput log) {
        try (RouteFixture routes = load(true)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> log.getOut().contains("time zone Etc/UTC"));

            assertThat(log.getOut()).contains("DHIS2 2.42.4.1 at ");
            assertThat(dhis2.requests()).isEqualTo(1);
        }
    }

    @Test
    void aDhis2ThatDoesNotAnswerIsOneWarningAndNoStackTrace(CapturedOutput log) {
        dhis2.failAlways(gets()).with(503, "text/html", "maintenance");
        try (RouteFixture routes = load(true)) {
            await().atMost(Duration.ofSeconds(10)).until(() -> log.getOut().contains("DHIS2 was not asked for its version"));

            assertThat(log.getOut()).contains("HTTP 503").doesNotContain("\tat ");
        }
    }

    @Test
    void aVersionThatIsKnownAlreadyIsNotSaidAgain(CapturedOutput log) {
        try (RouteFixture routes = load(false)) {
            routes.send("direct:read-server-info", Map.of(), null);
            routes.send("direct:read-server-info", Map.of(), null);

            assertThat(log.getOut()).containsOnlyOnce("DHIS2 2.42.4.1 at ");
        }
    }

    @Test
    void aVersionThatCannotBeAskedIsWarnedOf(CapturedOutput log) {
        dhis2.plays("2.37.1");
        try (RouteFixture routes = load(false)) {
            routes.send("direct:read-server-info", Map.of(), null);

            assertThat(log.getOut()).contains("2.37.1 is older than 2.38").contains("WARN");
        }
    }
}
