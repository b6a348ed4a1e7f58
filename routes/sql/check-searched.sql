-- How many patients with pending events have nothing in any of the columns (a JSON list of names) they are searched by.
SELECT count(*) AS patients, coalesce(sum(events), 0) AS pending, min(id) AS example
FROM (
  SELECT p.patient_id AS id, count(*) AS events
  FROM events_to_sync e
  JOIN patient p ON p.patient_id::text = e.patient_id
  WHERE e.synced IS NOT TRUE
    AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(:#columns::jsonb) AS c(name) WHERE btrim(coalesce(to_jsonb(p) ->> c.name, '')) <> '')
  GROUP BY p.patient_id
) AS nothing
