-- All tables, views and the like, to suggest from where a mapping names one that is not there.
SELECT relname::text AS name
FROM pg_class
WHERE relnamespace = ANY (current_schemas(false)::regnamespace[]) AND pg_table_is_visible(oid) AND relkind IN ('r', 'p', 'v', 'm', 'f')
