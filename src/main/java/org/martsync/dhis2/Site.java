package org.martsync.dhis2;

/**
 * The clinic as DHIS2 knows it, from the settings.
 *
 * @param id the name that goes into every computed UID ({@code site.id}); never to be changed
 * @param orgUnit UID of the site's org unit ({@code site.org-unit})
 * @param country UID of the org unit under which patients are searched; empty for all that the user may see
 * @param duplicateCheck whether a patient found under another org unit is refused
 * @param duplicateColumn the column of table patient which that refusal names, usually {@code uic}
 * @param eventStatus the status of new events, ACTIVE or COMPLETED
 */
public record Site(String id, String orgUnit, String country, boolean duplicateCheck, String duplicateColumn,
                   String eventStatus) {
}
