package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.chain.WholeChain.EMPTY_CONFIG;
import static org.martsync.chain.WholeChain.MORNING;
import static org.martsync.dhis2.StandInFaults.path;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.martsync.check.Checkup;
import org.martsync.check.Code;
import org.martsync.check.Finding;
import org.martsync.check.Report;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/**
 * A clinic with one of each finding, in a DHIS2 with all that may be wrong there. Leaves what is told of it in
 * {@code target/check-report.txt} and {@code .html}, to be looked at.
 */
class OneOfEachFindingTest {

    /** They end a check, so that nothing stands beside them; MAPPING_UNKNOWN is of a name that was asked for, and a SUPERUSER lacks no authority. */
    private static final Set<Code> ALONE = EnumSet.of(Code.DHIS2_NO_ANSWER, Code.LOGIN_REFUSED, Code.RIGHTS_REFUSED, Code.ADDRESS_WRONG, Code.PROGRAM_UNKNOWN,
            Code.PROGRAM_UNUSABLE, Code.VERSION_TOO_OLD, Code.ANSWER_UNUSABLE, Code.DATABASE_NO_ANSWER, Code.DATABASE_NOT_PREPARED, Code.MAPPING_UNKNOWN, Code.SUPERUSER);

    private static final String WARD = "zjiCmkAyHCv";
    private static final String REGISTRY = """
            {"id": "RegistryPr1", "displayName": "Registry", "programType": "WITH_REGISTRATION", "onlyEnrollOnce": true,
             "trackedEntityType": {"id": "RegistryTy1", "trackedEntityTypeAttributes": [{"searchable": true, "trackedEntityAttribute": %1$s}]},
             "programTrackedEntityAttributes": [{"mandatory": true, "trackedEntityAttribute": %1$s}],
             "programStages": [{"id": "RegistrySt1", "displayName": "Entry", "repeatable": true, "programStageDataElements": [
               {"compulsory": false, "dataElement": {"id": "RegistryEl1", "displayName": "Entry", "valueType": "TEXT"}}]}]}"""
            .formatted("{\"id\": \"zRA08XEYiSF\", \"displayName\": \"CORE - Unique ID (UIC)\", \"valueType\": \"TEXT\", \"unique\": true}");

    private static WholeChain chain;

    @BeforeAll
    static void start() {
        chain = WholeChain.start(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-630)), "site.org-unit=NoSuchUnit1", "dhis2.country-org-unit=TwUzWzgDAST");
        chain.reset();
        chain.dhis2.add(REGISTRY);
        chain.dhis2.plays("2.99.0");
        chain.dhis2.failAlways(path("/api/me")).with(200, "application/json", """
                {"username": "syncer", "authorities": ["F_PROGRAM_DATAVALUE_ADD"], "organisationUnits": [{"id": "%1$s"}],
                 "teiSearchOrganisationUnits": [{"id": "%1$s", "path": "/TwUzWzgDAST/%1$s"}]}""".formatted(WARD));
        chain.dhis2.failAlways(path("/api/programs").and(request -> request.query().contains("organisationUnits.id:eq:" + WARD)))
                .with(200, "application/json", """
                        {"programs": [{"id": "RegistryPr1", "access": {"data": {"read": false, "write": false}},
                          "expiryPeriodType": "Monthly", "expiryDays": 5, "completeEventsExpiryDays": 30}]}""");
    }

    @AfterAll
    static void stop() {
        chain.close();
    }

    @Test
    void allAreToldInOneReport() throws Exception {
        mappings();
        patients();
        events();
        places();

        Checkup checkup = chain.program.bean(ProducerTemplate.class).requestBody("direct:check", new Checkup(Instant.now(), "", 1000, 100), Checkup.class);

        Report report = new Report(checkup, ZoneOffset.UTC, true);
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target/check-report.txt"), report.text() + System.lineSeparator());
        Context context = new Context(Locale.ENGLISH);
        context.setVariable("report", report);
        String html = chain.program.bean(ITemplateEngine.class).process("report", context);
        Files.writeString(Path.of("target/check-report.html"), html);
        assertThat(checkup.findings()).extracting(Finding::code).containsOnly(EnumSet.complementOf(EnumSet.copyOf(ALONE)).toArray(Code[]::new));
        assertThat(checkup.findings()).filteredOn(finding -> finding.code() == Code.SEARCHED_VALUE_SHARED).extracting(Finding::subject).as("by what people of each type have")
                .containsExactlyInAnyOrder("uic, address1", "uic as people of the tracked entity type RegistryTy1");
        assertThat(report.result()).endsWith("; nothing at all would arrive.");
        assertThat(html).contains("10 minutes ahead of ours").doesNotContain("th:text", "null");
        assertThat(report.text()).doesNotContain("null").doesNotContainPattern("(?m) $");
        assertThat(checkup.findings()).filteredOn(finding -> finding.mapping() == null).extracting(Finding::sentence).allMatch(sentence -> sentence.matches("[A-Z].*"));
    }

    private static void mappings() {
        chain.clinic.formTable("ipv_visit", "sp_site_type", "sp_referred", "sp_referred_old", "sp_children", "sp_date");
        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING, "{\"searchable\": [\"uic\", \"address1\"], \"comparable\": [\"gender\", \"birthdate\"]}");
        mapping("IPV", "VtStage0001", """
                {"ipv_visit": {"sp_site_type": "VtElem00050", "sp_referred": "VtElem00001", "sp_referred_old": "VtElem00001", "sp_children": "VtElem00099",
                  "sp_date": "VtElem00013", "sp_dat": "VtElem00014", "sp_notes": ""}}""");
        mapping("IPV follow-up", "VtStage0002", "{\"ipv_visit\": {\"sp_site_type\": \"VtElem00099\"}}");
        mapping("IPV closing", "VtStage0002", "{\"ipv_visit\": {\"sp_referred\": \"VtElem00001\"}}");
        mapping("Screening", "VtStage0001", "{\"screening_frm\": {\"sc_cough\": \"VtElem00001\"}}");
        mapping("Treatment", "VtStage0009", "{\"visit_form\": {\"f_text\": \"VtElem00001\"}}");
        mapping("Discharge", "", "{\"hts_form\": {\"h_place\": \"NB3kyoRWMFh\"}}");
        chain.clinic.jdbc().update("INSERT INTO sync_mapping (program_name, version, mapping_json, config) VALUES ('Discharge', '', ?, ?)", WholeChain.HTS_MAPPING, EMPTY_CONFIG);
        chain.clinic.mapping("Registry", """
                {"dhisProgramStageId": "RegistrySt1", "formTableMappings": {"hts_form": {"h_place": "RegistryEl1"}}}""",
                "{\"program\": \"RegistryPr1\", \"orgUnit\": \"" + WARD + "\"}");
    }

    private static void mapping(String name, String stage, String tables) {
        chain.clinic.mapping(name, "{\"dhisProgramStageId\": \"" + stage + "\", \"formTableMappings\": " + tables + "}", EMPTY_CONFIG);
    }

    private static void patients() {
        chain.patients(12);
        chain.clinic.patientAgain(2).identifier(null);
        chain.clinic.patientAgain(4).identifier("P-000003");
        chain.clinic.patientAgain(5).uic("AMB-5");
        chain.clinic.patientAgain(6).uic("AMB-5");
        chain.clinic.patientAgain(7).uic("AMB-7");
        chain.clinic.patientAgain(8).uic("amb-7");
        chain.clinic.patientAgain(9).uic(null);
        chain.clinic.patientAgain(10).orgUnit("NoSuchUnit2");
    }

    private static void events() {
        for (int patient = 2; patient <= 10; patient++) {
            chain.visit(patient, "in order");
        }
        ipv("IPV", Map.of("sp_site_type", "Positve", "sp_date", "05/03/2024"));
        ipv("IPV", Map.of("sp_referred", "true", "sp_referred_old", "false", "sp_children", "2"));
        ipv("IPV follow-up", Map.of("sp_date", "2024-03-05"));
        ipv("IPV closing", Map.of("sp_referred", "true"));
        chain.clinic.pending(1, "Screening", chain.encounter(1));
        chain.clinic.pending(1, "Treatment", chain.encounter(1));
        chain.clinic.pending(1, "Counselling", chain.encounter(1));
        chain.clinic.pending(1, "Visit", chain.encounter(1));
        chain.clinic.pending(99, "Visit", chain.encounter(1));
        chain.visit(1, "ZW_01", LocalDateTime.of(1, 1, 1, 0, 0), Map.of("f_text", "of year one"));
        chain.clinic.jdbc().update("UPDATE events_to_sync SET encounter_id = 'seven' WHERE id = ?", chain.visit(1, "of no encounter"));
        int entry = chain.encounter(1);
        chain.clinic.form("hts_form", entry, 1, Map.of("h_place", "Clinic"), MORNING);
        chain.clinic.pending(1, "Registry", entry);
    }

    private static void ipv(String mapping, Map<String, ?> answers) {
        int encounter = chain.encounter(1);
        chain.clinic.form("ipv_visit", encounter, 1, answers, MORNING);
        chain.clinic.pending(1, mapping, encounter);
    }

    private static void places() {
        chain.clinic.orgUnit("ZW_NEW", null).orgUnit("ZW_BAD", "bad");
        chain.visit(1, "ZW_404", MORNING, Map.of("f_text", "of an unknown place"));
        chain.visit(11, "ZW_NEW", MORNING, Map.of("f_text", "of a place without a UID"));
        chain.visit(12, "ZW_BAD", MORNING, Map.of("f_text", "of a place with a wrong UID"));
    }
}
