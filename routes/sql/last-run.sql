-- The run in which an event was rejected last, on whatever machine.
SELECT max(run) AS run FROM sync_attempt
