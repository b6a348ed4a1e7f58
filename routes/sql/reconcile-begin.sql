-- Goes on with a comparison of the same period that was broken off within a day, or begins one. No row where another program
-- is at it at the same tick of the schedule; one of that tick is gone on with when nobody was at it for half an hour.
WITH going AS (
  SELECT id, at
  FROM sync_reconcile
  WHERE ended_at IS NULL AND NOT :#${variable.reconciliation.restart} AND at > now() - interval '1 day'
    AND since IS NOT DISTINCT FROM nullif(:#${variable.reconciliation.sinceText}, '')::date
    AND NOT EXISTS (SELECT FROM sync_reconcile
                    WHERE name = :#${variable.reconciliation.name.toString}::timestamptz
                      AND (ended_at IS NOT NULL OR at >= now() - interval '30 minutes'))
  ORDER BY name = :#${variable.reconciliation.name.toString}::timestamptz DESC, id DESC
  LIMIT 1
),
-- where two programs want to, the second one finds that it was moved on
gone_on AS (
  UPDATE sync_reconcile r SET name = :#${variable.reconciliation.name.toString}::timestamptz, at = now()
  FROM going g
  WHERE r.id = g.id AND r.at = g.at
  RETURNING r.id, r.after, r.events
),
begun AS (
  INSERT INTO sync_reconcile (name, since)
  SELECT :#${variable.reconciliation.name.toString}::timestamptz, nullif(:#${variable.reconciliation.sinceText}, '')::date
  WHERE NOT EXISTS (SELECT FROM going)
  ON CONFLICT DO NOTHING
  RETURNING id, after, events
)
SELECT id, after, events FROM gone_on
UNION ALL
SELECT id, after, events FROM begun
