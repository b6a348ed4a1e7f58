package org.martsync.sync;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.martsync.dhis2.Dhis2Unavailable;

/**
 * How large a batch may be now: half of the last one when that was too much for DHIS2, a proxy or the database, and twice
 * as large after some good ones, up to the limits.
 *
 * <p>Kept from run to run: a batch that takes longer than the patience allows would else be tried again at each tick.
 * Shared by the workers.
 */
public final class BatchSize {

    /** Why batches became smaller; the tag of the metric. */
    enum Reason {
        /** DHIS2 answered, but late. */
        SLOW("slow"),
        /** The request was larger than DHIS2 or a proxy takes. */
        TOO_LARGE("too-large"),
        /** No answer came in time. */
        TIMEOUT("timeout"),
        /** The batch broke, or the connection under it. */
        FAILURE("failure");

        private final String tag;

        Reason(String tag) {
            this.tag = tag;
        }
    }

    /** Good batches in a row after which they grow: where there is a fixed limit, few tries are wasted on the size above it. */
    private static final int ENOUGH = 3;
    private static final int REQUEST_TOO_LARGE = 413;
    private static final List<Integer> GATEWAY_TIMEOUTS = List.of(408, 504);
    /** PostgreSQL's time limits: of a statement, of a transaction at rest, of a transaction. */
    private static final Set<String> DATABASE_TIMEOUTS = Set.of("57014", "25P03", "25P04");

    private final Limits limits;
    private final Duration slow;
    private final MeterRegistry meters;
    private int patients;
    private int events;
    private int good;
    /** Of the good ones in a row the largest, as the last of a run may be a small one. */
    private int goodPatients;
    private int goodEvents;

    /** @param slow an answer that takes longer makes the batches smaller */
    public BatchSize(Limits limits, Duration slow, MeterRegistry meters) {
        this.limits = limits;
        this.slow = slow;
        this.meters = meters;
        this.patients = limits.patients();
        this.events = limits.events();
        Gauge.builder("mart.batch.size", this, BatchSize::events).description("events that a batch may have now").register(meters);
        for (Reason reason : Reason.values()) {
            count(reason).increment(0);
        }
    }

    Limits limits() {
        return limits;
    }

    synchronized int patients() {
        return patients;
    }

    /** How many events a batch may have now. */
    public synchronized int events() {
        return events;
    }

    /** Halves what was tried; several workers that tried the same size at once halve it once. */
    synchronized void shrink(Reason reason, int triedPatients, int triedEvents) {
        count(reason).increment();
        forgetTheGood();
        patients = Math.max(1, Math.min(patients, triedPatients / 2));
        events = Math.max(1, Math.min(events, triedEvents / 2));
    }

    /** Takes a batch that went well; several in a row double the size. */
    synchronized void grow(int itsPatients, int itsEvents) {
        good++;
        goodPatients = Math.max(goodPatients, itsPatients);
        goodEvents = Math.max(goodEvents, itsEvents);
        if (good < ENOUGH) {
            return;
        }
        patients = Math.min(limits.patients(), Math.max(patients, 2 * goodPatients));
        events = Math.min(limits.events(), Math.max(events, 2 * goodEvents));
        forgetTheGood();
    }

    private void forgetTheGood() {
        good = 0;
        goodPatients = 0;
        goodEvents = 0;
    }

    /** Counts a batch that one worker alone tries again with fewer patients, to close in on what breaks it. */
    void closedIn() {
        count(Reason.FAILURE).increment();
    }

    /** Why an answer asks for smaller batches, or null. */
    Reason reason(int status, Duration took) {
        return status == REQUEST_TOO_LARGE ? Reason.TOO_LARGE : took.compareTo(slow) > 0 ? Reason.SLOW : null;
    }

    /** Why an outage asks for smaller batches, or null where it says nothing of their size. */
    static Reason reason(Throwable outage) {
        for (Throwable cause = outage; cause != null; cause = cause.getCause()) {
            if (cause instanceof Dhis2Unavailable unavailable) {
                return GATEWAY_TIMEOUTS.contains(unavailable.status()) ? Reason.TIMEOUT : null;
            }
            if (cause instanceof SQLException sql) {
                return sql.getSQLState() != null && DATABASE_TIMEOUTS.contains(sql.getSQLState()) ? Reason.TIMEOUT : null;
            }
            if (cause instanceof ConnectTimeoutException || cause instanceof ConnectException
                    || cause instanceof UnknownHostException || cause instanceof NoRouteToHostException) {
                return null;
            }
            if (cause instanceof SocketTimeoutException) {
                return Reason.TIMEOUT;
            }
            if (cause instanceof IOException) {
                // a proxy that is sent more than it takes may just hang up
                return Reason.FAILURE;
            }
        }
        return null;
    }

    private Counter count(Reason reason) {
        return Counter.builder("mart.batch.shrinks").description("times that batches became smaller, by why")
                .tag("reason", reason.tag).register(meters);
    }
}
