package org.martsync.event;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.martsync.dhis2.ProgramMetadata;

/**
 * One event with what its encounter's forms hold: all that its payload is made of.
 *
 * @param columns the mapped columns that exist, by table; a table that does not exist is absent
 * @param rows the encounter's rows of each of those tables, the oldest first
 * @param orgUnit UID of the org unit where the event is placed
 */
public record EventForms(PendingEvent event, ProgramMetadata program, Map<String, Set<String>> columns,
                         Map<String, List<Map<String, Object>>> rows, String orgUnit) {
}
