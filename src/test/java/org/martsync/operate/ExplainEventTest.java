package org.martsync.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.martsync.dhis2.TrackerStore.Event;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;

/** The story of one event, and what would be sent of it. */
class ExplainEventTest {

    private static OperatedProgram chain;

    @BeforeAll
    static void start() {
        chain = new OperatedProgram("sync.patience=50ms");
    }

    @BeforeEach
    void reset() {
        chain.atRest();
        chain.dhis2.acceptConnections();
        chain.reset();
        signedInWith("LOOK", "PATIENTS");
    }

    @AfterAll
    static void stop() {
        SecurityContextHolder.clearContext();
        chain.close();
    }

    @Test
    void whatIsToldIsSentByTheNextRunAndNothingBefore() {
        chain.patients(1);
        int event = chain.visit(1, "Visit", "one");

        JsonNode told = explain(event);

        assertThat(told.at("/payload/trackedEntities/0/trackedEntity").asText()).isEqualTo(told.at("/trackedEntityUid").asText());
        assertThat(told.at("/payload/enrollments/0/enrollment").asText()).isEqualTo(told.at("/enrolmentUid").asText());
        assertThat(told.at("/payload/events/0/dataValues/0/value").asText()).isEqualTo("one");
        assertThat(told.at("/patientKnownInDhis2").asBoolean()).isFalse();
        assertThat(told.at("/wouldBeRejected").asBoolean()).isFalse();
        assertThat(chain.dhis2.store().events()).isEmpty();
        assertThat(chain.dhis2.store().trackedEntities()).isEmpty();
        chain.assertEvent(event).isWaiting();
        assertThat(chain.clinic.log()).isEmpty();
        assertThat(chain.clinic.jdbc().queryForObject("SELECT count(*) FROM sync_request", Integer.class)).isZero();

        chain.program.run();
        Event sent = chain.dhis2.store().event(told.at("/eventUid").asText()).orElseThrow();
        assertThat(sent.enrolment()).isEqualTo(told.at("/enrolmentUid").asText());
        assertThat(chain.dhis2.store().enrolment(sent.enrolment()).orElseThrow().trackedEntity()).isEqualTo(told.at("/trackedEntityUid").asText());
    }

    @Test
    void aSyncedEventIsToldWithItsAnswersAndWhatWouldBeSentAgain() {
        chain.patients(1);
        int event = chain.visit(1, "Visit", "one");
        chain.program.run();
        JsonNode told = explain(event);
        assertThat(told.at("/synced").asBoolean()).isTrue();
        assertThat(told.at("/patientKnownInDhis2").asBoolean()).isTrue();
        assertThat(told.at("/answers/0/status").asText()).isEqualTo("success");
        assertThat(told.at("/payload/trackedEntities")).isEmpty();
        assertThat(told.at("/payload/events")).hasSize(1);
    }

    @Test
    void aRejectedEventIsToldWithItsReasons() {
        chain.patients(1);
        int event = chain.visit(1, "Late", "one");
        chain.program.run();
        JsonNode told = explain(event);
        assertThat(told.at("/retryCount").asInt()).isEqualTo(1);
        assertThat(told.at("/lastRejectedInRun").asText()).as("as the log names runs").matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*Z");
        assertThat(told.at("/wouldBeRejected").asBoolean()).isTrue();
        assertThat(told.at("/reason").asText()).contains("no mapping named");
        assertThat(told.at("/answers/0/reason").asText()).contains("no mapping named");
        assertThat(told.at("/answers/0/comments").asText()).contains("P-000001");
        assertThat(told.has("payload")).isFalse();
    }

    @Test
    void whoMayNotSeePatientsIsToldNothingOfThem() {
        chain.patients(1);
        int rejected = chain.visit(1, "Amber Late", "Amber one");
        int good = chain.visit(1, "Visit", "Amber two");
        chain.program.run();
        for (String[] roles : new String[][] {{"LOOK", "ACT"}, null}) {
            signedInWith(roles);
            assertThat(explain(rejected).toString()).doesNotContain("Amber", "P-0000", "UIC-", "\"payload\"", "encounterId", "reason\"")
                    .contains("\"wouldBeRejected\":true", "\"status\":\"failed\"");
            assertThat(explain(good).toString()).doesNotContain("Amber", "P-0000", "UIC-", "\"payload\"").contains("\"eventUid\"");
        }
    }

    @Test
    void withoutDhis2TheRestIsTold() {
        chain.patients(1);
        int event = chain.visit(1, "Visit", "one");
        chain.dhis2.refuseConnections();
        JsonNode told = explain(event);
        assertThat(told.at("/problem").asText()).startsWith("What would be sent cannot be told: DHIS2 cannot be reached");
        assertThat(told.at("/mapping").asText()).isEqualTo("Visit");
        assertThat(told.has("payload")).isFalse();
    }

    @Test
    void withoutDhis2AnEventThatWasSentIsToldWithItsUids() {
        chain.patients(1);
        int event = chain.visit(1, "Visit", "one");
        chain.program.run();
        JsonNode before = explain(event);
        chain.dhis2.refuseConnections();
        for (String mapping : new String[] {OperatedProgram.VISIT, OperatedProgram.VISIT.replace("{\"id\": \"VtStage0001\"}", "\"VtStage0001\""), "{}"}) {
            chain.clinic.mapping("Visit", mapping, "{}");
            JsonNode told = explain(event);
            assertThat(told.at("/problem").asText()).startsWith("What would be sent cannot be told: ");
            assertThat(told.at("/trackedEntityUid").asText()).isNotEmpty().isEqualTo(before.at("/trackedEntityUid").asText());
            assertThat(told.at("/enrolmentUid").asText()).isNotEmpty().isEqualTo(before.at("/enrolmentUid").asText());
            assertThat(told.has("eventUid")).as("which stage it is only the mapping tells").isEqualTo(!mapping.equals("{}"));
            assertThat(told.path("eventUid").asText(before.at("/eventUid").asText())).isEqualTo(before.at("/eventUid").asText());
        }
    }

    @Test
    void withoutDhis2AnEventOfAnotherProgramIsToldWithItsEnrolmentThereOrNone() {
        chain.patients(1);
        int event = chain.visit(1, "Visit", "one");
        chain.program.run();
        String person = explain(event).at("/trackedEntityUid").asText();
        chain.clinic.mapping("Visit", OperatedProgram.VISIT, "{\"program\": \"IXDlIUrGz3l\"}");
        chain.dhis2.refuseConnections();
        assertThat(explain(event).has("trackedEntityUid")).isFalse();
        assertThat(explain(event).has("enrolmentUid")).isFalse();
        chain.clinic.jdbc().update("INSERT INTO sync_enrolment (instance_id, program, enrolment_id) VALUES (?, 'IXDlIUrGz3l', 'EnrolOther1')", person);
        assertThat(explain(event).at("/trackedEntityUid").asText()).isEqualTo(person);
        assertThat(explain(event).at("/enrolmentUid").asText()).isEqualTo("EnrolOther1");
    }

    @Test
    void anUnknownEventIsSaidToBeUnknown() {
        assertThat(chain.operations().explain(4711)).containsExactlyInAnyOrderEntriesOf(Map.of("event", 4711, "problem", "No event has the id 4711."));
    }

    @Test
    void anEventIsReadHereAsInABatch() throws IOException {
        String here = Files.readString(Path.of("routes/sql/read-event.sql"));
        String inABatch = Files.readString(Path.of("routes/sql/read-events.sql"));
        assertThat(here.substring(here.indexOf("SELECT"), here.lastIndexOf("WHERE e.id"))).isEqualTo(
                inABatch.substring(inABatch.indexOf("SELECT"), inABatch.indexOf("WHERE e.synced")));
    }

    private static JsonNode explain(int event) {
        return new ObjectMapper().valueToTree(chain.operations().explain(event));
    }

    private static void signedInWith(String... roles) {
        SecurityContextHolder.getContext().setAuthentication(roles == null ? null
                : UsernamePasswordAuthenticationToken.authenticated("nurse", null, AuthorityUtils.createAuthorityList(roles)));
    }
}
