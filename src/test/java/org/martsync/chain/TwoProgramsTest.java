package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.dhis2.StandInFaults.path;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.RunningProgram;
import org.martsync.clinic.LogRow;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;

/** Two machines with one database and one DHIS2, whose schedules fire at the same moment. */
class TwoProgramsTest {

    private static final int PATIENTS = 100;

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with("sync.batch-patients=5", "sync.batch-events=20");
    private static RunningProgram second;

    @BeforeAll
    static void start() {
        second = RunningProgram.start(chain.clinic, chain.dhis2, WholeChain.PROGRAM, "sync.batch-patients=5", "sync.batch-events=20");
    }

    @AfterAll
    static void stop() {
        second.close();
    }

    @Test
    void everyEventIsSentOnceAndNobodyIsMadeTwice() {
        chain.patients(PATIENTS);
        List<Integer> events = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            events.addAll(chain.visitOfEach(PATIENTS, "round " + round));
        }
        int rejected = chain.visit(7, Map.of("f_number", "many"));
        chain.dhis2.slow(path("/api/tracker")).by(Duration.ofMillis(60));

        List<Run> runs = bothRun();

        assertThat(runs).extracting(Run::synced).as("both had a share").allSatisfy(share -> assertThat(share).isPositive());
        assertThat(runs.stream().mapToLong(Run::synced).sum()).isEqualTo(events.size());
        assertThat(runs.stream().mapToLong(Run::rejected).sum()).isEqualTo(1);
        chain.assertOnlyTheseStandInDhis2(events);
        assertThat(chain.dhis2.store().events()).extracting(Event::writes).containsOnly(1);
        assertThat(chain.writes().values()).containsOnly(1);
        events.forEach(event -> assertThat(chain.clinic.logOf(event)).extracting(LogRow::status).containsExactly("success"));
        chain.assertEvent(rejected).isRejected().hasFailed(1);
        assertThat(chain.clinic.logOf(rejected)).hasSize(1);
    }

    @Test
    void twoPatientsWithOneUicAreNotMadeByBothAtOnce() {
        chain.patients(40);
        List<Integer> events = new ArrayList<>();
        for (int patient = 1; patient <= 40; patient++) {
            chain.clinic.patientAgain(patient).uic("PAIR-" + (patient % 20));
            events.add(chain.visit(patient, "x"));
        }
        chain.dhis2.slow(path("/api/tracker")).by(Duration.ofMillis(40));

        bothRun();

        assertThat(events.stream().filter(event -> !chain.clinic.event(event).isPending())).hasSize(20);
        events.stream().filter(event -> chain.clinic.event(event).isPending())
                .forEach(event -> chain.assertEvent(event).isRejectedBecause("UIC").hasFailed(1));
        chain.assertNobodyIsThereTwice();
        assertThat(chain.dhis2.store().events()).hasSize(20).extracting(Event::writes).containsOnly(1);
    }

    /** Lets both schedules fire at the same moment and waits until both runs are over. */
    private static List<Run> bothRun() {
        Instant first = chain.program.begin();
        Instant other = second.begin();
        assertThat(other).as("one name on both").isEqualTo(first);
        List<Runs> both = List.of(chain.program.bean(Runs.class), second.bean(Runs.class));
        Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20)).until(() -> both.stream()
                .allMatch(runs -> runs.current() == null && runs.last() != null && runs.last().name().equals(first)));
        return both.stream().map(Runs::last).toList();
    }
}
