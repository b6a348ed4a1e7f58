-- The org units of pending events that the tracker of org units does not know, or (tracked) has no UID for: the encounters' by their
-- codes, the patients' by their UIDs.
SELECT n.org_unit::text AS unit, false AS of_patients, EXISTS (SELECT FROM orgunit_tracker o WHERE o.orgunit = n.org_unit) AS tracked, count(*) AS pending
FROM events_to_sync e
JOIN encounter n ON n.encounter_id = CASE WHEN e.encounter_id ~ '^[1-9][0-9]{0,9}$' THEN e.encounter_id::bigint END
WHERE e.synced IS NOT TRUE AND btrim(n.org_unit) <> '' AND NOT EXISTS (SELECT FROM orgunit_tracker o WHERE o.orgunit = n.org_unit AND o.id IS NOT NULL)
GROUP BY n.org_unit
UNION ALL
SELECT to_jsonb(p) ->> 'org_unit', true, false, count(*)
FROM events_to_sync e
JOIN patient p ON p.patient_id::text = e.patient_id
WHERE e.synced IS NOT TRUE AND btrim(to_jsonb(p) ->> 'org_unit') <> ''
  AND NOT EXISTS (SELECT FROM orgunit_tracker o WHERE o.id = to_jsonb(p) ->> 'org_unit')
GROUP BY 1
ORDER BY pending DESC
LIMIT 50
