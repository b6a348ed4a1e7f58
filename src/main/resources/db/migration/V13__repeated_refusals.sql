ALTER TABLE sync_audit
    ADD COLUMN times      int NOT NULL DEFAULT 1,
    ADD COLUMN last       timestamptz,
    ADD COLUMN refused_in timestamptz;

CREATE UNIQUE INDEX sync_audit_refusals ON sync_audit (who, split_part(what, ' ', 1), outcome, refused_in) WHERE refused_in IS NOT NULL;

COMMENT ON COLUMN sync_audit.times IS
    'How often this was refused in one hour; the first time is in at, the latest in last (NULL for once). Of what was not refused 1.';
COMMENT ON COLUMN sync_audit.refused_in IS
    'The beginning of the hour in which this was refused; NULL for what was not. One row holds all that a login was refused for one reason in it.';
