package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.martsync.chain.WholeChain.EMPTY_CONFIG;
import static org.martsync.chain.WholeChain.LONG_TEXT;
import static org.martsync.chain.WholeChain.PATIENT_MAPPING;
import static org.martsync.chain.WholeChain.TEXT;
import static org.martsync.chain.WholeChain.UIC;
import static org.martsync.chain.WholeChain.VISIT_MAPPING;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.seda.SedaEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.check.Checkup;
import org.martsync.check.Code;
import org.martsync.check.Finding;
import org.martsync.dhis2.Dhis2StandIn.Request;
import org.martsync.sync.Run;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Somebody edits a mapping while the program is at work, rightly or wrongly. The looks each second are made by the test. */
@ExtendWith(OutputCaptureExtension.class)
class EditedMappingTest {

    private static final String TO_LONG_TEXT = VISIT_MAPPING.replace("\"f_text\": {\"id\": \"VtElem00001\"", "\"f_text\": {\"id\": \"VtElem00002\"")
            .replace("\"f_long\": {\"id\": \"VtElem00002\"", "\"f_long\": {\"id\": \"\"");
    private static final String WITHOUT_STAGE = VISIT_MAPPING.replace("VtStage0001", "");
    private static final String OTHER_STAGE = VISIT_MAPPING.replace("VtStage0001", "VtStage0009");

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with("sync.workers=1", "sync.ahead=0", "sync.batch-patients=2");

    @BeforeEach
    void look() {
        chain.program.bean(ProducerTemplate.class).sendBody("direct:look-at-mappings", null);
    }

    /** A check of what a run took may still be reading. */
    @AfterEach
    void checksAreThrough() {
        CamelContext camel = chain.program.bean(CamelContext.class);
        await().atMost(Duration.ofMinutes(1)).until(() -> camel.getEndpoint("seda:check-given-mappings", SedaEndpoint.class).getQueue().isEmpty()
                && camel.getInflightRepository().size("check-given-mappings") == 0);
    }

    private static void edit(String mapping) {
        chain.clinic.mapping("Visit", mapping, EMPTY_CONFIG);
    }

    /** Does something when the first import of the next run has been processed and is not answered yet. */
    private static void duringTheFirstImport(Runnable what) {
        AtomicBoolean first = new AtomicBoolean(true);
        chain.dhis2.onRequest(request -> {
            if (isImport(request) && first.getAndSet(false)) {
                what.run();
            }
        });
    }

    private static boolean isImport(Request request) {
        return request.method().equals("POST");
    }

    private static List<Integer> visitsOfPatients(int count) {
        chain.patients(count);
        return chain.visitOfEach(count, "x");
    }

    private static long withValueIn(String element) {
        return chain.dhis2.store().events().stream().filter(event -> event.dataValues().containsKey(element)).count();
    }

    @Test
    void aRunThatIsGoingOnTakesTheEditAndTheBatchOnItsWayEndsByTheMappingOfBefore(CapturedOutput log) {
        List<Integer> events = visitsOfPatients(6);
        duringTheFirstImport(() -> {
            edit(TO_LONG_TEXT);
            look();
        });

        Run run = chain.program.run();

        assertThat(run.synced()).isEqualTo(6);
        chain.assertOnlyTheseStandInDhis2(events);
        assertThat(withValueIn(TEXT)).as("the batch on its way").isEqualTo(2);
        assertThat(withValueIn(LONG_TEXT)).as("those after it").isEqualTo(4);
        assertThat(log.getOut()).containsOnlyOnce("INFO  mappings: Visit changed; what can be used of it counts from the next batch on");
    }

    @Test
    void anEditThatCannotBeUsedIsRefusedAndEventsAreSentAsBeforeUntilItIsMended(CapturedOutput log) {
        visitsOfPatients(1);
        chain.program.run();
        edit(WITHOUT_STAGE);
        look();
        assertThat(log.getOut()).contains("WARN  mappings: The mapping Visit names no program stage. Choose the program stage its events go to and save it. "
                + "Until it is mended, events are sent by the mapping as it was before.");

        int event = chain.visit(1, "more");
        Run run = chain.program.run();

        assertThat(run.rejected()).isZero();
        assertThat(chain.stored(event).dataValues()).containsEntry(TEXT, "more");
        assertThat(log.getOut()).containsOnlyOnce("WARN  sync: The mapping Visit names no program stage.");

        edit(TO_LONG_TEXT);
        int after = chain.visit(1, "mended");
        chain.program.run();
        assertThat(chain.stored(after).dataValues()).containsEntry(LONG_TEXT, "mended").doesNotContainKey(TEXT);
        assertThat(log.getOut()).containsOnlyOnce("WARN  sync: The mapping Visit names no program stage.");
    }

    @Test
    void anEditThatARunHasTakenIsWhatCountsWhenTheNextEditCannotBeUsed() {
        visitsOfPatients(6);
        duringTheFirstImport(() -> {
            edit(TO_LONG_TEXT);
            look();
            edit(WITHOUT_STAGE);
            look();
        });
        Run run = chain.program.run();
        assertThat(run.synced()).isEqualTo(6);
        assertThat(withValueIn(LONG_TEXT)).isEqualTo(4);

        int event = chain.visit(1, "more");
        chain.program.run();
        assertThat(chain.stored(event).dataValues()).containsEntry(LONG_TEXT, "more");
    }

    @Test
    void aCheckThatComesAfterItsRunHasEndedKeepsNothingOverWhatALaterRunHasKept() {
        visitsOfPatients(6);
        duringTheFirstImport(() -> {
            edit(TO_LONG_TEXT);
            look();
        });
        Run ended = chain.program.run();
        edit(VISIT_MAPPING);
        chain.visit(1, "more");
        chain.program.run();

        chain.program.bean(ProducerTemplate.class).send("direct:check-edited-mappings", late -> late.setVariable("run", ended));
        edit(WITHOUT_STAGE);
        int event = chain.visit(1, "still more");
        chain.program.run();

        assertThat(chain.stored(event).dataValues()).containsEntry(TEXT, "still more").doesNotContainKey(LONG_TEXT);
    }

    @Test
    void eventsOfAStageThatDhis2DoesNotHaveYetWaitForItAndGoNowhereElse() {
        visitsOfPatients(1);
        chain.program.run();
        edit(OTHER_STAGE);
        int event = chain.visit(1, "more");
        chain.program.run();
        chain.assertEvent(event).isRejectedBecause("names the program stage VtStage0009");

        edit(VISIT_MAPPING);
        chain.program.run();
        assertThat(chain.stored(event).dataValues()).containsEntry(TEXT, "more");
    }

    @Test
    void whereTheRunDoesNotKnowOfTheEditYetWhatIsWrongWithItIsSaidWhenItTakesIt(CapturedOutput log) {
        visitsOfPatients(6);
        duringTheFirstImport(() -> {
            edit(VISIT_MAPPING.replace("\"f_number\"", "\"f_numbre\""));
            look();
        });
        chain.program.run();
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(log.getOut()).containsPattern("WARN  check: mapping Visit: .*f_numbre"));
    }

    @Test
    void aRunThatIsGoingOnSearchesForAllItsPatientsByTheSameColumns(CapturedOutput log) {
        List<Integer> events = visitsOfPatients(6);
        duringTheFirstImport(() -> {
            chain.clinic.mapping("Patient", PATIENT_MAPPING, EMPTY_CONFIG);
            edit(TO_LONG_TEXT);
            look();
            look();
        });
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(events);
        assertThat(chain.dhis2.requestLog()).filteredOn(request -> request.query() != null && request.query().contains(UIC))
                .as("a search for each batch").hasSize(3);
        assertThat(withValueIn(TEXT)).as("both edits count from the next run on").isEqualTo(6);
        assertThat(log.getOut()).containsOnlyOnce("goes on by the mappings it has, as people are searched for by Patient");
    }

    @Test
    void aMappingThatNeverWasUsableHasNothingToGoBackToAndItsEventsAreRejected() {
        edit(WITHOUT_STAGE);
        int event = visitsOfPatients(1).get(0);
        chain.program.run();
        chain.assertEvent(event).isRejectedBecause("names no program stage");
    }

    @Test
    void aMappingThatIsRemovedAndMadeAnewDoesNotGoBackToWhatItWas() {
        visitsOfPatients(1);
        chain.program.run();
        chain.clinic.jdbc().update("DELETE FROM mapping WHERE program_name = 'Visit'");
        int event = chain.visit(1, "more");
        chain.program.run();
        chain.assertEvent(event).isRejectedBecause("There is no mapping named 'Visit'");

        edit(WITHOUT_STAGE);
        chain.program.run();
        chain.assertEvent(event).hasFailed(2).isRejectedBecause("names no program stage");
    }

    @Test
    void checkTellsOfARefusedEditAndHoldsNothingBackForIt() {
        visitsOfPatients(1);
        chain.program.run();
        edit(WITHOUT_STAGE);
        chain.visit(1, "more");

        Checkup checkup = chain.program.bean(ProducerTemplate.class).requestBody("direct:check", new Checkup(Instant.now(), "", 100, 100), Checkup.class);

        assertThat(checkup.findings()).extracting(Finding::code).doesNotContain(Code.MAPPING_UNUSABLE);
        assertThat(checkup.findings()).filteredOn(finding -> finding.code() == Code.MAPPING_REFUSED).singleElement()
                .satisfies(finding -> {
                    assertThat(finding.mapping()).isEqualTo("Visit");
                    assertThat(finding.events()).isZero();
                    assertThat(finding.line()).contains("names no program stage").endsWith("Until it is mended, events are sent by the mapping as it was before.");
                });
    }

    @Test
    void aRunWhoseEditedMappingNamesAProgramThatCannotBeReadGoesOnByTheMappingsItHas(CapturedOutput log) {
        List<Integer> events = visitsOfPatients(6);
        duringTheFirstImport(() -> {
            chain.clinic.mapping("Visit", VISIT_MAPPING, "{\"program\": \"TbProgram01\"}");
            chain.dhis2.failAlways(request -> request.path().endsWith("/programs")).with(500, "out of order");
            look();
            look();
        });

        Run run = chain.program.run();

        assertThat(run.synced()).isEqualTo(6);
        chain.assertOnlyTheseStandInDhis2(events);
        assertThat(withValueIn(TEXT)).isEqualTo(6);
        assertThat(log.getOut()).containsOnlyOnce("WARN  mappings: run " + run.name() + " goes on by the mappings it has for a minute at least");
    }
}
