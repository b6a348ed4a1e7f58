package org.martsync.sync;

/**
 * How much is done at once.
 *
 * @param workers batches on their way at the same time, on this node
 * @param patients in a batch at most
 * @param events in a batch at most, unless one patient alone has more
 */
public record Limits(int workers, int patients, int events) {
}
