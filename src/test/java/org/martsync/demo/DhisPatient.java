package org.martsync.demo;

import java.time.LocalDate;

/**
 * A patient who is in DHIS2 before the first run, with an ACTIVE enrolment in the demo's program since
 * {@code enrolledAt}, at the demo's site. Whoever starts the demo puts them into its DHIS2.
 */
public record DhisPatient(
        String trackedEntity, String enrolment, String uic, String gender, LocalDate birthdate, LocalDate enrolledAt) {
}
