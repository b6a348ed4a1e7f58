package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.RunningProgram;
import org.martsync.check.Checkup;
import org.martsync.check.Code;
import org.martsync.check.Finding;
import org.martsync.dhis2.TrackerStore.Event;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a DHIS2 program closes to users without F_EDIT_EXPIRED: a check says before what a run is refused. Events are sent as completed. */
@ExtendWith(OutputCaptureExtension.class)
class ClosedEventsTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with("sync.event-status=COMPLETED");

    @BeforeEach
    void twoPatients() {
        chain.patients(2);
    }

    private static List<Finding> check() {
        return chain.program.bean(ProducerTemplate.class)
                .requestBody("direct:check", new Checkup(Instant.now(), "", 1000, 100), Checkup.class).findings();
    }

    @Test
    void eventsOfAClosedPeriodAreToldBeforeDhis2RefusesThem() {
        chain.dhis2.plays("2.42.5");
        chain.dhis2.expires(0, "Monthly", 5);
        int old = chain.visit(1, "of March 2024");
        int fresh = chain.visit(2, "ZW_01", LocalDateTime.now(), Map.of("f_text", "of today"));

        List<Finding> findings = check();

        assertThat(findings).extracting(Finding::code, Finding::mapping, Finding::events).containsExactly(
                tuple(Code.PERIOD_CLOSED, "Visit", 1L), tuple(Code.AUTHORITY_MISSING, null, 0L));
        assertThat(findings.get(0).example()).isEqualTo("event " + old + " of 2024-03-05");
        assertThat(findings.get(1).subject()).isEqualTo("F_EDIT_EXPIRED");
        assertThat(findings.get(1).sentence()).contains("(Monthly, 5 days after their end)", "E1047");

        chain.program.run();
        chain.assertEvent(old).isRejectedBecause("F_EDIT_EXPIRED").isRejectedBecause("[E1047]");
        chain.assertEvent(fresh).isSynced();

        chain.dhis2.grant("F_EDIT_EXPIRED");
        assertThat(check()).isEmpty();
        chain.program.run();
        chain.assertEvent(old).isSynced();
    }

    @Test
    void theSmallCheckOfAnEditedMappingDoesNotJudgeByAuthoritiesThatItDidNotAskFor(CapturedOutput output) {
        chain.dhis2.plays("2.42.5");
        chain.dhis2.expires(0, "Monthly", 5);
        chain.dhis2.grant("F_EDIT_EXPIRED");
        chain.visit(1, "of March 2024");
        chain.program.run();
        chain.clinic.mapping("Visit", WholeChain.VISIT_MAPPING.replace("\"f_number\"", "\"f_numbre\""), "{\"orgUnit\": \"zjiCmkAyHCv\"}");
        chain.visit(2, "of March 2024 too");

        chain.program.run();

        assertThat(output.getOut()).contains("f_numbre").doesNotContain("E1047");
    }

    @Test
    void beforeItWasMendedInDhis2TheAuthorityHelpsNobody() {
        chain.dhis2.plays("2.42.4.1");
        chain.dhis2.expires(0, "Monthly", 5);
        chain.dhis2.grant("F_EDIT_EXPIRED");
        int old = chain.visit(1, "of March 2024");

        assertThat(check()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(Code.PERIOD_CLOSED);
            assertThat(finding.advice()).startsWith("Update DHIS2");
        });
        chain.program.run();
        chain.assertEvent(old).isRejectedBecause("[E1047]");
    }

    @Test
    void upTo241ACompletedEventIsRefusedWithoutTheDateOfItsCompletion() {
        chain.dhis2.plays("2.41.3");
        chain.dhis2.expires(30, null, 0);
        int event = chain.visit(1, "x");

        assertThat(check()).extracting(Finding::code, Finding::mapping, Finding::events).containsExactly(
                tuple(Code.AUTHORITY_MISSING, "Visit", 1L), tuple(Code.AUTHORITY_MISSING, null, 0L));
        assertThat(check()).allSatisfy(finding -> assertThat(finding.sentence()).contains("F_EDIT_EXPIRED", "E1042"));
        chain.program.run();
        chain.assertEvent(event).isRejectedBecause("[E1042]");

        chain.dhis2.grant("F_EDIT_EXPIRED");
        assertThat(check()).isEmpty();
        chain.program.run();
        chain.assertEvent(event).isSynced();
    }

    @Test
    void whatWasCompletedTooLongAgoCannotBeChanged() {
        chain.dhis2.plays("2.43.1");
        chain.dhis2.expires(30, null, 0);
        int event = chain.visit(1, "x");
        chain.program.run();
        complete(chain.stored(event), LocalDateTime.now().minusDays(40));
        chain.clinic.edit(event, "visit_form", Map.of("f_text", "corrected"));

        assertThat(check()).extracting(Finding::code, Finding::events).containsExactly(tuple(Code.AUTHORITY_MISSING, 0L));
        assertThat(check().get(0).sentence()).contains("more than 30 days ago (E1043)");
        chain.program.run();

        chain.assertEvent(event).isRejectedBecause("[E1043]");
    }

    @Test
    void anEventThatSomebodyCompletesMeanwhileIsNotOpenedAgain() {
        int event = chain.visit(1, "x");
        chain.program.run();
        Event stored = chain.stored(event);
        chain.dhis2.store().put(new Event(stored.uid(), stored.enrolment(), stored.stage(), RunningProgram.SITE, stored.occurredAt(), stored.dataValues()));
        chain.dhis2.grant();
        chain.clinic.edit(event, "visit_form", Map.of("f_text", "corrected"));
        chain.dhis2.onRequest(request -> {
            if (request.path().endsWith("/trackedEntities")) {
                complete(stored, LocalDateTime.now());
            }
        });

        chain.program.run();

        chain.assertEvent(event).isRejectedBecause("F_UNCOMPLETE_EVENT").isRejectedBecause("[E1083]");
    }

    private static void complete(Event event, LocalDateTime at) {
        chain.dhis2.store().put(new Event(event.uid(), event.enrolment(), event.stage(), event.orgUnit(), "COMPLETED", event.occurredAt(), null, at,
                event.dataValues(), false, null));
    }
}
