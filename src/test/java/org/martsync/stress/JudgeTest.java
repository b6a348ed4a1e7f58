package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.martsync.RunningProgram;
import org.martsync.dhis2.TrackerStore;
import org.martsync.dhis2.TrackerStore.Enrolment;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.dhis2.TrackerStore.TrackedEntity;

/** The judge finds what is made wrong on purpose, and nothing where all is well. */
class JudgeTest {

    private static StressClinic world;
    private static RunningProgram program;

    @BeforeAll
    static void start() {
        world = new StressClinic();
        program = RunningProgram.start(world.clinic, world.dhis2, StressClinic.PROGRAM);
    }

    @AfterAll
    static void stop() {
        program.close();
        world.close();
    }

    @Test
    void findsWhatIsLostDoubledOrWrong() {
        world.patients(7);
        Map<String, Object> answers = new HashMap<>(Map.of("f_text", "a", "f_number", "5", "f_yes", "true", "f_date", "2024-02-29"));
        answers.put("f_text", null);
        int[] events = new int[8];
        for (int patient = 1; patient <= 7; patient++) {
            events[patient] = world.visit(patient, answers);
        }
        program.run();
        world.judge().assertAllIsThereOnceAndRight();

        TrackerStore store = world.dhis2.store();
        store.deleteEvent(eventOf(2).uid());
        store.put(copy(eventOf(3), "AnotherEvt1", eventOf(3).enrolment(), eventOf(3).dataValues()));
        world.clinic.jdbc().update("UPDATE visit_form SET f_number = '6' WHERE patient_id = 4");
        store.put(copy(eventOf(5), eventOf(5).uid(), eventOf(6).enrolment(), eventOf(5).dataValues()));
        TrackedEntity first = store.trackedEntities().get(0);
        store.put(new TrackedEntity("AnotherTei1", first.type(), first.orgUnit(), first.attributes()));
        store.put(new Enrolment("AnotherEnr1", store.trackedEntities().get(6).uid(), StressClinic.PROGRAM, RunningProgram.SITE, StressClinic.MORNING));
        store.put(copy(eventOf(6), "AnotherEvt2", eventOf(6).enrolment(), Map.of()));
        world.clinic.jdbc().update("UPDATE events_to_sync SET synced = false WHERE id = ?", events[7]);

        Judge judge = world.judge();

        assertThat(judge.lost()).hasSize(2).anyMatch(line -> line.contains("encounter 1002")).anyMatch(line -> line.contains("still queued"));
        assertThat(judge.doubled()).hasSize(3).anyMatch(line -> line.contains("encounter 1003")).anyMatch(line -> line.contains("is there 2 times"))
                .anyMatch(line -> line.contains("is enrolled 2 times"));
        assertThat(judge.wrong()).hasSize(3).anyMatch(line -> line.contains("holds")).anyMatch(line -> line.contains("somebody else's"))
                .anyMatch(line -> line.contains("stands for no visit"));
        assertThat(Judge.of(world.clinic, store, Set.of(events[4])).wrong()).anyMatch(line -> line.contains("should have been refused"));
    }

    private static Event eventOf(int patient) {
        return world.dhis2.store().events().stream()
                .filter(event -> event.dataValues().containsValue(StressClinic.mark(1000 + patient))).findFirst().orElseThrow();
    }

    private static Event copy(Event event, String uid, String enrolment, Map<String, String> values) {
        return new Event(uid, enrolment, event.stage(), event.orgUnit(), event.occurredAt(), values);
    }
}
