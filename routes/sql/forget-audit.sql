-- Deletes what is too old of sync_audit, 2000 rows at a time. last is NULL when nothing is left.
WITH portion AS MATERIALIZED (
  SELECT id FROM sync_audit
  WHERE id > :#${variable.forgetting.behind} AND at < :#${variable.forgetting.before}::timestamptz
  ORDER BY id LIMIT 2000
),
gone AS (
  DELETE FROM sync_audit a USING portion p WHERE a.id = p.id RETURNING a.id
)
SELECT (SELECT count(*) FROM gone) AS deleted, (SELECT max(id) FROM portion) AS last
