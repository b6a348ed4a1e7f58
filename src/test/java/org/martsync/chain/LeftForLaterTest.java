package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.rehearse.Rehearsal;
import org.martsync.rehearse.Rehearsal.Ending;
import org.martsync.rehearse.Rehearsal.Outcome;
import org.martsync.sync.Run;

/** What a site's customise leaves to a later run: here each event with the answer "wait", as long as the test says. */
class LeftForLaterTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with("sync.batch-patients=2");
    private static volatile boolean night;

    @BeforeAll
    static void start() throws Exception {
        chain.program.bean(CamelContext.class).addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:customise").routeId("customise").process(exchange -> {
                    if (!night && exchange.getMessage().getBody(String.class).contains("wait")) {
                        exchange.getMessage().setHeader("later", "It is sent at night.");
                    }
                });
            }
        });
    }

    @BeforeEach
    void byDay() {
        night = false;
    }

    @Test
    void anEventIsLeftAsItIsWhileThePatientsOthersGoAndALaterRunTakesIt() {
        chain.patients(2);
        int before = chain.visit(1, "before");
        int left = chain.visit(1, "wait");
        int after = chain.visit(1, "after");
        int anothers = chain.visit(2, "another");
        List<String> untouched = rows(List.of(left));

        for (int i = 0; i < 2; i++) {
            assertThat(ended(chain.program.run()).waiting()).isEqualTo(1);
        }

        assertThat(rows(List.of(left))).as("not even written anew").isEqualTo(untouched);
        assertNothingIsKnownOf(left);
        chain.assertOnlyTheseStandInDhis2(List.of(before, after, anothers));
        assertThat(chain.writes().values()).as("and nothing of theirs twice").containsOnly(1);

        night = true;
        assertThat(ended(chain.program.run()).waiting()).isZero();
        chain.assertOnlyTheseStandInDhis2(List.of(before, left, after, anothers));
    }

    @Test
    void aRehearsalSaysThatItIsLeftAndWhy() {
        chain.patients(1);
        int left = chain.visit(1, "wait");
        int goes = chain.visit(1, "goes");
        Rehearsal rehearsal = new Rehearsal("", 1000, null);

        chain.program.bean(ProducerTemplate.class).requestBody("direct:rehearse-events", rehearsal);

        assertThat(rehearsal.outcomes().get(left)).isEqualTo(new Outcome(left, "Visit", Ending.LEFT, "It is sent at night."));
        assertThat(rehearsal.outcomes().get(goes)).isEqualTo(new Outcome(goes, "Visit", Ending.CREATED, null));
    }

    @Test
    void aRunEndsWhenEveryEventOfEachBatchWaitsAndSendsNobody() {
        chain.patients(7);
        List<Integer> left = new ArrayList<>();
        for (int patient = 1; patient <= 7; patient++) {
            left.add(chain.visit(patient, "wait"));
            left.add(chain.visit(patient, "wait too"));
        }
        List<String> untouched = rows(left);

        assertThat(ended(chain.program.run()).waiting()).isEqualTo(14);

        assertThat(rows(left)).isEqualTo(untouched);
        left.forEach(LeftForLaterTest::assertNothingIsKnownOf);
        assertThat(chain.dhis2.store().trackedEntities()).isEmpty();
        assertThat(chain.dhis2.requestLog()).noneMatch(request -> request.method().equals("POST"));
        assertThat(chain.clinic.jdbc().queryForObject("SELECT count(*) FROM instance_tracker", Integer.class)).isZero();

        night = true;
        ended(chain.program.run());
        chain.assertOnlyTheseStandInDhis2(left);
    }

    private static Run ended(Run run) {
        assertThat(run.stopped()).isNull();
        return run;
    }

    private static List<String> rows(List<Integer> events) {
        return events.stream().map(event -> chain.clinic.jdbc().queryForObject(
                "SELECT xmin || ' ' || to_jsonb(e) FROM events_to_sync e WHERE id = ?", String.class, event)).toList();
    }

    private static void assertNothingIsKnownOf(int event) {
        chain.assertEvent(event).isWaiting();
        assertThat(chain.clinic.logOf(event)).isEmpty();
        assertThat(chain.clinic.jdbc().queryForObject("SELECT count(*) FROM sync_attempt WHERE event_id = ?", Integer.class, event)).isZero();
    }
}
