package org.martsync.database;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Everything the catalogue says of each table of a database, and what is in it: identity, columns, constraints,
 * indexes, triggers, comments, privileges, rows. Two of them are equal when nothing was altered in between.
 *
 * <p>Our own indexes are left out: they are what the migrations add to tables of others.
 */
record Catalogue(Map<String, List<String>> tables) {

    static Catalogue of(JdbcTemplate jdbc) {
        Map<String, List<String>> tables = new TreeMap<>();
        for (String table : jdbc.queryForList(
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()", String.class)) {
            tables.put(table, facts(jdbc, table));
        }
        return new Catalogue(tables);
    }

    /** The columns of a table and their types, constraints and defaults, without what differs from database to database. */
    static List<String> shape(JdbcTemplate jdbc, String table) {
        return jdbc.queryForList(COLUMNS, String.class, table);
    }

    /** The constraints of a table by what they demand, not by how they are called. */
    static List<String> rules(JdbcTemplate jdbc, String table) {
        return jdbc.queryForList("SELECT pg_get_constraintdef(oid) FROM pg_constraint "
                + "WHERE conrelid = quote_ident(?)::regclass ORDER BY 1", String.class, table);
    }

    private static final String COLUMNS = """
            SELECT attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
                || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
            FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attrelid = quote_ident(?)::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum""";

    private static final String THE_REST = """
            WITH t AS (SELECT quote_ident(?)::regclass AS oid)
            SELECT 'table ' || c.oid || ' stored in ' || c.relfilenode || ' owner ' || c.relowner
                || ' privileges ' || coalesce(c.relacl::text, '') || ' comment ' || coalesce(obj_description(c.oid), '')
            FROM pg_class c JOIN t USING (oid)
            UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(k.oid)
            FROM pg_constraint k JOIN t ON conrelid = t.oid
            UNION ALL SELECT 'index ' || indexrelid || ' ' || pg_get_indexdef(indexrelid) || ' valid ' || indisvalid
            FROM pg_index JOIN t ON indrelid = t.oid WHERE indexrelid::regclass::text NOT LIKE 'sync\\_%'
            UNION ALL SELECT 'trigger ' || pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN t ON tgrelid = t.oid
            ORDER BY 1""";

    private static List<String> facts(JdbcTemplate jdbc, String table) {
        List<String> facts = shape(jdbc, table);
        facts.addAll(jdbc.queryForList(THE_REST, String.class, table));
        facts.add(jdbc.queryForObject("SELECT count(*) || ' rows ' || coalesce(md5(string_agg(r::text, '|' ORDER BY r::text)), '') "
                + "FROM \"" + table.replace("\"", "\"\"") + "\" r", String.class));
        return facts;
    }
}
