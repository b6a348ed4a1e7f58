package org.martsync.clinic;

import java.util.List;
import org.assertj.core.api.AbstractAssert;

/** What a test can claim of a clinic, in a clinic's words. */
public final class ClinicAssert extends AbstractAssert<ClinicAssert, Clinic> {

    /** The log's category of this program's rows. */
    private static final String OURS = "dhis-sync";

    private ClinicAssert(Clinic clinic) {
        super(clinic, ClinicAssert.class);
    }

    public static ClinicAssert assertThat(Clinic clinic) {
        return new ClinicAssert(clinic);
    }

    /** Picks an event by its {@code events_to_sync.id}. */
    public EventAssert event(int eventId) {
        isNotNull();
        return new EventAssert(actual, eventId);
    }

    public ClinicAssert hasPendingEvents(int count) {
        isNotNull();
        if (actual.pendingCount() != count) {
            failWithMessage("Expected %s pending events, there are %s", count, actual.pendingCount());
        }
        return this;
    }

    /** What a test can claim of one event. */
    public static final class EventAssert extends AbstractAssert<EventAssert, SyncEvent> {

        private final List<LogRow> log;

        private EventAssert(Clinic clinic, int eventId) {
            super(clinic.event(eventId), EventAssert.class);
            this.log = clinic.logOf(eventId).stream().filter(row -> OURS.equals(row.category())).toList();
        }

        /** It is done, and the last the log says of it is {@code success}. */
        public EventAssert isSynced() {
            if (actual.isPending() || !"success".equals(lastStatus())) {
                failWithMessage("Expected %s to be synced, the log says %s", actual, log);
            }
            return this;
        }

        /** It stays pending, was counted, and the last the log says is {@code failed} with {@code reason} in it. */
        public EventAssert isRejectedBecause(String reason) {
            isRejected();
            String said = log.get(log.size() - 1).statusInfo();
            if (said == null || !said.contains(reason)) {
                failWithMessage("Expected %s to be rejected because of <%s>, the log says %s", actual, reason, log);
            }
            return this;
        }

        /** It stays pending, was counted, and the last the log says is {@code failed}, with a reason. */
        public EventAssert isRejected() {
            if (!actual.isPending() || retryCount() < 1 || !"failed".equals(lastStatus()) || !hasReason()) {
                failWithMessage("Expected %s to be rejected with a reason, the log says %s", actual, log);
            }
            return this;
        }

        /** Nothing has happened to it yet: pending, not counted, not in our part of the log. */
        public EventAssert isWaiting() {
            if (!actual.isPending() || retryCount() != 0 || !log.isEmpty()) {
                failWithMessage("Expected %s to be waiting, the log says %s", actual, log);
            }
            return this;
        }

        public EventAssert hasFailed(int times) {
            if (retryCount() != times) {
                failWithMessage("Expected %s to have failed %s times, the log says %s", actual, times, log);
            }
            return this;
        }

        private int retryCount() {
            return actual.retryCount() == null ? 0 : actual.retryCount();
        }

        private String lastStatus() {
            return log.isEmpty() ? null : log.get(log.size() - 1).status();
        }

        private boolean hasReason() {
            String reason = log.get(log.size() - 1).statusInfo();
            return reason != null && !reason.isBlank();
        }
    }
}
