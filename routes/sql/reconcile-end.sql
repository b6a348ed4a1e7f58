-- Ends a comparison and forgets the older ones: those that ended, and those that nobody went on with for a day.
WITH older AS (
  DELETE FROM sync_reconcile
  WHERE id < :#${variable.reconciliation.id} AND (ended_at IS NOT NULL OR at < now() - interval '1 day')
)
UPDATE sync_reconcile SET ended_at = now() WHERE id = :#${variable.reconciliation.id}
