package org.martsync.check;

import java.time.LocalDate;
import org.martsync.dhis2.Expiry;
import org.martsync.dhis2.ProgramMetadata;

/**
 * What of a program's events DHIS2 does not take from this user any more.
 *
 * @param openFrom the first day whose events it takes; null for all
 * @param advice what helps against closed periods
 * @param noneCompleted whether it takes no event that is sent as completed
 */
record Closing(ProgramMetadata program, Expiry expiry, LocalDate openFrom, String advice, boolean noneCompleted) {

    boolean closed(LocalDate date) {
        return openFrom != null && date != null && date.isBefore(openFrom);
    }

    /** Which periods are closed, to be put behind what is of them. */
    String periods() {
        return "periods that the program " + program.label() + " has closed (" + expiry.periodType() + ", " + expiry.periodDays()
                + (expiry.periodDays() == 1 ? " day" : " days") + " after their end)";
    }
}
