-- The tables an installed site already has, for a database that has none of them (docs/analytics-db.md).
-- Nothing that exists is altered, renamed or dropped: where a table is there, its statement does nothing.
-- Constraints and sequences stay unnamed on purpose: a table renamed away keeps the names of its constraints,
-- and only a name chosen by PostgreSQL steps aside for them.

SET LOCAL client_min_messages = warning; -- "already exists, skipping", eleven times, is no news at an installed site

CREATE TABLE IF NOT EXISTS events_to_sync (
    id           serial PRIMARY KEY,
    patient_id   varchar(36),
    program_id   varchar(36),
    encounter_id varchar(36),
    synced       boolean DEFAULT false,
    username     varchar(36) DEFAULT 'superman',
    comment      varchar(36),
    retry_count  int DEFAULT 0
);

CREATE TABLE IF NOT EXISTS mapping (
    program_name  varchar(50) UNIQUE NOT NULL,
    mapping_json  jsonb,
    config        jsonb,
    created_by    varchar,
    date_created  varchar,
    modified_by   varchar,
    date_modified varchar
);

CREATE TABLE IF NOT EXISTS log (
    log_id       serial PRIMARY KEY,
    program      text,
    synced_by    text,
    comments     text,
    status       text,
    status_info  text,
    date_created timestamp,
    event_id     int,
    category     text
);

CREATE TABLE IF NOT EXISTS instance_tracker (
    patient_id   text,
    instance_id  text PRIMARY KEY,
    created_by   text,
    date_created timestamp
);

CREATE TABLE IF NOT EXISTS enrolment_tracker (
    instance_id  varchar UNIQUE NOT NULL,
    enrolment_id varchar
);

CREATE TABLE IF NOT EXISTS event_tracker (
    event_id      varchar UNIQUE,
    encounter_id  int,
    program_stage varchar,
    UNIQUE (encounter_id, program_stage)
);

CREATE TABLE IF NOT EXISTS orgunit_tracker (
    orgunit      text PRIMARY KEY,
    id           text,
    date_created timestamp
);

-- Stays empty: when to run is the operator's to say, and a missing row is no error.
CREATE TABLE IF NOT EXISTS analytics_cron_job (
    id          serial PRIMARY KEY,
    name        varchar(50) UNIQUE NOT NULL,
    start_delay numeric,
    expression  varchar(30),
    enabled     boolean
);

-- The flattener adds the other person attributes as it meets them.
CREATE TABLE IF NOT EXISTS patient (
    id                 serial PRIMARY KEY,
    patient_id         int UNIQUE,
    patient_identifier varchar(255),
    gender             varchar,
    birthdate          timestamp,
    date_created       timestamp,
    given_name         varchar,
    middle_name        varchar,
    family_name        varchar,
    uic                varchar,
    org_unit           varchar,
    telephone          varchar,
    address1           varchar,
    nationality        varchar,
    occupation         varchar,
    marital_status     varchar,
    education          varchar
);

CREATE TABLE IF NOT EXISTS encounter (
    encounter_id           serial PRIMARY KEY,
    uuid                   varchar,
    encounter_type_id      int,
    visit_id               int,
    location_id            int,
    patient_id             numeric,
    encounter_date_created timestamp,
    location_name          varchar,
    org_unit               varchar
);

CREATE TABLE IF NOT EXISTS program_enrolment (
    id                 serial PRIMARY KEY,
    patient_program_id int,
    patient_id         int,
    program_id         int,
    program_name       varchar,
    org_unit           varchar,
    date_enrolled      date,
    date_completed     date,
    outcome_concept_id int,
    uuid               varchar
);
