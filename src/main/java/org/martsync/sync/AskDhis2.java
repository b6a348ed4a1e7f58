package org.martsync.sync;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import org.martsync.dhis2.Dhis2Answer;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.Dhis2Unavailable;
import org.martsync.dhis2.RetryAfter;

/** Counts the requests to DHIS2 and the seconds they take, reads the answers, and tells whether there was one. */
public final class AskDhis2 {

    private final MeterRegistry meters;
    private final Dhis2Server server;
    private final Clock clock;

    public AskDhis2(MeterRegistry meters, Dhis2Server server, Clock clock) {
        this.meters = meters;
        this.server = server;
        this.clock = clock;
    }

    /**
     * Counts a request.
     *
     * @param run for which it is made, or null
     * @return the clock's start, to be given back to {@link #read} or {@link #unanswered}
     */
    public Timer.Sample begin(Run run) {
        if (run != null) {
            run.request();
        }
        return Timer.start(meters);
    }

    /**
     * Reads an answer, see {@link Dhis2Answer#read}.
     *
     * @param started as returned by {@link #begin}
     * @param retryAfter the header, or null
     * @param worker for whose batch it was asked, or null
     */
    public Dhis2Answer read(Timer.Sample started, int status, byte[] body, String retryAfter, Worker worker) {
        Duration took = stop(started, String.valueOf(status));
        if (worker != null) {
            worker.answered(status, took);
        }
        try {
            Dhis2Answer answer = Dhis2Answer.read(status, body, RetryAfter.read(retryAfter, clock.instant()));
            server.answered();
            return answer;
        } catch (Dhis2Unavailable | Dhis2Refuses unusable) {
            server.failed(unusable.getMessage());
            throw unusable;
        }
    }

    /**
     * Counts a request that got no answer, or none to the end.
     *
     * @param started as returned by {@link #begin}
     * @throws Exception the failure as it came
     */
    public void unanswered(Timer.Sample started, Exception failure) throws Exception {
        stop(started, "none");
        String outage = Run.outageSentence(failure);
        server.failed(outage == null ? AfterFailure.place(failure) : outage);
        throw failure;
    }

    private Duration stop(Timer.Sample started, String status) {
        return Duration.ofNanos(started.stop(Timer.builder("mart.dhis2.requests")
                .description("requests to DHIS2; status none where no answer came").tag("status", status).register(meters)));
    }
}
