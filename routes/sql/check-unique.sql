-- Values that several patients share in columns (a JSON list of names) which DHIS2 wants to be unique: how many values,
-- how many patients, two of whom are the example, and of each value who shares it and which of them the trackers know. The capitals
-- and blanks of a value count (recordings 134, 136).
WITH shared AS (
  SELECT c.name, c.value, array_agg(p.patient_id::text ORDER BY p.patient_id) AS ids,
         array_agg(p.patient_identifier::text ORDER BY p.patient_id) AS identifiers
  FROM patient p
  CROSS JOIN LATERAL (SELECT wanted.name, to_jsonb(p) ->> wanted.name AS value FROM jsonb_array_elements_text(:#columns::jsonb) AS wanted(name)) c
  WHERE btrim(c.value) <> ''
  GROUP BY c.name, c.value
  HAVING count(*) > 1
)
SELECT name, count(*) AS shared, sum(cardinality(ids)) AS patients, min(ids[1] || ' and ' || ids[2]) AS example,
       jsonb_agg(jsonb_build_object('patients', ids, 'holder',
         (SELECT ids[n] FROM generate_subscripts(ids, 1) AS n
          WHERE EXISTS (SELECT FROM instance_tracker i WHERE i.patient_id = identifiers[n])
             OR EXISTS (SELECT FROM sync_instance i WHERE i.patient_id = identifiers[n])
          ORDER BY n LIMIT 1)))::text AS sharers
FROM shared
GROUP BY name
ORDER BY name
