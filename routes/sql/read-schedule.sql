-- When runs start: the row of the job, or none. The name is unique.
SELECT expression, enabled, start_delay
FROM analytics_cron_job
WHERE name = :#${properties:schedule.job}
