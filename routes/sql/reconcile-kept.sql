-- The comparisons with DHIS2 that are kept: the last one that ended, with what it found by kind, and those that did not end.
-- quiet = nobody has been at it for half an hour.
SELECT name, events, ended_at, at < now() - interval '30 minutes' AS quiet,
       CASE WHEN ended_at = max(ended_at) OVER ()
            THEN (SELECT coalesce(jsonb_object_agg(kind, findings), '{}')::text
                  FROM (SELECT kind, count(*) AS findings FROM sync_reconcile_finding WHERE reconcile = r.id GROUP BY kind) AS f)
       END AS found
FROM sync_reconcile r
ORDER BY id
