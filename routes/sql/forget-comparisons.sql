-- Deletes the comparisons with DHIS2 that are too old, 2000 at a time; their findings are gone already. last is NULL when nothing is left.
WITH portion AS MATERIALIZED (
  SELECT id FROM sync_reconcile
  WHERE id > :#${variable.forgetting.behind} AND at < :#${variable.forgetting.before}::timestamptz
  ORDER BY id LIMIT 2000
),
gone AS (
  DELETE FROM sync_reconcile r USING portion p WHERE r.id = p.id RETURNING r.id
)
SELECT (SELECT count(*) FROM gone) AS deleted, (SELECT max(id) FROM portion) AS last
