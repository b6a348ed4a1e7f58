-- What became of the events that stand in DHIS2 now: tracker and log. Before mark-synced.sql, as it may wait for somebody.
-- event is NULL where the tracker knew it when the batch was read.
-- (json and not jsonb, here and where else outcomes come in: jsonb takes twice the time to read them)
WITH stored AS MATERIALIZED (
  SELECT * FROM json_to_recordset(:#${variable.stored}::json)
    AS s(id int, event text, encounter int, stage text, mapping text, username text, comments text, info text)
),
-- the flattener has mostly put a row there already, with the UID still missing
named AS (
  UPDATE event_tracker t SET event_id = stored.event
  FROM stored
  WHERE t.encounter_id = stored.encounter AND t.program_stage = stored.stage AND t.event_id IS DISTINCT FROM stored.event
    AND stored.event IS NOT NULL
  RETURNING t.event_id
),
missing AS (
  INSERT INTO event_tracker (event_id, encounter_id, program_stage)
  SELECT event, encounter, stage
  FROM stored
  WHERE event IS NOT NULL AND event NOT IN (SELECT event_id FROM named)
  ON CONFLICT DO NOTHING
)
INSERT INTO log (program, synced_by, comments, status, status_info, date_created, event_id, category)
SELECT mapping, username, comments, 'success', info, localtimestamp, id, 'dhis-sync'
FROM stored
ORDER BY id
