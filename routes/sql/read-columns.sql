-- Of some tables, views and the like (a JSON list of names) their columns with their types, NULL for a column that may
-- not be read. Names come from mappings: nothing that is not here gets into a query.
SELECT c.relname::text AS table_name,
       json_object_agg(a.attname, CASE WHEN has_table_privilege(c.oid, 'SELECT') OR has_column_privilege(c.oid, a.attnum, 'SELECT')
         THEN format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL) END)::text AS columns
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = ANY (current_schemas(false)::regnamespace[])
  AND pg_table_is_visible(c.oid)
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relname = ANY (ARRAY(SELECT jsonb_array_elements_text(:#tables::jsonb)))
GROUP BY c.relname
