package org.martsync.event;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is asked of one form table for a batch; {@code routes/sql/read-forms.sql} puts the parts into a query.
 *
 * <p>Columns are selected under short names of ours: rows come back in maps that do not tell capitals from small letters,
 * where of {@code "Notes"} and {@code notes} only one would be left.
 *
 * @param name the table's name
 * @param columnNames the mapped columns, all of them checked against the database's catalogue
 * @param orderNames the columns that tell the oldest row from the latest
 * @param timed whether the table has the encounter's time, as a date or time
 * @param encounterIds whose rows are wanted
 */
public record FormQuery(String name, List<String> columnNames, List<String> orderNames, boolean timed,
                        Collection<Integer> encounterIds) {

    /** Under this name the encounter's number stands in a row, beside the mapped columns. */
    public static final String ENCOUNTER = "sync encounter";

    /** Under this name the encounter's time stands in a row. */
    public static final String TIME = "sync time";

    /** The table's name, quoted. */
    public String table() {
        return quote(name);
    }

    /** The columns to select, quoted and each under its place in the list, separated by commas. */
    public String columns() {
        String time = timed ? quote("date_created") + "::timestamp" : "NULL::timestamp";
        return Stream.concat(Stream.of(quote("encounter_id") + " AS encounter", time + " AS time"),
                IntStream.range(0, columnNames.size()).mapToObj(i -> quote(columnNames.get(i)) + " AS c" + i))
                .collect(Collectors.joining(", "));
    }

    /** Gives the columns of the rows that were read their own names. */
    public List<Map<String, Object>> named(List<Map<String, Object>> rows) {
        List<Map<String, Object>> named = new ArrayList<>(rows.size());
        for (Map<String, Object> row : rows) {
            Map<String, Object> one = new HashMap<>();
            for (int i = 0; i < columnNames.size(); i++) {
                one.put(columnNames.get(i), row.get("c" + i));
            }
            one.put(ENCOUNTER, row.get("encounter"));
            one.put(TIME, row.get("time"));
            named.add(one);
        }
        return named;
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
