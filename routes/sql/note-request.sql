-- Before an import is sent, and committed at once: if this program dies or never gets the answer, the row stays.
-- A further POST of the same batch begins its time anew.
INSERT INTO sync_request (id, events)
SELECT coalesce(nullif(:#${variable.batch.request}::bigint, 0), nextval(pg_get_serial_sequence('sync_request', 'id'))), coalesce(array_agg(id::int), '{}')
FROM jsonb_array_elements_text(:#${body}::jsonb) AS e(id)
ON CONFLICT (id) DO UPDATE SET sent_at = excluded.sent_at
RETURNING id
