-- The events that a person may mean by a number or an identifier: the event's own, its encounter's or, for who may see
-- patients, its patient's. At most 100, the newest first.
WITH meant AS (
  SELECT id FROM events_to_sync WHERE id = CASE WHEN :#${variable.sought} ~ '^[0-9]{1,9}$' THEN (:#${variable.sought})::int END
  UNION
  SELECT id FROM events_to_sync WHERE encounter_id = :#${variable.sought}
  UNION
  SELECT id FROM events_to_sync
  WHERE :#${variable.all} AND patient_id IN (
    SELECT :#${variable.sought} UNION SELECT patient_id::text FROM patient WHERE patient_identifier = :#${variable.sought})
)
SELECT e.id, CASE WHEN :#${variable.all} OR EXISTS (SELECT FROM mapping m WHERE m.program_name = e.program_id) THEN e.program_id ELSE '(unknown)' END AS mapping,
       e.encounter_id, e.synced IS TRUE AS synced, a.event_id IS NOT NULL AS rejected
FROM meant
JOIN events_to_sync e USING (id)
LEFT JOIN sync_attempt a ON a.event_id = e.id
ORDER BY e.id DESC
LIMIT 100
