package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.ClinicAssert;
import org.martsync.demo.SqlStatements;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.TrackerStore.Enrolment;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.dhis2.TrackerStore.TrackedEntity;

/**
 * A clinic, a DHIS2 and the whole program between them, shared by the tests of a class and emptied before each. A class
 * registers it as an extension ({@link #with}), or starts it when it has something to do before.
 *
 * <p>The clinic has one form a value type ({@code visit_form}, mapping "Visit", a stage that repeats) and one of a stage
 * that does not ({@code hts_form}, mapping "HTS"); patients are found by UIC and must agree in gender and date of birth.
 */
final class WholeChain implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback, AutoCloseable {

    static final String PROGRAM = "vatFxlZR2lj";
    static final String VISIT = "VtStage0001";
    static final String HTS = "bY9Dg3Je4CN";
    static final String UIC = "zRA08XEYiSF";
    static final String IDENTIFIER = "GGvUui7Dc3F";
    static final String GENDER = "AteZDFhkI0E";
    static final String BIRTHDATE = "wSp6Q7QDMsk";
    static final String ADDRESS = "Q1rBKb09Goz";
    static final String TEXT = "VtElem00001";
    static final String LONG_TEXT = "VtElem00002";
    static final String NUMBER = "VtElem00004";
    static final LocalDateTime MORNING = LocalDateTime.of(2024, 3, 5, 9, 30);

    static final String PATIENT_MAPPING = """
            {"isPatientMapping": true, "dhisProgramStageId": {}, "formTableMappings": {"patient": {
              "uic": {"id": "zRA08XEYiSF", "displayName": "UIC"},
              "patient_identifier": {"id": "GGvUui7Dc3F", "displayName": "Patient identifier"},
              "gender": {"id": "AteZDFhkI0E", "displayName": "Gender"},
              "birthdate": {"id": "wSp6Q7QDMsk", "displayName": "Date of birth"},
              "telephone": {"id": "gjL1o6xvoUl", "displayName": "Phone"},
              "address1": {"id": "Q1rBKb09Goz", "displayName": "Address"}}}}""";
    static final String PATIENT_CONFIG = "{\"searchable\": [\"uic\"], \"comparable\": [\"gender\", \"birthdate\"]}";
    static final String VISIT_MAPPING = """
            {"isPatientMapping": false, "dhisProgramStageId": {"id": "VtStage0001", "displayName": "Value types"},
             "formTableMappings": {"visit_form": {
               "f_text": {"id": "VtElem00001", "displayName": "Text"},
               "f_long": {"id": "VtElem00002", "displayName": "Long text"},
               "f_number": {"id": "VtElem00004", "displayName": "Number"},
               "f_yes": {"id": "VtElem00011", "displayName": "Yes or no"},
               "f_date": {"id": "VtElem00013", "displayName": "Date"},
               "f_datetime": {"id": "VtElem00014", "displayName": "Date and time"},
               "f_time": {"id": "VtElem00015", "displayName": "Time"},
               "f_age": {"id": "VtElem00016", "displayName": "Born"},
               "f_option": {"id": "VtElem00050", "displayName": "Result"}}}}""";
    static final String HTS_MAPPING = """
            {"isPatientMapping": false, "dhisProgramStageId": {"id": "bY9Dg3Je4CN", "displayName": "HTS"},
             "formTableMappings": {"hts_form": {"h_place": {"id": "NB3kyoRWMFh", "displayName": "Place"}}}}""";
    static final String EMPTY_CONFIG = "{\"searchable\": [], \"comparable\": []}";
    private static final String HOME = "ZWNSC-CHITUNGWIZA";

    Clinic clinic;
    Dhis2StandIn dhis2;
    RunningProgram program;
    final SqlStatements statements = new SqlStatements();
    private final Clock clock;
    private final String[] settings;
    private int lastEncounter;

    private WholeChain(Clock clock, String... settings) {
        this.clock = clock;
        this.settings = settings;
    }

    /** For {@code @RegisterExtension} on a static field. */
    static WholeChain with(String... settings) {
        return new WholeChain(null, settings);
    }

    static WholeChain start(String... settings) {
        return start(null, settings);
    }

    /** Starts a program whose clock is not this machine's. */
    static WholeChain start(Clock clock, String... settings) {
        WholeChain chain = new WholeChain(clock, settings);
        chain.beforeAll(null);
        return chain;
    }

    @Override
    public void beforeAll(ExtensionContext tests) {
        clinic = Clinic.installed();
        clinic.formTable("visit_form", "f_text", "f_long", "f_number", "f_yes", "f_date", "f_datetime", "f_time", "f_age", "f_option");
        clinic.formTable("hts_form", "h_place");
        dhis2 = Dhis2StandIn.start();
        program = RunningProgram.start(clinic, dhis2.url(), PROGRAM, statements, clock, settings);
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        reset();
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        close();
    }

    /** Empties clinic and DHIS2, takes all faults away and saves the usual mappings. */
    void reset() {
        dhis2.heal();
        dhis2.acceptConnections();
        dhis2.store().clear();
        dhis2.resetCounts();
        dhis2.grant("F_ENROLLMENT_CASCADE_DELETE", "F_TEI_CASCADE_DELETE", "F_UNCOMPLETE_EVENT");
        dhis2.expires(0, null, 0);
        dhis2.plays("2.42.4.1");
        clinic.emptied();
        clinic.orgUnit(HOME, RunningProgram.SITE).orgUnit("ZW_01", "zjiCmkAyHCv");
        clinic.mapping("Patient", PATIENT_MAPPING, PATIENT_CONFIG);
        clinic.mapping("Visit", VISIT_MAPPING, EMPTY_CONFIG);
        clinic.mapping("HTS", HTS_MAPPING, EMPTY_CONFIG);
        lastEncounter = 1000;
        statements.reset();
    }

    /** Registers patients 1 to {@code count}. */
    void patients(int count) {
        for (int patient = 1; patient <= count; patient++) {
            clinic.patient(patient);
        }
    }

    /** An encounter of a registered patient at home with a visit form, queued; returns the event's id. */
    int visit(int patient, Map<String, ?> answers) {
        return visit(patient, HOME, MORNING, answers);
    }

    int visit(int patient, String orgUnit, LocalDateTime when, Map<String, ?> answers) {
        int encounter = encounter(patient, orgUnit, when);
        clinic.form("visit_form", encounter, patient, answers, when);
        return clinic.pending(patient, "Visit", encounter);
    }

    int visit(int patient, String text) {
        return visit(patient, Map.of("f_text", text));
    }

    /** A visit of each of the patients 1 to {@code patients}; returns the events' ids. */
    List<Integer> visitOfEach(int patients, String text) {
        return IntStream.rangeClosed(1, patients).mapToObj(patient -> visit(patient, text)).toList();
    }

    /** An encounter without a form and not queued. */
    int encounter(int patient) {
        return encounter(patient, HOME, MORNING);
    }

    int encounter(int patient, String orgUnit, LocalDateTime when) {
        int encounter = ++lastEncounter;
        clinic.encounter(encounter, patient, orgUnit, when);
        return encounter;
    }

    int encounterOf(int event) {
        return Integer.parseInt(clinic.event(event).encounterId());
    }

    /** The one event in DHIS2 that the trackers name for a queued visit. */
    Event stored(int event) {
        return stored(event, VISIT);
    }

    Event stored(int event, String stage) {
        String uid = clinic.eventUidOf(encounterOf(event), stage).orElseThrow(() ->
                new AssertionError("no tracker for " + clinic.event(event) + ": " + clinic.logOf(event)));
        return dhis2.store().event(uid).filter(found -> !found.deleted())
                .orElseThrow(() -> new AssertionError("not in DHIS2: " + clinic.event(event)));
    }

    Enrolment enrolmentOf(int event) {
        return enrolmentOf(stored(event));
    }

    Enrolment enrolmentOf(Event stored) {
        return dhis2.store().enrolment(stored.enrolment()).orElseThrow();
    }

    TrackedEntity personOf(int event) {
        return personOf(stored(event));
    }

    TrackedEntity personOf(Event stored) {
        return dhis2.store().trackedEntity(enrolmentOf(stored).trackedEntity()).orElseThrow();
    }

    ClinicAssert.EventAssert assertEvent(int event) {
        return ClinicAssert.assertThat(clinic).event(event);
    }

    /** Every event of these is synced and stands in DHIS2, and nothing else does: no event, enrolment or person twice. */
    void assertOnlyTheseStandInDhis2(List<Integer> events) {
        events.forEach(event -> assertEvent(event).isSynced());
        assertThat(dhis2.store().events()).extracting(Event::uid)
                .containsExactlyInAnyOrderElementsOf(events.stream().map(event -> stored(event).uid()).distinct().toList());
        assertNobodyIsThereTwice();
        assertThat(dhis2.store().trackedEntities()).hasSize((int) events.stream().map(event -> personOf(event).uid()).distinct().count());
    }

    /** No two people share a UIC or an identifier, and everybody is enrolled once. */
    void assertNobodyIsThereTwice() {
        List<TrackedEntity> people = dhis2.store().trackedEntities();
        for (String attribute : List.of(UIC, IDENTIFIER)) {
            assertThat(people.stream().map(person -> person.attributes().get(attribute))).doesNotHaveDuplicates();
        }
        assertThat(dhis2.store().enrolments().stream().map(Enrolment::trackedEntity)).doesNotHaveDuplicates()
                .hasSameSizeAs(people);
    }

    /** How often each object in DHIS2 was written, by UID. */
    Map<String, Integer> writes() {
        Map<String, Integer> writes = new LinkedHashMap<>();
        dhis2.store().trackedEntities().forEach(one -> writes.put(one.uid(), one.writes()));
        dhis2.store().enrolments().forEach(one -> writes.put(one.uid(), one.writes()));
        dhis2.store().events().forEach(one -> writes.put(one.uid(), one.writes()));
        return writes;
    }

    /** Puts a person with an active enrolment into DHIS2, behind the program's back. */
    void inDhis2(String uid, String enrolment, LocalDate enrolledAt, Map<String, String> attributes) {
        dhis2.store().put(new TrackedEntity(uid, "XV3kldsZq0H", RunningProgram.SITE, attributes));
        dhis2.store().put(new Enrolment(enrolment, uid, PROGRAM, RunningProgram.SITE, enrolledAt.atStartOfDay()));
    }

    String logged() {
        return clinic.log().stream().map(row -> row.eventId() + " " + row.status() + " " + row.statusInfo())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        program.close();
        dhis2.close();
        clinic.close();
    }
}
