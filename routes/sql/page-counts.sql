-- How many events are pending; how many of those were rejected when they were tried last; and how many are left for the
-- run that is going on (its name, or '' while none is).
SELECT count(*) AS pending, count(a.event_id) AS rejected,
       count(*) FILTER (WHERE a.run IS DISTINCT FROM nullif(:#${variable.runName}, '')::timestamptz OR a.run IS NULL) AS left_for_run
FROM events_to_sync e
LEFT JOIN sync_attempt a ON a.event_id = e.id
WHERE e.synced IS NOT TRUE
