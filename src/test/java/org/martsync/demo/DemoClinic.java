package org.martsync.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.PatientRow;

/**
 * Fills a clinic with a demo's worth of invented people and events, the same every time: some 200 patients and 1000
 * pending events, nearly all good, and at least one of each {@link Kind} of trouble in the middle of them.
 *
 * <p>Trouble with an event is given to patients who have good events too, so that a bad event that fails its neighbours
 * is seen; trouble with a patient is given to patients of its own. What must come of each event is written down while
 * it is made ({@link Expected}), from what was answered and not from the mappings.
 */
public final class DemoClinic {

    private static final int GOOD_PATIENTS = 180;
    private static final long SEED = 20240305;
    private static final LocalDate OPENED = LocalDate.of(2024, 1, 8);
    private static final List<String> MAPPINGS =
            List.of("patient", "screening", "counselling", "first-visit", "treatment");

    /** The patient DHIS2 knows with the same gender and date of birth ({@link Kind#IN_DHIS2_AGREEING}). */
    public static final DhisPatient AGREEING = new DhisPatient("DmKnownTe01", "DmKnownEn01", "AMB-KNOWN-1",
            "Female", LocalDate.of(1991, 4, 17), LocalDate.of(2022, 9, 1));
    /** The patient DHIS2 knows as somebody else ({@link Kind#IN_DHIS2_DISAGREEING}). */
    public static final DhisPatient DISAGREEING = new DhisPatient("DmKnownTe02", "DmKnownEn02", "AMB-KNOWN-2",
            "Male", LocalDate.of(1960, 12, 31), LocalDate.of(2022, 9, 2));
    /** The patient DHIS2 knows twice ({@link Kind#IN_DHIS2_TWICE}). */
    public static final List<DhisPatient> TWICE = List.of(
            new DhisPatient("DmKnownTe03", "DmKnownEn03", "AMB-KNOWN-3",
                    "Female", LocalDate.of(1988, 2, 29), LocalDate.of(2022, 9, 3)),
            new DhisPatient("DmKnownTe04", "DmKnownEn04", "AMB-KNOWN-3",
                    "Female", LocalDate.of(1988, 2, 29), LocalDate.of(2022, 9, 4)));

    private final Clinic clinic;
    private final Random random = new Random(SEED);
    private final DemoForms forms = new DemoForms(random);
    private final Map<Integer, Kind> kinds = new TreeMap<>();
    private final Map<Integer, SentEvent> events = new TreeMap<>();
    private final Map<String, Person> people = new TreeMap<>();
    private final List<Set<Integer>> rivals = new ArrayList<>();
    private final Set<Integer> done = new TreeSet<>();
    private int lastPatient;
    private int lastEncounter = 1000;
    private int lastNeighbour;

    private DemoClinic(Clinic clinic) {
        this.clinic = clinic;
    }

    /** Fills a clinic of an installed site that has no rows yet, and returns what must come of it. */
    public static Expected fill(Clinic clinic) {
        return new DemoClinic(clinic).fill();
    }

    private Expected fill() {
        install();
        for (int i = 0; i < GOOD_PATIENTS / 2; i++) {
            goodPatient();
        }
        goodEventsOutOfTheOrdinary();
        brokenEvents();
        brokenMappings();
        brokenAnswers();
        patientsInTrouble();
        patientsInDhis2();
        for (int i = 0; i < GOOD_PATIENTS / 2; i++) {
            goodPatient();
        }
        return new Expected(kinds, events, people, rivals, done);
    }

    private void install() {
        for (String mapping : MAPPINGS) {
            JsonNode row = json(DemoProgram.read("demo/mappings/" + mapping + ".json"));
            clinic.mapping(row.get("program_name").asText(), row.get("mapping_json").toString(), row.get("config").toString());
        }
        clinic.formTable("demo_screening", "sc_type_of_visit", "sc_cough", "sc_consent", "sc_date_of_last_test",
                "sc_temperature", "sc_number_of_children", "sc_notes", "sc_methods", "sc_referred_to_male",
                "sc_referred_to_female", "sc_signature", "sc_room", "sc_not_mapped_at_all");
        clinic.formTable("demo_counselling", "co_topic", "co_partner_present", "co_minutes", "co_notes");
        clinic.formTable("demo_general_form", "gf_reason", "gf_unwell_since", "gf_earlier_tests", "gf_setting");
        clinic.formTable("demo_treatment", "tr_regimen", "tr_start", "tr_side_nausea", "tr_side_dizziness", "tr_side_headache");
        clinic.formTable("demo_odd", ODD_COLUMN);
        for (JsonNode unit : json(DemoProgram.orgUnits()).get("organisationUnits")) {
            clinic.orgUnit(unit.get("code").asText(), unit.get("id").asText());
        }
        clinic.schedule("0 45 * ? * *", true);
    }

    // Good ones

    private void goodPatient() {
        int patient = patient();
        if (random.nextInt(5) < 3) { // two events of one encounter, with a form both mappings read
            FilledForm first = forms.firstVisit();
            FilledForm screening = screening(patient).also("DmScSetti01", first.columns().get("gf_setting"));
            int encounter = encounter(patient, someTime());
            fillIn(encounter, patient, first);
            fillIn(encounter, patient, screening);
            queue(Kind.GOOD, patient, encounter, first);
            queue(Kind.GOOD, patient, encounter, screening);
        } else {
            event(Kind.GOOD, patient, screening(patient));
            event(Kind.GOOD, patient, forms.counselling());
        }
        int more = 3 + random.nextInt(2);
        for (int i = 0; i < more; i++) {
            event(Kind.GOOD, patient, switch (random.nextInt(3)) {
                case 0 -> screening(patient);
                case 1 -> forms.counselling();
                default -> forms.treatment();
            });
        }
        if (patient % 18 == 0) { // and one that was carried over long ago
            int encounter = encounter(patient, someTime());
            fillIn(encounter, patient, forms.counselling());
            int event = clinic.pending(patient, "Counselling", encounter);
            clinic.jdbc().update("UPDATE events_to_sync SET synced = true WHERE id = ?", event);
            done.add(event);
        }
    }

    private void goodEventsOutOfTheOrdinary() {
        int patient = neighbour();
        for (FilledForm form : List.of(screening(patient), forms.treatment())) {
            int encounter = encounter(patient, someTime().toLocalDate().atStartOfDay());
            fillIn(encounter, patient, form);
            queue(Kind.AT_MIDNIGHT, patient, encounter, form);
        }

        event(Kind.DATE_WITH_TIME, neighbour(),
                forms.treatment().answer("tr_start", "2023-11-30 00:00:00", "DmTrStart01", "2023-11-30"));
        patient = neighbour();
        event(Kind.LONG_TEXT, patient, screening(patient).answer("sc_notes", "Ünd so weiter.".repeat(1430), "DmScNotes01"));

        patient = patient();
        changed(patient, "uic", "AMB/1:2,3;4", DemoProgram.UIC, "AMB/1:2,3;4");
        event(Kind.UIC_WITH_PUNCTUATION, patient, screening(patient));

        clinic.mapping("Odd columns", ODD_MAPPING, "{\"searchable\": [], \"comparable\": []}");
        event(Kind.ODD_COLUMN_NAMES, neighbour(), FilledForm.of("Odd columns", DemoProgram.SCREENING, "demo_odd")
                .answer(ODD_COLUMN, "It's \"fine\"; really", "DmScNotes01"));

        patient = neighbour();
        int encounter = ++lastEncounter;
        clinic.encounter(encounter, patient, "DM_99", someTime());
        FilledForm form = screening(patient);
        fillIn(encounter, patient, form);
        queue(Kind.ORG_UNIT_UNKNOWN, patient, encounter, form);

        patient = neighbour();
        encounter = encounter(patient, someTime());
        form = screening(patient);
        fillIn(encounter, patient, form);
        queue(Kind.QUEUED_TWICE, patient, encounter, form);
        kinds.put(clinic.pending(patient, form.mapping(), encounter), Kind.QUEUED_TWICE);

        patient = neighbour();
        int event = event(Kind.SYNCED_IS_NULL, patient, screening(patient));
        clinic.jdbc().update("UPDATE events_to_sync SET synced = NULL, retry_count = NULL, username = NULL WHERE id = ?", event);

        patient = neighbour();
        encounter = encounter(patient, someTime());
        FilledForm half = FilledForm.of("Counselling", DemoProgram.COUNSELLING, "demo_counselling");
        FilledForm upper = half.answer("co_topic", "Adherence", "DmCoTopic01", "ADHERENCE");
        FilledForm lower = half.answer("co_minutes", "25", "DmCoMinut01");
        fillIn(encounter, patient, upper);
        fillIn(encounter, patient, lower);
        queue(Kind.TWO_ROWS_COMPLEMENT, patient, encounter, upper.also("DmCoMinut01", "25"));
    }

    // Trouble with an event

    private void brokenEvents() {
        brokenPatientId(Kind.PATIENT_ID_NULL, null);
        brokenPatientId(Kind.PATIENT_ID_BLANK, "");
        brokenPatientId(Kind.PATIENT_ID_BLANK, "  ");
        brokenPatientId(Kind.PATIENT_ID_NOT_A_NUMBER, "P-000001");
        brokenPatientId(Kind.PATIENT_ID_NOT_A_NUMBER, "1 OR 1=1");
        brokenPatientId(Kind.PATIENT_ID_TOO_LARGE, "99999999999999999999");
        brokenPatientId(Kind.PATIENT_ID_UNKNOWN, "987654");

        brokenEncounterId(Kind.ENCOUNTER_ID_NULL, null);
        brokenEncounterId(Kind.ENCOUNTER_ID_BLANK, "");
        brokenEncounterId(Kind.ENCOUNTER_ID_NOT_A_NUMBER, "12a");
        brokenEncounterId(Kind.ENCOUNTER_ID_UNKNOWN, "987654");

        brokenMappingName(Kind.MAPPING_NAME_NULL, null);
        brokenMappingName(Kind.MAPPING_UNKNOWN, "Closed long ago");

        int patient = neighbour();
        queue(Kind.NO_FORM_ROW, patient, encounter(patient, someTime()), screening(patient));
    }

    private void brokenPatientId(Kind kind, String patientId) {
        int patient = neighbour();
        int encounter = encounter(patient, someTime());
        fillIn(encounter, patient, screening(patient));
        kinds.put(clinic.pending(patientId, "Screening", String.valueOf(encounter)), kind);
    }

    private void brokenEncounterId(Kind kind, String encounterId) {
        kinds.put(clinic.pending(String.valueOf(neighbour()), "Screening", encounterId), kind);
    }

    private void brokenMappingName(Kind kind, String mapping) {
        int patient = neighbour();
        int encounter = encounter(patient, someTime());
        fillIn(encounter, patient, screening(patient));
        kinds.put(clinic.pending(String.valueOf(patient), mapping, String.valueOf(encounter)), kind);
    }

    private void brokenMappings() {
        String tables = "\"formTableMappings\": {\"demo_screening\": {\"sc_notes\": {\"id\": \"DmScNotes01\", \"displayName\": \"Notes\"}}}";
        String stage = "\"dhisProgramStageId\": {\"id\": \"DmScreening\", \"displayName\": \"Screening\"}";
        String lists = "{\"searchable\": [], \"comparable\": []}";
        brokenMapping(Kind.MAPPING_JSON_NULL, "No JSON", null, lists);
        brokenMapping(Kind.MAPPING_JSON_NOT_AN_OBJECT, "A text", "\"demo_screening\"", lists);
        brokenMapping(Kind.MAPPING_JSON_NOT_AN_OBJECT, "A list", "[{" + stage + "}]", lists);
        brokenMapping(Kind.MAPPING_WITHOUT_TABLES, "No tables", "{" + stage + "}", lists);
        brokenMapping(Kind.MAPPING_WITHOUT_TABLES, "Empty tables", "{" + stage + ", \"formTableMappings\": {}}", lists);
        brokenMapping(Kind.MAPPING_WITHOUT_STAGE, "No stage", "{" + tables + "}", lists);
        brokenMapping(Kind.MAPPING_WITHOUT_STAGE, "Empty stage", "{\"dhisProgramStageId\": {}, " + tables + "}", lists);
        brokenMapping(Kind.MAPPING_STAGE_UNKNOWN, "Unknown stage",
                "{\"dhisProgramStageId\": {\"id\": \"DmNoStage01\"}, " + tables + "}", lists);
        brokenMapping(Kind.CONFIG_MALFORMED, "Config null", "{" + stage + ", " + tables + "}", null);
        brokenMapping(Kind.CONFIG_MALFORMED, "Config a text", "{" + stage + ", " + tables + "}", "\"yes\"");
        brokenMapping(Kind.CONFIG_MALFORMED, "Config no lists", "{" + stage + ", " + tables + "}",
                "{\"searchable\": \"uic\", \"comparable\": {\"gender\": 1}}");
    }

    private void brokenMapping(Kind kind, String name, String json, String config) {
        clinic.mapping(name, json, config);
        brokenMappingName(kind, name);
    }

    private void brokenAnswers() {
        int patient = neighbour();
        event(Kind.TEXT_IN_A_NUMBER, patient, screening(patient).column("sc_temperature", "warm"));
        patient = neighbour();
        event(Kind.TEXT_IN_A_DATE, patient, screening(patient).column("sc_date_of_last_test", "Yesterday"));
        patient = neighbour();
        event(Kind.OPTION_UNKNOWN, patient, screening(patient).column("sc_type_of_visit", "Second visit"));
        event(Kind.OPTION_UNKNOWN, neighbour(), forms.treatment().column("tr_regimen", "Regimen Z9"));
        patient = neighbour();
        event(Kind.TEXT_TOO_LONG, patient, screening(patient).column("sc_notes", "x".repeat(50001)));
        event(Kind.COMPULSORY_MISSING, neighbour(), forms.treatment().column("tr_regimen", null));
        event(Kind.COMPULSORY_MISSING, neighbour(), forms.treatment().column("tr_regimen", ""));
        patient = neighbour();
        event(Kind.YEAR_ONE_ANSWER, patient, screening(patient).column("sc_date_of_last_test", "0001-01-01"));

        patient = neighbour();
        int encounter = encounter(patient, someTime());
        fillIn(encounter, patient, forms.counselling().column("co_minutes", "10"));
        fillIn(encounter, patient, forms.counselling().column("co_minutes", "20"));
        queue(Kind.TWO_ROWS_DISAGREE, patient, encounter, forms.counselling());

        patient = neighbour();
        encounter = ++lastEncounter;
        fillIn(encounter, patient, screening(patient), someTime());
        kinds.put(clinic.pending(patient, "Screening", encounter), Kind.ENCOUNTER_ROW_MISSING);
    }

    // Trouble with a patient

    private void patientsInTrouble() {
        int patient = patient();
        clinic.patientAgain(patient).uic(null);
        event(Kind.PATIENT_WITHOUT_UIC, patient, screening(patient));
        event(Kind.PATIENT_WITHOUT_UIC, patient, forms.counselling());

        patient = patient();
        clinic.patientAgain(patient).column("telephone", "12345");
        event(Kind.PATIENT_WITH_BAD_PHONE, patient, screening(patient));

        patient = patient();
        rivals.add(Set.of(
                event(Kind.NOT_REPEATABLE_TWICE, patient, forms.firstVisit()),
                event(Kind.NOT_REPEATABLE_TWICE, patient, forms.firstVisit())));

        int one = patient();
        int other = patient();
        clinic.patientAgain(one).uic("AMB-SHARED").gender("Female").birthdate(LocalDate.of(1990, 5, 6));
        clinic.patientAgain(other).uic("AMB-SHARED").gender("Male").birthdate(LocalDate.of(1971, 8, 9));
        rivals.add(Set.of(
                event(Kind.UIC_SHARED, one, screening(one)),
                event(Kind.UIC_SHARED, other, screening(other))));

        patient = patient();
        int encounter = encounter(patient, LocalDateTime.of(1, 1, 1, 0, 0));
        FilledForm form = screening(patient);
        fillIn(encounter, patient, form);
        queue(Kind.YEAR_ONE_ENCOUNTER, patient, encounter, form);
    }

    private void patientsInDhis2() {
        int agreeing = patient();
        changed(agreeing, "uic", AGREEING.uic(), DemoProgram.UIC, AGREEING.uic());
        changed(agreeing, "gender", AGREEING.gender(), DemoProgram.GENDER, AGREEING.gender());
        changed(agreeing, "birthdate", AGREEING.birthdate().atStartOfDay(),
                DemoProgram.DATE_OF_BIRTH, AGREEING.birthdate().toString());
        people.computeIfPresent(identifier(agreeing), (id, person) -> person.enrolledAt(AGREEING.enrolledAt()));
        event(Kind.IN_DHIS2_AGREEING, agreeing, screening(agreeing));
        event(Kind.IN_DHIS2_AGREEING, agreeing, forms.treatment());

        int disagreeing = patient();
        clinic.patientAgain(disagreeing).uic(DISAGREEING.uic()).gender("Female").birthdate(LocalDate.of(1999, 1, 1));
        event(Kind.IN_DHIS2_DISAGREEING, disagreeing, screening(disagreeing));

        int twice = patient();
        clinic.patientAgain(twice).uic(TWICE.get(0).uic()).gender(TWICE.get(0).gender()).birthdate(TWICE.get(0).birthdate());
        event(Kind.IN_DHIS2_TWICE, twice, screening(twice));
    }

    // What they are made of

    private int patient() {
        int patient = ++lastPatient;
        String gender = random.nextInt(10) == 0 ? "Another gender" : isWoman(patient) ? "Female" : "Male";
        LocalDate born = LocalDate.of(1955, 1, 1).plusDays(random.nextInt(18000));
        LocalDateTime registered = OPENED.minusDays(1 + random.nextInt(300)).atTime(random.nextInt(24), 0);
        String phone = random.nextInt(3) == 0 ? null : "077 000 %04d".formatted(patient);
        String address = random.nextInt(5) == 0 ? "" : "Stand " + patient + ", "
                + DemoForms.TEXTS.get(random.nextInt(DemoForms.TEXTS.size()));
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("uic", uic(patient));
        columns.put("gender", gender);
        columns.put("birthdate", born.atStartOfDay());
        columns.put("date_created", registered);
        columns.put("telephone", phone);
        columns.put("address1", address);
        columns.put("occupation", "Tester");
        columns.put("org_unit", random.nextInt(4) == 0 ? DemoProgram.SITE : null);
        PatientRow row = clinic.patient(patient).columns(columns);
        row.identifier(identifier(patient));

        LocalDate enrolledAt = registered.toLocalDate();
        int enrolments = random.nextInt(3);
        for (int i = 0; i < enrolments; i++) { // the younger first, so that the oldest is not simply the first row
            LocalDate enrolled = registered.toLocalDate().minusDays(10L * (i + 1));
            clinic.enrolled(patient, enrolled);
            enrolledAt = enrolled;
        }

        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put(DemoProgram.UIC, uic(patient));
        attributes.put(DemoProgram.PATIENT_IDENTIFIER, identifier(patient));
        attributes.put(DemoProgram.GENDER, gender.equals("Another gender") ? "Other" : gender);
        attributes.put(DemoProgram.DATE_OF_BIRTH, born.toString());
        if (phone != null) {
            attributes.put(DemoProgram.PHONE, phone);
        }
        if (!address.isEmpty()) {
            attributes.put(DemoProgram.ADDRESS, address);
        }
        people.put(identifier(patient), new Person(identifier(patient), enrolledAt, attributes));
        return patient;
    }

    /** Changes a patient in the clinic, and what DHIS2 must hold of her. */
    private void changed(int patient, String column, Object content, String attribute, String value) {
        clinic.patientAgain(patient).column(column, content);
        people.get(identifier(patient)).attributes().put(attribute, value);
    }

    /** The next of the good patients there are by now, who also gets an event that is out of the ordinary. */
    private int neighbour() {
        return ++lastNeighbour;
    }

    private FilledForm screening(int patient) {
        return forms.screening(isWoman(patient));
    }

    private int event(Kind kind, int patient, FilledForm form) {
        int encounter = encounter(patient, someTime());
        fillIn(encounter, patient, form);
        return queue(kind, patient, encounter, form);
    }

    private int encounter(int patient, LocalDateTime when) {
        int encounter = ++lastEncounter;
        clinic.encounter(encounter, patient, encounter % 7 == 0 ? DemoProgram.OUTREACH_CODE : DemoProgram.SITE_CODE, when);
        return encounter;
    }

    private void fillIn(int encounter, int patient, FilledForm form) {
        fillIn(encounter, patient, form, clinic.jdbc().queryForObject(
                "SELECT encounter_date_created FROM encounter WHERE encounter_id = ?", LocalDateTime.class, encounter));
    }

    private void fillIn(int encounter, int patient, FilledForm form, LocalDateTime when) {
        Map<String, Object> row = new LinkedHashMap<>(form.columns());
        row.put("patient_identifier", identifier(patient));
        clinic.form(form.table(), encounter, patient, row, when);
    }

    private int queue(Kind kind, int patient, int encounter, FilledForm form) {
        if (random.nextInt(10) > 0) { // the flattener's row; at times it is missing
            clinic.eventTracked(encounter, form.stage(), null);
        }
        int event = clinic.pending(patient, form.mapping(), encounter);
        kinds.put(event, kind);
        if (kind.ending() == Ending.SYNCED) {
            events.put(event, sent(patient, encounter, form));
        }
        return event;
    }

    private SentEvent sent(int patient, int encounter, FilledForm form) {
        return clinic.jdbc().queryForObject(
                "SELECT encounter_date_created, org_unit FROM encounter WHERE encounter_id = ?",
                (row, i) -> new SentEvent(identifier(patient), encounter, form.stage(),
                        row.getObject(1, LocalDateTime.class).toLocalDate(),
                        DemoProgram.OUTREACH_CODE.equals(row.getString(2)) ? DemoProgram.OUTREACH : DemoProgram.SITE,
                        form.dataValues()),
                encounter);
    }

    private LocalDateTime someTime() {
        return OPENED.plusDays(random.nextInt(170)).atTime(8 + random.nextInt(9), random.nextInt(60), random.nextInt(60));
    }

    private static boolean isWoman(int patient) {
        return patient % 3 != 0;
    }

    private static String identifier(int patient) {
        return "DEMO-%04d".formatted(patient);
    }

    private static String uic(int patient) {
        return "AMB-%04d".formatted(patient);
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static final String ODD_COLUMN = "it's \"quoted\"; note";
    private static final String ODD_MAPPING = """
            {"isPatientMapping": false,
             "dhisProgramStageId": {"id": "DmScreening", "displayName": "Screening"},
             "formTableMappings": {
               "demo_odd": {
                 "it's \\"quoted\\"; note": {"id": "DmScNotes01", "displayName": "Notes"},
                 "x\\"; DROP TABLE log; --": {"id": "DmScRefer01", "displayName": "Referred to"}},
               "demo_odd\\"; DROP TABLE log; --": {
                 "x": {"id": "DmScRefer01", "displayName": "Referred to"}}}}""";

    /** What DHIS2 must hold of an event: its day, org unit UID, and data values by data element UID, no others. */
    public record SentEvent(
            String patientIdentifier, int encounterId, String stage, LocalDate occurredAt, String orgUnit,
            Map<String, String> dataValues) {
    }

    /** What DHIS2 must hold of a patient of whom at least one event is synced: attributes by their UID, no others. */
    public record Person(String identifier, LocalDate enrolledAt, Map<String, String> attributes) {

        private Person enrolledAt(LocalDate date) {
            return new Person(identifier, date, attributes);
        }
    }

    /**
     * What must come of the demo's events in one run during which DHIS2 answers.
     *
     * @param kinds every pending event by its {@code events_to_sync.id}
     * @param events what DHIS2 must hold of each event that is to be synced; of an event queued twice, once
     * @param people the patients by identifier; those in trouble as they would be without it
     * @param rivals sets of events of which exactly one is to be synced and the others rejected
     * @param done events that were synced before, and must not be touched
     */
    public record Expected(
            Map<Integer, Kind> kinds, Map<Integer, SentEvent> events, Map<String, Person> people,
            List<Set<Integer>> rivals, Set<Integer> done) {

        public Expected {
            kinds = Collections.unmodifiableMap(kinds);
            events = Collections.unmodifiableMap(events);
            people = Collections.unmodifiableMap(people);
            rivals = List.copyOf(rivals);
            done = Collections.unmodifiableSet(done);
        }

        public Ending ending(int eventId) {
            return kinds.get(eventId).ending();
        }

        /** The events of one kind, by id. */
        public Set<Integer> of(Kind kind) {
            return kinds.keySet().stream().filter(id -> kinds.get(id) == kind).collect(Collectors.toCollection(TreeSet::new));
        }

        /** The events that end alike, by id. */
        public Set<Integer> ending(Ending ending) {
            return kinds.keySet().stream().filter(id -> ending(id) == ending).collect(Collectors.toCollection(TreeSet::new));
        }

        /** The patients to put into DHIS2 before the first run. */
        public List<DhisPatient> inDhis2() {
            return List.of(AGREEING, DISAGREEING, TWICE.get(0), TWICE.get(1));
        }
    }
}
