-- Keeps what the mappings are, for the time after an edit that cannot be read. One that no run has checked gets no version, so
-- that the next does; one that was removed meanwhile is left out.
INSERT INTO sync_mapping (program_name, version, mapping_json, config)
SELECT k.program_name, '', k.mapping_json, k.config
FROM jsonb_to_recordset(:#${body}::jsonb) AS k(program_name text, mapping_json text, config text)
WHERE EXISTS (SELECT FROM mapping m WHERE m.program_name = k.program_name)
ORDER BY k.program_name
ON CONFLICT (program_name) DO UPDATE SET mapping_json = excluded.mapping_json, config = excluded.config
