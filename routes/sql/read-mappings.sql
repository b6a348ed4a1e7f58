-- All mappings, the patients' one included, with the version of their rows, which any edit changes.
SELECT program_name, mapping_json::text AS mapping_json, config::text AS config, xmin::text AS version
FROM mapping
