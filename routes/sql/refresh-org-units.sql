-- Codes and UIDs of the org units as DHIS2 has them. Only adds and corrects: an org unit that DHIS2 no longer has stays.
INSERT INTO orgunit_tracker (orgunit, id, date_created)
SELECT DISTINCT ON (code) code, id, localtimestamp
FROM jsonb_to_recordset(:#${body}::jsonb) AS u(id text, code text)
WHERE code <> '' AND id <> ''
ORDER BY code
ON CONFLICT (orgunit) DO UPDATE SET id = excluded.id
WHERE orgunit_tracker.id IS DISTINCT FROM excluded.id
