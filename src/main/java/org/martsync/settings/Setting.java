package org.martsync.settings;

/**
 * A setting as it is named to a person.
 *
 * @param name    its name in {@code config/application.yaml}
 * @param oldName the environment name under which the program this one replaces knew it, or empty
 * @param purpose what it is for, as the continuation of "it is ..."
 * @param example a value that would do
 */
record Setting(String name, String oldName, String purpose, String example) {

    /** "dhis2.url (environment: DHIS_URI)", or the name alone. */
    String title() {
        return oldName.isEmpty() ? name : name + " (environment: " + oldName + ")";
    }

    /** The sentence for a setting that has no value. */
    String missing() {
        return "The setting " + title() + " is missing: it is " + purpose + ", for example " + example + ".";
    }

    /** The sentence for a value that will not do; {@code must} continues "it must be ...". Secrets have no wrong form. */
    String wrong(String value, String must) {
        return "The setting " + title() + " is '" + value + "', but must be " + must + ": it is " + purpose
                + ", for example " + example + ".";
    }
}
