-- How far a comparison with DHIS2 got, and what it found. Outside a transaction (V7__reconcile.sql.conf) for the index, as in V3;
-- run again from the top at any time.

SET client_min_messages = warning; -- "already exists", "does not exist, skipping" are the rule here

CREATE TABLE IF NOT EXISTS sync_reconcile (
    id       bigserial PRIMARY KEY,
    name     timestamptz NOT NULL UNIQUE,
    since    date,
    after    text NOT NULL DEFAULT '',
    events   bigint NOT NULL DEFAULT 0,
    at       timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);

COMMENT ON TABLE sync_reconcile IS
    'Comparisons with DHIS2: the last one that ended, and those that did not. name = the moment for which it began, after = the patient up to whom it got, events = how many it compared, at = when it got there. Nothing is lost by deleting from it.';

CREATE TABLE IF NOT EXISTS sync_reconcile_finding (
    id         bigserial PRIMARY KEY,
    reconcile  bigint NOT NULL REFERENCES sync_reconcile ON DELETE CASCADE,
    thing      text NOT NULL,
    kind       text NOT NULL,
    event_id   int,
    uid        text,
    field      text,
    ours       text,
    theirs     text,
    reason     text,
    repairable boolean NOT NULL
);

COMMENT ON TABLE sync_reconcile_finding IS
    'What differed: thing = event, enrolment or person, event_id = events_to_sync.id, uid = the UID in DHIS2, field = what of it, ours and theirs = the two values, repairable = whether sending the event again would put it right.';

CREATE INDEX IF NOT EXISTS sync_reconcile_finding_of ON sync_reconcile_finding (reconcile);

-- The comparison goes patient by patient through what is synced. Only our own marking of a row as synced pays for it.
DROP INDEX CONCURRENTLY IF EXISTS sync_events_synced;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sync_events_synced
    ON events_to_sync ((coalesce(nullif(patient_id, ''), ' ') COLLATE "C"), id) WHERE synced;

RESET client_min_messages;
