-- A further DHIS2 server is fed from this database. What is of one server (queue, log, trackers, our own tables) has been
-- made in a schema of its own; what is the clinic's own is read where it is, so its empty copies go. One that a person has
-- filled stays, and is read in place of the clinic's: mostly mapping, where the two servers differ in their UIDs.

-- CREATE TRIGGER waits for whoever writes in the clinic's queue, and later writers wait behind it: not for long.
SET LOCAL lock_timeout = '2s';

DO $$
DECLARE
  one    text;
  filled boolean;
BEGIN
  FOREACH one IN ARRAY ARRAY['patient', 'encounter', 'program_enrolment', 'mapping', 'analytics_cron_job'] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM "${flyway:defaultSchema}".%I)', one) INTO filled;
    IF NOT filled THEN
      EXECUTE format('DROP TABLE "${flyway:defaultSchema}".%I', one);
    END IF;
  END LOOP;
  -- the trigger reads these, and one that fails would end the flattener's own write: a site that lacks one is told now
  PERFORM id, patient_id, program_id, encounter_id, synced, username FROM "${clinic}".events_to_sync LIMIT 0;
END $$;

-- The clinic's columns may be wider than those of V1.
ALTER TABLE "${flyway:defaultSchema}".events_to_sync
  ALTER patient_id TYPE text, ALTER program_id TYPE text, ALTER encounter_id TYPE text, ALTER username TYPE text;

-- What the flattener queues is queued here too, in its own transaction. It waits no longer for it than for its own queue:
-- we lock a row of either from its marking to the commit that follows at once.
CREATE FUNCTION "${flyway:defaultSchema}".queue_too() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = "${flyway:defaultSchema}", pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM events_to_sync WHERE id = OLD.id;
  ELSE
    INSERT INTO events_to_sync (id, patient_id, program_id, encounter_id, synced, username)
    VALUES (NEW.id, NEW.patient_id, NEW.program_id, NEW.encounter_id, false, NEW.username)
    ON CONFLICT (id) DO UPDATE SET patient_id = excluded.patient_id, program_id = excluded.program_id,
      encounter_id = excluded.encounter_id, username = excluded.username, synced = false;
  END IF;
  RETURN NULL;
END $$;

-- A try that failed for the clinic's own server counts retry_count, which is none of these columns. What this program makes
-- pending again is for that server alone (its connections bear this name: spring.datasource.url).
CREATE TRIGGER "queue_too_${flyway:defaultSchema}"
  AFTER INSERT OR UPDATE OF synced, patient_id, program_id, encounter_id ON "${clinic}".events_to_sync
  FOR EACH ROW WHEN (NEW.synced IS NOT TRUE AND current_setting('application_name') <> 'mart-dhis2-sync')
  EXECUTE FUNCTION "${flyway:defaultSchema}".queue_too();

-- What is deleted after the clinic's own server got it is tidied up, not taken back.
CREATE TRIGGER "unqueue_too_${flyway:defaultSchema}" AFTER DELETE ON "${clinic}".events_to_sync
  FOR EACH ROW WHEN (OLD.synced IS NOT TRUE) EXECUTE FUNCTION "${flyway:defaultSchema}".queue_too();
