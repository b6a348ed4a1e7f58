-- The pending events that were rejected when they were tried last, with conditions that an empty text leaves out. Who was tried
-- longest ago comes first, so that the same question asked again goes on with the others.
WITH rejected AS MATERIALIZED (
  SELECT e.id, a.run
  FROM events_to_sync e
  JOIN sync_attempt a ON a.event_id = e.id
  WHERE e.synced IS NOT TRUE
    AND (:#${variable.failed.mapping} = '' OR e.program_id = :#${variable.failed.mapping})
),
latest AS (
  SELECT DISTINCT ON (event_id) event_id, status, status_info, date_created
  FROM log
  -- a rejection is logged after its run has begun; a day more for clocks that differ
  WHERE category = 'dhis-sync' AND date_created >= (SELECT min(run)::timestamp - interval '1 day' FROM rejected)
  ORDER BY event_id, log_id DESC
),
-- put together by one pass over both, and not by a join, as in page-failures.sql
told AS (
  SELECT id, max(status) AS status, max(status_info) AS status_info, max(date_created) AS date_created
  FROM (SELECT id, true AS pending, NULL AS status, NULL AS status_info, NULL::timestamp AS date_created FROM rejected
        UNION ALL SELECT event_id, NULL, status, status_info, date_created FROM latest) AS both_sides
  GROUP BY id
  HAVING bool_or(pending)
),
matching AS (
  SELECT id, date_created
  FROM told
  WHERE status = 'failed'
    AND (:#${variable.failed.since} = '' OR date_created >= nullif(:#${variable.failed.since}, '')::timestamp)
    AND position(lower(:#${variable.failed.reasonContains}) IN lower(coalesce(status_info, ''))) > 0
)
SELECT (SELECT count(*) FROM matching) AS matching,
       (SELECT coalesce(json_agg(id), '[]')::text
        FROM (SELECT id FROM matching ORDER BY date_created, id LIMIT :#${variable.failed.limit}) AS first) AS events
