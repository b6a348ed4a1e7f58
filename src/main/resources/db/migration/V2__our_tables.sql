-- What only this program needs to remember. No foreign keys: they would make the flattener wait for us.

CREATE TABLE sync_attempt (
    event_id int PRIMARY KEY,
    run      timestamptz NOT NULL
);

COMMENT ON TABLE sync_attempt IS
    'The run in which a pending event was last attempted, so that a failed one waits for the next run. event_id = events_to_sync.id, run = the moment the schedule fired.';

CREATE TABLE sync_tracked_entity (
    tracked_entity  varchar(11) PRIMARY KEY,
    attributes_hash text NOT NULL,
    sent_at         timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE sync_tracked_entity IS
    'What was last sent of a DHIS2 tracked entity, so that it is sent again only when its mapped attributes changed.';
