-- Deletes our rows of log that are too old, 2000 at a time; other categories are others' rows. Of an event that is pending by
-- now only what is older than its newest row is deleted. last is NULL when nothing too old is left.
WITH portion AS MATERIALIZED (
  SELECT log_id, event_id FROM log
  WHERE category = 'dhis-sync' AND log_id > :#${variable.forgetting.behind} AND date_created < (:#${variable.forgetting.before}::timestamptz)::timestamp
  ORDER BY log_id LIMIT 2000
),
gone AS (
  DELETE FROM log l
  USING portion p
  WHERE l.log_id = p.log_id
    AND (p.log_id < (:#${variable.newest}::jsonb ->> p.event_id::text)::bigint
      OR NOT EXISTS (SELECT FROM events_to_sync e WHERE e.id = p.event_id AND e.synced IS NOT TRUE))
  RETURNING l.log_id
)
SELECT (SELECT count(*) FROM gone) AS deleted, (SELECT max(log_id) FROM portion) AS last
