package org.martsync.mapping;

import java.util.List;

/**
 * A form table with its mapped columns; columns mapped to nothing are not listed.
 *
 * @param name the table's name in the database, not yet known to exist
 */
public record FormTable(String name, List<Column> columns) {

    public FormTable {
        columns = List.copyOf(columns);
    }
}
