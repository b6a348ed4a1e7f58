package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.Dhis2Unavailable;

/** What is counted and remembered of each request. */
class AskDhis2Test {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Dhis2Server server = new Dhis2Server("https://dhis2.example.org/zw", Clock.systemUTC());
    private final AskDhis2 ask = new AskDhis2(meters, server, Clock.systemUTC());

    @Test
    void anAnswerOfUseIsAnAnswerWhateverItSaysOfTheRequest() {
        ask.read(ask.begin(null), 409, "{\"message\": \"no\"}".getBytes(StandardCharsets.UTF_8), null, null);
        assertThat(server.last().problem()).isNull();
        assertThat(server.lastAnswer()).isNotNull();
    }

    @Test
    void aRefusedLoginAndAServerThatIsDownAreRemembered() {
        assertThatThrownBy(() -> ask.read(ask.begin(null), 401, null, null, null)).isInstanceOf(Dhis2Refuses.class);
        assertThat(server.last().problem()).startsWith("DHIS2 refused the login (HTTP 401).");
        assertThatThrownBy(() -> ask.read(ask.begin(null), 503, null, null, null)).isInstanceOf(Dhis2Unavailable.class);
        assertThat(server.last().problem()).isEqualTo("DHIS2 answered HTTP 503");
        assertThat(server.lastAnswer()).isNull();
        assertThat(meters.get("mart.dhis2.requests").tag("status", "401").timer().count()).isEqualTo(1);
    }

    @Test
    void noAnswerIsCountedAndThrownOnAsItCame() {
        SocketTimeoutException late = new SocketTimeoutException("Read timed out");
        assertThatThrownBy(() -> ask.unanswered(ask.begin(null), late)).isSameAs(late);
        assertThat(server.last().problem()).isEqualTo("DHIS2 cannot be reached (SocketTimeoutException)");
        assertThat(meters.get("mart.dhis2.requests").tag("status", "none").timer().count()).isEqualTo(1);
    }
}
