package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RunningProgram;
import org.martsync.clinic.ClinicAssert;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;
import org.quartz.CronScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerUtils;
import org.quartz.spi.OperableTrigger;

/** Daylight saving both ways, a database in another time zone than the program, a clock that was set back. */
class ClockTest {

    private static final TimeZone ZONE = TimeZone.getDefault();
    private static int tried;
    private static final List<Judge> JUDGED = new ArrayList<>();

    @AfterAll
    static void report() {
        new StressResult("clock", tried, sum(Judge::lost), sum(Judge::doubled), sum(Judge::wrong)).report();
    }

    private static int sum(Function<Judge, List<String>> findings) {
        return JUDGED.stream().mapToInt(judge -> findings.apply(judge).size()).sum();
    }

    private static void judge(Judge judge) {
        JUDGED.add(judge);
        judge.assertAllIsThereOnceAndRight();
    }

    @AfterEach
    void theMachinesOwnZone() {
        TimeZone.setDefault(ZONE);
    }

    // ---- ticks

    /** Their clocks go forward and back; in Cairo at midnight, on Lord Howe by half an hour. */
    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "Africa/Cairo", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"})
    void anHourlyRunGoesOnThroughBothNightsAndNoTwoHaveOneName(String zone) {
        List<Instant> ticks = ticks("0 45 * ? * *", zone, LocalDate.of(2026, 1, 1), LocalDate.of(2027, 1, 1));

        assertThat(ticks).doesNotHaveDuplicates().isSorted().hasSizeBetween(365 * 24 - 2, 365 * 24 + 2);
        for (int i = 1; i < ticks.size(); i++) {
            assertThat(Duration.between(ticks.get(i - 1), ticks.get(i))).as("before %s", ticks.get(i))
                    .isBetween(Duration.ofMinutes(30), Duration.ofMinutes(120));
        }
    }

    /** The hour from 2 to 3 is left out on 29 March and there twice on 25 October. */
    @Test
    void aDailyRunStartsOnceInTheHourThatIsRepeatedAndNotInTheOneThatIsLeftOut() {
        List<Instant> ticks = ticks("0 30 2 * * ?", "Europe/Berlin", LocalDate.of(2026, 1, 1), LocalDate.of(2027, 1, 1));

        Map<LocalDate, Long> byDay = ticks.stream().collect(Collectors.groupingBy(
                tick -> tick.atZone(ZoneId.of("Europe/Berlin")).toLocalDate(), LinkedHashMap::new, Collectors.counting()));
        assertThat(byDay.values()).containsOnly(1L);
        assertThat(byDay).containsKey(LocalDate.of(2026, 10, 25)).hasSize(364).doesNotContainKey(LocalDate.of(2026, 3, 29));
    }

    /** Fires as the program's own trigger does, see {@code ApplySchedule}. */
    private static List<Instant> ticks(String cron, String zone, LocalDate from, LocalDate to) {
        OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger()
                .withSchedule(CronScheduleBuilder.cronSchedule(cron).inTimeZone(TimeZone.getTimeZone(zone)))
                .startAt(Date.from(from.atStartOfDay(ZoneId.of(zone)).toInstant())).build();
        return TriggerUtils.computeFireTimesBetween(trigger, null, Date.from(from.atStartOfDay(ZoneId.of(zone)).toInstant()),
                Date.from(to.atStartOfDay(ZoneId.of(zone)).toInstant())).stream().map(Date::toInstant).toList();
    }

    // ---- days

    static Stream<String> zones() {
        return Stream.of("Africa/Cairo Pacific/Auckland", "Pacific/Auckland America/Los_Angeles", "America/St_Johns UTC", "UTC Africa/Harare")
                .limit(Form.isLong() ? 4 : 1);
    }

    /** In Cairo the clock goes from 23:59 to 01:00 on 26 April 2024 and back at midnight of 1 November; the database stands far east or west. */
    @ParameterizedTest
    @MethodSource("zones")
    void everyDayStaysTheDayThatTheClinicWrote(String zones) {
        TimeZone.setDefault(TimeZone.getTimeZone(zones.split(" ")[0]));
        try (StressClinic world = new StressClinic()) {
            world.clinic.jdbc().execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''" + zones.split(" ")[1]
                    + "''', current_database()); END $$");
            Map<Integer, LocalDateTime> visits = new LinkedHashMap<>();
            List<LocalDateTime> times = List.of(LocalDate.of(2024, 4, 26).atStartOfDay(), LocalDateTime.of(2024, 4, 26, 0, 30),
                    LocalDateTime.of(2024, 10, 31, 23, 30), LocalDate.of(2024, 11, 1).atStartOfDay(), LocalDate.of(2024, 3, 31).atStartOfDay(),
                    LocalDateTime.of(2024, 3, 31, 2, 30), LocalDateTime.of(2024, 10, 27, 2, 30), LocalDate.of(2024, 2, 29).atStartOfDay(),
                    LocalDateTime.of(2024, 12, 31, 23, 59, 59), LocalDateTime.of(2024, 9, 29, 2, 30), LocalDateTime.of(2024, 4, 7, 2, 30));
            try (RunningProgram program = RunningProgram.start(world.clinic, world.dhis2, StressClinic.PROGRAM)) {
                for (LocalDateTime time : times) {
                    int patient = visits.size() + 1;
                    world.clinic.patient(patient).column("address1", "Street").birthdate(time.toLocalDate()).created(time);
                    int encounter = world.nextEncounter();
                    world.clinic.encounter(encounter, patient, StressClinic.HOME, time);
                    world.clinic.form("visit_form", encounter, patient, Map.of("f_long", StressClinic.mark(encounter),
                            "f_date", time.toLocalDate().toString()), time);
                    world.clinic.pending(patient, "Visit", encounter);
                    visits.put(encounter, time);
                }

                program.run();

                tried += times.size();
                judge(world.judge());
                visits.forEach((encounter, time) -> {
                    Event event = world.dhis2.store().events().stream().filter(one -> one.dataValues().containsValue(StressClinic.mark(encounter)))
                            .findFirst().orElseThrow();
                    assertThat(event.occurredAt().toLocalDate()).isEqualTo(time.toLocalDate());
                    assertThat(event.dataValues()).containsEntry("VtElem00013", time.toLocalDate().toString());
                    assertThat(world.dhis2.store().enrolment(event.enrolment()).orElseThrow().enrolledAt().toLocalDate()).isEqualTo(time.toLocalDate());
                });
            }
        }
    }

    // ---- a clock that is set back

    @Test
    void aClockThatIsSetBackKeepsNoRejectedEventFromBeingTriedAgain() {
        try (StressClinic world = new StressClinic();
                RunningProgram program = RunningProgram.start(world.clinic, world.dhis2, StressClinic.PROGRAM)) {
            world.patients(2);
            int bad = world.visit(1, Map.of("f_number", "many"));
            Instant noon = Instant.parse("2026-06-01T12:00:00Z");
            Instant eleven = noon.minusSeconds(3600);

            run(program, noon);
            ClinicAssert.assertThat(world.clinic).event(bad).isRejected().hasFailed(1);
            run(program, eleven);
            ClinicAssert.assertThat(world.clinic).event(bad).isRejected().hasFailed(2);
            int good = world.visit(2, Map.of("f_text", "of the second noon"));
            run(program, noon);
            ClinicAssert.assertThat(world.clinic).event(bad).isRejected().hasFailed(3);
            ClinicAssert.assertThat(world.clinic).event(good).isSynced();
            run(program, noon);
            ClinicAssert.assertThat(world.clinic).event(bad).as("one name, one run").isRejected().hasFailed(3);
            run(program, noon.minus(Duration.ofDays(3650)));
            ClinicAssert.assertThat(world.clinic).event(bad).isRejected().hasFailed(4);

            judge(Judge.of(world.clinic, world.dhis2.store(), Set.of(bad)));
        }
    }

    private static Run run(RunningProgram program, Instant name) {
        Runs runs = program.bean(Runs.class);
        Run before = runs.last();
        tried++;
        program.bean(ProducerTemplate.class).sendBodyAndHeader("direct:start-run", null, "run", name);
        Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(10))
                .until(() -> runs.current() == null && runs.last() != before);
        return runs.last();
    }
}
