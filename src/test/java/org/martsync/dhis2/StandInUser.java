package org.martsync.dhis2;

/**
 * Someone who may log in.
 *
 * @param orgUnit the org unit whose data, and that of those below, they read and write
 */
record StandInUser(String uid, String name, String password, String orgUnit) {
}
