package org.martsync.sync;

import java.util.concurrent.RejectedExecutionException;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2RefusesQuestion;
import org.martsync.event.EventForms;
import org.martsync.event.EventRejected;
import org.martsync.event.PendingEvent;
import org.martsync.words.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/**
 * Decides what follows when a step throws: an outage is waited for, everything else is closed in on until it is the
 * rejection of one event. Says it in one line, without a stack trace and without a patient's data.
 */
public final class AfterFailure {

    private static final Logger LOG = LoggerFactory.getLogger("sync");

    /** Returns the pause before a run is prepared again. */
    public Pause ofRun(Run run, Exception failure) {
        long pause = run.outage(failure);
        if (pause < 0) {
            run.stop("it could not be prepared: " + inWords(failure));
        }
        return new Pause(run, pause);
    }

    /** Returns the pause before the worker's next batch. */
    public Pause ofBatch(Worker worker, Exception failure) {
        long pause = worker.failed(failure);
        if (pause == 0 && !worker.run().isStopped()) {
            LOG.error("run {}: a batch broke, its patients are tried in smaller ones: {}", worker.run().name(), inWords(failure));
        }
        return new Pause(worker.run(), pause);
    }

    /** Rejects the event on whose way something was thrown: the reason not to send it, or something unexpected. */
    public void ofEvent(EventForms forms, Exception failure) {
        PendingEvent event = forms.event();
        if (failure instanceof EventRejected) {
            event.reject(failure.getMessage());
            return;
        }
        LOG.error("event {} is rejected: {}", event.id(), place(failure));
        event.reject(Words.say("event.unexpected", place(failure)));
    }

    /** Says a failure in a few words: a refusal or an outage in a sentence, everything else by its kind and place in the code. */
    public static String inWords(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Dhis2Refuses || cause instanceof Dhis2RefusesQuestion) {
                return cause.getMessage();
            }
            if (cause instanceof RejectedExecutionException) {
                return "it was stopped";
            }
        }
        String outage = Run.outageSentence(failure);
        return outage == null ? place(failure) : outage;
    }

    /** The kind of a failure and where it happened; its message is left out, as it may quote a patient's data. */
    static String place(Throwable failure) {
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        StackTraceElement[] trace = root.getStackTrace();
        String where = trace.length == 0 ? "" : " at " + trace[0].getClassName() + ":" + trace[0].getLineNumber();
        return root.getClass().getSimpleName() + where;
    }
}
