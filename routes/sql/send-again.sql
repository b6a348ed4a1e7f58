-- The events of imports that nobody saw answered in twice the time that an answer may take. DHIS2 may have stored such a
-- one after a newer version of its events, so what is synced by now is queued once more, and its patients count as changed,
-- also those whose event is pending already and is sent for that.
WITH overdue AS (
  DELETE FROM sync_request
  WHERE sent_at < now() - :#${properties:dhis2.response-timeout}::int * interval '2 milliseconds'
  RETURNING events
),
sent AS MATERIALIZED (
  SELECT DISTINCT unnest(events) AS id FROM overdue
),
unsure AS MATERIALIZED (
  SELECT e.id
  FROM events_to_sync e
  WHERE e.id IN (SELECT id FROM sent) AND e.synced
  FOR UPDATE SKIP LOCKED
),
patients AS (
  UPDATE sync_tracked_entity s SET attributes_hash = ''
  FROM sent
  JOIN events_to_sync e ON e.id = sent.id
  JOIN patient p ON p.patient_id = CASE WHEN e.patient_id ~ '^[1-9][0-9]{0,9}$' THEN e.patient_id::bigint END
  JOIN LATERAL (
    SELECT instance_id FROM instance_tracker WHERE patient_id = p.patient_identifier
    UNION ALL
    SELECT instance_id FROM sync_instance WHERE patient_id = p.patient_identifier
  ) i ON true
  WHERE s.tracked_entity = i.instance_id
)
UPDATE events_to_sync e SET synced = false
FROM unsure
WHERE e.id = unsure.id
