-- The contract's instance_tracker has no column for a type: it keeps the people of the configured program's.

CREATE TABLE sync_instance (
    instance_id         varchar(11) PRIMARY KEY,
    patient_id          text NOT NULL,
    tracked_entity_type varchar(11) NOT NULL,
    since               timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX ON sync_instance (patient_id, tracked_entity_type);

COMMENT ON TABLE sync_instance IS
    'DHIS2 tracked entities of other types than the configured program''s, for patients whose mappings go to programs of those types. patient_id = the identifier, as in instance_tracker.';
