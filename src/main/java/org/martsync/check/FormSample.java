package org.martsync.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.martsync.event.Catalogue;
import org.martsync.event.FormQuery;
import org.martsync.mapping.Column;
import org.martsync.mapping.FormTable;
import org.martsync.mapping.Mapping;

/** The newest encounters of a mapping's forms, with their rows. Lives in one thread. */
public final class FormSample {

    private final Mapping mapping;
    private final Catalogue catalogue;
    private final int size;
    private final Set<Integer> encounters = new TreeSet<>();
    private final Map<String, Map<Integer, List<Map<String, Object>>>> rows = new HashMap<>();

    FormSample(Mapping mapping, Catalogue catalogue, int size) {
        this.mapping = mapping;
        this.catalogue = catalogue;
        this.size = size;
    }

    Mapping mapping() {
        return mapping;
    }

    /** How many encounters of each form are wanted. */
    public int size() {
        return size;
    }

    /** The mapped columns that can be read, by table. */
    Map<String, Set<String>> columns() {
        return catalogue.mapped(mapping);
    }

    /** What to ask of each form that can be read; of no encounter until some were taken. */
    public List<FormQuery> queries() {
        List<FormQuery> queries = new ArrayList<>();
        for (FormTable table : mapping.tables()) {
            if (catalogue.has(table.name())) {
                queries.add(catalogue.query(table.name(), table.columns().stream().map(Column::name).collect(Collectors.toSet()), encounters));
            }
        }
        return queries;
    }

    /** Takes the newest encounters of one form: rows with {@code encounter}. */
    void take(List<Map<String, Object>> newest) {
        newest.forEach(row -> encounters.add(((Number) row.get("encounter")).intValue()));
    }

    /** Takes the rows of one form. */
    void take(FormQuery query, List<Map<String, Object>> read) {
        rows.put(query.name(), query.named(read).stream().collect(Collectors.groupingBy(row -> ((Number) row.get(FormQuery.ENCOUNTER)).intValue())));
    }

    Set<Integer> encounters() {
        return encounters;
    }

    Map<String, List<Map<String, Object>>> rows(int encounter) {
        Map<String, List<Map<String, Object>>> all = new HashMap<>();
        rows.forEach((table, byEncounter) -> all.put(table, byEncounter.getOrDefault(encounter, List.of())));
        return all;
    }
}
