-- An identifier that was corrected may be given to somebody else, and then says no more whose a person in DHIS2 is.
ALTER TABLE sync_tracked_entity ADD COLUMN patient int;

COMMENT ON COLUMN sync_tracked_entity.patient IS
    'patient.patient_id of whom it was last sent for. While the clinic has that patient, the tracked entity is nobody else''s, whoever has the identifier in the trackers by now.';

-- What was sent before is theirs who have the identifier today. In a further server's schema table patient is not looked for by itself.
DO $$
BEGIN
  EXECUTE format('UPDATE sync_tracked_entity s SET patient = its.patient
    FROM (SELECT i.instance_id, min(p.patient_id) AS patient
          FROM (SELECT instance_id, patient_id FROM instance_tracker UNION ALL SELECT instance_id, patient_id FROM sync_instance) i
          JOIN %s p ON p.patient_identifier = i.patient_id
          GROUP BY i.instance_id HAVING count(*) = 1) its
    WHERE its.instance_id = s.tracked_entity', coalesce(to_regclass('patient'), to_regclass('"${clinic}".patient')));
END $$;
