package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.camel.RuntimeCamelException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.junit.jupiter.api.Test;
import org.martsync.dhis2.Dhis2Unavailable;

/** How large the batches may be, and why they become smaller. */
class BatchSizeTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BatchSize size = new BatchSize(new Limits(4, 2, 200, 500), Duration.ofSeconds(30), meters);

    @Test
    void whatWasTooMuchIsHalvedAndGrowsAgainUpToTheLimits() {
        size.shrink(BatchSize.Reason.SLOW, 100, 500);
        assertThat(size.patients()).isEqualTo(50);
        assertThat(size.events()).isEqualTo(250);
        assertThat(meters.get("mart.batch.size").gauge().value()).isEqualTo(250);

        good(2, 50, 250);
        assertThat(size.events()).as("not yet").isEqualTo(250);
        good(1, 50, 250);
        assertThat(size.events()).isEqualTo(500);
        assertThat(size.patients()).isEqualTo(100);
        good(3, 100, 500);
        good(3, 200, 500);
        assertThat(size.patients()).isEqualTo(200);
        assertThat(size.events()).isEqualTo(500);
    }

    @Test
    void severalWorkersWithOneSizeHalveItOnce() {
        for (int worker = 0; worker < 4; worker++) {
            size.shrink(BatchSize.Reason.TOO_LARGE, 100, 500);
        }
        assertThat(size.events()).isEqualTo(250);
        assertThat(meters.get("mart.batch.shrinks").tag("reason", "too-large").counter().count()).isEqualTo(4);
    }

    @Test
    void onePatientIsTheLeast() {
        size.shrink(BatchSize.Reason.TIMEOUT, 1, 3);
        size.shrink(BatchSize.Reason.TIMEOUT, 1, 1);
        assertThat(size.patients()).isEqualTo(1);
        assertThat(size.events()).isEqualTo(1);

        good(3, 1, 7);
        assertThat(size.patients()).isEqualTo(2);
        assertThat(size.events()).isEqualTo(14);
    }

    @Test
    void theLargestOfTheGoodOnesCounts() {
        size.shrink(BatchSize.Reason.SLOW, 100, 500);
        good(2, 50, 250);
        good(1, 1, 1);
        assertThat(size.events()).isEqualTo(500);
    }

    @Test
    void aSmallBatchThatWentWellSaysNothingOfLargerOnes() {
        size.shrink(BatchSize.Reason.SLOW, 100, 500);
        good(3, 1, 2);
        assertThat(size.events()).isEqualTo(250);
    }

    @Test
    void anAnswerIsTooMuchWhenItIsLateOrSaysSo() {
        assertThat(size.reason(200, Duration.ofSeconds(30))).isNull();
        assertThat(size.reason(200, Duration.ofMillis(30_001))).isEqualTo(BatchSize.Reason.SLOW);
        assertThat(size.reason(413, Duration.ofSeconds(1))).isEqualTo(BatchSize.Reason.TOO_LARGE);
        assertThat(size.reason(503, Duration.ofSeconds(1))).isNull();
    }

    @Test
    void anOutageIsTooMuchWhenItMayComeOfTheSize() {
        assertThat(reason(new SocketTimeoutException("Read timed out"))).isEqualTo(BatchSize.Reason.TIMEOUT);
        assertThat(reason(new Dhis2Unavailable("504", 504, Duration.ZERO))).isEqualTo(BatchSize.Reason.TIMEOUT);
        assertThat(reason(new SQLException("canceling statement due to statement timeout", "57014"))).isEqualTo(BatchSize.Reason.TIMEOUT);
        assertThat(reason(new EOFException("hung up"))).isEqualTo(BatchSize.Reason.FAILURE);
        assertThat(reason(new Dhis2Unavailable("503", 503, Duration.ZERO))).isNull();
        assertThat(reason(new ConnectException("refused"))).isNull();
        assertThat(reason(new ConnectTimeoutException("nobody there"))).isNull();
        assertThat(reason(new SQLException("terminating connection", "57P01"))).isNull();
        assertThat(reason(new SQLException("no state"))).isNull();
        assertThat(reason(new IllegalStateException("a mistake"))).isNull();
    }

    private void good(int batches, int patients, int events) {
        for (int batch = 1; batch <= batches; batch++) {
            size.grow(patients, events);
        }
    }

    private static BatchSize.Reason reason(Exception outage) {
        return BatchSize.reason(new RuntimeCamelException(outage));
    }
}
