-- The events that stand in DHIS2 are synced, but only where the row was not edited meanwhile. The last statement of a batch:
-- from here on the flattener has to wait when it edits one of these rows, so the COMMIT goes along in the same message
-- (JDBC's own finds nothing left to do) and does not wait for a busy machine to answer and ask.
-- A row that somebody has locked is being edited: it stays pending, and nobody waits for anybody.
WITH stored AS (
  SELECT * FROM json_to_recordset(:#${body}::json) AS s(id int, version text)
),
untouched AS MATERIALIZED (
  SELECT e.id
  FROM events_to_sync e
  JOIN stored ON stored.id = e.id AND e.xmin::text = stored.version
  FOR UPDATE OF e SKIP LOCKED
)
UPDATE events_to_sync e SET synced = true
FROM untouched
WHERE e.id = untouched.id;
COMMIT
