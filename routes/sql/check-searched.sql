-- How many patients with pending events, of whom the trackers know nothing, have nothing in any of the columns (a JSON list of
-- names) they are searched by: as people of a tracked entity type ('' for the configured program's), by the events of some
-- mappings (a JSON list of names, '' for all).
WITH pending AS MATERIALIZED (
  SELECT patient_id, count(*) AS events
  FROM events_to_sync
  WHERE synced IS NOT TRUE AND (:#mappings = '' OR program_id IN (SELECT jsonb_array_elements_text(nullif(:#mappings, '')::jsonb)))
  GROUP BY patient_id
)
SELECT count(*) AS patients, coalesce(sum(e.events), 0) AS pending, min(p.patient_id) AS example
FROM pending e
JOIN patient p ON p.patient_id::text = e.patient_id
WHERE NOT EXISTS (SELECT FROM instance_tracker i WHERE i.patient_id = p.patient_identifier AND :#type = '')
  AND NOT EXISTS (SELECT FROM sync_instance i WHERE i.patient_id = p.patient_identifier AND i.tracked_entity_type = :#type)
  AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(:#columns::jsonb) AS c(name) WHERE btrim(coalesce(to_jsonb(p) ->> c.name, '')) <> '')
