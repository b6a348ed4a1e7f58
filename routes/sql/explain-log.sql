-- The last answers to an event, the newest first. The log has no index for that, which every attempt of every event would pay
-- for: it is read once through, in the order it lies in.
WITH theirs AS MATERIALIZED (
  SELECT log_id, date_created, status, status_info, comments
  FROM log
  WHERE event_id = :#${variable.event} AND category = 'dhis-sync'
)
SELECT date_created, status, status_info, comments
FROM theirs
ORDER BY log_id DESC
LIMIT 20
