-- The next patients with pending events, in the order of their ids, none of whom another worker has.
-- A lock is held until the transaction ends; nobody waits for one. Rows are read anew after the claim
-- (read-events.sql): what was pending here may be settled by the time the lock is got.
-- A lock is told from those of a further server on this database (two schemas to look in) by that server's own schema.
WITH ours AS MATERIALIZED (
  SELECT 'mart-dhis2-sync ' || CASE WHEN cardinality(current_schemas(false)) > 1 THEN current_schema() || ' ' ELSE '' END AS lock
),
pending AS MATERIALIZED (
  SELECT coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C" AS patient, a.run
  FROM events_to_sync e
  LEFT JOIN sync_attempt a ON a.event_id = e.id
  WHERE e.synced IS NOT TRUE
    AND coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C" > :#${variable.worker.after}
  ORDER BY coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C", e.id
  LIMIT :#${variable.worker.walk}
),
-- the last patient's events may go on behind what was looked at; this one is left to the next look, unless there is no other
whole AS MATERIALIZED (
  SELECT p.patient, p.run
  FROM pending p, (SELECT count(*) AS walked, min(patient) AS first, max(patient) AS last FROM pending) AS seen
  WHERE walked < :#${variable.worker.walk} OR p.patient < last OR first = last
),
patients AS MATERIALIZED (
  SELECT patient, count(*) AS events
  FROM whole
  WHERE run IS DISTINCT FROM :#${variable.worker.run.name.toString}::timestamptz
  GROUP BY patient
  ORDER BY patient
),
-- as many patients as make a batch by their average number of events, so that few are locked in vain
locked AS MATERIALIZED (
  SELECT patient, events
  FROM patients
  WHERE pg_try_advisory_xact_lock(hashtextextended((SELECT lock FROM ours) || 'patient ' || patient, 0))
  LIMIT (SELECT least(:#${variable.worker.patients}, greatest(1, :#${variable.worker.events} / greatest(1, ceil(avg(events))))) FROM patients)
),
fitting AS MATERIALIZED (
  SELECT patient
  FROM (SELECT patient, sum(events) OVER (ORDER BY patient) AS total, row_number() OVER (ORDER BY patient) AS place FROM locked) AS sums
  WHERE total <= :#${variable.worker.events} OR place = 1
),
-- DHIS2 does not guard its unique attributes against two POSTs at once: the values a new patient is searched by are locked too.
-- New is who is not in the trackers, or not as a person of each tracked entity type that they may become; nor is whom the trackers have
-- by that identifier theirs, where it was sent for another patient of the clinic.
-- (OFFSET 0: a patient's row becomes JSON once and not at each mention of a value, which was a fifth of the claim)
mine AS MATERIALIZED (
  SELECT f.patient,
         coalesce(i.instance_id IS NOT NULL OR bool_and(pg_try_advisory_xact_lock(
           hashtextextended((SELECT lock FROM ours) || 'value ' || s.searched || ' ' || lower(s.value), 0)))
           FILTER (WHERE s.value <> ''), true) AS free
  FROM fitting f
  LEFT JOIN patient p ON p.patient_id = CASE WHEN f.patient ~ '^[1-9][0-9]{0,9}$' THEN f.patient::bigint END
  LEFT JOIN LATERAL (SELECT t.instance_id FROM instance_tracker t
    LEFT JOIN sync_tracked_entity sent ON sent.tracked_entity = t.instance_id
    WHERE t.patient_id = p.patient_identifier
      AND NOT EXISTS (SELECT FROM patient q WHERE q.patient_id = sent.patient AND q.patient_id <> p.patient_id)
      AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(:#${variable.worker.otherTypes}::jsonb) AS o(type)
                      WHERE NOT EXISTS (SELECT FROM sync_instance s WHERE s.patient_id = p.patient_identifier AND s.tracked_entity_type = o.type))
    LIMIT 1) i ON true
  LEFT JOIN LATERAL (SELECT n.searched, to_jsonb(p) ->> n.searched AS value
    FROM jsonb_array_elements_text(:#${variable.worker.searchable}::jsonb) AS n(searched) OFFSET 0) s ON true
  GROUP BY f.patient, i.instance_id
)
SELECT (SELECT json_agg(patient ORDER BY patient)::text FROM mine WHERE free) AS claimed,
       (SELECT coalesce(bool_or(NOT free), false) FROM mine) AS deferred,
       (SELECT max(patient) FROM locked) AS locked,
       coalesce((SELECT max(patient) FROM fitting), (SELECT max(patient) FROM whole)) AS last,
       (SELECT count(*) FROM pending) AS walked
