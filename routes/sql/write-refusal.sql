-- What somebody was refused; gives how often in this hour. The same deed of the same login, refused for the same reason in the
-- same hour of the clock, is one row: what it was for (an event, an operation of JMX) goes where it is not always the same.
INSERT INTO sync_audit (at, who, what, asked, queued, outcome, refused_in)
VALUES (:#${header.at}::timestamptz, :#${variable.who}, :#${header.what}, 0, 0, :#${variable.outcome},
        date_trunc('hour', :#${header.at}::timestamptz, 'UTC'))
ON CONFLICT (who, split_part(what, ' ', 1), outcome, refused_in) WHERE refused_in IS NOT NULL DO UPDATE
SET times = sync_audit.times + 1, last = greatest(sync_audit.last, sync_audit.at, excluded.at),
    what = CASE WHEN sync_audit.what = excluded.what THEN sync_audit.what ELSE split_part(sync_audit.what, ' ', 1) END
RETURNING times
