package org.martsync.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RunningProgram;
import org.martsync.SetClock;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.StandInFaults;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.sync.BatchSize;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

/** What an operator does, on the whole program. */
@ExtendWith(OutputCaptureExtension.class)
class OperationsTest {

    private static OperatedProgram chain;
    private static Operations operations;

    @BeforeAll
    static void start() {
        // a patient a batch, and a batch at a time
        chain = new OperatedProgram("sync.workers=1", "sync.ahead=0", "sync.batch-patients=1");
        chain.clinic.jdbc().execute("ALTER TABLE visit_form ADD COLUMN f_new text");
        operations = chain.operations();
    }

    @BeforeEach
    void reset() {
        SecurityContextHolder.clearContext();
        chain.atRest();
        chain.reset();
    }

    @AfterAll
    static void stop() {
        SecurityContextHolder.clearContext();
        chain.close();
    }

    @Test
    void anEventIsTriedAgainAtOnceAndTheOtherRejectedOnesAreNot() {
        chain.patients(2);
        int first = chain.visit(1, "Late", "one");
        int second = chain.visit(2, "Late", "two");
        chain.program.run();
        chain.clinic.mapping("Late", OperatedProgram.VISIT, "{}");

        Receipt receipt = operations.retrigger(first);

        assertThat(receipt.getOutcome()).isEqualTo("1 of 1 queued. A run has begun that takes them.");
        chain.atRest();
        chain.assertEvent(first).isSynced();
        chain.assertEvent(second).isRejected().hasFailed(1);
    }

    @Test
    void theOtherPendingEventsOfThePatientGoAlong() {
        chain.patients(1);
        int older = chain.visit(1, "Late", "one");
        int newer = chain.visit(1, "Late", "two");
        chain.program.run();
        chain.clinic.mapping("Late", OperatedProgram.VISIT, "{}");
        operations.retrigger(newer);
        chain.atRest();
        chain.assertEvent(older).isSynced();
        chain.assertEvent(newer).isSynced();
    }

    @Test
    void whatCannotBeTriedAgainIsRefusedWithASentence() {
        chain.patients(1);
        int synced = chain.visit(1, "Visit", "one");
        chain.program.run();
        Run before = chain.program.bean(Runs.class).last();

        assertThat(operations.retrigger(synced).getRefused()).containsExactly("Event " + synced + " is synced; use resend to send it again.");
        assertThat(operations.retrigger(4711).getRefused()).containsExactly("No event has the id 4711.");
        assertThat(operations.retrigger(Integer.MAX_VALUE).getRefused()).containsExactly("No event has the id 2147483647.");
        assertThat(operations.resend(4711).getRefused()).containsExactly("No event has the id 4711.");
        int pending = chain.visit(1, "Visit", "two");
        assertThat(operations.resend(pending).getRefused()).containsExactly("Event " + pending + " is pending; use retrigger to have it tried now.");
        assertThat(chain.program.bean(Runs.class).last()).isSameAs(before);
        chain.assertEvent(pending).isWaiting();
    }

    @Test
    void aSyncedEventIsSentAgain() {
        chain.patients(1);
        int event = chain.visit(1, "Visit", "one");
        chain.program.run();
        assertThat(operations.resend(event).getOutcome()).isEqualTo("1 of 1 queued. A run has begun that takes them.");
        chain.atRest();
        chain.assertEvent(event).isSynced();
        assertThat(chain.dhis2.store().events()).singleElement().extracting(Event::writes).isEqualTo(2);
    }

    @Test
    void whoDidWhatIsKept(CapturedOutput log) {
        chain.patients(1);
        int event = chain.visit(1, "Late", "one");
        chain.program.run();
        SecurityContextHolder.getContext().setAuthentication(UsernamePasswordAuthenticationToken.authenticated("nurse", null, List.of()));
        operations.retrigger(event);
        assertThat(chain.audit()).containsEntry("who", "nurse").containsEntry("what", "retrigger " + event)
                .containsEntry("asked", 1).containsEntry("queued", 1).containsEntry("outcome", "1 of 1 queued. A run has begun that takes them.");
        chain.atRest();
        operations.retriggerFailed("Late", "2024-01-01", "Amber", 10);
        assertThat(chain.audit().get("what")).isEqualTo("retriggerFailed mapping 'Late' since '2024-01-01' reasonContains 'Amber' limit 10");
        operations.stopRun();
        operations.pause();
        operations.resume();
        operations.runNow();
        assertThat(chain.audits()).hasSize(6).endsWith("stopRun", "pause", "resume", "runNow");
        assertThat(log).contains("INFO  operate: nurse, retrigger " + event + ": 1 of 1 queued.", "INFO  operate: nurse, retriggerFailed: 0 of 0 queued.")
                .doesNotContain("Amber");
    }

    @Test
    void theAuditSaysWhatTheyWereToldAlsoWhereNothingOrLessWasDone() {
        chain.patients(2);
        int synced = chain.visit(1, "Visit", "one");
        int failed = chain.visit(2, "Late", "two");
        chain.program.run();
        for (Receipt told : List.of(operations.retrigger(synced), operations.retrigger(4711), operations.resend(failed), operations.retriggerFailed("Visit", "", "", 1),
                operations.stopRun(), operations.resume())) {
            assertThat(chain.clinic.jdbc().queryForList("SELECT asked || ' ' || queued || ' ' || outcome FROM sync_audit", String.class))
                    .contains(told.getAsked() + " " + told.getQueued() + " " + told.getOutcome());
        }
        operations.pause();
        assertThat(operations.retrigger(failed).getOutcome()).isEqualTo(chain.audit().get("outcome")).asString().endsWith("The program is paused: they wait for resume or runNow.");
        assertThat(operations.retriggerFailed("", "", "", 5).getOutcome()).isEqualTo(chain.audit().get("outcome"));
        operations.resume();
    }

    @Test
    void whoKeepsTryingFillsNeitherTheAuditNorTheLog(CapturedOutput log) {
        SetClock clock = new SetClock();
        Operations refusing = at(clock);
        signIn("nurse");
        operations.resume();
        signIn("guest");
        for (int i = 1; i <= 150; i++) {
            clock.pass(Duration.ofSeconds(10));
            refusing.refused("resend " + i, "No.");
            refusing.refused("pause", "No.");
        }
        refusing.refused("pause", "Not so.");
        signIn("clerk");
        refusing.refused("retrigger 7", "No.");
        refusing.refused("retrigger 7", "No.");
        signIn("guest");
        clock.pass(Duration.ofHours(1));
        refusing.refused("pause", "No.");

        assertThat(refusals()).containsExactly(
                "00:00:10 guest, resend: Refused: No. (150, last 00:25:00)",
                "00:00:10 guest, pause: Refused: No. (150, last 00:25:00)",
                "00:25:00 guest, pause: Refused: Not so. (1)",
                "00:25:00 clerk, retrigger 7: Refused: No. (2, last 00:25:00)",
                "01:25:00 guest, pause: Refused: No. (1)");
        assertThat(operations.audit()).hasSize(6).first().satisfies(newest -> assertThat(newest).containsEntry("times", 1).containsEntry("last", null));
        assertThat(operations.audit().get(4)).containsEntry("who", "guest").containsEntry("what", "resend").containsEntry("asked", 0)
                .containsEntry("times", 150).containsEntry("last", "2026-01-01T00:25:00Z");
        assertThat(log.getOut().lines().filter(line -> line.contains("Refused: "))).hasSize(5).last().asString().endsWith("INFO  operate: guest, pause: Refused: No.");
    }

    @Test
    void whoTriesManyTimesAtOnceHasOneRowToo() throws Exception {
        Operations refusing = at(new SetClock());
        ExecutorService people = Executors.newFixedThreadPool(8);
        for (Future<?> one : people.invokeAll(Collections.nCopies(40, Executors.callable(() -> refusing.refused("pause", "No."))))) {
            one.get();
        }
        people.shutdown();
        assertThat(refusals()).containsExactly("00:00:00 (no login), pause: Refused: No. (40, last 00:00:00)");
    }

    private static Operations at(SetClock clock) {
        return new Operations(chain.program.bean(ProducerTemplate.class), chain.program.bean(Runs.class), chain.program.bean(BatchSize.class),
                chain.program.bean(Dhis2Server.class), new SignedIn(), clock);
    }

    private static void signIn(String name) {
        SecurityContextHolder.getContext().setAuthentication(UsernamePasswordAuthenticationToken.authenticated(name, null, List.of()));
    }

    private static List<String> refusals() {
        return chain.clinic.jdbc().queryForList("""
                SELECT to_char(at AT TIME ZONE 'UTC', 'HH24:MI:SS ') || who || ', ' || what || ': ' || outcome || ' (' || times
                    || coalesce(to_char(last AT TIME ZONE 'UTC', '", last "HH24:MI:SS'), '') || ')'
                FROM sync_audit WHERE outcome LIKE 'Refused: %' ORDER BY id""", String.class);
    }

    @Test
    void whatCannotBeDoneIsKeptTooWithWhy(CapturedOutput log) {
        chain.clinic.jdbc().execute("ALTER TABLE sync_pause RENAME TO away");
        try {
            assertThatThrownBy(() -> operations.pause()).isInstanceOf(OperationFailed.class);
        } finally {
            chain.clinic.jdbc().execute("ALTER TABLE away RENAME TO sync_pause");
        }
        assertThat(chain.audit()).containsEntry("what", "pause").containsEntry("queued", 0);
        assertThat((String) chain.audit().get("outcome")).startsWith("It broke off: ");

        chain.clinic.jdbc().execute("ALTER TABLE sync_audit RENAME TO away");
        try {
            assertThatThrownBy(() -> operations.stopRun()).isInstanceOf(OperationFailed.class);
        } finally {
            chain.clinic.jdbc().execute("ALTER TABLE away RENAME TO sync_audit");
        }
        assertThat(log).contains("WARN  operate: (no login), stopRun: It broke off: ").contains("The audit does not have it: ");
    }

    @Test
    void aPatientsEventsAreTriedAgainInTheirOrder() {
        chain.patients(1);
        int older = chain.visit(1, "Older", "before");
        int newer = chain.clinic.pending(1, "Newer", 1001);
        chain.program.run();
        chain.clinic.mapping("Older", OperatedProgram.VISIT, "{}");
        chain.clinic.mapping("Newer", OperatedProgram.VISIT.replace("f_text", "f_new"), "{}");
        chain.clinic.jdbc().update("UPDATE visit_form SET f_new = 'after'");

        operations.retrigger(newer);

        chain.atRest();
        chain.assertEvent(older).isSynced();
        chain.assertEvent(newer).isSynced();
        assertThat(chain.dhis2.store().events()).as("two versions of one event, sent one after the other").singleElement().satisfies(event -> {
            assertThat(event.writes()).isEqualTo(2);
            assertThat(event.dataValues()).containsEntry("VtElem00001", "after");
        });
    }

    @Test
    void whatWaitsWhenARetriggerIsStoppedIsTakenByTheNextRunAndCountedOnce() {
        chain.patients(3);
        int[] events = {chain.visit(1, "Late", "a"), chain.visit(2, "Late", "b"), chain.visit(3, "Late", "c")};
        chain.program.run();
        chain.clinic.mapping("Late", OperatedProgram.VISIT, "{}");
        StandInFaults.Held post = chain.dhis2.hold(1, StandInFaults.posts());

        assertThat(operations.retriggerFailed("Late", "", "", 10).getQueued()).isEqualTo(3);
        await().until(() -> post.arrived() == 1);
        operations.stopRun();
        post.release();
        chain.atRest();

        List<Integer> waiting = Arrays.stream(events).boxed().filter(event -> !chain.clinic.event(event).synced()).toList();
        assertThat(waiting).as("but for the batch that was on its way").hasSize(2);
        assertThat(operations.getLastRunOutcomes()).containsEntry("synced", 1L).containsEntry("waiting", 2L);
        waiting.forEach(event -> chain.assertEvent(event).isRejected().hasFailed(1));
        chain.program.run();
        Arrays.stream(events).forEach(event -> chain.assertEvent(event).isSynced());
    }

    @Test
    void ofManyRejectedEventsSomeAreTriedAgainByMappingTimeAndReason() {
        chain.patients(4);
        int[] late = {chain.visit(1, "Late", "a"), chain.visit(2, "Late", "b"), chain.visit(3, "Late", "c")};
        int other = chain.visit(4, "Other", "d");
        chain.program.run();
        chain.clinic.mapping("Late", OperatedProgram.VISIT, "{}");
        chain.clinic.mapping("Other", OperatedProgram.VISIT, "{}");

        assertThat(operations.retriggerFailed("Late", "2999-01-01", "", 10).getAsked()).isZero();
        assertThat(operations.retriggerFailed("Late", "", "no such reason", 10).getAsked()).isZero();
        Receipt two = operations.retriggerFailed("Late", "2024-01-01T08:00", "NO MAPPING named", 2);
        assertThat(two.getOutcome()).isEqualTo("2 of 2 queued. 3 match. A run has begun that takes them.");
        chain.atRest();
        chain.assertEvent(late[0]).isSynced();
        chain.assertEvent(late[1]).isSynced();
        chain.assertEvent(late[2]).isRejected().hasFailed(1);
        chain.assertEvent(other).isRejected().hasFailed(1);

        assertThat(operations.retriggerFailed("", "", "", 1000).getQueued()).isEqualTo(2);
        chain.atRest();
        assertThat(chain.clinic.pendingCount()).isZero();
    }

    @Test
    void theSameQuestionAskedAgainGoesOnWithTheOthers() {
        chain.patients(2);
        int first = chain.visit(1, "Late", "a");
        int second = chain.visit(2, "Late", "b");
        chain.program.run();
        operations.retriggerFailed("Late", "", "", 1);
        chain.atRest();
        operations.retriggerFailed("Late", "", "", 1);
        chain.atRest();
        chain.assertEvent(first).hasFailed(2);
        chain.assertEvent(second).hasFailed(2);
    }

    @Test
    void aParameterThatCannotBeIsRefused() {
        assertThatThrownBy(() -> operations.retriggerFailed("", "yesterday", "", 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("since is no time like");
        assertThatThrownBy(() -> operations.retriggerFailed("", "", "", 0)).hasMessageStartingWith("limit is 0, but must be from 1 to 1000");
        assertThatThrownBy(() -> operations.retriggerFailed("", "", "", 1001)).hasMessageStartingWith("limit is 1001");
    }

    @Test
    void anEventOnItsWayIsLeftAloneAndOneQueuedDuringARunIsTakenByTheNextOne() {
        chain.patients(2);
        int failed = chain.visit(1, "Late", "one");
        int held = chain.visit(2, "Visit", "two");
        chain.program.run();
        chain.clinic.mapping("Late", OperatedProgram.VISIT, "{}");
        chain.clinic.edit(held);
        StandInFaults.Held post = chain.dhis2.hold(1, StandInFaults.posts());
        operations.retrigger(held);
        await().until(() -> post.arrived() == 1);

        assertThat(operations.retrigger(held).getRefused()).singleElement().asString().contains("is on its way or being edited right now");
        assertThat(operations.retrigger(failed).getOutcome()).isEqualTo("1 of 1 queued. The run that is going on is followed by one that takes them.");
        chain.assertEvent(failed).isRejected().hasFailed(1);
        post.release();
        await().until(() -> chain.clinic.event(failed).synced());
        chain.atRest();
        chain.assertEvent(held).isSynced();
    }

    @Test
    void aRunIsStoppedAfterTheBatchOnItsWayAndNothingFollowsIt() {
        chain.patients(3);
        int held = chain.visit(1, "Visit", "one");
        StandInFaults.Held post = chain.dhis2.hold(1, StandInFaults.posts());
        assertThat(operations.runNow().getOutcome()).startsWith("Run 20").endsWith(" has begun.");
        await().until(() -> post.arrived() == 1);
        int later = chain.visit(2, "Visit", "two");
        assertThat(operations.isRunning()).isTrue();
        assertThat(operations.runNow().getOutcome()).startsWith("No run was begun: one is going on");
        operations.retrigger(later);

        assertThat(operations.stopRun().getOutcome()).endsWith("ends after the batches on their way. What is left waits for the next run.");
        post.release();
        chain.atRest();
        chain.assertEvent(held).isSynced();
        assertThat(operations.getLastRun()).endsWith("; stopped: by (no login)");
        assertThat(operations.stopRun().getOutcome()).isEqualTo("No run is going on in this program.");
    }

    @Test
    void aPauseLastsOverARestartAndHindersNobodyWhoBeginsARunByHand(CapturedOutput log) {
        chain.patients(2);
        int event = chain.visit(1, "Visit", "one");
        chain.clinic.schedule("0 0 0 1 1 ? 2098", true);
        assertThat(operations.pause().getOutcome()).startsWith("Paused: ");
        assertThat(operations.pause().getOutcome()).isEqualTo("It was paused already.");
        assertThat(operations.isPaused()).isTrue();
        assertThat(log).contains("schedule: dhisSyncJob is paused by (no login) since ");
        assertThat(operations.retrigger(event).getOutcome()).isEqualTo("1 of 1 queued. The program is paused: they wait for resume or runNow.");
        assertThat(operations.isRunning()).isFalse();

        chain.clinic.schedule("* * * * * ?", true);
        try (RunningProgram other = RunningProgram.start(chain.clinic, chain.dhis2, OperatedProgram.PROGRAM)) {
            assertThat(other.bean(Operations.class).isPaused()).isTrue();
            await().until(() -> log.getOut().split("is paused by", -1).length >= 3);
            assertThat(other.bean(Runs.class).last()).isNull();
            other.bean(Operations.class).runNow();
            await().until(() -> chain.clinic.event(event).synced());
            await().until(() -> other.bean(Runs.class).current() == null);

            assertThat(other.bean(Operations.class).resume().getOutcome()).startsWith("Resumed: ");
            int next = chain.visit(2, "Visit", "two");
            await().until(() -> chain.clinic.event(next).synced());
        }
        assertThat(operations.resume().getOutcome()).isEqualTo("It was not paused.");
    }

    @Test
    void theConsoleShowsOperationsWithTheirDescriptionsAndAttributes() throws Exception {
        chain.patients(2);
        chain.visit(1, "Visit", "one");
        chain.visit(2, "Late", "two");
        chain.program.run();
        MBeanServer jmx = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("mart-dhis2-sync:name=Operations");
        MBeanInfo info = jmx.getMBeanInfo(name);
        assertThat(Arrays.stream(info.getAttributes()).map(one -> one.getName())).containsExactlyInAnyOrder("Running", "Paused", "LastRun",
                "LastRunOutcomes", "PendingByMapping", "Dhis2Reachable", "BatchSize");
        assertThat(info.getAttributes()).allSatisfy(one -> assertThat(one.getDescription()).contains(" "));
        assertThat(Arrays.stream(info.getOperations()).filter(one -> !one.getName().matches("(is|get)[A-Z].*"))).allSatisfy(one -> {
            assertThat(one.getDescription()).contains(" ");
            assertThat(one.getSignature()).allSatisfy(parameter -> assertThat(parameter.getDescription()).contains(" "));
        }).extracting(one -> one.getName()).contains("runNow", "pause", "resume", "stopRun", "retrigger", "retriggerFailed", "resend");

        assertThat(jmx.getAttribute(name, "Running")).isEqualTo(false);
        assertThat(jmx.getAttribute(name, "Paused")).isEqualTo(false);
        assertThat(jmx.getAttribute(name, "LastRun")).asString().contains("1 events synced, 1 rejected, 0 waiting");
        assertThat(jmx.getAttribute(name, "LastRunOutcomes")).hasToString("{synced=1, rejected=1, waiting=0}");
        assertThat(jmx.getAttribute(name, "PendingByMapping")).hasToString("{(unknown)=1}");
        assertThat(jmx.getAttribute(name, "Dhis2Reachable")).isEqualTo("yes");
        assertThat(jmx.getAttribute(name, "BatchSize")).isEqualTo(500);
    }

    @Test
    void anEventIsAlsoRetriggeredByAMessageFromTheConsole() {
        chain.patients(1);
        int event = chain.visit(1, "Late", "one");
        chain.program.run();
        chain.clinic.mapping("Late", OperatedProgram.VISIT, "{}");
        chain.program.bean(ProducerTemplate.class).sendBody("direct:retrigger", " " + event + "\n");
        await().until(() -> chain.clinic.event(event).synced());
    }
}
