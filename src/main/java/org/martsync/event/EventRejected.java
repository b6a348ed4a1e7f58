package org.martsync.event;

/** An event cannot be sent; the message is the reason as a data clerk reads it in the log table. */
public final class EventRejected extends RuntimeException {

    public EventRejected(String reason) {
        // a decision about data and no defect: nobody looks at where it was made
        super(reason, null, false, false);
    }
}
