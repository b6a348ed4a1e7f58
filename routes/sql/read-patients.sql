-- The claimed patients as the clinic holds them, with what the trackers know of them, the newest first.
-- other_trackers are those of other tracked entity types than the configured program's, a list a type.
-- Left out is what was sent for somebody else whom the clinic still has: this patient was given their identifier of before. (For
-- whom is asked for as JSON, because the commands also run on a database whose table has no such column yet.)
-- alsoOf is another patient of the clinic whom the trackers know by the same tracked entity (older databases allow it).
SELECT c.patient_id,
       to_jsonb(p)::text AS patient,
       g.enrolled, g.enrolments,
       (SELECT count(*) FROM patient q WHERE q.patient_identifier = p.patient_identifier AND q.patient_id <> p.patient_id) AS namesakes,
       (SELECT jsonb_agg(jsonb_build_object('trackedEntity', i.instance_id, 'enrolment', t.enrolment_id, 'sent', s.attributes_hash,
                           'others', (SELECT jsonb_object_agg(e.program, e.enrolment_id) FROM sync_enrolment e WHERE e.instance_id = i.instance_id),
                           'alsoOf', (SELECT min(o.patient_id) FROM instance_tracker o JOIN patient q ON q.patient_identifier = o.patient_id
                                      WHERE o.instance_id = i.instance_id AND o.patient_id <> i.patient_id))
                         ORDER BY i.date_created DESC NULLS LAST, i.instance_id)::text
        FROM instance_tracker i
        LEFT JOIN enrolment_tracker t ON t.instance_id = i.instance_id
        LEFT JOIN sync_tracked_entity s ON s.tracked_entity = i.instance_id
        WHERE i.patient_id = p.patient_identifier
          AND NOT EXISTS (SELECT FROM patient q WHERE q.patient_id = (to_jsonb(s) ->> 'patient')::int AND q.patient_id <> p.patient_id)) AS trackers,
       (SELECT jsonb_object_agg(o.tracked_entity_type, o.trackers)::text
        FROM (SELECT i.tracked_entity_type,
                     jsonb_agg(jsonb_build_object('trackedEntity', i.instance_id, 'sent', s.attributes_hash,
                                 'others', (SELECT jsonb_object_agg(e.program, e.enrolment_id) FROM sync_enrolment e WHERE e.instance_id = i.instance_id))
                               ORDER BY i.since DESC, i.instance_id) AS trackers
              FROM sync_instance i
              LEFT JOIN sync_tracked_entity s ON s.tracked_entity = i.instance_id
              WHERE i.patient_id = p.patient_identifier
                AND NOT EXISTS (SELECT FROM patient q WHERE q.patient_id = (to_jsonb(s) ->> 'patient')::int AND q.patient_id <> p.patient_id)
              GROUP BY i.tracked_entity_type) o) AS other_trackers
FROM jsonb_array_elements_text(:#${variable.worker.claimed}::jsonb) AS c(patient_id)
LEFT JOIN patient p ON p.patient_id = CASE WHEN c.patient_id ~ '^[1-9][0-9]{0,9}$' THEN c.patient_id::bigint END
LEFT JOIN LATERAL (SELECT min(date_enrolled) AS enrolled, jsonb_agg(DISTINCT date_enrolled)::text AS enrolments
                   FROM program_enrolment WHERE patient_id = p.patient_id) g ON true
