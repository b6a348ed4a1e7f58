-- When runs start: the row of the job, or none, and who paused the program, if anybody. The name is unique.
SELECT c.expression, c.enabled, c.start_delay, p.paused_by, p.since AS paused_since
FROM analytics_cron_job c
LEFT JOIN sync_pause p ON true
WHERE c.name = :#${properties:schedule.job}
