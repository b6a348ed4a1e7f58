-- Whether there is anything to do: one look into the index of pending rows, whose order makes PostgreSQL take it
-- (a search of the table would read all the years that are synced), and one at the few imports without an answer.
SELECT count(*) > 0 OR EXISTS (
  SELECT FROM sync_request WHERE sent_at < now() - :#${properties:dhis2.response-timeout}::int * interval '2 milliseconds'
) AS pending
FROM (
  SELECT 1
  FROM events_to_sync
  WHERE synced IS NOT TRUE
  ORDER BY coalesce(nullif(patient_id, ''), ' ') COLLATE "C", id
  LIMIT 1
) AS first
