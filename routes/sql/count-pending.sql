-- How many events are pending, those left out that were rejected in this run.
SELECT count(*) AS waiting
FROM events_to_sync e
LEFT JOIN sync_attempt a ON a.event_id = e.id
WHERE e.synced IS NOT TRUE
  AND a.run IS DISTINCT FROM :#${variable.run.name.toString}::timestamptz
