-- In how many of all patients each of some columns (a JSON list of names) is blank, one of them, and how many events of theirs are
-- pending. A column that the table lacks is left out.
WITH blank AS MATERIALIZED (
  SELECT c.name, p.patient_id
  FROM (SELECT patient_id, to_jsonb(patient) AS columns FROM patient) p
  CROSS JOIN jsonb_array_elements_text(:#columns::jsonb) AS c(name)
  WHERE jsonb_exists(p.columns, c.name) AND btrim(coalesce(p.columns ->> c.name, '')) = ''
), pending AS MATERIALIZED (
  SELECT patient_id, count(*) AS events
  FROM events_to_sync
  WHERE synced IS NOT TRUE
  GROUP BY patient_id
)
SELECT b.name, count(*) AS blank, (SELECT count(*) FROM patient) AS patients, coalesce(sum(e.events), 0) AS pending, min(b.patient_id) AS example
FROM blank b
LEFT JOIN pending e ON e.patient_id = b.patient_id::text
GROUP BY b.name
ORDER BY b.name
