-- How many events DHIS2 confirmed on each of the last 30 days, today last; an event that was edited counts each time.
SELECT day::date AS day, coalesce(arrived, 0) AS arrived
FROM generate_series(current_date - 29, current_date, interval '1 day') AS day
LEFT JOIN (
  SELECT date_created::date AS day, count(*) AS arrived
  FROM log
  WHERE category = 'dhis-sync' AND status = 'success' AND date_created >= current_date - 29
  GROUP BY 1
) AS counted USING (day)
ORDER BY day
