-- Ends a comparison.
UPDATE sync_reconcile SET ended_at = now() WHERE id = :#${variable.reconciliation.id}
