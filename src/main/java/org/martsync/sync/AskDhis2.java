package org.martsync.sync;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.martsync.dhis2.Dhis2Answer;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.Dhis2Unavailable;

/** Counts the requests to DHIS2 and the seconds they take, reads the answers, and tells whether there was one. */
public final class AskDhis2 {

    private final MeterRegistry meters;
    private final Dhis2Server server;

    public AskDhis2(MeterRegistry meters, Dhis2Server server) {
        this.meters = meters;
        this.server = server;
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
     */
    public Dhis2Answer read(Timer.Sample started, int status, byte[] body) {
        stop(started, String.valueOf(status));
        try {
            Dhis2Answer answer = Dhis2Answer.read(status, body);
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

    private void stop(Timer.Sample started, String status) {
        started.stop(Timer.builder("mart.dhis2.requests").description("requests to DHIS2; status none where no answer came")
                .tag("status", status).register(meters));
    }
}
