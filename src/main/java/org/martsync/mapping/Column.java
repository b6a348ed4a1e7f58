package org.martsync.mapping;

import org.martsync.words.Words;

/**
 * A column of a form table and what it is carried to.
 *
 * @param name the column's name in the database, not yet known to exist
 * @param dataElementId the DHIS2 data element; in the patient mapping, the attribute
 * @param displayName how the mapping calls that in front of people; the id where it gives no name
 */
public record Column(String name, String dataElementId, String displayName) {

    /** Its whole name, {@code table.column}. */
    public String at(String table) {
        return table + "." + name;
    }

    /** Where a data clerk finds it in a table. */
    String place(String table) {
        return Mapping.PATIENT_TABLE.equals(table) ? Words.say("place.patient", name) : Words.say("place.form", name, table);
    }
}
