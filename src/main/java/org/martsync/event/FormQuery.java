package org.martsync.event;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is asked of one form table for a batch; {@code routes/sql/read-forms.sql} puts the parts into a query.
 *
 * @param name the table's name
 * @param columnNames the mapped columns, all of them checked against the database's catalogue
 * @param orderNames the columns that tell the oldest row from the latest
 * @param encounterIds whose rows are wanted
 */
public record FormQuery(String name, Collection<String> columnNames, List<String> orderNames,
                        Collection<Integer> encounterIds) {

    /** Under this name the encounter's number stands in a row, beside the mapped columns. */
    public static final String ENCOUNTER = "sync encounter";

    /** Under this name the encounter's time stands in a row. */
    public static final String TIME = "sync time";

    /** The table's name, quoted. */
    public String table() {
        return quote(name);
    }

    /** The columns to select, quoted, separated by commas. */
    public String columns() {
        String time = orderNames.contains("date_created") ? quote("date_created") : "NULL::timestamp";
        return Stream.concat(Stream.of(quote("encounter_id") + " AS " + quote(ENCOUNTER), time + " AS " + quote(TIME)),
                columnNames.stream().map(FormQuery::quote)).collect(Collectors.joining(", "));
    }

    /** The columns to order by, the latest row last. */
    public String order() {
        return Stream.concat(Stream.of(quote("encounter_id")), orderNames.stream().map(name -> quote(name) + " NULLS FIRST"))
                .collect(Collectors.joining(", "));
    }

    /** The encounters, separated by commas. */
    public String encounters() {
        return encounterIds.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
