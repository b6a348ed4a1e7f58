package org.martsync.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.martsync.mapping.Column;
import org.martsync.mapping.FormTable;
import org.martsync.mapping.Mapping;

/**
 * Which form tables and columns the database has, as read once a run: nothing else gets into a query.
 */
public final class Catalogue {

    /**
     * What may stand in a name. Quoted, a name may have any sign for the database, but the query passes through the routes,
     * which would take these for a place to fill in; such names are left out like missing ones.
     */
    private static final Pattern PLAIN = Pattern.compile("[^?#:$\\\\{}\\p{Cntrl}]+");

    /** What every form table has beside its fields. */
    private static final List<String> ORDER = List.of("date_created", "instance_id", "id");

    private final Map<String, Set<String>> columns = new HashMap<>();

    private Catalogue() {
    }

    /** Reads the rows of {@code routes/sql/read-columns.sql}: {@code table_name}, {@code column_name}. */
    public static Catalogue read(List<Map<String, Object>> rows) {
        Catalogue catalogue = new Catalogue();
        rows.forEach(row -> catalogue.columns.computeIfAbsent((String) row.get("table_name"), name -> new LinkedHashSet<>())
                .add((String) row.get("column_name")));
        return catalogue;
    }

    /** The columns of a table, empty for one that does not exist. */
    public Set<String> columns(String table) {
        return columns.getOrDefault(table, Set.of());
    }

    /** Table to those of its columns that exist and are mapped; tables that do not exist are left out. */
    public Map<String, Set<String>> mapped(Mapping mapping) {
        Map<String, Set<String>> mapped = new HashMap<>();
        for (FormTable table : mapping.tables()) {
            if (readable(table.name())) {
                Set<String> existing = new LinkedHashSet<>();
                table.columns().stream().map(Column::name).filter(name -> readable(table.name(), name)).forEach(existing::add);
                mapped.put(table.name(), existing);
            }
        }
        return mapped;
    }

    private boolean readable(String table) {
        return PLAIN.matcher(table).matches() && columns(table).contains("encounter_id");
    }

    private boolean readable(String table, String column) {
        return PLAIN.matcher(column).matches() && columns(table).contains(column);
    }

    /** Says what the mappings name and the database does not have: one sentence a mapping and table. */
    public List<String> missing(Mappings mappings) {
        List<String> sentences = new ArrayList<>();
        for (Mapping mapping : mappings.all()) {
            for (FormTable table : mapping.tables()) {
                if (mapping.patientMapping() ? columns(table.name()).isEmpty() : !readable(table.name())) {
                    sentences.add("mapping " + mapping.name() + ": table " + table.name() + " does not exist and is left out");
                    continue;
                }
                Set<String> lost = new TreeSet<>();
                table.columns().stream().map(Column::name).filter(name -> !readable(table.name(), name)).forEach(lost::add);
                if (!lost.isEmpty()) {
                    sentences.add("mapping " + mapping.name() + ": table " + table.name() + " has no column "
                            + String.join(", ", lost) + "; left out");
                }
            }
        }
        return sentences;
    }

    /** Writes the query for the rows of a form table, with those columns that any of the mappings uses. */
    FormQuery query(String table, Set<String> wanted, Set<Integer> encounters) {
        Set<String> read = new LinkedHashSet<>();
        wanted.stream().filter(name -> readable(table, name)).forEach(read::add);
        List<String> order = ORDER.stream().filter(columns(table)::contains).toList();
        return new FormQuery(table, read, order, encounters);
    }

    boolean has(String table) {
        return readable(table);
    }
}
