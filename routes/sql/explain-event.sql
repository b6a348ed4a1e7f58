-- One event as the database knows it; claimed is its patient as a claim would name them.
SELECT e.id, e.program_id AS mapping, e.synced, e.retry_count, e.patient_id, e.encounter_id, e.username, a.run AS attempted,
       EXISTS (SELECT FROM mapping m WHERE m.program_name = e.program_id) AS mapped,
       json_build_array(coalesce(nullif(e.patient_id, ''), ' '))::text AS claimed
FROM events_to_sync e
LEFT JOIN sync_attempt a ON a.event_id = e.id
WHERE e.id = :#${variable.event}
