-- How much a comparison found, by thing and kind.
SELECT thing, kind, count(*) AS findings, count(*) FILTER (WHERE repairable) AS repairable
FROM sync_reconcile_finding
WHERE reconcile = :#${variable.reconciliation.id}
GROUP BY thing, kind
ORDER BY thing, kind
