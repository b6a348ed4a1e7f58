package org.martsync.reconcile;

import java.util.Locale;

/**
 * One thing that is not in DHIS2 as the clinic's database holds it.
 *
 * @param event {@code events_to_sync.id} of the event it is about, of a person or enrolment that of one of their events; null where
 *     there is none
 * @param uid its UID in DHIS2
 * @param field what of it differs: a field, or the name of a data element or attribute with its UID; null where it is the whole
 * @param ours what the clinic has; may be a patient's data
 * @param theirs what DHIS2 has; likewise
 * @param reason why sending it again would not help, or null; likewise
 * @param repairable whether sending the event again would put it right without overwriting anything
 */
public record Finding(Thing thing, Kind kind, Integer event, String uid, String field, String ours, String theirs, String reason,
                      boolean repairable) {

    /** What it is about. */
    public enum Thing {
        EVENT, ENROLMENT, PERSON;

        /** As it stands in the database and in JSON. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is the matter. */
    public enum Kind {
        /** Not there, and nobody deleted it. */
        MISSING,
        DELETED,
        /** There, but under a deleted enrolment or another person. */
        MISPLACED,
        CHANGED,
        DUPLICATED,
        /** There, and not from here. */
        UNKNOWN,
        /** What would be sent cannot be told any more. */
        NOT_COMPARED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
