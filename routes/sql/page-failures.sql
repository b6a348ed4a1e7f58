-- The pending events that were rejected when they were tried last, grouped by mapping and by what their reasons have in
-- common, the largest groups first: values in quotes, and words with digits in them, differ from patient to patient. Who
-- may not see patients gets a group a mapping. Each group has its first 1000 events, and one reason in full.
WITH rejected AS MATERIALIZED (
  SELECT e.id, e.program_id, EXISTS (SELECT FROM mapping m WHERE m.program_name = e.program_id) AS mapped, a.run
  FROM events_to_sync e
  JOIN sync_attempt a ON a.event_id = e.id
  WHERE e.synced IS NOT TRUE
),
latest AS (
  SELECT DISTINCT ON (event_id) event_id, coalesce(status_info, '') AS reason
  FROM log
  -- a rejection is logged after its run has begun; a day more for clocks that differ
  WHERE category = 'dhis-sync' AND status = 'failed' AND date_created >= (SELECT min(run)::timestamp - interval '1 day' FROM rejected)
  ORDER BY event_id, log_id DESC
),
-- put together by one pass over both, and not by a join: as long as nothing is known of how many rows there are,
-- PostgreSQL takes them for few and would read the log once for each event
told AS (
  SELECT id, max(program_id) AS program_id, bool_or(mapped) AS mapped, coalesce(max(reason), '') AS reason
  FROM (SELECT id, program_id, mapped, NULL AS reason FROM rejected
        UNION ALL SELECT event_id, NULL, NULL, reason FROM latest) AS both_sides
  GROUP BY id
  HAVING count(mapped) > 0
),
shaped AS (
  SELECT id, reason,
         CASE WHEN mapped OR :#${variable.all} THEN coalesce(program_id, '') ELSE '(unknown)' END AS mapping,
         CASE WHEN :#${variable.all} THEN regexp_replace(regexp_replace(regexp_replace(reason,
           '(^|[[:space:](]){1,1}?''.*?''(?=[[:space:].,;:)]|$)', '\1''…''', 'g'),
           '\m(?!DHIS2\M|E\d{4}\M)[\w-]*\d[\w-]*', '…', 'g'),
           '(of which are|of the options|plus proches sont|aucune des options|mais próximas são|nenhuma das opções){1,1}?( ?): .*?\. ', '\1\2: … ', 'g') ELSE '' END AS shape
  FROM told
)
SELECT mapping, shape, count(*) AS events, CASE WHEN :#${variable.all} THEN min(reason) ELSE '' END AS example,
       array_to_json((array_agg(id ORDER BY id))[1:1000])::text AS ids
FROM shaped
GROUP BY mapping, shape
ORDER BY count(*) DESC, mapping, shape
