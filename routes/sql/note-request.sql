-- Before an import is sent, and committed at once: if this program dies or never gets the answer, the row stays.
INSERT INTO sync_request (events)
SELECT array_agg(id::int) FROM jsonb_array_elements_text(:#${body}::jsonb) AS e(id)
RETURNING id
