-- All tables, views and the like, to suggest from where a mapping names one that is not there.
SELECT relname::text AS name
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
