-- One event as read-events.sql reads those of a batch, whether it is pending or not.
SELECT e.id, e.xmin::text AS version, e.patient_id, e.program_id, e.encounter_id, e.username,
       n.encounter_id IS NOT NULL AS encounter_known,
       CASE WHEN n.patient_id <> CASE WHEN e.patient_id ~ '^[1-9][0-9]{0,9}$' THEN e.patient_id::numeric END
            THEN n.patient_id::text END AS other_patient,
       n.encounter_date_created AS encounter_date,
       coalesce(e.retry_count, 0) = 0 AS first_try,
       o.id AS org_unit,
       n.org_unit::text AS org_unit_code,
       (SELECT jsonb_object_agg(t.program_stage, t.event_id)::text
        FROM event_tracker t
        WHERE t.encounter_id = n.number AND t.event_id <> '' AND t.program_stage IS NOT NULL) AS tracked
FROM events_to_sync e
LEFT JOIN sync_attempt a ON a.event_id = e.id
LEFT JOIN LATERAL (
  SELECT c.number, x.encounter_id, x.patient_id, x.encounter_date_created, x.org_unit
  FROM (SELECT CASE WHEN e.encounter_id ~ '^[1-9][0-9]{0,9}$' THEN e.encounter_id::bigint END AS number) c
  LEFT JOIN encounter x ON x.encounter_id = c.number
) n ON true
LEFT JOIN orgunit_tracker o ON o.orgunit = n.org_unit
WHERE e.id = :#${variable.event}
