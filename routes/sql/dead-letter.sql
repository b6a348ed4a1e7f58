-- The rejected events: a log row each, counted, and marked as attempted so that they wait for the next run.
-- A row that somebody has locked is being edited: it is not waited for, and not counted this time.
WITH rejected AS (
  SELECT * FROM json_to_recordset(:#${body}::json)
    AS r(id int, mapping text, username text, comments text, info text)
),
logged AS (
  INSERT INTO log (program, synced_by, comments, status, status_info, date_created, event_id, category)
  SELECT mapping, username, comments, 'failed', info, localtimestamp, id, 'dhis-sync'
  FROM rejected
  ORDER BY id
),
attempted AS (
  INSERT INTO sync_attempt (event_id, run)
  SELECT id, :#${variable.worker.run.name.toString}::timestamptz
  FROM rejected
  ON CONFLICT (event_id) DO UPDATE SET run = excluded.run
),
untouched AS MATERIALIZED (
  SELECT e.id
  FROM events_to_sync e
  JOIN rejected ON rejected.id = e.id
  FOR UPDATE OF e SKIP LOCKED
)
UPDATE events_to_sync e SET retry_count = coalesce(e.retry_count, 0) + 1
FROM untouched
WHERE e.id = untouched.id
