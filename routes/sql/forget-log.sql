-- A portion of our rows in table log that are older than they are kept; those of pending events say why they wait, and stay.
DELETE FROM log
WHERE log_id IN (
  SELECT l.log_id
  FROM log l
  WHERE l.category = 'dhis-sync'
    AND l.date_created < localtimestamp - :#keep::interval
    AND NOT EXISTS (SELECT FROM events_to_sync e WHERE e.id = l.event_id AND e.synced IS NOT TRUE)
  LIMIT 1000)
