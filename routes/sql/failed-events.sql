-- The pending events whose last attempt failed, with conditions that an empty text leaves out. Who was tried longest ago
-- comes first, so that the same question asked again goes on with the others.
WITH latest AS (
  SELECT DISTINCT ON (e.id) e.id, l.status, l.status_info, l.date_created
  FROM events_to_sync e
  JOIN log l ON l.event_id = e.id AND l.category = 'dhis-sync'
  WHERE e.synced IS NOT TRUE
    AND (:#${variable.failed.mapping} = '' OR e.program_id = :#${variable.failed.mapping})
  ORDER BY e.id, l.log_id DESC
),
matching AS (
  SELECT id, date_created
  FROM latest
  WHERE status = 'failed'
    AND (:#${variable.failed.since} = '' OR date_created >= nullif(:#${variable.failed.since}, '')::timestamp)
    AND position(lower(:#${variable.failed.reasonContains}) IN lower(coalesce(status_info, ''))) > 0
)
SELECT (SELECT count(*) FROM matching) AS matching,
       (SELECT coalesce(json_agg(id), '[]')::text
        FROM (SELECT id FROM matching ORDER BY date_created, id LIMIT :#${variable.failed.limit}) AS first) AS events
