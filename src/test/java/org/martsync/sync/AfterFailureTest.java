package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;
import org.martsync.dhis2.Dhis2Refuses;

class AfterFailureTest {

    private final AfterFailure afterFailure = new AfterFailure();

    @Test
    void aRefusalIsToldInItsOwnWords() {
        Exception refused = new RuntimeCamelException(new Dhis2Refuses("DHIS2 refused the login (HTTP 401)."));
        assertThat(afterFailure.inWords(refused)).isEqualTo("DHIS2 refused the login (HTTP 401).");
    }

    @Test
    void anOutageIsToldWithoutItsMessage() {
        assertThat(afterFailure.inWords(new ConnectException("10.1.2.3 refused"))).isEqualTo("DHIS2 cannot be reached (ConnectException)");
    }

    @Test
    void anythingElseIsToldByItsPlaceAndNeverQuoted() {
        assertThat(afterFailure.inWords(new IllegalStateException("Amber Test-001")))
                .startsWith("IllegalStateException at org.martsync.sync.AfterFailureTest:").doesNotContain("Amber");
    }
}
