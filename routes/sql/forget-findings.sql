-- Deletes what comparisons with DHIS2 found that are too old, 2000 rows at a time. last is NULL when nothing is left.
WITH portion AS MATERIALIZED (
  SELECT id FROM sync_reconcile_finding
  WHERE id > :#${variable.forgetting.behind}
    AND reconcile IN (SELECT id FROM sync_reconcile WHERE at < :#${variable.forgetting.before}::timestamptz)
  ORDER BY id LIMIT 2000
),
gone AS (
  DELETE FROM sync_reconcile_finding f USING portion p WHERE f.id = p.id RETURNING f.id
)
SELECT (SELECT count(*) FROM gone) AS deleted, (SELECT max(id) FROM portion) AS last
