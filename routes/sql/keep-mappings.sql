-- Keeps what the mappings are that can be used, for the time after an edit that cannot be. One that no run has checked gets no
-- version, so that the next does.
INSERT INTO sync_mapping (program_name, version, mapping_json, config)
SELECT name, '', mapping_json, config
FROM jsonb_to_recordset(:#${body}::jsonb) AS k(name text, mapping_json text, config text)
ORDER BY name
ON CONFLICT (program_name) DO UPDATE SET mapping_json = excluded.mapping_json, config = excluded.config
