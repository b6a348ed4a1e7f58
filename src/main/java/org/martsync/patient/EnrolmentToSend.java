package org.martsync.patient;

/**
 * The enrolment that a patient's events belong to.
 *
 * @param uid its UID
 * @param tracked whether the tracker names it already
 * @param send NOTHING for one that is there as it should be, NEW, or REOPEN for a completed one
 * @param orgUnit UID of its org unit
 * @param enrolledAt {@code yyyy-MM-dd}, or as DHIS2 has it
 * @param occurredAt likewise; null for a new one, which takes the date of its first event
 */
public record EnrolmentToSend(String uid, boolean tracked, Send send, String orgUnit, String enrolledAt,
                              String occurredAt) {

    /** What of an enrolment is sent: a sent one overwrites dates, org unit and status (recordings 177-180, 192-194). */
    public enum Send { NOTHING, NEW, REOPEN }
}
