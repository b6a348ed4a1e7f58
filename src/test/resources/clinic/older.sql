-- A clinic's analytics database as older installers left it: tracked entities keyed by (instance_id, patient_id),
-- nothing in event_tracker, enrolment_tracker renamed away (its constraint keeps the old name), forms with a version suffix.

create table events_to_sync (
    id serial not null,
    patient_id character varying(36),
    program_id character varying(36),
    encounter_id character varying(36),
    synced boolean default false,
    username character varying(36) default 'superman',
    comment character varying(36),
    retry_count integer default 0,
    constraint events_to_sync_pkey primary key (id)
);

create table mapping (
    program_name character varying(50) not null,
    mapping_json jsonb,
    config jsonb,
    created_by character varying,
    date_created character varying,
    modified_by character varying,
    date_modified character varying,
    constraint mapping_program_name_key unique (program_name)
);

create table log (
    log_id serial not null,
    program text,
    synced_by text,
    comments text,
    status text,
    status_info text,
    date_created timestamp without time zone,
    event_id integer,
    category text,
    constraint log_pkey primary key (log_id)
);

create table instance_tracker (
    patient_id text not null,
    instance_id text not null,
    created_by text,
    date_created timestamp without time zone,
    constraint instance_tracker_pkey primary key (instance_id, patient_id)
);

create table enrolment_tracker (
    instance_id character varying not null,
    enrolment_id character varying,
    constraint enrolment_tracker_instance_id_key unique (instance_id)
);
insert into enrolment_tracker values ('oldInstan01', 'oldEnrolm01');
alter table enrolment_tracker rename to enrolment_tracker_before_upgrade;

create table event_tracker (
    event_id character varying,
    encounter_id integer,
    program_stage character varying,
    constraint event_tracker_event_id_key unique (event_id),
    constraint event_tracker_encounter_id_program_stage_key unique (encounter_id, program_stage)
);

create table orgunit_tracker (
    orgunit text not null,
    id text,
    date_created timestamp without time zone,
    constraint orgunit_tracker_pkey primary key (orgunit)
);

create table analytics_cron_job (
    id serial not null,
    name character varying(50) not null,
    start_delay numeric,
    expression character varying(30),
    enabled boolean,
    constraint analytics_cron_job_pkey primary key (id),
    constraint analytics_cron_job_name_key unique (name)
);

create table patient (
    id serial not null,
    patient_id integer,
    patient_identifier character varying(255),
    gender character varying,
    birthdate timestamp without time zone,
    date_created timestamp without time zone,
    given_name character varying,
    middle_name character varying,
    family_name character varying,
    uic character varying,
    org_unit character varying,
    telephone character varying,
    address1 character varying,
    nationality character varying,
    occupation character varying,
    marital_status character varying,
    education character varying,
    ethnicity character varying,
    population character varying,
    district_of_birth character varying,
    next_of_kin_telephone character varying,
    constraint patient_pkey primary key (id),
    constraint patient_patient_id_key unique (patient_id)
);

create table encounter (
    encounter_id serial not null,
    uuid character varying,
    encounter_type_id integer,
    visit_id integer,
    location_id integer,
    patient_id numeric,
    encounter_date_created timestamp without time zone,
    location_name character varying,
    org_unit character varying,
    constraint encounter_pkey primary key (encounter_id)
);

create table program_enrolment (
    id serial not null,
    patient_program_id integer,
    patient_id integer,
    program_id integer,
    program_name character varying,
    org_unit character varying,
    date_enrolled date,
    date_completed date,
    outcome_concept_id integer,
    uuid character varying,
    constraint program_enrolment_pkey primary key (id)
);

create table ipv_form_8866 (
    id serial not null,
    sp_if_site_type character varying,
    if_partner_ever_physically_hurt_you character varying,
    if_date_of_last_incident character varying,
    if_number_of_incidents character varying,
    if_notes character varying,
    encounter_id integer,
    visit_id integer,
    patient_id integer,
    username character varying,
    date_created timestamp without time zone,
    patient_identifier character varying,
    location_id integer,
    location_name character varying,
    instance_id integer,
    constraint ipv_form_8866_pkey primary key (id)
);
create index ipv_form_8866_encounter_id_idx on ipv_form_8866 (encounter_id);

create table prep_screening_tool_8867 (
    id serial not null,
    pst_type_of_visit character varying,
    pst_reasons_sex_work character varying,
    pst_reasons_partner_positive character varying,
    pst_other_specify character varying,
    encounter_id integer,
    visit_id integer,
    patient_id integer,
    username character varying,
    date_created timestamp without time zone,
    patient_identifier character varying,
    location_id integer,
    location_name character varying,
    instance_id integer,
    constraint prep_screening_tool_8867_pkey primary key (id)
);
create index prep_screening_tool_8867_encounter_id_idx on prep_screening_tool_8867 (encounter_id);
