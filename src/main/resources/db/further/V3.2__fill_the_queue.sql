-- All that the clinic ever queued is new to this server. In small steps, outside a transaction (V3.2__fill_the_queue.sql.conf):
-- what the trigger of V3.1 queues meanwhile never waits for more than one of them. Run again from the top at any time.
DO $$
DECLARE
  behind int := -2147483648;
  upto   int;
BEGIN
  LOOP
    SELECT max(id) INTO upto FROM (SELECT id FROM ${clinic}.events_to_sync WHERE id > behind ORDER BY id LIMIT 1000) AS next;
    EXIT WHEN upto IS NULL;
    INSERT INTO ${flyway:defaultSchema}.events_to_sync (id, patient_id, program_id, encounter_id, synced, username, comment)
    SELECT id, patient_id, program_id, encounter_id, false, username, comment
    FROM ${clinic}.events_to_sync
    WHERE id > behind AND id <= upto
    ORDER BY id
    ON CONFLICT (id) DO NOTHING;
    COMMIT;
    behind := upto;
  END LOOP;
END $$;
