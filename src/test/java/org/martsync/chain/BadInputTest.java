package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.chain.WholeChain.EMPTY_CONFIG;
import static org.martsync.chain.WholeChain.MORNING;
import static org.martsync.chain.WholeChain.PATIENT_CONFIG;
import static org.martsync.chain.WholeChain.PATIENT_MAPPING;
import static org.martsync.chain.WholeChain.TEXT;
import static org.martsync.chain.WholeChain.UIC;
import static org.martsync.chain.WholeChain.VISIT_MAPPING;
import static org.martsync.dhis2.StandInFaults.gets;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RunningProgram;
import org.martsync.sync.Run;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Every kind of broken row that a clinic's database may hold: its event is rejected with a sentence of its own, all other
 * events of the run are synced, the run ends as usual and no stack trace stands in the log.
 */
@ExtendWith(OutputCaptureExtension.class)
class BadInputTest {

    private static final String STAGE = "\"dhisProgramStageId\": {\"id\": \"VtStage0001\", \"displayName\": \"Value types\"}";
    private static final String TABLES = "\"formTableMappings\": {\"visit_form\": {\"f_text\": {\"id\": \"VtElem00001\", \"displayName\": \"Text\"}}}";

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with();

    @AfterEach
    void everyLineOfTheLogIsALine(CapturedOutput output) {
        assertThat(output.toString().lines()).as("stack traces").noneMatch(line -> line.startsWith("\tat ") || line.startsWith("Caused by: "));
    }

    /** A kind of broken row: how it comes about, and the sentence that its event is rejected with. */
    private enum Broken {
        PATIENT_ID_NULL(() -> pending(null, "Visit", whole()), "The event names no patient (patient_id is empty)."),
        PATIENT_ID_EMPTY(() -> pending("", "Visit", whole()), "The event names no patient (patient_id is empty)."),
        PATIENT_ID_BLANK(() -> pending("  ", "Visit", whole()), "The event names no patient (patient_id is empty)."),
        PATIENT_ID_NO_NUMBER(() -> pending("P-1", "Visit", whole()), "patient_id 'P-1' is not a number."),
        PATIENT_ID_SQL(() -> pending("1; DROP TABLE log", "Visit", whole()), "patient_id '1; DROP TABLE log' is not a number."),
        PATIENT_ID_ZERO(() -> pending("0", "Visit", whole()), "patient_id '0' is not a number."),
        PATIENT_ID_NEGATIVE(() -> pending("-1", "Visit", whole()), "patient_id '-1' is not a number."),
        PATIENT_ID_DECIMAL(() -> pending("1.0", "Visit", whole()), "patient_id '1.0' is not a number."),
        PATIENT_ID_TOO_LARGE(() -> pending("2147483648", "Visit", whole()), "patient_id '2147483648' is not a number."),
        PATIENT_ID_LONG(() -> pending("9".repeat(36), "Visit", whole()), "is not a number."),
        PATIENT_ID_UNKNOWN(() -> pending("987654", "Visit", whole()), "Patient 987654 is unknown: table patient has no such patient_id."),

        ENCOUNTER_ID_NULL(() -> pending("1", "Visit", null), "The event names no encounter (encounter_id is empty)."),
        ENCOUNTER_ID_EMPTY(() -> pending("1", "Visit", ""), "The event names no encounter (encounter_id is empty)."),
        ENCOUNTER_ID_BLANK(() -> pending("1", "Visit", " "), "The event names no encounter (encounter_id is empty)."),
        ENCOUNTER_ID_NO_NUMBER(() -> pending("1", "Visit", "12a"), "encounter_id '12a' is not a number."),
        ENCOUNTER_ID_TOO_LARGE(() -> pending("1", "Visit", "4294967296"), "encounter_id '4294967296' is not a number."),
        ENCOUNTER_ID_UNKNOWN(() -> pending("1", "Visit", "987654"),
                "Encounter 987654 itself is unknown: table encounter has no such encounter_id."),
        ENCOUNTER_OF_ANOTHER_PATIENT(() -> pending("2", "Visit", whole()), "The event is of patient 2, but encounter "),
        ENCOUNTER_OF_NO_NUMBER(() -> {
            String encounter = whole();
            chain.clinic.jdbc().update("UPDATE encounter SET patient_id = 'NaN' WHERE encounter_id = ?::int", encounter);
            return pending("1", "Visit", encounter);
        }, " is of patient NaN in table encounter."),

        MAPPING_NAME_NULL(() -> pending("1", null, whole()), "The event names no mapping (program_id is empty)."),
        MAPPING_NAME_BLANK(() -> pending("1", " ", whole()), "The event names no mapping (program_id is empty)."),
        MAPPING_UNKNOWN(() -> pending("1", "Closed", whole()), "There is no mapping named 'Closed'."),
        MAPPING_OF_PATIENTS(() -> pending("1", "Patient", whole()), "Mapping 'Patient' describes patients, not events."),
        MAPPING_JSON_NULL(() -> mapped(null, EMPTY_CONFIG), "The mapping Bad is empty: its mapping_json holds nothing."),
        MAPPING_JSON_NULL_OF_JSON(() -> mapped("null", EMPTY_CONFIG), "The mapping Bad is empty: its mapping_json holds nothing."),
        MAPPING_JSON_A_TEXT(() -> mapped("\"x\"", EMPTY_CONFIG), "The mapping Bad cannot be read: its mapping_json is not a JSON object."),
        MAPPING_JSON_A_LIST(() -> mapped("[{" + STAGE + "}]", EMPTY_CONFIG), "The mapping Bad cannot be read: its mapping_json is not a JSON object."),
        MAPPING_JSON_A_NUMBER(() -> mapped("5", EMPTY_CONFIG), "The mapping Bad cannot be read: its mapping_json is not a JSON object."),
        NO_TABLES(() -> mapped("{" + STAGE + "}", EMPTY_CONFIG), "The mapping Bad maps no form table."),
        EMPTY_TABLES(() -> mapped("{" + STAGE + ", \"formTableMappings\": {}}", EMPTY_CONFIG), "The mapping Bad maps no form table."),
        TABLES_A_LIST(() -> mapped("{" + STAGE + ", \"formTableMappings\": []}", EMPTY_CONFIG),
                "The mapping Bad cannot be read: its formTableMappings is not a JSON object."),
        NO_COLUMN(() -> mapped("{" + STAGE + ", \"formTableMappings\": {\"visit_form\": {\"f_text\": \"\"}}}", EMPTY_CONFIG),
                "The mapping Bad maps no column of any form table."),
        TABLE_MISSING(() -> mapped("{" + STAGE + ", \"formTableMappings\": {\"no_such_form\": {\"f_text\": \"VtElem00001\"}}}", EMPTY_CONFIG),
                "None of the forms of the mapping Bad has a table in the analytics database (no_such_form)."),
        NO_STAGE(() -> mapped("{" + TABLES + "}", EMPTY_CONFIG), "The mapping Bad names no program stage."),
        EMPTY_STAGE(() -> mapped("{\"dhisProgramStageId\": {}, " + TABLES + "}", EMPTY_CONFIG), "The mapping Bad names no program stage."),
        STAGE_UNKNOWN(() -> mapped("{\"dhisProgramStageId\": {\"id\": \"NoSuchStag1\"}, " + TABLES + "}", EMPTY_CONFIG),
                "The mapping Bad names the program stage NoSuchStag1, which the program Key populations (vatFxlZR2lj) does not have."),
        CONFIG_NULL(() -> mapped("{" + STAGE + ", " + TABLES + "}", null), "The mapping Bad is empty: its config holds nothing."),
        CONFIG_NULL_OF_JSON(() -> mapped("{" + STAGE + ", " + TABLES + "}", "null"), "The mapping Bad is empty: its config holds nothing."),
        CONFIG_A_TEXT(() -> mapped("{" + STAGE + ", " + TABLES + "}", "\"yes\""), "The mapping Bad cannot be read: its config is not a JSON object."),
        CONFIG_WITHOUT_LISTS(() -> mapped("{" + STAGE + ", " + TABLES + "}", "{\"searchable\": \"uic\"}"),
                "The mapping Bad cannot be read: searchable in its config is not a list of column names."),

        YEAR_ONE_OF_THE_ENCOUNTER(() -> chain.visit(1, "ZW_01", LocalDateTime.of(1, 1, 1, 0, 0), Map.of("f_text", "x")),
                ", 0001-01-01, cannot be right. Correct it in the clinic."),
        YEAR_OF_FIVE_DIGITS(() -> chain.visit(1, "ZW_01", LocalDateTime.of(20224, 3, 5, 9, 0), Map.of("f_text", "x")), ", +20224-03-05, cannot be right."),
        INFINITELY_LATE(() -> {
            int event = chain.visit(1, "x");
            chain.clinic.jdbc().update("UPDATE visit_form SET date_created = 'infinity' WHERE encounter_id = ?", chain.encounterOf(event));
            return event;
        }, "cannot be right. Correct it in the clinic."),
        BEFORE_OUR_ERA(() -> {
            int event = chain.visit(1, "x");
            chain.clinic.jdbc().update("UPDATE visit_form SET date_created = '2001-03-05 10:00 BC' WHERE encounter_id = ?", chain.encounterOf(event));
            return event;
        }, ", -2000-03-05, cannot be right."),
        ENROLMENT_BEFORE_OUR_ERA(() -> {
            chain.clinic.patient(10);
            chain.clinic.jdbc().update("INSERT INTO program_enrolment (patient_id, date_enrolled) VALUES (10, '2001-02-03 BC')");
            return chain.visit(10, "x");
        }, "The patient's date of enrolment, -2000-02-03, cannot be right."),
        RECORDED_BEFORE_OUR_ERA(() -> {
            chain.clinic.patient(11);
            chain.clinic.jdbc().update("UPDATE patient SET date_created = '2001-02-03 BC' WHERE patient_id = 11");
            return chain.visit(11, "x");
        }, "The patient's date of enrolment, -2000-02-03, cannot be right."),
        YEAR_ONE_ANSWERED(() -> chain.visit(1, Map.of("f_date", "0001-01-01")), "'0001-01-01'"),
        YEAR_ONE_OF_THE_ENROLMENT(() -> {
            chain.clinic.patient(9);
            chain.clinic.enrolled(9, LocalDate.of(1, 1, 1));
            return chain.visit(9, "x");
        }, "The patient's date of enrolment, 0001-01-01, cannot be right."),
        YEAR_ONE_OF_THE_BIRTH(() -> {
            chain.clinic.patient(9).birthdate(LocalDate.of(1, 1, 1));
            return chain.visit(9, "x");
        }, "CORE - Date of Birth (wSp6Q7QDMsk): '0001-01-01T00:00:00' is not a real date: the year is 0001."),

        NO_IDENTIFIER(() -> {
            chain.clinic.patient(9).identifier(null);
            return chain.visit(9, "x");
        }, "Patient 9 has no patient identifier."),
        BLANK_IDENTIFIER(() -> {
            chain.clinic.patient(9).identifier(" ");
            return chain.visit(9, "x");
        }, "Patient 9 has no patient identifier."),
        IDENTIFIER_OF_TWO(() -> {
            chain.clinic.patient(8).identifier("SAME");
            chain.clinic.patient(9).identifier("SAME");
            return chain.visit(9, "x");
        }, "Patient identifier SAME belongs to 2 patients of this clinic."),

        CUSTOMISED_INTO_AN_EXCEPTION(() -> customised("throws"), "Something unexpected happened on the way (IllegalStateException"),
        CUSTOMISED_INTO_A_REJECTION(() -> customised("rejects"), "held back until the training"),
        CUSTOMISED_INTO_A_TEXT(() -> customised("text"), "the body is no longer the event's map."),
        CUSTOMISED_OUT_OF_ITS_DATE(() -> customised("date"), "occurredAt 'soon' is no date like 2024-02-01.");

        private final IntSupplier happens;
        private final String sentence;

        Broken(IntSupplier happens, String sentence) {
            this.happens = happens;
            this.sentence = sentence;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBrokenRowIsRejectedWithItsSentenceAndNothingElseSuffers(Broken broken) throws Exception {
        customise();
        chain.patients(3);
        List<Integer> others = new ArrayList<>(List.of(chain.visit(1, "before"), chain.visit(2, "before")));
        int event = broken.happens.getAsInt();
        others.addAll(List.of(chain.visit(1, "after"), chain.visit(3, "after")));

        Run run = chain.program.run();

        assertThat(run.stopped()).isNull();
        assertThat(run.rejected()).isEqualTo(1);
        assertThat(run.waiting()).isZero();
        chain.assertEvent(event).isRejectedBecause(broken.sentence).hasFailed(1);
        assertThat(chain.clinic.logOf(event)).hasSize(1);
        chain.assertOnlyTheseStandInDhis2(others);
    }

    @Test
    void allKindsTogetherHarmNobodyEither() throws Exception {
        customise();
        chain.patients(3);
        List<Integer> others = new ArrayList<>();
        List<Integer> rejected = new ArrayList<>();
        for (Broken broken : Broken.values()) {
            others.add(chain.visit(1 + broken.ordinal() % 3, broken.name()));
            // each of them makes patient 9, mapping "Bad" or the routes its own, so of those only one can be here
            if (!broken.name().contains("IDENTIFIER") && !broken.name().startsWith("YEAR_ONE_OF_THE_B") && broken != Broken.IDENTIFIER_OF_TWO) {
                rejected.add(broken.happens.getAsInt());
            }
        }

        for (int times = 1; times <= 2; times++) {
            Run run = chain.program.run();

            assertThat(run.stopped()).isNull();
            assertThat(run.waiting()).isZero();
            for (int event : rejected) {
                chain.assertEvent(event).isRejected().hasFailed(times);
            }
            chain.assertOnlyTheseStandInDhis2(others);
        }
    }

    @Test
    void anEncounterThatNamesNoPatientIsThatOfItsEvent() {
        chain.patients(1);
        int event = chain.visit(1, "x");
        chain.clinic.jdbc().update("UPDATE encounter SET patient_id = NULL");

        chain.program.run();

        chain.assertOnlyTheseStandInDhis2(List.of(event));
    }

    /** What makes every event unsendable: the run says so at each of them, and ends. */
    private enum BrokenPatientMapping {
        MISSING(() -> chain.clinic.jdbc().update("DELETE FROM mapping WHERE program_name = 'Patient'"), "There is no mapping named 'Patient'"),
        JSON_NULL(() -> chain.clinic.mapping("Patient", null, PATIENT_CONFIG), "The mapping Patient is empty: its mapping_json holds nothing."),
        CONFIG_NULL(() -> chain.clinic.mapping("Patient", PATIENT_MAPPING, null), "The mapping Patient is empty: its config holds nothing."),
        OTHER_TABLE(() -> chain.clinic.mapping("Patient", PATIENT_MAPPING.replace("\"patient\"", "\"people\""), PATIENT_CONFIG),
                "The mapping Patient does not map the table patient"),
        SEARCHES_IN_VAIN(() -> chain.clinic.mapping("Patient", PATIENT_MAPPING, "{\"searchable\": [\"given_name\"]}"),
                "The mapping Patient finds patients by the column given_name, which is mapped to no attribute"),
        WITHOUT_THE_COMPULSORY(() -> chain.clinic.mapping("Patient", PATIENT_MAPPING.replace("\"uic\"", "\"no_such_column\""), EMPTY_CONFIG),
                "is compulsory for enrolment in program Key populations (vatFxlZR2lj), but no existing column is mapped to it.");

        private final Runnable happens;
        private final String sentence;

        BrokenPatientMapping(Runnable happens, String sentence) {
            this.happens = happens;
            this.sentence = sentence;
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAPatientMappingEveryEventIsRejectedForThatAndSyncedWhenItIsPutRight(BrokenPatientMapping broken) {
        chain.patients(2);
        List<Integer> events = List.of(chain.visit(1, "a"), chain.visit(2, "b"));
        broken.happens.run();

        Run run = chain.program.run();

        assertThat(run.stopped()).isNull();
        events.forEach(event -> chain.assertEvent(event).isRejectedBecause(broken.sentence).hasFailed(1));
        assertThat(chain.dhis2.store().trackedEntities()).isEmpty();

        chain.clinic.mapping("Patient", PATIENT_MAPPING, PATIENT_CONFIG);
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(events);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "  "})
    void aPatientWithoutTheCompulsoryUicIsRejected(String uic) {
        chain.patients(2);
        chain.clinic.patientAgain(1).uic(uic);
        int rejected = chain.visit(1, "x");
        int synced = chain.visit(2, "y");

        chain.program.run();

        chain.assertEvent(rejected).isRejectedBecause("CORE - Unique ID (UIC) (" + UIC + ") is compulsory for enrolment in program "
                + "Key populations (vatFxlZR2lj) but empty.");
        chain.assertOnlyTheseStandInDhis2(List.of(synced));
    }

    @Test
    void columnNamesWithQuotesAndSemicolonsAreReadAndThoseThatCannotBeAreLeftOut(CapturedOutput output) {
        String odd = "odd'form";
        if (chain.clinic.jdbc().queryForList("SELECT 1 FROM information_schema.tables WHERE table_name = ?", odd).isEmpty()) {
            chain.clinic.formTable(odd, "it's; \"odd\"", "what? #1 :#encounters ${body}");
        }
        chain.clinic.mapping("Odd", """
                {"dhisProgramStageId": "VtStage0001", "formTableMappings": {"odd'form": {
                  "it's; \\"odd\\"": "VtElem00001", "what? #1 :#encounters ${body}": "VtElem00002",
                  "x\\"; DROP TABLE log; --": "VtElem00020"}}}""", EMPTY_CONFIG);
        chain.patients(2);
        int encounter = chain.encounter(1);
        chain.clinic.form(odd, encounter, 1, Map.of("it's; \"odd\"", "read"), MORNING);
        int event = chain.clinic.pending(1, "Odd", encounter);
        int other = chain.visit(2, "y");

        Run run = chain.program.run();

        assertThat(run.stopped()).isNull();
        assertThat(chain.clinic.log()).hasSize(2);
        chain.assertOnlyTheseStandInDhis2(List.of(event, other));
        assertThat(chain.stored(event).dataValues()).containsExactly(Map.entry(TEXT, "read"));
        assertThat(output.toString()).contains("mapping Odd: table odd'form has no column what? #1 :#encounters ${body}, x\"; DROP TABLE log; --; left out");
    }

    @Test
    void severalMistakesOfOneEventAreToldTogether() {
        chain.patients(1);
        int event = chain.visit(1, Map.of("f_number", "many", "f_date", "soon", "f_option", "perhaps"));

        chain.program.run();

        chain.assertEvent(event).isRejectedBecause("VT NUMBER (VtElem00004): 'many' is not a number")
                .isRejectedBecause("VT DATE (VtElem00013): 'soon'").isRejectedBecause("(VtElem00050): 'perhaps' is none of the options");
        assertThat(chain.clinic.logOf(event)).hasSize(1);
    }

    @Test
    void whatNobodyThoughtOfIsClosedInOnAndRejectedWhileAllOthersAreSynced() {
        chain.patients(9);
        List<Integer> others = new ArrayList<>();
        for (int patient = 1; patient <= 9; patient++) {
            if (patient != 5) {
                others.add(chain.visit(patient, "x"));
            }
        }
        int encounter = chain.encounterOf(chain.visit(5, "x"));
        chain.clinic.jdbc().update("DELETE FROM events_to_sync WHERE encounter_id = ?", String.valueOf(encounter));
        // a form that is a view, and cannot be read where this patient is in it
        chain.clinic.jdbc().execute("CREATE VIEW broken_form AS SELECT v.*, (1 / (v.patient_id - 5))::varchar AS broken FROM visit_form v");
        chain.clinic.mapping("Broken", """
                {"dhisProgramStageId": "VtStage0001", "formTableMappings": {"broken_form": {"broken": "VtElem00001"}}}""", "{}");
        int event = chain.clinic.pending(5, "Broken", encounter);
        try {
            Run run = chain.program.run();

            assertThat(run.stopped()).isNull();
            assertThat(run.waiting()).isZero();
        } finally {
            chain.clinic.jdbc().execute("DROP VIEW broken_form");
        }
        chain.assertEvent(event).isRejectedBecause("Something unexpected happened on the way (PSQLException").hasFailed(1);
        chain.assertOnlyTheseStandInDhis2(others);
    }

    @Test
    void aPatientWhomDhis2RefusesToSearchForHoldsNobodyElseUp(CapturedOutput output) {
        chain.patients(9);
        List<Integer> others = new ArrayList<>();
        for (int patient = 1; patient <= 9; patient++) {
            if (patient != 5) {
                others.add(chain.visit(patient, "x"));
            }
        }
        int event = chain.visit(5, "x");
        chain.dhis2.failAlways(gets().and(request -> request.query() != null && request.query().contains("UIC-000005"))).with(400, "UIC-000005 cannot be searched for");

        Run run = chain.program.run();

        assertThat(run.stopped()).isNull();
        chain.assertEvent(event).isRejectedBecause("DHIS2 answered a question with HTTP 400").hasFailed(1);
        chain.assertOnlyTheseStandInDhis2(others);
        assertThat(output.toString()).doesNotContain("UIC-000005");
    }

    @Test
    void aSearchThatDhis2RefusesForEverybodyStopsTheRunWithOneSentenceAndNoEventsFault() {
        chain.patients(30);
        List<Integer> events = chain.visitOfEach(30, "x");
        chain.dhis2.failAlways(gets().and(request -> request.query().contains("filter="))).with(400, "Organisation unit does not exist: Nowhere0001");

        Run run = chain.program.run();

        assertThat(run.stopped()).isEqualTo("DHIS2 refuses every search for patients (HTTP 400: Organisation unit does not exist: Nowhere0001)."
                + " Check searchable (uic) in the config of the mapping Patient, and dhis2.country-org-unit.");
        assertThat(chain.dhis2.requests()).as("the program, and two searches of each worker at most").isLessThanOrEqualTo(1 + 2 * 4);
        events.forEach(event -> chain.assertEvent(event).isWaiting());
    }

    @Test
    void aFormThatMayNotBeReadIsLeftOutAndSaidAndHealthyEventsOfItsPatientsAreSynced(CapturedOutput output) {
        String user = "limited_" + chain.clinic.jdbcUrl().replaceAll(".*/", "");
        chain.clinic.formTable("closed_form", "answer").formTable("ajar_form", "open", "closed");
        chain.clinic.mapping("Closed", """
                {"dhisProgramStageId": "VtStage0001", "formTableMappings": {"closed_form": {"answer": "VtElem00001"}}}""", EMPTY_CONFIG);
        chain.clinic.mapping("Ajar", """
                {"dhisProgramStageId": "VtStage0001", "formTableMappings": {"ajar_form": {"open": "VtElem00001", "closed": "VtElem00002"}}}""",
                EMPTY_CONFIG);
        chain.clinic.jdbc().execute("CREATE ROLE " + user + " LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO " + user
                + "; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO " + user + "; REVOKE SELECT ON closed_form, ajar_form FROM " + user
                + "; GRANT SELECT (id, encounter_id, date_created, open) ON ajar_form TO " + user);
        chain.patients(2);
        List<Integer> healthy = new ArrayList<>(List.of(chain.visit(1, "x"), chain.visit(2, "y")));
        int closed = chain.clinic.pending(1, "Closed", chain.encounterOf(healthy.get(0)));
        int encounter = chain.encounter(2);
        chain.clinic.form("ajar_form", encounter, 2, Map.of("open", "read", "closed", "secret"), MORNING);
        healthy.add(chain.clinic.pending(2, "Ajar", encounter));

        try (RunningProgram limited = RunningProgram.start(chain.clinic, chain.dhis2, WholeChain.PROGRAM, "analytics.user=" + user)) {
            Run run = limited.run();

            assertThat(run.stopped()).isNull();
            assertThat(run.requests()).as("the program, a search, a POST, and where workers wait for one another once more").isLessThanOrEqualTo(6);
        } finally {
            chain.clinic.jdbc().execute("DROP TABLE closed_form, ajar_form; DROP OWNED BY " + user + "; DROP ROLE " + user);
        }
        chain.assertEvent(closed).isRejectedBecause("None of the forms of the mapping Closed has a table").hasFailed(1);
        chain.assertOnlyTheseStandInDhis2(healthy);
        assertThat(chain.stored(healthy.get(2)).dataValues()).containsExactly(Map.entry(TEXT, "read"));
        assertThat(output.toString()).containsOnlyOnce("mapping Closed: table closed_form may not be read by this program's database user"
                + " (GRANT SELECT is missing) and is left out").containsOnlyOnce("mapping Ajar: table ajar_form has columns that may not be read by"
                + " this program's database user (GRANT SELECT is missing): closed; left out");
    }

    @Test
    void aQuestionForKnownPatientsThatIsRefusedStopsTheRunToo() {
        chain.patients(5);
        chain.visitOfEach(5, "x");
        chain.program.run();
        List<Integer> events = chain.visitOfEach(5, "y");
        chain.dhis2.failAlways(gets().and(request -> request.query().contains("trackedEntities="))).with(400, "no such parameter");

        Run run = chain.program.run();

        assertThat(run.stopped()).startsWith("DHIS2 refuses to be asked for patients by their UIDs (HTTP 400).");
        events.forEach(event -> chain.assertEvent(event).isWaiting());
    }

    @Test
    void anEventOfWhichNothingCanBeWrittenWaitsAndNobodyElseDoes() {
        chain.patients(9);
        List<Integer> others = new ArrayList<>();
        for (int patient = 2; patient <= 9; patient++) {
            others.add(chain.visit(patient, "x"));
        }
        int event = chain.visit(1, "x");
        chain.clinic.jdbc().execute("""
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$""");
        chain.clinic.jdbc().execute("CREATE TRIGGER refuse BEFORE INSERT ON log FOR EACH ROW WHEN (NEW.event_id = " + event
                + ") EXECUTE FUNCTION refuse()");
        try {
            Run run = chain.program.run();

            assertThat(run.stopped()).isNull();
            assertThat(run.synced()).isEqualTo(8);
            assertThat(run.waiting()).isEqualTo(1);
            chain.assertEvent(event).isWaiting();
        } finally {
            chain.clinic.jdbc().execute("DROP TRIGGER refuse ON log");
            chain.clinic.jdbc().execute("DROP FUNCTION refuse()");
        }

        others.add(event);
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(others);
    }

    @Test
    void aDatabaseInWhichNoBatchCanBeTakenEndsTheRun() {
        chain.patients(1);
        int event = chain.visit(1, "x");
        chain.clinic.jdbc().execute("ALTER TABLE sync_attempt RENAME TO renamed");
        try {
            assertThat(chain.program.run().stopped()).startsWith("no patient can be claimed: PSQLException at ");
            chain.assertEvent(event).isWaiting();
        } finally {
            chain.clinic.jdbc().execute("ALTER TABLE renamed RENAME TO sync_attempt");
        }
        chain.program.run();
        chain.assertEvent(event).isSynced();
    }

    // ---- how it comes about

    private static int pending(String patientId, String mapping, String encounterId) {
        return chain.clinic.pending(patientId, mapping, encounterId);
    }

    /** The id of an encounter with which nothing is wrong. */
    private static String whole() {
        int encounter = chain.encounter(1);
        chain.clinic.form("visit_form", encounter, 1, Map.of("f_text", "whole"), MORNING);
        return String.valueOf(encounter);
    }

    private static int mapped(String json, String config) {
        // a name of its own when another is there already; the sentences name the first
        String name = chain.clinic.jdbc().queryForList("SELECT 1 FROM mapping WHERE program_name = 'Bad'").isEmpty() ? "Bad"
                : "Bad " + chain.clinic.jdbc().queryForObject("SELECT count(*) FROM mapping", Integer.class);
        chain.clinic.mapping(name, json, config);
        return chain.clinic.pending("1", name, whole());
    }

    /** An event of a mapping that {@link #customise} does something to. */
    private static int customised(String what) {
        chain.clinic.mapping("Customise " + what, VISIT_MAPPING, EMPTY_CONFIG);
        return chain.clinic.pending("1", "Customise " + what, whole());
    }

    /** Puts an integrator's route in the place of the one that changes nothing. */
    private static void customise() throws Exception {
        PluginHelper.getRoutesLoader(chain.program.bean(CamelContext.class)).updateRoutes(ResourceHelper.fromString("customise.camel.yaml", """
                - route:
                    id: customise
                    from:
                      uri: direct:customise
                      steps:
                        - choice:
                            when:
                              - simple: "${header.mapping} == 'Customise throws'"
                                steps:
                                  - throwException:
                                      exceptionType: java.lang.IllegalStateException
                                      message: "fell over ${body}"
                              - simple: "${header.mapping} == 'Customise rejects'"
                                steps:
                                  - setHeader:
                                      name: reject
                                      constant: held back until the training
                              - simple: "${header.mapping} == 'Customise text'"
                                steps:
                                  - setBody:
                                      constant: a text
                              - simple: "${header.mapping} == 'Customise date'"
                                steps:
                                  - script:
                                      simple: "${body.put('occurredAt', 'soon')}"
                """));
    }
}
