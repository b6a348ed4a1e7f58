-- Keeps what was found in some pages (the body, a JSON list) and how far the comparison got. 0 where another program went on
-- with the same comparison meanwhile; nothing is kept then.
WITH place AS (
  UPDATE sync_reconcile
  SET after = :#${variable.reconciliation.reached}, events = events + :#${variable.reconciliation.comparedNow}, at = now()
  WHERE id = :#${variable.reconciliation.id} AND after = :#${variable.reconciliation.after} AND ended_at IS NULL
  RETURNING id
),
found AS (
  INSERT INTO sync_reconcile_finding (reconcile, thing, kind, event_id, uid, field, ours, theirs, reason, repairable)
  SELECT place.id, f.thing, f.kind, f.event, f.uid, f.field, f.ours, f.theirs, f.reason, f.repairable
  FROM place, jsonb_to_recordset(:#${body}::jsonb)
    AS f(thing text, kind text, event int, uid text, field text, ours text, theirs text, reason text, repairable boolean)
)
SELECT count(*) AS places FROM place
