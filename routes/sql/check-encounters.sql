SELECT DISTINCT encounter_id AS encounter
FROM ${body.table}
WHERE encounter_id BETWEEN 1 AND 2147483647
ORDER BY encounter_id DESC
LIMIT :#size::int
