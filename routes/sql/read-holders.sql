-- Which patients the people that a search found, or whose UIDs would be taken for new ones, are known as already, with what the
-- trackers know of these people. That is the patient for whom they were last sent, whoever has the identifier by now.
-- holder is NULL where no patient of the clinic has that identifier any more: it was corrected since; the number of a patient who has none.
SELECT i.instance_id AS tracked_entity,
       CASE WHEN q.patient_id IS NULL THEN p.patient_identifier ELSE coalesce(nullif(q.patient_identifier, ''), q.patient_id::text) END AS holder,
       to_jsonb(s) ->> 'patient' AS sent_for, t.enrolment_id AS enrolment, s.attributes_hash AS sent,
       (SELECT jsonb_object_agg(e.program, e.enrolment_id)::text FROM sync_enrolment e WHERE e.instance_id = i.instance_id) AS others
FROM (
  SELECT instance_id, patient_id FROM instance_tracker WHERE instance_id = ANY (string_to_array(:#${body}, ','))
  UNION ALL
  SELECT instance_id, patient_id FROM sync_instance WHERE instance_id = ANY (string_to_array(:#${body}, ','))
) i
LEFT JOIN patient p ON p.patient_identifier = i.patient_id
LEFT JOIN enrolment_tracker t ON t.instance_id = i.instance_id
LEFT JOIN sync_tracked_entity s ON s.tracked_entity = i.instance_id
LEFT JOIN patient q ON q.patient_id = (to_jsonb(s) ->> 'patient')::int
