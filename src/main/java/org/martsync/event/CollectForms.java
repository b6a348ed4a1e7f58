package org.martsync.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.martsync.database.JsonValue;
import org.martsync.mapping.Column;

/** Plans which form tables are read for a batch: one query a table, with the columns that its mappings use. */
public final class CollectForms {

    /** The tables whose columns have to be known for a batch, as a JSON list; {@code []} when none. */
    public String tables(Batch batch) {
        return JsonValue.write(batch.formsNeeded().keySet());
    }

    /**
     * Returns the queries for the tables that can be read.
     *
     * @param rows of {@code routes/sql/read-columns.sql} for {@link #tables}
     */
    public List<FormQuery> queries(Batch batch, List<Map<String, Object>> rows) {
        Catalogue catalogue = Catalogue.read(rows);
        batch.takeCatalogue(catalogue);
        Map<String, Set<String>> columns = new HashMap<>();
        batch.open().forEach(event -> event.mapping().tables().forEach(table -> {
            Set<String> names = columns.computeIfAbsent(table.name(), name -> new LinkedHashSet<>());
            table.columns().stream().map(Column::name).forEach(names::add);
        }));
        List<FormQuery> queries = new ArrayList<>();
        batch.formsNeeded().forEach((table, encounters) -> {
            if (catalogue.has(table)) {
                queries.add(catalogue.query(table, columns.get(table), encounters));
            }
        });
        return queries;
    }

    /** Gives the batch the rows of one form table. */
    public void take(Batch batch, FormQuery query, List<Map<String, Object>> rows) {
        batch.takeForms(query.name(), query.named(rows));
    }
}
