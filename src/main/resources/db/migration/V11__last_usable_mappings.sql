ALTER TABLE sync_mapping
    ADD COLUMN mapping_json text,
    ADD COLUMN config       text;

COMMENT ON COLUMN sync_mapping.mapping_json IS
    'mapping.mapping_json as it was when it could last be used; by it and config events are sent while an edit that cannot be used is mended.';
