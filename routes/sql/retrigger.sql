-- Lets pending events be tried again before the next run: what marks them as tried goes, and with it that of their patient's
-- other pending events, so that a patient's events keep their order. One whose patient is in a batch just now is left
-- alone, as it may have been read before whatever was corrected. The lock that tells ends with this statement.
WITH ours AS MATERIALIZED (
  SELECT 'mart-dhis2-sync ' || CASE WHEN cardinality(current_schemas(false)) > 1 THEN current_schema() || ' ' ELSE '' END AS lock -- as in claim-batch.sql
),
asked AS MATERIALIZED (
  SELECT DISTINCT value::int AS id FROM jsonb_array_elements_text(:#${variable.events}::jsonb)
),
found AS MATERIALIZED (
  SELECT a.id, e.id IS NOT NULL AS known, coalesce(e.synced, false) AS synced, coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C" AS patient
  FROM asked a
  LEFT JOIN events_to_sync e ON e.id = a.id
),
patients AS MATERIALIZED (
  SELECT patient, pg_try_advisory_xact_lock(hashtextextended((SELECT lock FROM ours) || 'patient ' || patient, 0)) AS free
  FROM (SELECT DISTINCT patient FROM found WHERE known AND NOT synced) AS theirs
),
waiting AS MATERIALIZED (
  SELECT e.id
  FROM patients p
  JOIN events_to_sync e ON coalesce(nullif(e.patient_id, ''), ' ') COLLATE "C" = p.patient AND e.synced IS NOT TRUE
  WHERE p.free AND (p.patient <> ' ' OR e.id IN (SELECT id FROM asked))
),
unmarked AS (
  DELETE FROM sync_attempt WHERE event_id IN (SELECT id FROM waiting)
)
SELECT f.id,
       CASE WHEN NOT f.known THEN 'unknown' WHEN f.synced THEN 'synced' WHEN NOT p.free THEN 'busy' ELSE 'queued' END AS outcome
FROM found f
LEFT JOIN patients p ON p.patient = f.patient
ORDER BY f.id
