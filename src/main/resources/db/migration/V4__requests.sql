CREATE TABLE sync_request (
    id      bigserial PRIMARY KEY,
    sent_at timestamptz NOT NULL DEFAULT now(),
    events  int[] NOT NULL
);

COMMENT ON TABLE sync_request IS
    'The imports on their way to DHIS2, and those that were never answered. DHIS2 may still store one of these when its events were sent again with newer values, so that later they are sent once more. events = events_to_sync.id.';
