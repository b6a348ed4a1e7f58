package org.martsync.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A form as it was filled in: what stands in the table's columns, and what DHIS2 must hold afterwards. The second is
 * written down beside the first when a question is answered, and not derived from any mapping.
 */
record FilledForm(String mapping, String stage, String table, Map<String, String> columns, Map<String, String> dataValues) {

    static FilledForm of(String mapping, String stage, String table) {
        return new FilledForm(mapping, stage, table, Map.of(), Map.of());
    }

    /** Adds an answer that DHIS2 holds as {@code value}. */
    FilledForm answer(String column, String answer, String dataElement, String value) {
        return new FilledForm(mapping, stage, table, plus(columns, column, answer), plus(dataValues, dataElement, value));
    }

    /** Adds an answer that DHIS2 holds letter by letter. */
    FilledForm answer(String column, String answer, String dataElement) {
        return answer(column, answer, dataElement, answer);
    }

    /** Adds or changes a column that leaves nothing in DHIS2: not mapped, not chosen, or about to be refused. */
    FilledForm column(String column, String content) {
        return new FilledForm(mapping, stage, table, plus(columns, column, content), dataValues);
    }

    /** Adds what DHIS2 holds because of another form of the same encounter. */
    FilledForm also(String dataElement, String value) {
        return new FilledForm(mapping, stage, table, columns, plus(dataValues, dataElement, value));
    }

    private static Map<String, String> plus(Map<String, String> map, String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(map); // and not Map.of: columns may be NULL
        more.put(key, value);
        return more;
    }
}
