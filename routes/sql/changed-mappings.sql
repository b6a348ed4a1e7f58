-- Notes the versions of the mappings, which any edit changes, and names those that are new or were edited since they were noted.
-- Where none was noted ever, none is named: a whole check is for a person to start. Of several machines only one is told.
-- A mapping that was removed is forgotten, with what it was when it could last be used.
WITH known AS (
  SELECT EXISTS (SELECT FROM sync_mapping) AS some
), changed AS (
  INSERT INTO sync_mapping (program_name, version)
  SELECT m.program_name, m.xmin::text
  FROM mapping m
  WHERE NOT EXISTS (SELECT FROM sync_mapping s WHERE s.program_name = m.program_name AND s.version = m.xmin::text)
  ORDER BY m.program_name
  ON CONFLICT (program_name) DO UPDATE SET version = excluded.version WHERE sync_mapping.version <> excluded.version
  RETURNING program_name
), removed AS (
  DELETE FROM sync_mapping s WHERE NOT EXISTS (SELECT FROM mapping m WHERE m.program_name = s.program_name)
)
SELECT program_name FROM changed, known WHERE known.some ORDER BY program_name
