-- Built as those of V3 are, see there.

SET client_min_messages = warning; -- "does not exist, skipping" is the rule here

-- What arrived and what was rejected in the last days: the log is written in the order of its dates, so that an entry for each
-- few pages will do. It costs next to nothing to write and to keep.
DROP INDEX CONCURRENTLY IF EXISTS sync_log_days;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sync_log_days
    ON log USING brin (date_created) WITH (pages_per_range = 32, autosummarize = on);

RESET client_min_messages;
