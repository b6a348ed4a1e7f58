-- The newest row that log has of each pending event: event to row. It stays, however old.
SELECT coalesce(jsonb_object_agg(event, newest), '{}')::text
FROM (SELECT e.id AS event, max(l.log_id) AS newest
      FROM events_to_sync e JOIN log l ON l.event_id = e.id AND l.category = 'dhis-sync'
      WHERE e.synced IS NOT TRUE
      GROUP BY e.id) pending
