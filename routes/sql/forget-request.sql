-- The import was answered: nothing of it is on its way any more.
DELETE FROM sync_request WHERE id = :#${variable.batch.request}
