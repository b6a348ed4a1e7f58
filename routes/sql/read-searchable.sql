-- The columns of table patient by which patients are searched in DHIS2 (their UIC, mostly), each after a comma, for the query
-- of find-events.sql. Only those that the table has get there, quoted.
SELECT coalesce(string_agg(format(', p.%I::text', a.attname), ''), '') AS columns
FROM mapping m
CROSS JOIN jsonb_array_elements_text(CASE WHEN jsonb_typeof(m.config -> 'searchable') = 'array' THEN m.config -> 'searchable' ELSE '[]' END) AS s(searched)
JOIN pg_attribute a ON a.attrelid = 'patient'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = s.searched
WHERE m.program_name = 'Patient' AND a.attname ~ '^[[:alnum:]_ -]+$'
