-- The contract's enrolment_tracker has room for one enrolment a person: that in the configured program.

CREATE TABLE sync_enrolment (
    instance_id  varchar(11),
    program      varchar(11),
    enrolment_id varchar(11) NOT NULL,
    PRIMARY KEY (instance_id, program)
);

COMMENT ON TABLE sync_enrolment IS
    'Enrolments of DHIS2 tracked entities in programs that mappings name beside the configured one.';
