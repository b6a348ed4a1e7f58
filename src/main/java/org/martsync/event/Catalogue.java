package org.martsync.event;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.martsync.database.JsonValue;
import org.martsync.mapping.Column;
import org.martsync.mapping.FormTable;
import org.martsync.mapping.Mapping;

/**
 * Which form tables and columns the database has and lets us read: nothing else gets into a query.
 *
 * <p>Read anew for each batch, after its events: a column that the flattener adds during a run, and a value in it, must
 * not be left out of an event that is then marked synced. Lives in one thread.
 */
public final class Catalogue {

    /**
     * What may stand in a name. Quoted, a name may have any sign for the database, but the query passes through the routes,
     * which would take these for a place to fill in; such names are left out like missing ones.
     */
    private static final Pattern PLAIN = Pattern.compile("[^?#:$\\\\{}\\p{Cntrl}]+");

    /** What every form table has beside its fields. */
    private static final String ENCOUNTER = "encounter_id";
    private static final String TIME = "date_created";
    private static final List<String> ORDER = List.of(TIME, "instance_id", "id");

    private static final Set<String> NUMBERS = Set.of("integer", "bigint", "smallint", "numeric");
    private static final Set<String> TIMES = Set.of("timestamp without time zone", "timestamp with time zone", "date");

    /** Table to column to type; the type is null where the column may not be read. */
    private final Map<String, Map<String, String>> columns = new HashMap<>();
    private final Map<Mapping, Map<String, Set<String>>> mapped = new IdentityHashMap<>();

    private Catalogue() {
    }

    /** Reads the rows of {@code routes/sql/read-columns.sql}: {@code table_name}, and {@code columns} with their types as JSON. */
    public static Catalogue read(List<Map<String, Object>> rows) {
        Catalogue catalogue = new Catalogue();
        rows.forEach(row -> catalogue.columns.put((String) row.get("table_name"), JsonValue.read(row.get("columns"), new TypeReference<>() { })));
        return catalogue;
    }

    /** Table to those of its columns that can be read and are mapped; tables that cannot be read are left out. */
    public Map<String, Set<String>> mapped(Mapping mapping) {
        return mapped.computeIfAbsent(mapping, one -> {
            Map<String, Set<String>> tables = new HashMap<>();
            for (FormTable table : one.tables()) {
                if (has(table.name())) {
                    Set<String> existing = new LinkedHashSet<>();
                    table.columns().stream().map(Column::name).filter(name -> readable(table.name(), name)).forEach(existing::add);
                    tables.put(table.name(), existing);
                }
            }
            return tables;
        });
    }

    /** The columns of a table with their types, null for one that may not be read; empty where there is no such table. */
    public Map<String, String> columns(String table) {
        return columns.getOrDefault(table, Map.of());
    }

    /** Whether a form table can be read. */
    public boolean has(String table) {
        return whyNot(table, false) == null;
    }

    /** Why a table is left out, in words that follow its name; null when it can be read. */
    public String whyNot(String table, boolean ofPatients) {
        Map<String, String> there = columns(table);
        if (there.isEmpty() || !PLAIN.matcher(table).matches()) {
            return "does not exist";
        }
        if (there.values().stream().allMatch(type -> type == null)) {
            return "may not be read by this program's database user (GRANT SELECT is missing)";
        }
        if (ofPatients) {
            return null;
        }
        if (!there.containsKey(ENCOUNTER)) {
            return "has no column encounter_id";
        }
        String type = there.get(ENCOUNTER);
        if (type == null) {
            return "has an encounter_id that may not be read by this program's database user (GRANT SELECT is missing)";
        }
        return NUMBERS.contains(type) ? null : "has an encounter_id of type " + type + ", where numbers are needed,";
    }

    private boolean readable(String table, String column) {
        return PLAIN.matcher(column).matches() && columns(table).get(column) != null;
    }

    /** Says what the mappings name and cannot be read: one sentence a mapping, table and reason. */
    public List<String> missing(Mappings mappings) {
        List<String> sentences = new ArrayList<>();
        for (Mapping mapping : mappings.all()) {
            for (FormTable table : mapping.tables()) {
                String place = "mapping " + mapping.name() + ": table " + table.name() + " ";
                String why = whyNot(table.name(), mapping.patientMapping());
                if (why != null) {
                    sentences.add(place + why + " and is left out");
                    continue;
                }
                Set<String> lost = new TreeSet<>();
                Set<String> closed = new TreeSet<>();
                table.columns().stream().map(Column::name).filter(name -> !readable(table.name(), name)).forEach(name ->
                        (PLAIN.matcher(name).matches() && columns(table.name()).containsKey(name) ? closed : lost).add(name));
                if (!lost.isEmpty()) {
                    sentences.add(place + "has no column " + String.join(", ", lost) + "; left out");
                }
                if (!closed.isEmpty()) {
                    sentences.add(place + "has columns that may not be read by this program's database user (GRANT SELECT is missing): "
                            + String.join(", ", closed) + "; left out");
                }
            }
        }
        return sentences;
    }

    /** Writes the query for the rows of a form table, with those columns that any of the mappings uses. */
    public FormQuery query(String table, Set<String> wanted, Set<Integer> encounters) {
        List<String> read = wanted.stream().filter(name -> readable(table, name)).toList();
        List<String> order = ORDER.stream().filter(name -> readable(table, name)).toList();
        return new FormQuery(table, read, order, TIMES.contains(columns(table).getOrDefault(TIME, "")), encounters);
    }
}
