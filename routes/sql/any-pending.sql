-- Whether there is anything to do: one look into the index of pending rows.
SELECT EXISTS (SELECT FROM events_to_sync WHERE synced IS NOT TRUE) AS pending
