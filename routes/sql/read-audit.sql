-- The last that people had the program do; without what they searched for where that may not be seen.
SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at, who,
       CASE WHEN :#${variable.all} THEN what ELSE regexp_replace(what, '^(retriggerFailed) .*', '\1') END AS what, asked, queued, outcome,
       times, to_char(last AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last
FROM sync_audit
ORDER BY id DESC
LIMIT 100
