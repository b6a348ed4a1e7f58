-- The events that a person may mean by a number or an identifier: the event's own, its encounter's or, for who may see
-- patients, its patient's: the number, the identifier, or what is in a column that read-searchable.sql tells. At most 100, the
-- newest first. Reads events_to_sync once, which has no index for that.
WITH patients AS MATERIALIZED (
  SELECT :#sought AS patient_id WHERE :#all
  UNION
  SELECT p.patient_id::text FROM patient p WHERE :#all AND :#sought IN (p.patient_identifier${body})
),
meant AS MATERIALIZED (
  SELECT id, program_id, encounter_id, synced
  FROM events_to_sync
  WHERE id = CASE WHEN :#sought ~ '^[0-9]{1,9}$' THEN (:#sought)::int END
     OR encounter_id = :#sought
     OR patient_id = ANY (ARRAY(SELECT patient_id FROM patients))
)
SELECT e.id, CASE WHEN :#all OR EXISTS (SELECT FROM mapping m WHERE m.program_name = e.program_id) THEN e.program_id ELSE '(unknown)' END AS mapping,
       e.encounter_id, e.synced IS TRUE AS synced, a.event_id IS NOT NULL AS rejected
FROM meant e
LEFT JOIN sync_attempt a ON a.event_id = e.id
ORDER BY e.id DESC
LIMIT 100
