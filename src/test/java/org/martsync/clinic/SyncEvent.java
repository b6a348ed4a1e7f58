package org.martsync.clinic;

/** A row of {@code events_to_sync} as it stands; texts because broken values occur, boxed because NULLs do. */
public record SyncEvent(
        int id,
        String patientId,
        String mapping,
        String encounterId,
        Boolean synced,
        String username,
        String comment,
        Integer retryCount) {

    public boolean isPending() {
        return !Boolean.TRUE.equals(synced);
    }
}
