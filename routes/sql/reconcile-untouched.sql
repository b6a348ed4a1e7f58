-- Which of these events (the body, a JSON list with id and version) are as they were when they were read: not edited, not
-- pending again. What was found of the others is out of date.
SELECT e.id
FROM jsonb_to_recordset(:#${body}::jsonb) AS f(id int, version text)
JOIN events_to_sync e ON e.id = f.id AND e.synced AND e.xmin::text = f.version
