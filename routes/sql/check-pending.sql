-- How many events are pending, by the name of their mapping as it stands in the row.
SELECT coalesce(program_id, '') AS mapping, count(*) AS pending
FROM events_to_sync
WHERE synced IS NOT TRUE
GROUP BY 1
