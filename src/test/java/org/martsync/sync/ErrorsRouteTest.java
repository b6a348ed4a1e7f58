package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What {@code routes/errors.camel.yaml} says of every route, held against one of them. */
@ExtendWith(OutputCaptureExtension.class)
class ErrorsRouteTest {

    @Test
    void aFailureGoesToTheCallerAndNoLogQuotesWhatAStepWorkedOn(CapturedOutput log) {
        try (Clinic clinic = Clinic.installed().migrated(); RouteFixture routes = RouteFixture.load("dead-letter", clinic, List.of())) {
            assertThatThrownBy(() -> routes.send("direct:dead-letter", Map.of(), List.of("Amber Test-001"))).isInstanceOf(RuntimeException.class);
        }
        assertThat(log).doesNotContain("Amber").doesNotContain("Failed delivery").doesNotContain("ClassCastException");
    }
}
