CREATE TABLE sync_mapping (
    program_name text PRIMARY KEY,
    version      text NOT NULL
);

COMMENT ON TABLE sync_mapping IS
    'The mappings as the last run found them. version = xmin of the row in mapping: one with another is checked before the next run, also after a restart.';
