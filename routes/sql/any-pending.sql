-- Whether there is anything to do: one look into the index of pending rows, whose order makes PostgreSQL take it
-- (a search of the table would read all the years that are synced).
SELECT count(*) > 0 AS pending
FROM (
  SELECT 1
  FROM events_to_sync
  WHERE synced IS NOT TRUE
  ORDER BY coalesce(nullif(patient_id, ''), ' ') COLLATE "C", id
  LIMIT 1
) AS first
