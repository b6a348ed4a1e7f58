package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.martsync.chain.WholeChain.BIRTHDATE;
import static org.martsync.chain.WholeChain.GENDER;
import static org.martsync.chain.WholeChain.IDENTIFIER;
import static org.martsync.chain.WholeChain.TEXT;
import static org.martsync.chain.WholeChain.UIC;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RunningProgram;
import org.martsync.check.Checkup;
import org.martsync.check.Code;
import org.martsync.check.Finding;
import org.martsync.dhis2.TrackerStore.TrackedEntity;
import org.martsync.reconcile.Reconciliation;
import org.martsync.rehearse.Rehearsal;
import org.martsync.rehearse.Rehearsal.Ending;
import org.martsync.sync.Run;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** One clinic's work against each DHIS2 from 2.38 on: the same people, enrolments and events stand there afterwards. */
@ExtendWith(OutputCaptureExtension.class)
class VersionsTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with("dhis2.ask-version=true", "dhis2.country-org-unit=TwUzWzgDAST");

    @ParameterizedTest
    @ValueSource(strings = {"2.38.7", "2.39.9.1", "2.40.0.1", "2.40.3.2", "2.41.3", "2.42.4.1", "2.43.0", "2.44.0", "3.1.0"})
    void theSameStandsThereAfterwards(String version) {
        chain.dhis2.plays(version);
        chain.patients(4);
        chain.clinic.patientAgain(1).uic("ward 3/7");
        chain.inDhis2("FoundTe0001", "FoundEn0001", LocalDate.of(2020, 1, 1),
                Map.of(UIC, "ward 3/7", GENDER, "Female", BIRTHDATE, "1990-01-01"));
        chain.inDhis2("OtherTe0001", "OtherEn0001", LocalDate.of(2020, 1, 1), Map.of(UIC, "ward 3//7", GENDER, "Female"));
        int found = chain.visit(1, "found by search");
        int fresh = chain.visit(2, "new");
        int wrong = chain.visit(3, Map.of("f_number", "many"));

        Run first = chain.program.run();

        assertThat(first.summary()).contains("2 events synced, 1 rejected, 0 waiting");
        assertThat(chain.personOf(found).uid()).isEqualTo("FoundTe0001");
        assertThat(chain.enrolmentOf(found).uid()).isEqualTo("FoundEn0001");
        chain.assertEvent(wrong).isRejected();

        int again = chain.visit(1, "found by its tracker");
        chain.clinic.patientAgain(2).column("address1", "12 Main Street");
        int known = chain.visit(2, "known by its tracker");
        int third = chain.visit(4, "new in the second run");

        chain.program.run();

        assertThat(Stream.of(found, fresh, again, known, third).map(event -> chain.stored(event).dataValues().get(TEXT))).containsExactly(
                "found by search", "new", "found by its tracker", "known by its tracker", "new in the second run");
        assertThat(chain.personOf(again)).isEqualTo(chain.personOf(found));
        assertThat(chain.personOf(known)).isEqualTo(chain.personOf(fresh));
        assertThat(chain.personOf(fresh).attributes()).containsEntry(WholeChain.ADDRESS, "12 Main Street");
        assertThat(chain.dhis2.store().events()).hasSize(5);
        assertThat(chain.dhis2.store().enrolments()).hasSize(4);
        assertThat(chain.dhis2.store().trackedEntities()).extracting(TrackedEntity::uid).contains("FoundTe0001", "OtherTe0001").hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.38.7", "2.39.9.1", "2.40.3.2", "2.41.3", "2.42.4.1", "2.43.0"})
    void whatDhis2LostOrDeletedIsToldApart(String version) {
        chain.dhis2.plays(version);
        chain.patients(3);
        int kept = chain.visit(1, "kept");
        int lost = chain.visit(2, "lost");
        int deleted = chain.visit(3, "deleted");
        chain.program.run();
        chain.assertEvent(kept).isSynced();
        chain.dhis2.store().forget(chain.stored(lost).uid());
        chain.dhis2.store().deleteEvent(chain.stored(deleted).uid());

        chain.program.bean(ProducerTemplate.class).requestBody("direct:reconcile", new Reconciliation(Instant.now(), null, true));

        assertThat(chain.clinic.jdbc().queryForList("SELECT kind || ' ' || event_id FROM sync_reconcile_finding"
                + " WHERE reconcile = (SELECT max(id) FROM sync_reconcile)", String.class)).containsExactlyInAnyOrder("missing " + lost, "deleted " + deleted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.38.7", "2.39.9.1", "2.40.3.2", "2.41.3", "2.42.4.1", "2.43.0"})
    void aCheckAndARehearsalTellTheSame(String version) {
        chain.dhis2.plays(version);
        chain.patients(3);
        int update = chain.visit(1, "there already");
        chain.program.run();
        chain.clinic.edit(update, "visit_form", Map.of("f_text", "corrected"));
        int fresh = chain.visit(2, "new");
        int wrong = chain.visit(3, Map.of("f_number", "many"));
        chain.dhis2.resetCounts();

        Checkup checkup = check();
        Rehearsal rehearsal = new Rehearsal("", 1000, null);
        chain.program.bean(ProducerTemplate.class).requestBody("direct:rehearse-events", rehearsal);

        assertThat(checkup.server().version()).isEqualTo(version);
        assertThat(checkup.findings()).extracting(Finding::code, Finding::events).containsExactly(tuple(Code.UNFIT_VALUE, 1L));
        assertThat(checkup.held()).containsExactly(wrong);
        assertThat(rehearsal.outcomes().get(update).ending()).isEqualTo(Ending.UPDATED);
        assertThat(rehearsal.outcomes().get(fresh).ending()).isEqualTo(Ending.CREATED);
        assertThat(rehearsal.outcomes().get(wrong).ending()).isEqualTo(Ending.REJECTED);
        assertThat(chain.dhis2.requestLog()).filteredOn(request -> request.method().equals("POST")).isNotEmpty()
                .allSatisfy(request -> assertThat(request.query()).contains("importMode=VALIDATE"));
        assertThat(chain.dhis2.store().events()).extracting(event -> event.dataValues().get(TEXT)).containsExactly("there already");
    }

    @ParameterizedTest
    @CsvSource({"2.38.7, E1007, E1085", "2.39.9.1, E1007, E1085", "2.40.3.2, E1007, E1085", "2.41.3, E1007, E1085", "2.42.4.1, E1007, E1085",
        "2.43.0, E1302, E1007"})
    void aValueThatOnlyDhis2KnowsToBeWrongIsRejectedInTheSameWords(String version, String ofEvent, String ofPerson) {
        chain.dhis2.plays(version);
        chain.patients(3);
        chain.clinic.mapping("Visit", WholeChain.VISIT_MAPPING.replace("VtElem00001", "VtElem00022"), WholeChain.EMPTY_CONFIG);
        chain.clinic.patientAgain(2).column("telephone", "0771234567".repeat(6));
        int noSuchUnit = chain.visit(1, "NoSuchUnit1");
        int longNumber = chain.visit(2, RunningProgram.SITE);
        int good = chain.visit(3, RunningProgram.SITE);

        chain.program.run();

        chain.assertEvent(noSuchUnit).isRejectedBecause("DHIS2 does not take this value. Correct it in the form").isRejectedBecause("[" + ofEvent + "]");
        chain.assertEvent(longNumber).isRejectedBecause("or in the patient's registration.").isRejectedBecause("[" + ofPerson + "]");
        chain.assertEvent(good).isSynced();
        assertThat(chain.dhis2.store().events()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.38.7", "2.40.0.1"})
    void whoCannotBeSearchedForIsNotMadeASecondTime(String version) {
        chain.dhis2.plays(version);
        chain.patients(2);
        chain.clinic.patientAgain(1).uic("ward 3, bed 7");
        chain.inDhis2("FoundTe0001", "FoundEn0001", LocalDate.of(2020, 1, 1),
                Map.of(UIC, "ward 3, bed 7", IDENTIFIER, "P-000001", GENDER, "Female", BIRTHDATE, "1990-01-01"));
        int comma = chain.visit(1, "x");
        int other = chain.visit(2, "y");

        chain.program.run();

        chain.assertEvent(comma).isRejectedBecause("comma or a colon").isRejectedBecause("2.40.1");
        chain.assertEvent(other).isSynced();
        assertThat(chain.dhis2.store().trackedEntities()).hasSize(2);
    }

    @Test
    void aValueWithACommaIsFoundFrom2401On() {
        chain.dhis2.plays("2.40.1");
        chain.patients(1);
        chain.clinic.patientAgain(1).uic("ward 3, bed: 7");
        chain.inDhis2("FoundTe0001", "FoundEn0001", LocalDate.of(2020, 1, 1),
                Map.of(UIC, "ward 3, bed: 7", GENDER, "Female", BIRTHDATE, "1990-01-01"));
        int event = chain.visit(1, "x");

        chain.program.run();

        assertThat(chain.personOf(event).uid()).isEqualTo("FoundTe0001");
    }

    @Test
    void aCheckAsksForTheVersionOnceAndEndsWhereItIsTooOld() {
        chain.dhis2.plays("2.43.0");
        Checkup checkup = check();
        assertThat(checkup.findings()).isEmpty();
        assertThat(checkup.server().version()).isEqualTo("2.43.0");
        assertThat(chain.dhis2.requestLog()).filteredOn(request -> request.path().endsWith("/system/info")).hasSize(1);

        chain.dhis2.plays("2.37.9");
        assertThat(check().findings()).extracting(finding -> finding.code()).containsExactly(Code.VERSION_TOO_OLD);
    }

    private static Checkup check() {
        return chain.program.bean(ProducerTemplate.class).requestBody("direct:check", new Checkup(Instant.now(), "", 10, 10), Checkup.class);
    }

    @Test
    void nothingIsSentToADhis2OlderThan238() {
        chain.dhis2.plays("2.37.9");
        chain.patients(1);
        int event = chain.visit(1, "x");

        Run run = chain.program.run();

        assertThat(run.summary()).contains("stopped: DHIS2 2.37.9 is older than 2.38");
        assertThat(chain.clinic.event(event).isPending()).isTrue();
        assertThat(chain.clinic.logOf(event)).isEmpty();
        assertThat(chain.dhis2.requestLog()).noneMatch(request -> request.method().equals("POST"));
    }

    @Test
    void aNewerOneIsWarnedOfInOneLine(CapturedOutput log) {
        chain.dhis2.plays("2.50.0");
        chain.patients(1);
        List.of(1, 1).forEach(patient -> chain.visit(patient, "x"));

        chain.program.run();
        chain.program.run();

        assertThat(log.getOut().lines().filter(line -> line.contains("newer than 2.43"))).hasSize(1);
    }

    @Test
    void anUpdateOfDhis2IsTakenUpByTheNextRun() {
        chain.dhis2.plays("2.40.3");
        chain.patients(1);
        chain.visit(1, "before");
        chain.program.run();
        chain.dhis2.plays("2.42.1");
        int after = chain.visit(1, "after");

        chain.program.run();

        chain.assertEvent(after).isSynced();
    }
}
