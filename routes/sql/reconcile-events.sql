-- All events of a page's patients, pending ones too, as read-events.sql reads those of a batch; compared tells the synced ones of
-- the period asked for.
SELECT e.id, e.version, e.patient_id, e.program_id, e.encounter_id, e.username,
       n.encounter_id IS NOT NULL AS encounter_known,
       CASE WHEN n.patient_id <> CASE WHEN e.patient_id ~ '^[1-9][0-9]{0,9}$' THEN e.patient_id::numeric END
            THEN n.patient_id::text END AS other_patient,
       n.encounter_date_created AS encounter_date,
       true AS first_try,
       o.id AS org_unit,
       (SELECT jsonb_object_agg(t.program_stage, t.event_id)::text
        FROM event_tracker t
        WHERE t.encounter_id = n.number AND t.event_id <> '' AND t.program_stage IS NOT NULL) AS tracked,
       e.synced,
       e.synced AND (:#${variable.reconciliation.sinceText} = '' OR n.encounter_date_created IS NULL
                     OR n.encounter_date_created >= nullif(:#${variable.reconciliation.sinceText}, '')::date) AS compared
FROM (
  SELECT id, xmin::text AS version, patient_id, program_id, encounter_id, username, true AS synced
  FROM events_to_sync
  WHERE synced AND coalesce(nullif(patient_id, ''), ' ') COLLATE "C" = ANY (ARRAY(SELECT jsonb_array_elements_text(:#${variable.worker.claimed}::jsonb) COLLATE "C"))
  UNION ALL
  SELECT id, xmin::text, patient_id, program_id, encounter_id, username, false
  FROM events_to_sync
  WHERE synced IS NOT TRUE AND coalesce(nullif(patient_id, ''), ' ') COLLATE "C" = ANY (ARRAY(SELECT jsonb_array_elements_text(:#${variable.worker.claimed}::jsonb) COLLATE "C"))
) e
LEFT JOIN LATERAL (
  SELECT c.number, x.encounter_id, x.patient_id, x.encounter_date_created, x.org_unit
  FROM (SELECT CASE WHEN e.encounter_id ~ '^[1-9][0-9]{0,9}$' THEN e.encounter_id::bigint END AS number) c
  LEFT JOIN encounter x ON x.encounter_id = c.number
) n ON true
LEFT JOIN orgunit_tracker o ON o.orgunit = n.org_unit
ORDER BY e.id
