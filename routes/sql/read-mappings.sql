-- All mappings, the patients' one included, with the version of their rows, which any edit changes, and with what they
-- were when they could last be used.
SELECT m.program_name, m.mapping_json::text AS mapping_json, m.config::text AS config, m.xmin::text AS version,
       s.mapping_json AS usable_mapping_json, s.config AS usable_config
FROM mapping m
LEFT JOIN sync_mapping s ON s.program_name = m.program_name
