package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.martsync.RunningProgram;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.StandInFaults;
import org.martsync.operate.Operations;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;

/**
 * One clinic that feeds two DHIS2 servers: its own, and a further one with {@code analytics.own-schema}, whose data elements
 * have other UIDs, so that it has a mapping table of its own.
 */
class FurtherServerTest {

    private static final String OWN = "national";
    private static final String HISTORY = "an event from before the further server";

    private static WholeChain chain;
    private static Dhis2StandIn further;
    private static RunningProgram program;
    private static int before;

    @BeforeAll
    static void start() {
        chain = WholeChain.start();
        chain.reset();
        chain.patients(1);
        before = chain.visit(1, HISTORY);
        chain.program.run();
        chain.clinic.jdbc().execute("CREATE SCHEMA " + OWN);
        chain.clinic.jdbc().execute("CREATE TABLE " + OWN + ".mapping (LIKE public.mapping INCLUDING ALL)");
        chain.clinic.jdbc().update("INSERT INTO " + OWN + ".mapping SELECT * FROM public.mapping");
        chain.clinic.jdbc().update("UPDATE " + OWN + ".mapping SET mapping_json = replace(replace(mapping_json::text, ?, 'x'), ?, ?)::jsonb",
                WholeChain.LONG_TEXT, WholeChain.TEXT, WholeChain.LONG_TEXT);
        further = Dhis2StandIn.start();
        program = RunningProgram.start(chain.clinic, further, WholeChain.PROGRAM, "analytics.own-schema=" + OWN);
    }

    @AfterAll
    static void stop() {
        program.close();
        further.close();
        chain.close();
    }

    /** What was there when the further server came is looked at by the first test, whichever that is. */
    @BeforeEach
    void whatWasThereIsSentToTheFurtherServerToo() {
        if (before > 0) {
            assertThat(program.bean(Operations.class).isPaused()).as("the whole history is pending: somebody looks first").isTrue();
            assertThat(chain.program.bean(Operations.class).isPaused()).isFalse();
            chain.clinic.jdbc().update("INSERT INTO " + OWN + ".orgunit_tracker SELECT * FROM public.orgunit_tracker");
            Run run = program.run();
            assertThat(run.synced()).isEqualTo(1);
            assertThat(texts(further)).containsExactly(HISTORY);
            assertThat(texts(chain.dhis2)).containsExactly(HISTORY);
            before = 0;
        }
        List.of(chain.dhis2, further).forEach(server -> {
            server.heal();
            server.acceptConnections();
        });
        chain.clinic.jdbc().update("DELETE FROM events_to_sync");
        chain.clinic.jdbc().update("DELETE FROM " + OWN + ".events_to_sync");
        assertThat(pending(OWN)).isZero();
    }

    @Test
    void anEventAndItsEditArriveAtBothAndEachKeepsItsOwnAccount() {
        int event = visitOfSomebodyNew("first");

        assertThat(chain.program.run().synced()).isEqualTo(1);
        assertThat(program.run().synced()).isEqualTo(1);
        assertThat(texts(further)).contains("first");
        assertThat(trackedIn(OWN, event)).isEqualTo(trackedIn("public", event)).isNotNull();
        assertThat(logRows("public", event)).isEqualTo(1);
        assertThat(logRows(OWN, event)).isEqualTo(1);

        chain.clinic.edit(event, "visit_form", Map.of("f_text", "second"));
        assertThat(program.run().synced()).as("the further server alone").isEqualTo(1);
        assertThat(texts(further)).contains("second").doesNotContain("first");
        assertThat(texts(chain.dhis2)).contains("first").doesNotContain("second");
        assertThat(chain.program.run().synced()).isEqualTo(1);
        assertThat(texts(chain.dhis2)).contains("second").doesNotContain("first");
        assertThat(program.run().synced()).as("what the clinic's own server got is no news to the further one").isZero();
    }

    @Test
    void oneThatIsDownHoldsUpNothingOfTheOther() {
        int event = visitOfSomebodyNew("while the further one is down");
        further.refuseConnections();

        assertThat(chain.program.run().synced()).isEqualTo(1);
        assertThat(program.run().isStopped()).isTrue();
        chain.assertEvent(event).isSynced();
        assertThat(pending(OWN)).isEqualTo(1);

        further.acceptConnections();
        assertThat(program.run().synced()).isEqualTo(1);
        assertThat(texts(further)).contains("while the further one is down");
        assertThat(pending(OWN)).isZero();
    }

    @Test
    void aPatientInABatchOfTheOneIsFreeForTheOther() {
        visitOfSomebodyNew("held by the further one");
        StandInFaults.Held held = further.holdUnprocessed(1, StandInFaults.posts());
        program.begin();
        Awaitility.await().until(() -> held.arrived() == 1);

        assertThat(chain.program.run().synced()).isEqualTo(1);

        assertThat(pending(OWN)).as("the further one is still at it").isEqualTo(1);
        held.release();
        Awaitility.await().until(() -> pending(OWN) == 0 && program.bean(Runs.class).current() == null);
    }

    @Test
    void aPatientInABatchIsLockedAsByEarlierVersionsUnlessTheServerIsAFurtherOne() {
        int patient = somebodyNew();
        String uic = chain.clinic.jdbc().queryForObject("SELECT lower(uic) FROM patient WHERE patient_id = ?", String.class, patient);
        chain.visit(patient, "locked");
        StandInFaults.Held own = chain.dhis2.holdUnprocessed(1, StandInFaults.posts());
        chain.program.begin();
        Awaitility.await().until(() -> own.arrived() == 1);
        assertThat(isLocked("mart-dhis2-sync patient " + patient)).isTrue();
        assertThat(isLocked("mart-dhis2-sync value uic " + uic)).isTrue();
        assertThat(isLocked("mart-dhis2-sync " + OWN + " patient " + patient)).isFalse();
        assertThat(isLocked("mart-dhis2-sync " + OWN + " value uic " + uic)).isFalse();
        own.release();
        Awaitility.await().until(() -> pending("public") == 0 && chain.program.bean(Runs.class).current() == null);

        StandInFaults.Held others = further.holdUnprocessed(1, StandInFaults.posts());
        program.begin();
        Awaitility.await().until(() -> others.arrived() == 1);
        assertThat(isLocked("mart-dhis2-sync patient " + patient)).isFalse();
        assertThat(isLocked("mart-dhis2-sync value uic " + uic)).isFalse();
        assertThat(isLocked("mart-dhis2-sync " + OWN + " patient " + patient)).isTrue();
        assertThat(isLocked("mart-dhis2-sync " + OWN + " value uic " + uic)).isTrue();
        others.release();
        Awaitility.await().until(() -> pending(OWN) == 0 && program.bean(Runs.class).current() == null);
    }

    @Test
    void whatIsTriedAgainWaitsForABatchOfItsOwnServerAndNoOther() throws Exception {
        int patient = somebodyNew();
        int event = chain.visit(patient, "again");
        Operations own = chain.program.bean(Operations.class);
        Operations others = program.bean(Operations.class);
        own.pause();
        others.pause();
        try {
            try (Connection batch = lock("mart-dhis2-sync patient " + patient)) {
                assertThat(own.retrigger(event).getQueued()).isZero();
                assertThat(others.retrigger(event).getQueued()).isEqualTo(1);
            }
            try (Connection batch = lock("mart-dhis2-sync " + OWN + " patient " + patient)) {
                assertThat(own.retrigger(event).getQueued()).isEqualTo(1);
                assertThat(others.retrigger(event).getQueued()).isZero();
            }
        } finally {
            own.resume();
        }
    }

    /** As a batch has it, until the connection is closed. */
    private static Connection lock(String words) throws Exception {
        Connection batch = DriverManager.getConnection(chain.clinic.jdbcUrl(), chain.clinic.user(), chain.clinic.password());
        try (PreparedStatement lock = batch.prepareStatement("SELECT pg_advisory_lock(hashtextextended(?, 0))")) {
            lock.setString(1, words);
            lock.execute();
        }
        return batch;
    }

    @Test
    void whatTheOneRejectsIsNotTriedAgainAtTheOther() {
        int event = visitOfSomebodyNew("fine");
        chain.program.run();
        chain.dhis2.store().deleteEvent(chain.stored(event).uid());
        chain.clinic.edit(event);
        assertThat(program.run().synced()).isEqualTo(1);

        assertThat(chain.program.run().rejected()).isEqualTo(1);

        chain.assertEvent(event).isRejected();
        assertThat(pending(OWN)).isZero();
    }

    @Test
    void whatIsTakenOutOfTheQueueIsSentToNeither() {
        int event = visitOfSomebodyNew("a mistake");
        chain.clinic.jdbc().update("DELETE FROM events_to_sync WHERE id = ?", event);

        assertThat(program.run().synced()).isZero();
        assertThat(texts(further)).doesNotContain("a mistake");
    }

    @Test
    void whatIsSentAgainToTheClinicsOwnServerIsNoNewsToTheOther() {
        int event = visitOfSomebodyNew("sent again");
        chain.program.run();
        program.run();

        chain.program.bean(Operations.class).resend(event);

        Awaitility.await().until(() -> logRows("public", event) == 2 && chain.program.bean(Runs.class).current() == null);
        assertThat(pending(OWN)).isZero();
    }

    @Test
    void whatTheClinicTidiesUpAfterItsOwnServerGotItIsStillSentToTheOther() {
        visitOfSomebodyNew("tidied up");
        chain.program.run();
        chain.clinic.jdbc().update("DELETE FROM events_to_sync WHERE synced");

        assertThat(program.run().synced()).isEqualTo(1);
        assertThat(texts(further)).contains("tidied up");
    }

    @Test
    void whoseEventItIsIsCorrectedInBothQueues() {
        int event = visitOfSomebodyNew("somebody else's");
        int right = somebodyNew();

        chain.clinic.jdbc().update("UPDATE events_to_sync SET patient_id = ? WHERE id = ?", String.valueOf(right), event);

        assertThat(chain.clinic.jdbc().queryForObject("SELECT patient_id FROM " + OWN + ".events_to_sync WHERE id = ?", String.class, event))
                .isEqualTo(String.valueOf(right));
    }

    private static boolean isLocked(String words) {
        return !chain.clinic.jdbc().queryForObject("SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))", Boolean.class, words);
    }

    private static int visitOfSomebodyNew(String text) {
        return chain.visit(somebodyNew(), text);
    }

    private static int somebodyNew() {
        int patient = 1 + chain.clinic.jdbc().queryForObject("SELECT max(patient_id) FROM patient", Integer.class);
        chain.clinic.patient(patient);
        return patient;
    }

    private static List<String> texts(Dhis2StandIn server) {
        return server.store().events().stream().filter(event -> !event.deleted())
                .map(event -> event.dataValues().get(server == further ? WholeChain.LONG_TEXT : WholeChain.TEXT)).toList();
    }

    private static String trackedIn(String schema, int event) {
        return chain.clinic.jdbc().queryForObject("SELECT event_id FROM " + schema + ".event_tracker WHERE encounter_id = ?", String.class,
                chain.encounterOf(event));
    }

    private static int logRows(String schema, int event) {
        return chain.clinic.jdbc().queryForObject("SELECT count(*) FROM " + schema + ".log WHERE event_id = ? AND status = 'success'", Integer.class, event);
    }

    private static int pending(String schema) {
        return chain.clinic.jdbc().queryForObject("SELECT count(*) FROM " + schema + ".events_to_sync WHERE synced IS NOT TRUE", Integer.class);
    }
}
