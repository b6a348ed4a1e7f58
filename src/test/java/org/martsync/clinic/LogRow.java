package org.martsync.clinic;

import java.time.LocalDateTime;

/** A row of {@code log}, as the sync log screen reads it. */
public record LogRow(
        int logId,
        String program,
        String syncedBy,
        String comments,
        String status,
        String statusInfo,
        LocalDateTime dateCreated,
        Integer eventId,
        String category) {
}
