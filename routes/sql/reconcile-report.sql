-- What a comparison found, in groups; of each group all the events' ids, and the first 1000 findings with both values.
SELECT thing, kind, field, count(*) AS findings, count(*) FILTER (WHERE repairable) AS repairable,
       coalesce(jsonb_agg(DISTINCT event_id) FILTER (WHERE event_id IS NOT NULL), '[]')::text AS events,
       to_jsonb((array_agg(jsonb_strip_nulls(jsonb_build_object('event', event_id, 'dhis2', uid, 'ours', ours, 'theirs', theirs, 'reason', reason))
                 ORDER BY id))[1:1000])::text AS details
FROM sync_reconcile_finding
WHERE reconcile = :#${variable.reconciliation.id}
GROUP BY thing, kind, field
ORDER BY thing, kind, count(*) DESC, field
