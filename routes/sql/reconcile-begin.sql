-- Goes on with a comparison of the same period that was broken off within a day, or begins one. No row where another program
-- began it at the same tick of the schedule.
WITH going AS (
  SELECT id, after, events
  FROM sync_reconcile
  WHERE ended_at IS NULL AND NOT :#${variable.reconciliation.restart} AND at > now() - interval '1 day'
    AND name <> :#${variable.reconciliation.name.toString}::timestamptz
    AND since IS NOT DISTINCT FROM nullif(:#${variable.reconciliation.sinceText}, '')::date
  ORDER BY id DESC
  LIMIT 1
),
begun AS (
  INSERT INTO sync_reconcile (name, since)
  SELECT :#${variable.reconciliation.name.toString}::timestamptz, nullif(:#${variable.reconciliation.sinceText}, '')::date
  WHERE NOT EXISTS (SELECT FROM going)
  ON CONFLICT DO NOTHING
  RETURNING id, after, events
)
SELECT id, after, events FROM going
UNION ALL
SELECT id, after, events FROM begun
