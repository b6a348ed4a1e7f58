package org.martsync.demo;

import static org.martsync.demo.Ending.EITHER;
import static org.martsync.demo.Ending.REJECTED;
import static org.martsync.demo.Ending.SYNCED;

/** What is special about an event of the demo, and how it ends. What is wrong is wrong with the event alone unless said. */
public enum Kind {

    /** Nothing: complete, of a complete patient. Texts have accents, quotes, slashes, line breaks and emoji all the same. */
    GOOD(SYNCED),
    /** The encounter is stamped midnight sharp, which is {@code 00:00} of its own day and not {@code 24:00} of another. */
    AT_MIDNIGHT(SYNCED),
    /** A DATE question holds {@code yyyy-MM-dd 00:00:00}. */
    DATE_WITH_TIME(SYNCED),
    /** A LONG_TEXT of 20000 characters; DHIS2 takes 50000. */
    LONG_TEXT(SYNCED),
    /** The patient's UIC has each character that a DHIS2 filter treats specially: {@code / : , ;}. */
    UIC_WITH_PUNCTUATION(SYNCED),
    /** The mapping names columns and tables with quotes and semicolons; one of the columns exists. Table {@code log} survives. */
    ODD_COLUMN_NAMES(SYNCED),
    /** The encounter's org unit code is in no tracker: the site's org unit takes its place. */
    ORG_UNIT_UNKNOWN(SYNCED),
    /** Two rows of {@code events_to_sync} for one encounter and mapping (there is no unique key): one DHIS2 event, both done. */
    QUEUED_TWICE(SYNCED),
    /** {@code synced} and {@code retry_count} are NULL. */
    SYNCED_IS_NULL(SYNCED),
    /** Two rows of one form that answer different questions: one DHIS2 event with all answers. */
    TWO_ROWS_COMPLEMENT(SYNCED),
    /** The patient is in DHIS2 but not in our trackers, found by UIC, with the same gender and date of birth. */
    IN_DHIS2_AGREEING(SYNCED),

    PATIENT_ID_NULL(REJECTED),
    PATIENT_ID_BLANK(REJECTED),
    PATIENT_ID_NOT_A_NUMBER(REJECTED),
    /** A number no {@code int} holds. */
    PATIENT_ID_TOO_LARGE(REJECTED),
    /** A number that no row of {@code patient} has. */
    PATIENT_ID_UNKNOWN(REJECTED),
    ENCOUNTER_ID_NULL(REJECTED),
    ENCOUNTER_ID_BLANK(REJECTED),
    ENCOUNTER_ID_NOT_A_NUMBER(REJECTED),
    /** A number that neither {@code encounter} nor any form has. */
    ENCOUNTER_ID_UNKNOWN(REJECTED),
    /** {@code events_to_sync.program_id} is NULL. */
    MAPPING_NAME_NULL(REJECTED),
    /** {@code events_to_sync.program_id} names no mapping. */
    MAPPING_UNKNOWN(REJECTED),
    MAPPING_JSON_NULL(REJECTED),
    /** {@code mapping_json} is a JSON text, or an array. */
    MAPPING_JSON_NOT_AN_OBJECT(REJECTED),
    /** {@code formTableMappings} is absent, or empty. */
    MAPPING_WITHOUT_TABLES(REJECTED),
    /** {@code dhisProgramStageId} is absent, or {@code {}}. */
    MAPPING_WITHOUT_STAGE(REJECTED),
    /** The stage is not one of the program's. */
    MAPPING_STAGE_UNKNOWN(REJECTED),
    /** The mapping's {@code config} is NULL or a JSON text, or its lists are not lists. */
    CONFIG_MALFORMED(REJECTED),
    /** {@code warm} where DHIS2 wants a NUMBER. */
    TEXT_IN_A_NUMBER(REJECTED),
    /** {@code Yesterday} where DHIS2 wants a DATE. */
    TEXT_IN_A_DATE(REJECTED),
    /** An answer that is neither code nor name of an option. */
    OPTION_UNKNOWN(REJECTED),
    /** 50001 characters. */
    TEXT_TOO_LONG(REJECTED),
    /** The compulsory element of a stage with {@code ON_UPDATE_AND_INSERT} has no answer. */
    COMPULSORY_MISSING(REJECTED),
    /** The encounter is there, its form is not. */
    NO_FORM_ROW(REJECTED),
    /** The patient's UIC, a mandatory attribute, is NULL. */
    PATIENT_WITHOUT_UIC(REJECTED),
    /** The patient's phone number has five digits; an attribute DHIS2 would refuse the whole patient for. */
    PATIENT_WITH_BAD_PHONE(REJECTED),
    /** In DHIS2 there is a patient with this UIC, of another gender and date of birth; UICs are unique. */
    IN_DHIS2_DISAGREEING(REJECTED),
    /** In DHIS2 there are two patients with this UIC, and both agree. */
    IN_DHIS2_TWICE(REJECTED),

    /** A DATE question holds {@code 0001-01-01}. */
    YEAR_ONE_ANSWER(EITHER),
    /** The encounter itself, all there is of its patient, is dated 0001-01-01. */
    YEAR_ONE_ENCOUNTER(EITHER),
    /** Two rows of one form that answer one question differently. */
    TWO_ROWS_DISAGREE(EITHER),
    /** The form is there, but its encounter has no row in {@code encounter}. */
    ENCOUNTER_ROW_MISSING(EITHER),
    /** Two events of the stage that is not repeatable, for one patient: exactly one is synced. */
    NOT_REPEATABLE_TWICE(EITHER),
    /** Two patients of different gender and age with one UIC, one event each: exactly one is synced. */
    UIC_SHARED(EITHER);

    private final Ending ending;

    Kind(Ending ending) {
        this.ending = ending;
    }

    public Ending ending() {
        return ending;
    }
}
