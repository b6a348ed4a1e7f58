-- All mappings, the patients' one included.
SELECT program_name, mapping_json::text AS mapping_json, config::text AS config
FROM mapping
