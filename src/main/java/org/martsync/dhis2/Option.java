package org.martsync.dhis2;

/** One choice of an option set: DHIS2 takes its code in data and shows its name to people. */
public record Option(String code, String name) {
}
