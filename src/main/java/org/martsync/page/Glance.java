package org.martsync.page;

/**
 * A site among others, as it was when it was last asked.
 *
 * @param now how it is, or null when it does not run or could not be asked
 * @param today how many events arrived in DHIS2 today
 * @param month how many in the last 30 days
 * @param problem why it does not run or cannot be asked, or what hinders it; null when all is well
 */
public record Glance(String name, Now now, long today, long month, String problem) {

    static Glance of(String name, String problem) {
        return new Glance(name, null, 0, 0, problem);
    }
}
