-- All mappings, the patients' one included, with the version of their rows, which any edit changes, and with what they
-- were when they could last be used. That is asked for as JSON, because the commands also run on a database that this
-- version of the program has not been started with, whose table has no such columns yet.
SELECT m.program_name, m.mapping_json::text AS mapping_json, m.config::text AS config, m.xmin::text AS version,
       to_jsonb(s) ->> 'mapping_json' AS usable_mapping_json, to_jsonb(s) ->> 'config' AS usable_config
FROM mapping m
LEFT JOIN sync_mapping s ON s.program_name = m.program_name
