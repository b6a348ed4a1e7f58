-- Keeps what the mappings are, for the time after an edit that cannot be read. One that no run has checked gets no version, so
-- that the next does; one that was removed meanwhile is left out.
INSERT INTO sync_mapping (program_name, version, mapping_json, config)
SELECT k.name, '', k.mapping_json, k.config
FROM jsonb_to_recordset(:#${body}::jsonb) AS k(name text, mapping_json text, config text)
WHERE EXISTS (SELECT FROM mapping m WHERE m.program_name = k.name)
ORDER BY k.name
ON CONFLICT (program_name) DO UPDATE SET mapping_json = excluded.mapping_json, config = excluded.config
