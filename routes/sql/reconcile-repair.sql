-- Makes the events pending again that are missing in DHIS2 and can be sent. A row that somebody has locked is being edited, and
-- so is pending soon by itself; nobody waits for anybody.
WITH asked AS MATERIALIZED (
  SELECT DISTINCT event_id FROM sync_reconcile_finding WHERE reconcile = :#${variable.reconciliation.id} AND repairable
),
free AS MATERIALIZED (
  SELECT e.id FROM events_to_sync e JOIN asked a ON a.event_id = e.id WHERE e.synced FOR UPDATE OF e SKIP LOCKED
),
again AS (
  UPDATE events_to_sync e SET synced = false FROM free WHERE e.id = free.id
),
unmarked AS (
  DELETE FROM sync_attempt WHERE event_id IN (SELECT id FROM free)
)
SELECT (SELECT count(*) FROM asked)::int AS asked, (SELECT count(*) FROM free)::int AS queued
