-- Built CONCURRENTLY, outside a transaction (V3__our_indexes.sql.conf), so that the flattener's writes never wait.
-- A build that is interrupted leaves an INVALID index under its name, which IF NOT EXISTS would take for a good one:
-- each of our own names is therefore dropped first. Run again from the top at any time.

SET client_min_messages = warning; -- "does not exist, skipping" is the rule here

-- The claim: pending events, patient by patient, the broken ones (patient_id NULL or empty) first. Only pending rows are in it,
-- so its size follows the work to do, not the years the site has run.
DROP INDEX CONCURRENTLY IF EXISTS sync_events_pending;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sync_events_pending
    ON events_to_sync ((coalesce(nullif(patient_id, ''), ' ') COLLATE "C"), id) WHERE synced IS NOT TRUE;

-- The oldest enrolment of a patient.
DROP INDEX CONCURRENTLY IF EXISTS sync_program_enrolment_patient;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sync_program_enrolment_patient
    ON program_enrolment (patient_id);

-- The tracked entity of a patient. The primary key starts with instance_id, so it does not serve.
DROP INDEX CONCURRENTLY IF EXISTS sync_instance_tracker_patient;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sync_instance_tracker_patient
    ON instance_tracker (patient_id);

-- Whether two patients share an identifier: they would become one person in DHIS2.
DROP INDEX CONCURRENTLY IF EXISTS sync_patient_identifier;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sync_patient_identifier
    ON patient (patient_identifier);

RESET client_min_messages;

-- Not made:
--   event_tracker (encounter_id): UNIQUE (encounter_id, program_stage) begins with it.
--   enrolment_tracker, encounter, orgunit_tracker, mapping: read by columns that are unique already.
--   log (event_id): the sync log screen reads the newest log_id, which the primary key gives; nothing reads the log
--     by event, and every attempt of every event would pay for it.
