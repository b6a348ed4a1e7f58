CREATE TABLE sync_pause (
    single    boolean PRIMARY KEY DEFAULT true CHECK (single),
    since     timestamptz NOT NULL DEFAULT now(),
    paused_by text NOT NULL
);

COMMENT ON TABLE sync_pause IS
    'Has a row while the program is paused: the schedule rests on every node, also after a restart.';

CREATE TABLE sync_audit (
    id      bigserial PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    who     text NOT NULL,
    what    text NOT NULL,
    asked   int NOT NULL,
    queued  int NOT NULL,
    outcome text NOT NULL
);

COMMENT ON TABLE sync_audit IS
    'What people had the program do. who = the login, what = the operation with its parameters, asked and queued = how many events, outcome = what they were told.';
