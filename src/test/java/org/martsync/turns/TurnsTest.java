package org.martsync.turns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.martsync.clinic.Clinic;
import org.springframework.jdbc.BadSqlGrammarException;

/** Nodes with a pool of connections each, as they are in processes of their own. */
class TurnsTest {

    private static final String DHIS2 = "https://dhis2.example.org";
    private static Clinic common;

    private final ExecutorService requests = Executors.newCachedThreadPool();
    private final List<Node> nodes = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();

    @BeforeAll
    static void start() {
        common = Clinic.empty();
    }

    @AfterEach
    void end() {
        stopped.set(true);
        nodes.forEach(Node::close);
        requests.shutdownNow();
        common.jdbc().execute("DROP TABLE IF EXISTS sync_turn");
    }

    @AfterAll
    static void stop() {
        common.close();
    }

    @Test
    void noMoreThanTheLimitAreInFlightHoweverManyAskOnHoweverManyNodes() throws Exception {
        List<Node> several = List.of(node("A", 3), node("A", 3), node("B", 3), node("C", 3));
        AtomicInteger inFlight = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (Node node : several) {
            for (int thread = 0; thread < 8; thread++) {
                all.add(requests.submit(() -> {
                    for (int i = 0; i < 10; i++) {
                        try (Turns.Turn turn = node.turns.await(stopped::get)) {
                            most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                            common.jdbc().execute("SELECT pg_sleep(0.002)"); // what the request takes
                            inFlight.decrementAndGet();
                        }
                    }
                }));
            }
        }
        for (Future<?> one : all) {
            one.get();
        }
        assertThat(most.get()).isBetween(2, 3);
        assertThat(tickets()).isZero();
    }

    @Test
    void whileSomebodyLooksNobodyElseDoes() throws Exception {
        Node node = node("A", 1);
        try (Connection looking = common.dataSource().getConnection()) {
            looking.setAutoCommit(false);
            looking.createStatement().execute("SELECT pg_advisory_xact_lock(hashtextextended('mart-dhis2-sync turns of " + DHIS2 + "', 0))");
            node.ask(1);
            awaitTickets("site = 'A'", 1);
            await().during(Duration.ofMillis(300)).until(() -> node.inFlight() == 0);
            looking.rollback();
        }
        await().until(() -> node.inFlight() == 1);
    }

    @Test
    void whoHasFewerInFlightGoesFirst() {
        Node big = node("A", 4);
        Node small = node("B", 4);
        big.ask(20);
        await().until(() -> big.inFlight() == 4);
        small.ask(20);
        awaitWaiters(2);

        big.end(1);
        await().until(() -> small.inFlight() == 1);
        awaitWaiters(2);
        big.end(1);
        await().until(() -> small.inFlight() == 2);
        awaitWaiters(2);
        // both have their half: what one gives back it gets again
        big.end(1);
        await().until(() -> big.inFlight() == 2);
        small.end(1);
        await().until(() -> small.inFlight() == 2);
        assertThat(big.inFlight()).isEqualTo(2);
    }

    @Test
    void whoAsksForOneGetsItBeforeWhoHasTwentyWaitingGetsTwo() {
        Node big = node("A", 1);
        Node small = node("B", 1);
        big.ask(21);
        await().until(() -> big.inFlight() == 1);
        awaitWaiters(1);
        small.ask(1);
        awaitWaiters(2);

        big.end(1);
        await().until(() -> big.inFlight() == 1);
        awaitWaiters(2);
        big.end(1);
        await().until(() -> small.inFlight() == 1);
        assertThat(big.done()).isEqualTo(2);
    }

    @Test
    void whatASiteDoesNotUseTheOthersDo() {
        node("B", 5).ask(0);
        Node busy = node("A", 5);
        busy.ask(9);
        await().until(() -> busy.inFlight() == 5);
    }

    @Test
    void oneRequestOfANodeWaitsInTheDatabaseForAllOfThem() {
        Node busy = node("A", 2);
        busy.ask(30);
        await().until(() -> busy.inFlight() == 2);
        awaitWaiters(1);
        assertThat(tickets()).isEqualTo(3);
    }

    @Test
    void anotherServerHasTurnsOfItsOwn() {
        node("A", 1).ask(1);
        Node elsewhere = node("A", 1, "https://dhis2.example.com", Duration.ofMinutes(1));
        Node sameWithSlash = node("B", 1, "https://DHIS2.example.org/", Duration.ofMinutes(1));
        await().until(() -> nodes.get(0).inFlight() == 1);
        elsewhere.ask(1);
        await().until(() -> elsewhere.inFlight() == 1);
        sameWithSlash.ask(1);
        awaitWaiters(1);
        assertThat(sameWithSlash.inFlight()).isZero();
    }

    // ---- who is gone

    @Test
    void aKilledNodeFreesItsTurn() {
        try (OwnNode killed = OwnNode.start(database(common.user()), new Share(DHIS2, "A", 1, Duration.ofMinutes(1)))) {
            awaitTickets("site = 'A' AND taken_at IS NOT NULL", 1);
            Node other = node("B", 1);
            other.ask(1);
            awaitWaiters(1);

            killed.signal("KILL");
            await().until(() -> other.inFlight() == 1);
            awaitTickets("site = 'A'", 0);
        }
    }

    @Test
    void aNodeThatStandsStillWhileItWaitsIsPassedOverAndWaitsOnWhenItGoesOn() {
        Node other = node("B", 1);
        other.ask(1);
        await().until(() -> other.inFlight() == 1);
        try (OwnNode still = OwnNode.start(database(common.user()), new Share(DHIS2, "A", 1, Duration.ofMinutes(1)))) {
            awaitTickets("site = 'A'", 1);
            other.ask(1);
            awaitWaiters(2);
            still.signal("STOP");
            other.end(1);
            await().atMost(Duration.ofSeconds(20)).until(() -> other.inFlight() == 1);
            awaitTickets("site = 'A' AND taken_at IS NULL", 1);

            still.signal("CONT");
            other.end(1);
            awaitTickets("site = 'A' AND taken_at IS NOT NULL", 1);
        }
    }

    @Test
    void aConnectionThatIsLostFreesItsTurn() {
        Node lost = node("A", 1);
        Node other = node("B", 1);
        lost.ask(1);
        await().until(() -> lost.inFlight() == 1);
        other.ask(1);
        awaitWaiters(1);

        common.jdbc().queryForList("SELECT pg_terminate_backend(pid) FROM sync_turn WHERE site = 'A'");
        await().until(() -> other.inFlight() == 1);

        lost.end(1);
        await().until(() -> lost.done() == 1);
        assertThat(other.inFlight()).isEqualTo(1);
        lost.ask(1);
        other.end(1);
        await().until(() -> lost.inFlight() == 1);
        assertThat(tickets()).isEqualTo(1);
    }

    @Test
    void aConnectionOfTheSameNumberThatBeganLaterIsAnotherOne() {
        Node other = node("B", 1);
        other.ask(1);
        await().until(() -> other.inFlight() == 1);
        common.jdbc().update("UPDATE sync_turn SET backend_start = backend_start - interval '1 min'");
        other.ask(1);
        await().until(() -> other.inFlight() == 2);
    }

    @Test
    void whoWaitsAndHasStoppedLookingIsPassedOver() {
        Node other = node("B", 1);
        other.ask(1);
        await().until(() -> other.inFlight() == 1);
        other.end(1);
        await().until(() -> other.done() == 1);
        // the ticket of a connection that is open, and of which nobody looks
        long stoppedOne = common.jdbc().queryForObject("""
                INSERT INTO sync_turn (server, site, pid, backend_start)
                SELECT ?, 'A', pid, backend_start FROM pg_stat_activity WHERE application_name = 'mart-dhis2-sync' LIMIT 1 RETURNING ticket""",
                Long.class, DHIS2);
        other.ask(1);
        awaitWaiters(2);
        await().during(Duration.ofMillis(300)).until(() -> other.inFlight() == 0);

        common.jdbc().update("UPDATE sync_turn SET seen_at = seen_at - interval '10 s' WHERE ticket = ?", stoppedOne);
        await().until(() -> other.inFlight() == 1);
    }

    @Test
    void aRequestInFlightForTooLongCountsNoMore() {
        Node slow = node("A", 1, DHIS2, Duration.ofMinutes(10));
        Node other = node("B", 1, DHIS2, Duration.ofMinutes(10));
        slow.ask(1);
        await().until(() -> slow.inFlight() == 1);
        other.ask(1);
        awaitWaiters(1);
        common.jdbc().update("UPDATE sync_turn SET taken_at = taken_at - interval '11 min' WHERE taken_at IS NOT NULL");
        await().until(() -> other.inFlight() == 1);
    }

    // ---- stops and failures

    @Test
    void aStopReachesAllWhoWaitAndLeavesNothingBehind() {
        Node busy = node("A", 1);
        busy.ask(10);
        await().until(() -> busy.inFlight() == 1);
        awaitWaiters(1);
        stopped.set(true);
        await().until(() -> busy.failures.size() == 9);
        assertThat(busy.failures).allSatisfy(failure -> assertThat(failure).isInstanceOf(RejectedExecutionException.class));
        assertThat(tickets()).isEqualTo(1);
        busy.end(1);
        await().until(() -> tickets() == 0);
    }

    @Test
    void whoIsStoppedWhileItsTurnIsFreeTakesItAllTheSame() {
        stopped.set(true);
        Node node = node("A", 1);
        node.ask(1);
        await().until(() -> node.inFlight() == 1);
    }

    @Test
    void aBrokenLookGivesNoTurnAndTheNextOneDoes() {
        Node node = node("A", 1);
        node.ask(1);
        await().until(() -> node.inFlight() == 1);
        node.ask(1);
        awaitWaiters(1);
        common.jdbc().queryForList("SELECT pg_terminate_backend(pid) FROM sync_turn WHERE taken_at IS NULL");
        await().until(() -> node.failures.size() == 1);
        assertThat(node.failures.get(0)).isInstanceOfSatisfying(TurnsUnavailable.class, away -> assertThat(away.passing()).isTrue())
                .hasMessageContaining("the database with the turns (turns.server) cannot answer");
        assertThat(node.inFlight()).isEqualTo(1);
        node.end(1);
        node.ask(1);
        await().until(() -> node.done() == 1 && node.inFlight() == 1);
    }

    @Test
    void aDatabaseThatRefusesTellsWhatAPersonCanPutRight() {
        common.jdbc().execute("CREATE ROLE reader LOGIN");
        try (Turns refused = turns("reader", "A", 1, DHIS2, Duration.ofMinutes(1))) {
            assertThatThrownBy(() -> refused.await(stopped::get))
                    .isInstanceOfSatisfying(TurnsUnavailable.class, failure -> assertThat(failure.passing()).isFalse())
                    .hasMessageContaining("(SQL state 42501)").hasMessageContaining("turns.user");
        } finally {
            common.jdbc().execute("DROP ROLE reader");
        }
    }

    private Node node(String site, int limit) {
        return node(site, limit, DHIS2, Duration.ofMinutes(1));
    }

    private Node node(String site, int limit, String dhis2, Duration longest) {
        Node node = new Node(turns(common.user(), site, limit, dhis2, longest));
        nodes.add(node);
        return node;
    }

    private static Turns turns(String user, String site, int limit, String dhis2, Duration longest) {
        return new Turns(database(user), new Share(dhis2, site, limit, longest), new SimpleMeterRegistry());
    }

    private static TurnsDatabase database(String user) {
        URI at = URI.create(common.jdbcUrl().substring("jdbc:".length()));
        return new TurnsDatabase(at.getHost() + ":" + at.getPort(), at.getPath().substring(1), "public", user, common.password(), "");
    }

    private static void awaitWaiters(int many) {
        awaitTickets("taken_at IS NULL", many);
    }

    private static void awaitTickets(String which, int many) {
        await().atMost(Duration.ofMinutes(1)).ignoreException(BadSqlGrammarException.class) // no table before the first ticket
                .until(() -> common.jdbc().queryForObject("SELECT count(*) FROM sync_turn WHERE " + which, Integer.class) == many);
    }

    private static int tickets() {
        return common.jdbc().queryForObject("SELECT count(*) FROM sync_turn", Integer.class);
    }

    /** A node whose requests last until the test ends them. */
    private final class Node {

        private final Turns turns;
        private final List<CountDownLatch> going = new CopyOnWriteArrayList<>();
        private final AtomicInteger ended = new AtomicInteger();
        private final List<Exception> failures = new CopyOnWriteArrayList<>();

        Node(Turns turns) {
            this.turns = turns;
        }

        void ask(int many) {
            for (int i = 0; i < many; i++) {
                requests.submit(() -> {
                    CountDownLatch end = new CountDownLatch(1);
                    try (Turns.Turn turn = turns.await(stopped::get)) {
                        going.add(end);
                        end.await();
                    } catch (Exception failure) {
                        failures.add(failure);
                    }
                    ended.incrementAndGet();
                });
            }
        }

        int inFlight() {
            return going.size();
        }

        /** Ends requests in flight, those first that began first. */
        void end(int many) {
            for (int i = 0; i < many; i++) {
                going.remove(0).countDown();
            }
        }

        int done() {
            return ended.get() - failures.size();
        }

        void close() {
            going.forEach(CountDownLatch::countDown);
            turns.close();
        }
    }
}
