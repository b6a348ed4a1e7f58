package org.martsync.sync;

/**
 * How much is done at once.
 *
 * @param workers batches sent to DHIS2 at the same time, on this node
 * @param ahead batches on their way beside those: claimed, searched for and mapped, until it is their turn
 * @param patients in a batch at most
 * @param events in a batch at most, unless one patient alone has more
 */
public record Limits(int workers, int ahead, int patients, int events) {

    /** How many batches are on their way at the same time. */
    public int batches() {
        return workers + ahead;
    }
}
