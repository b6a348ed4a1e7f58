SELECT ${body.columns}
FROM ${body.table}
WHERE encounter_id = ANY (string_to_array(:#encounters, ',')::int[])
ORDER BY ${body.order}
