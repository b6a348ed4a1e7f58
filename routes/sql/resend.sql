-- Makes a synced event pending again, to be sent by the next run. A row that somebody has locked is being edited, and
-- so is pending soon by itself; nobody waits for anybody.
WITH free AS MATERIALIZED (
  SELECT id FROM events_to_sync WHERE id = :#${variable.event}::int AND synced FOR UPDATE SKIP LOCKED
),
again AS (
  UPDATE events_to_sync e SET synced = false FROM free WHERE e.id = free.id
),
unmarked AS (
  DELETE FROM sync_attempt WHERE event_id IN (SELECT id FROM free)
)
SELECT :#${variable.event}::int AS id,
       CASE WHEN EXISTS (SELECT FROM free) THEN 'queued'
            WHEN known.id IS NULL THEN 'unknown' WHEN known.synced THEN 'busy' ELSE 'pending' END AS outcome
FROM (SELECT 1) AS one
LEFT JOIN events_to_sync known ON known.id = :#${variable.event}::int
