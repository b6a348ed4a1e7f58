-- A further DHIS2 server is fed from this database. What is of one server (queue, log, trackers, our own tables) has been
-- made in a schema of its own; what is the clinic's own is read where it is, so its empty copies go. One that a person has
-- filled stays, and is read in place of the clinic's: mostly mapping, where the two servers differ in their UIDs.

DO $$
DECLARE
  one    text;
  filled boolean;
BEGIN
  FOREACH one IN ARRAY ARRAY['patient', 'encounter', 'program_enrolment', 'mapping', 'analytics_cron_job'] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM ${flyway:defaultSchema}.%I)', one) INTO filled;
    IF NOT filled THEN
      EXECUTE format('DROP TABLE ${flyway:defaultSchema}.%I', one);
    END IF;
  END LOOP;
END $$;

-- What the flattener queues is queued here too, in its own transaction. It waits no longer for it than for its own queue:
-- we lock a row of either from its marking to the commit that follows at once.
CREATE FUNCTION ${flyway:defaultSchema}.queue_too() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${flyway:defaultSchema}, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM events_to_sync WHERE id = OLD.id;
  ELSE
    INSERT INTO events_to_sync (id, patient_id, program_id, encounter_id, synced, username, comment)
    VALUES (NEW.id, NEW.patient_id, NEW.program_id, NEW.encounter_id, false, NEW.username, NEW.comment)
    ON CONFLICT (id) DO UPDATE SET patient_id = excluded.patient_id, program_id = excluded.program_id,
      encounter_id = excluded.encounter_id, username = excluded.username, comment = excluded.comment, synced = false;
  END IF;
  RETURN NULL;
END $$;

-- Only where synced is among what an update sets: a try that failed for the other server counts retry_count and nothing else.
CREATE TRIGGER queue_too_${flyway:defaultSchema} AFTER INSERT OR UPDATE OF synced ON ${clinic}.events_to_sync
  FOR EACH ROW WHEN (NEW.synced IS NOT TRUE) EXECUTE FUNCTION ${flyway:defaultSchema}.queue_too();
CREATE TRIGGER unqueue_too_${flyway:defaultSchema} AFTER DELETE ON ${clinic}.events_to_sync
  FOR EACH ROW EXECUTE FUNCTION ${flyway:defaultSchema}.queue_too();
