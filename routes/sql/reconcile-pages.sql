-- The next patients with synced events (of the period asked for), in pages of up to 200 patients and about 500 events.
WITH synced AS MATERIALIZED (
  SELECT coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C" AS patient
  FROM events_to_sync e
  LEFT JOIN encounter x ON x.encounter_id = CASE WHEN e.encounter_id ~ '^[1-9][0-9]{0,9}$' THEN e.encounter_id::bigint END
  WHERE e.synced
    AND coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C" > :#${variable.reconciliation.after}
    AND (:#${variable.reconciliation.sinceText} = '' OR x.encounter_date_created IS NULL
         OR x.encounter_date_created >= nullif(:#${variable.reconciliation.sinceText}, '')::date)
  ORDER BY coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C", e.id
  LIMIT 1000
),
-- the last patient's events may go on behind what was looked at; this one is left to the next look, unless there is no other
whole AS MATERIALIZED (
  SELECT s.patient
  FROM synced s, (SELECT count(*) AS walked, min(patient) AS first, max(patient) AS last FROM synced) AS seen
  WHERE walked < 1000 OR s.patient < last OR first = last
),
patients AS (
  SELECT patient, row_number() OVER (ORDER BY patient) - 1 AS place, sum(count(*)) OVER (ORDER BY patient) AS total
  FROM whole
  GROUP BY patient
)
SELECT json_agg(patient ORDER BY patient)::text AS claimed, max(patient) AS last, 0 AS walked
FROM patients
GROUP BY greatest(div(total - 1, 500), div(place, 200))
ORDER BY max(patient)
