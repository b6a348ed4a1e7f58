-- All that the clinic ever queued is new to this server. In small steps, outside a transaction (V3.2__fill_the_queue.sql.conf).
-- A row that somebody else is at is left out and tried again when the step is over: a step never waits while it holds rows, so
-- nobody waits for longer than one step, and no deadlock can come of it. Run again from the top at any time.
SET enable_seqscan = off; -- the table grows while the plans stay

DO $$
DECLARE
  behind int := -2147483648;
  upto   int;
BEGIN
  LOOP
    SELECT max(id) INTO upto FROM (SELECT id FROM "${clinic}".events_to_sync WHERE id > behind ORDER BY id LIMIT 1000) AS next;
    EXIT WHEN upto IS NULL;
    LOOP
      WITH free AS MATERIALIZED (
        SELECT id, patient_id, program_id, encounter_id, username
        FROM "${clinic}".events_to_sync
        WHERE id > behind AND id <= upto
        FOR SHARE SKIP LOCKED
      )
      INSERT INTO "${flyway:defaultSchema}".events_to_sync (id, patient_id, program_id, encounter_id, synced, username)
      SELECT id, patient_id, program_id, encounter_id, false, username FROM free
      ON CONFLICT (id) DO NOTHING;
      COMMIT;
      EXIT WHEN NOT EXISTS (
        SELECT id FROM "${clinic}".events_to_sync WHERE id > behind AND id <= upto
        EXCEPT
        SELECT id FROM "${flyway:defaultSchema}".events_to_sync WHERE id > behind AND id <= upto);
      PERFORM pg_sleep(0.1);
    END LOOP;
    behind := upto;
  END LOOP;
END $$;

RESET enable_seqscan;
