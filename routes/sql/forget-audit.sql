-- A portion of the rows of sync_audit that are older than they are kept.
DELETE FROM sync_audit
WHERE id IN (SELECT id FROM sync_audit WHERE at < now() - :#keep::interval ORDER BY id LIMIT 1000)
