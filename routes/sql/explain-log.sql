-- The last answers to an event, the newest first. The log has no index for that: it is read once through.
SELECT date_created, status, status_info, comments
FROM log
WHERE event_id = :#${variable.event} AND category = 'dhis-sync'
ORDER BY log_id DESC
LIMIT 20
