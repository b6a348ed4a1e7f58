package org.martsync.sync;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.martsync.dhis2.Dhis2Answer;

/** Counts the requests to DHIS2 and the seconds they take, and reads the answers. */
public final class AskDhis2 {

    private final MeterRegistry meters;

    public AskDhis2(MeterRegistry meters) {
        this.meters = meters;
    }

    /**
     * Counts a request.
     *
     * @param run for which it is made, or null
     * @return the clock's start, to be given back to {@link #read}
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
        started.stop(Timer.builder("mart.dhis2.requests").description("requests to DHIS2 that were answered")
                .tag("status", String.valueOf(status)).register(meters));
        return Dhis2Answer.read(status, body);
    }
}
