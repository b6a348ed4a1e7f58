package org.martsync.operate;

/** Something an operator asked for could not be done; the message is a sentence without a patient's data. */
public final class OperationFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    public OperationFailed(String message) {
        super(message);
    }
}
