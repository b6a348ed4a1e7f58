-- The next patients with pending events (of one mapping, or of any where it is empty), in the order in which a run claims
-- them. Nobody is locked: a run may go on beside a rehearsal.
SELECT json_agg(patient ORDER BY patient)::text AS claimed, max(patient) AS last, 0 AS walked
FROM (
  SELECT DISTINCT coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C" AS patient
  FROM events_to_sync e
  WHERE e.synced IS NOT TRUE
    AND coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C" > :#${variable.rehearsal.after}
    AND (:#${variable.rehearsal.ofEvents} = '' OR e.program_id = :#${variable.rehearsal.ofEvents})
  ORDER BY 1
  LIMIT least(:#${variable.worker.patients}::int, :#${variable.rehearsal.room}::int)
) AS next
