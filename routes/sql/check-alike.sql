-- The patients who have the same in all columns (a JSON list of names) they are searched by, capital letters aside, as DHIS2 compares
-- when it searches (recording 252): of each such group who is in it, and which of them the trackers know as people of a tracked entity
-- type ('' for the configured program's).
WITH searched AS (
  SELECT DISTINCT p.patient_id, p.patient_identifier, w.wanted
  FROM patient p
  CROSS JOIN LATERAL (SELECT to_jsonb(p) AS columns OFFSET 0) j
  CROSS JOIN LATERAL (
    SELECT string_agg(c.name || '=' || quote_literal(lower(j.columns ->> c.name)), ',' ORDER BY c.name) AS wanted
    FROM jsonb_array_elements_text(:#columns::jsonb) AS c(name)
    WHERE btrim(j.columns ->> c.name) <> ''
  ) w
  WHERE p.patient_id IS NOT NULL AND w.wanted IS NOT NULL
),
alike AS (
  SELECT array_agg(patient_id::text ORDER BY patient_id) AS ids, array_agg(patient_identifier::text ORDER BY patient_id) AS identifiers
  FROM searched
  GROUP BY wanted
  HAVING count(DISTINCT patient_id) > 1
)
SELECT coalesce(jsonb_agg(jsonb_build_object('patients', ids, 'holder',
         (SELECT ids[n] FROM generate_subscripts(ids, 1) AS n
          WHERE EXISTS (SELECT FROM instance_tracker i WHERE i.patient_id = identifiers[n] AND :#type = '')
             OR EXISTS (SELECT FROM sync_instance i WHERE i.patient_id = identifiers[n] AND i.tracked_entity_type = :#type)
          ORDER BY n LIMIT 1)) ORDER BY ids)::text, '[]') AS sharers
FROM alike
