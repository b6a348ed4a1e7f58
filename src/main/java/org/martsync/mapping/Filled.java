package org.martsync.mapping;

import java.util.List;
import java.util.Map;

/**
 * What came of filling the data values of an event or the attributes of a person.
 *
 * @param values by data element or attribute id, in the mapping's order; {@code ""} clears the value in DHIS2, what is left out stays
 *        there as it is (recordings 151-154, 161-164)
 * @param notes sentences worth knowing that hinder nothing
 * @param found all problems; when there is one, nothing may be sent
 */
public record Filled(Map<String, String> values, List<String> notes, List<Problem> found) {

    /** The sentences of the problems, for a data clerk. */
    public List<String> problems() {
        return found.stream().map(Problem::sentence).toList();
    }

    /** Whether it may be sent. */
    public boolean isGood() {
        return found.isEmpty();
    }
}
