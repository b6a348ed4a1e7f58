-- One event as the database knows it, with the UIDs that the trackers have for it; claimed is its patient as a claim would name them.
-- Where the mapping names another program than the configured one, only an enrolment in that program says which person is meant.
SELECT e.id, e.program_id AS mapping, e.synced, e.retry_count, e.patient_id, e.encounter_id, e.username, a.run AS attempted,
       EXISTS (SELECT FROM mapping m WHERE m.program_name = e.program_id) AS mapped,
       json_build_array(coalesce(nullif(e.patient_id, ''), ' '))::text AS claimed,
       person.instance_id AS tracked_entity, person.enrolment_id AS enrolment,
       (SELECT t.event_id FROM event_tracker t
        WHERE t.encounter_id = CASE WHEN e.encounter_id ~ '^[1-9][0-9]{0,9}$' THEN e.encounter_id::bigint END
          AND t.program_stage = its.stage AND t.event_id <> '') AS event_uid
FROM events_to_sync e
LEFT JOIN sync_attempt a ON a.event_id = e.id
LEFT JOIN patient p ON p.patient_id = CASE WHEN e.patient_id ~ '^[1-9][0-9]{0,9}$' THEN e.patient_id::bigint END
LEFT JOIN LATERAL (
  SELECT coalesce(m.mapping_json -> 'dhisProgramStageId' ->> 'id', m.mapping_json ->> 'dhisProgramStageId') AS stage,
         nullif(nullif(m.config ->> 'program', ''), :#${properties:dhis2.program}) AS other_program
  FROM mapping m
  WHERE m.program_name = e.program_id
  LIMIT 1
) its ON true
LEFT JOIN LATERAL (
  SELECT i.instance_id, t.enrolment_id, i.date_created
  FROM instance_tracker i
  LEFT JOIN enrolment_tracker t ON t.instance_id = i.instance_id
  WHERE i.patient_id = p.patient_identifier AND its.other_program IS NULL
  UNION ALL
  SELECT s.instance_id, s.enrolment_id, NULL
  FROM sync_enrolment s
  WHERE s.program = its.other_program
    AND s.instance_id IN (SELECT i.instance_id FROM instance_tracker i WHERE i.patient_id = p.patient_identifier
                          UNION ALL SELECT i.instance_id FROM sync_instance i WHERE i.patient_id = p.patient_identifier)
  ORDER BY date_created DESC NULLS LAST, instance_id
  LIMIT 1
) person ON true
WHERE e.id = :#${variable.event}
