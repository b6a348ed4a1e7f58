-- Forgets the comparisons before one that ended: those that ended, and those that nobody went on with for a day. 2000 of their
-- findings at a time, and themselves when none are left; so says how many findings went.
WITH older AS MATERIALIZED (
  SELECT id FROM sync_reconcile
  WHERE id < :#${variable.reconciliation.id} AND (ended_at IS NOT NULL OR at < now() - interval '1 day')
),
portion AS MATERIALIZED (
  SELECT id FROM sync_reconcile_finding WHERE reconcile IN (SELECT id FROM older) LIMIT 2000
),
gone AS (
  DELETE FROM sync_reconcile_finding f USING portion p WHERE f.id = p.id RETURNING f.id
),
emptied AS (
  DELETE FROM sync_reconcile r USING older o WHERE r.id = o.id AND NOT EXISTS (SELECT FROM portion)
)
SELECT count(*) AS findings FROM gone
