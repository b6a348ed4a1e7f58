-- How many events are pending, by mapping (NULL for names that are no mapping's), and how many of those still wait:
-- those that were rejected in this run left out.
SELECT m.program_name AS mapping, count(*) AS pending,
       count(*) FILTER (WHERE a.run IS DISTINCT FROM :#${variable.run.name.toString}::timestamptz) AS waiting
FROM events_to_sync e
LEFT JOIN sync_attempt a ON a.event_id = e.id
LEFT JOIN mapping m ON m.program_name = e.program_id
WHERE e.synced IS NOT TRUE
GROUP BY m.program_name
