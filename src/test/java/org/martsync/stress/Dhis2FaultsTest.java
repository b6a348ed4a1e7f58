package org.martsync.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.dhis2.StandInFaults.gets;
import static org.martsync.dhis2.StandInFaults.holding;
import static org.martsync.dhis2.StandInFaults.path;
import static org.martsync.dhis2.StandInFaults.posts;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RunningProgram;
import org.martsync.clinic.ClinicAssert;
import org.martsync.clinic.LogRow;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.Dhis2StandIn.Request;
import org.martsync.dhis2.StandInFaults.Fault;
import org.martsync.sync.Run;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Everything that can be wrong with an answer of DHIS2, at each kind of request: once, and until somebody mends it. Each
 * has its rule; and when all is well again, every visit stands in DHIS2 once and with its values.
 */
@ExtendWith(OutputCaptureExtension.class)
class Dhis2FaultsTest {

    private static final Duration RESPONSE_TIMEOUT = Duration.ofMillis(Form.isLong() ? 2000 : 700);

    private static final Set<Integer> ALL = new LinkedHashSet<>();
    private static final AtomicInteger TRIED = new AtomicInteger();
    private static StressClinic world;
    private static RunningProgram program;
    private static int lastPatient;

    /** What is asked of DHIS2 in a run, in its order. */
    private enum Question {
        METADATA(gets().and(path("/api/programs"))),
        SEARCH(gets().and(path("/api/tracker/trackedEntities"))),
        POST(posts());

        private final Predicate<Request> which;

        Question(Predicate<Request> which) {
            this.which = which;
        }
    }

    /** What a fault that does not go away does to a run. */
    private enum Rule {
        /** The run waits as long as its patience lasts; nothing is counted against an event. */
        WAITS,
        /** Only a person can put it right: the run stops at once and says what; nothing is counted against an event. */
        STOPS,
        /** It is no fault to the program. */
        GOES_ON
    }

    private interface Strike {
        void on(Dhis2StandIn dhis2, int times, Predicate<Request> which);
    }

    /** A fault, what it does when it stays, at metadata and searches and at a POST, and what the run then says. */
    private record Wrong(String name, Strike strike, Rule atQuestions, Rule atPosts, String says) {

        static Wrong waits(String name, String says, Strike strike) {
            return new Wrong(name, strike, Rule.WAITS, Rule.WAITS, says);
        }

        static Wrong stops(String name, String says, Strike strike) {
            return new Wrong(name, strike, Rule.STOPS, Rule.STOPS, says);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Strike answers(Consumer<Fault> how) {
        return (dhis2, times, which) -> how.accept(dhis2.fail(times, which));
    }

    private static final List<Wrong> FAULTS = List.of(
            Wrong.waits("connections are refused", "DHIS2 cannot be reached", Dhis2FaultsTest::refuse),
            Wrong.waits("a black hole takes what is sent and never answers", "DHIS2 cannot be reached (SocketTimeoutException)",
                    (dhis2, times, which) -> dhis2.holdUnprocessed(times, which)),
            Wrong.waits("the answer comes too late, all is stored", "DHIS2 cannot be reached (SocketTimeoutException)",
                    (dhis2, times, which) -> dhis2.hold(times, which)),
            Wrong.waits("reset before anything is stored", "DHIS2 cannot be reached", answers(Fault::byResetBeforeProcessing)),
            Wrong.waits("reset in the answer", "DHIS2 cannot be reached", answers(Fault::byBreakingInTheAnswer)),
            Wrong.waits("reset after all is stored", "DHIS2 cannot be reached", answers(Fault::byResetAfterProcessing)),
            Wrong.waits("the answer is cut in the middle", "DHIS2 cannot be reached", answers(Fault::byCuttingTheAnswer)),
            Wrong.waits("a page of HTML with 200", "HTTP 200 with something that is no JSON", answers(Fault::withHtml)),
            Wrong.waits("nothing with 200", "HTTP 200 with something that is no JSON", answers(Fault::withEmptyBody)),
            Wrong.waits("408", "DHIS2 answered HTTP 408", answers(fault -> fault.with(408, "Request Timeout"))),
            Wrong.waits("429 with Retry-After", "DHIS2 answered HTTP 429", answers(fault -> fault.withTooManyRequests(Duration.ofSeconds(1)))),
            Wrong.waits("500", "DHIS2 answered", answers(fault -> fault.with(500, "Internal Server Error"))),
            Wrong.waits("500 of a proxy", "DHIS2 answered", answers(fault -> fault.with(500, "text/html", "<h1>Oops</h1>"))),
            Wrong.waits("502", "DHIS2 answered HTTP 502", answers(fault -> fault.with(502, "text/html", "<h1>Bad Gateway</h1>"))),
            Wrong.waits("503", "DHIS2 answered HTTP 503", answers(fault -> fault.with(503, "text/html", "<h1>Service Unavailable</h1>"))),
            Wrong.waits("504", "DHIS2 answered HTTP 504", answers(fault -> fault.with(504, "text/html", "<h1>Gateway Time-out</h1>"))),
            new Wrong("400", answers(fault -> fault.with(400, "Bad Request")), Rule.STOPS, Rule.WAITS, "HTTP 400"),
            new Wrong("409 without JSON", answers(fault -> fault.with(409, "text/plain", "Conflict")), Rule.STOPS, Rule.WAITS, "HTTP 409"),
            new Wrong("413", answers(fault -> fault.with(413, "text/html", "<h1>Too Large</h1>")), Rule.STOPS, Rule.WAITS, "HTTP 413"),
            Wrong.stops("401", "DHIS2 refused the login (HTTP 401)", answers(fault -> fault.with(401, "Unauthorized"))),
            Wrong.stops("403", "HTTP 403", answers(fault -> fault.with(403, "Access is denied"))),
            Wrong.stops("404", "DHIS2 has nothing at this address (HTTP 404)", answers(fault -> fault.with(404, "text/html", "<h1>Not Found</h1>"))),
            Wrong.stops("a redirect to the login page", "dhis2.password", answers(Fault::withLoginRedirect)),
            new Wrong("a slow trickle of bytes", answers(fault -> fault.byTrickling(RESPONSE_TIMEOUT.plusMillis(500))), Rule.GOES_ON, Rule.GOES_ON, ""),
            Wrong.waits("a trickle with gaps longer than the time-out", "DHIS2 cannot be reached (SocketTimeoutException)",
                    answers(fault -> fault.byTrickling(RESPONSE_TIMEOUT.multipliedBy(20)))));

    /** Connections are refused from a request on: its own is lost too. Once means for as long as the run waits for a first time. */
    private static void refuse(Dhis2StandIn dhis2, int times, Predicate<Request> which) {
        if (times > 1) {
            // another worker's request may have been connected before: it is lost like the rest
            dhis2.fail(times, which).byResetBeforeProcessing();
        }
        AtomicInteger struck = new AtomicInteger();
        dhis2.onRequest(request -> {
            // the first alone: another that is on its way would stop the server that was started again meanwhile
            if (which.test(request) && struck.incrementAndGet() == 1) {
                dhis2.refuseConnections();
                if (times == 1) {
                    dhis2.acceptConnections();
                }
            }
        });
    }

    @BeforeAll
    static void start() {
        world = new StressClinic();
        program = RunningProgram.start(world.clinic, world.dhis2, StressClinic.PROGRAM, "sync.workers=2", "sync.ahead=2", "sync.batch-patients=4",
                "dhis2.response-timeout=" + RESPONSE_TIMEOUT.toMillis(), "sync.patience=300ms");
    }

    @AfterAll
    static void judge() {
        try {
            Judge judge = world.judge();
            judge.result("dhis2 faults", TRIED.get()).report();
            judge.assertAllIsThereOnceAndRight();
            assertThat(judge.compared()).isEqualTo(ALL.size());
        } finally {
            program.close();
            world.close();
        }
    }

    /** In short, the faults at a POST, where they can do harm, without those that are like another, and some at the others. */
    static Stream<Arguments> everyFaultAtEveryQuestion() {
        List<String> also = List.of("reset after all is stored", "500", "409 without JSON", "401");
        List<String> alike = List.of("408", "500 of a proxy", "502", "a trickle with gaps longer than the time-out");
        return FAULTS.stream().filter(fault -> Form.isLong() || !alike.contains(fault.name)).flatMap(fault -> Stream.of(Question.values())
                .filter(question -> Form.isLong() || question == Question.POST || also.contains(fault.name))
                .map(question -> Arguments.of(fault, question)));
    }

    @ParameterizedTest(name = "{0}, at {1}")
    @MethodSource("everyFaultAtEveryQuestion")
    void aFaultIsMadeGoodOnceAndStandsByItsRuleWhenItStays(Wrong fault, Question question, CapturedOutput output) {
        List<Integer> first = visits();
        strike(fault, 1, question);
        runUntilAllIsSynced(first);
        first.forEach(event -> assertStoredAndLogged(event, 0));

        List<Integer> second = visits();
        world.clinic.edit(first.get(0), "visit_form", Map.of("f_text", "corrected during " + fault.name));
        strike(fault, Integer.MAX_VALUE, question);
        int before = output.length();
        Run run = program.run();
        String said = output.toString().substring(before);

        Rule rule = question == Question.POST ? fault.atPosts : fault.atQuestions;
        switch (rule) {
            case WAITS -> assertThat(run.stopped()).contains(fault.says, "in vain");
            case STOPS -> assertThat(run.stopped()).contains(fault.says).doesNotContain("in vain");
            case GOES_ON -> assertThat(run.stopped()).isNull();
        }
        if (rule != Rule.GOES_ON) {
            second.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isWaiting());
            assertThat(said.lines().filter(line -> line.contains("sync: run ") && !line.contains("stopped: "))).as("lines on an outage of any length")
                    .hasSize(rule == Rule.WAITS ? 1 : 0);
        }
        assertThat(said.lines()).as("stack traces").noneMatch(line -> line.startsWith("\tat "));
        heal();
        runUntilAllIsSynced(second);
        second.forEach(event -> assertStoredAndLogged(event, 0));
    }

    /** A fault of every POST that holds one certain event, and of no other: the event is to blame, whatever DHIS2 answers. */
    @ParameterizedTest
    @ValueSource(ints = {400, 409, 413, 500})
    void anEventThatBreaksEveryPostItIsInIsRejectedByName(int status) {
        List<Integer> events = visits();
        int bad = visit(lastPatient, "POISON");
        Fault fault = world.dhis2.failAlways(posts().and(holding("POISON")));
        fault.with(status, "text/html", "<h1>no</h1>");

        Run run = program.run();

        TRIED.incrementAndGet();
        assertThat(fault.struck()).isPositive();
        assertThat(run.stopped()).isNull();
        events.forEach(event -> assertStoredAndLogged(event, 0));
        ClinicAssert.assertThat(world.clinic).event(bad).isRejectedBecause("DHIS2 could not take this event").hasFailed(1)
                .isRejectedBecause("[HTTP " + status + "]");
        heal();
        runUntilAllIsSynced(List.of(bad));
        assertStoredAndLogged(bad, 1);
    }

    /** In short, {@code WrongPasswordTest} does it. */
    @Test
    @EnabledIfSystemProperty(named = "stress", matches = "long")
    void aWrongPasswordStopsTheRunAtTheFirstRequestAndIsNotRepeated() {
        List<Integer> events = visits();
        try (RunningProgram locked = RunningProgram.start(world.clinic, world.dhis2, StressClinic.PROGRAM, "dhis2.password=wrong",
                "spring.jmx.enabled=false")) {
            world.dhis2.resetCounts();
            Run run = locked.run();
            assertThat(run.stopped()).contains("DHIS2 refused the login (HTTP 401)", "dhis2.password").doesNotContain("wrong");
            assertThat(world.dhis2.requests()).as("requests of a run that may lock an account").isEqualTo(1);
        }
        TRIED.incrementAndGet();
        events.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isWaiting());
        runUntilAllIsSynced(events);
    }

    /** The password is changed while the metadata is still known: the workers come to it side by side. */
    @Test
    void aPasswordThatIsRefusedToTheWorkersIsNotRepeatedByEachForEachBatch() {
        List<Integer> events = new ArrayList<>(visits());
        events.addAll(visits());
        events.addAll(visits());
        Fault fault = world.dhis2.failAlways(path("/api/tracker")).with(401, "Unauthorized");

        Run run = program.run();

        TRIED.incrementAndGet();
        assertThat(run.stopped()).contains("HTTP 401");
        assertThat(fault.struck()).as("at most one each of 2 workers and 2 ahead").isLessThanOrEqualTo(4);
        events.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isWaiting());
        heal();
        runUntilAllIsSynced(events);
    }

    @Test
    void aBatchThatIsTooLargeIsHalvedAndTheNextOnesAreSmallerUntilTheyGrowAgain() {
        List<Integer> events = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            events.addAll(visits());
        }
        double before = shrinks("too-large");
        Fault fault = world.dhis2.failAlways(posts().and(request -> request.text().split("\"programStage\"").length > 5));
        fault.with(413, "text/html", "<h1>Too Large</h1>");

        Run run = program.run();

        TRIED.addAndGet(fault.struck());
        assertThat(run.stopped()).isNull();
        assertThat(shrinks("too-large")).isGreaterThan(before);
        assertThat(fault.struck()).as("refused requests of %s", run.requests()).isLessThan(events.size() / 2);
        events.forEach(event -> assertStoredAndLogged(event, 0));
        heal();
        double small = size();
        for (int more = 1; more <= 10 && size() <= small; more++) {
            runUntilAllIsSynced(visits());
        }
        assertThat(size()).isGreaterThan(small);
    }

    @Test
    void aSlowDhis2GetsSmallerBatches() {
        try (RunningProgram hasty = RunningProgram.start(world.clinic, world.dhis2, StressClinic.PROGRAM, "sync.slow-answer=100ms",
                "sync.batch-patients=4", "sync.workers=1", "spring.jmx.enabled=false")) {
            List<Integer> events = new ArrayList<>(visits());
            events.addAll(visits());
            world.dhis2.slow(posts()).by(Duration.ofMillis(200));
            hasty.run();
            TRIED.incrementAndGet();
            MeterRegistry meters = hasty.bean(MeterRegistry.class);
            assertThat(meters.get("mart.batch.shrinks").tag("reason", "slow").counter().count()).isPositive();
            assertThat(meters.get("mart.batch.size").gauge().value()).isLessThan(6);
            events.forEach(event -> assertStoredAndLogged(event, 0));
        } finally {
            heal();
        }
    }

    // ---- the words of these tests

    private static double shrinks(String reason) {
        return program.bean(MeterRegistry.class).get("mart.batch.shrinks").tag("reason", reason).counter().count();
    }

    private static double size() {
        return program.bean(MeterRegistry.class).get("mart.batch.size").gauge().value();
    }

    /** Five new patients with six visits, and one more of a patient whom DHIS2 knows. */
    private static List<Integer> visits() {
        List<Integer> events = new ArrayList<>();
        int known = lastPatient;
        for (int i = 1; i <= 5; i++) {
            lastPatient++;
            world.clinic.patient(lastPatient).column("address1", "Street " + lastPatient);
            events.add(visit(lastPatient, "first of " + lastPatient));
        }
        events.add(visit(lastPatient, "second of " + lastPatient));
        if (known > 0) {
            events.add(visit(known, "another of " + known));
        }
        return events;
    }

    private static int visit(int patient, String text) {
        int event = world.visit(patient, Map.of("f_text", text, "f_number", String.valueOf(patient), "f_yes", "true", "f_date", "2024-02-29"));
        ALL.add(event);
        return event;
    }

    private static void strike(Wrong fault, int times, Question question) {
        fault.strike.on(world.dhis2, times, question.which);
        TRIED.incrementAndGet();
    }

    @AfterEach
    void heal() {
        allIsWell();
    }

    private static void allIsWell() {
        world.dhis2.heal();
        world.dhis2.acceptConnections();
    }

    /** As the schedule would: run after run. A fault that strikes once may take the first of them. */
    private static void runUntilAllIsSynced(List<Integer> events) {
        for (int run = 1; run <= 5 && events.stream().anyMatch(event -> world.clinic.event(event).isPending()); run++) {
            program.run();
        }
        allIsWell();
        events.forEach(event -> ClinicAssert.assertThat(world.clinic).event(event).isSynced());
    }

    private static void assertStoredAndLogged(int event, int failed) {
        ClinicAssert.assertThat(world.clinic).event(event).isSynced().hasFailed(failed);
        List<String> outcomes = world.clinic.logOf(event).stream().map(LogRow::status).toList();
        assertThat(outcomes).as("log of event %s", event).hasSize(failed + 1).filteredOn("success"::equals).hasSize(1);
        String mark = StressClinic.mark(Integer.parseInt(world.clinic.event(event).encounterId()));
        assertThat(world.dhis2.store().events().stream().filter(stored -> stored.dataValues().containsValue(mark))).as(mark).hasSize(1);
    }
}
