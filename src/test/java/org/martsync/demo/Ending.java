package org.martsync.demo;

/** How an event of the demo is expected to end after one run that DHIS2 was there for. */
public enum Ending {
    /** Stored in DHIS2, {@code synced = true}, the log says {@code success}. */
    SYNCED,
    /** Still pending, {@code retry_count} grown by one, the log says {@code failed} and why. */
    REJECTED,
    /** Either of the two, but one of them: nothing stays without an outcome, and no neighbour suffers. */
    EITHER
}
