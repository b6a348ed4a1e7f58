-- Values that several patients share in columns (a JSON list of names) which DHIS2 wants to be unique: how many values,
-- how many patients, two of whom are the example, and how many of their events are pending. The capitals and blanks of a value count
-- (recordings 134, 136).
WITH shared AS (
  SELECT c.name, c.value, array_agg(p.patient_id::text ORDER BY p.patient_id) AS ids
  FROM patient p
  CROSS JOIN LATERAL (SELECT wanted.name, to_jsonb(p) ->> wanted.name AS value FROM jsonb_array_elements_text(:#columns::jsonb) AS wanted(name)) c
  WHERE btrim(c.value) <> ''
  GROUP BY c.name, c.value
  HAVING count(*) > 1
)
SELECT name, count(*) AS shared, sum(cardinality(ids)) AS patients, min(ids[1] || ' and ' || ids[2]) AS example,
       (SELECT count(*) FROM events_to_sync e
        WHERE e.synced IS NOT TRUE AND e.patient_id IN (SELECT unnest(o.ids) FROM shared o WHERE o.name = s.name)) AS pending
FROM shared s
GROUP BY name
ORDER BY name
