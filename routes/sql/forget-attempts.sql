-- Deletes what is noted of the last attempt of events that are not pending any more, 2000 old notes at a time. The newest run is
-- kept, as a retrigger goes on with it. last is NULL when nothing too old is left.
WITH portion AS MATERIALIZED (
  SELECT event_id FROM sync_attempt
  WHERE event_id > :#${variable.forgetting.behind} AND run < :#${variable.forgetting.before}::timestamptz
    AND run < (SELECT max(run) FROM sync_attempt)
  ORDER BY event_id LIMIT 2000
),
gone AS (
  DELETE FROM sync_attempt a
  USING portion p
  WHERE a.event_id = p.event_id AND NOT EXISTS (SELECT FROM events_to_sync e WHERE e.id = p.event_id AND e.synced IS NOT TRUE)
  RETURNING a.event_id
)
SELECT (SELECT count(*) FROM gone) AS deleted, (SELECT max(event_id) FROM portion) AS last
