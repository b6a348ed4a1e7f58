-- The patients that stand in DHIS2 now: trackers, and a hash of what was sent, to send it again only when it changes.
-- A row whose identifier no patient has any more, because it was corrected, moves to the one they have now; so does one whose
-- identifier was given to somebody else. patient is the number of the patient.
-- type is NULL for people of the configured program's tracked entity type; those of others stand in a table of ours.
-- others are enrolments in programs beside the configured one: program to enrolment.
-- identifier is NULL where the tracker knew the patient, enrolment where it knew that, hash where nothing was sent.
WITH placed AS MATERIALIZED (
  SELECT DISTINCT ON (instance) *
  FROM json_to_recordset(:#${body}::json) AS p(patient int, identifier text, type text, instance text, enrolment text, others jsonb, hash text)
  ORDER BY instance
),
renamed AS (
  UPDATE instance_tracker t SET patient_id = placed.identifier
  FROM placed
  WHERE t.instance_id = placed.instance AND placed.identifier IS NOT NULL AND placed.type IS NULL
    AND NOT EXISTS (SELECT FROM instance_tracker o WHERE o.instance_id = placed.instance AND o.patient_id = placed.identifier)
    AND t.patient_id IS NOT DISTINCT FROM (
      SELECT max(o.patient_id) FROM instance_tracker o
      WHERE o.instance_id = placed.instance AND NOT EXISTS (
        SELECT FROM patient p
        LEFT JOIN sync_tracked_entity s ON s.tracked_entity = o.instance_id
        LEFT JOIN patient q ON q.patient_id = s.patient
        WHERE p.patient_identifier = o.patient_id AND coalesce(q.patient_id, p.patient_id) = p.patient_id))
  RETURNING t.instance_id
),
instances AS (
  INSERT INTO instance_tracker (patient_id, instance_id, created_by, date_created)
  SELECT identifier, instance, 'mart-dhis2-sync', now()
  FROM placed
  WHERE identifier IS NOT NULL AND type IS NULL AND instance NOT IN (SELECT instance_id FROM renamed)
  ON CONFLICT DO NOTHING
),
of_other_types AS (
  INSERT INTO sync_instance AS t (instance_id, patient_id, tracked_entity_type)
  SELECT instance, identifier, type
  FROM placed
  WHERE identifier IS NOT NULL AND type IS NOT NULL
  ON CONFLICT (instance_id) DO UPDATE SET patient_id = excluded.patient_id
    WHERE NOT EXISTS (
      SELECT FROM patient p
      LEFT JOIN sync_tracked_entity s ON s.tracked_entity = t.instance_id
      LEFT JOIN patient q ON q.patient_id = s.patient
      WHERE p.patient_identifier = t.patient_id AND coalesce(q.patient_id, p.patient_id) = p.patient_id)
),
moved AS (
  UPDATE enrolment_tracker t SET enrolment_id = placed.enrolment
  FROM placed
  WHERE t.instance_id = placed.instance AND placed.enrolment IS NOT NULL
  RETURNING t.instance_id
),
enrolments AS (
  INSERT INTO enrolment_tracker (instance_id, enrolment_id)
  SELECT instance, enrolment
  FROM placed
  WHERE enrolment IS NOT NULL AND instance NOT IN (SELECT instance_id FROM moved)
  ON CONFLICT DO NOTHING
),
others AS (
  INSERT INTO sync_enrolment (instance_id, program, enrolment_id)
  SELECT instance, other.key, other.value
  FROM placed, jsonb_each_text(placed.others) other
  ON CONFLICT (instance_id, program) DO UPDATE SET enrolment_id = excluded.enrolment_id
)
INSERT INTO sync_tracked_entity (tracked_entity, attributes_hash, sent_at, patient)
SELECT instance, hash, now(), patient
FROM placed
WHERE hash IS NOT NULL
ON CONFLICT (tracked_entity) DO UPDATE SET attributes_hash = excluded.attributes_hash, sent_at = excluded.sent_at, patient = excluded.patient
