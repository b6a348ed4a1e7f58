package org.martsync.dhis2;

import java.util.Set;

/**
 * Someone who may log in.
 *
 * @param orgUnit the org unit whose data, and that of those below, they read and write
 * @param authorities by their names in DHIS2; may change
 */
record StandInUser(String uid, String name, String password, String orgUnit, Set<String> authorities) {

    /** Who may do everything has all. */
    boolean has(String authority) {
        return authorities.contains(authority) || authorities.contains("ALL");
    }
}
