-- The last comparison with DHIS2 that ended, and what it found; no row while there was none.
SELECT r.since, r.events, r.ended_at,
       count(f.id) FILTER (WHERE f.thing = 'event' AND f.kind IN ('missing', 'misplaced')) AS missing,
       count(f.id) FILTER (WHERE f.thing = 'event' AND f.kind = 'deleted') AS deleted,
       count(DISTINCT (f.thing, f.uid)) FILTER (WHERE f.kind = 'changed') AS changed,
       count(f.id) FILTER (WHERE f.kind NOT IN ('missing', 'misplaced', 'deleted', 'changed')
                           OR f.thing <> 'event' AND f.kind <> 'changed') AS other
FROM (SELECT id, since, events, ended_at FROM sync_reconcile WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1) AS r
LEFT JOIN sync_reconcile_finding f ON f.reconcile = r.id
GROUP BY r.since, r.events, r.ended_at
