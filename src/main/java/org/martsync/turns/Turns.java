package org.martsync.turns;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Gives one request after another its turn to ask DHIS2, so that all sites on all machines together never have more than
 * {@link Share#limit} in flight, and each site its share of them. The turns are rows of {@code sync_turn}, in a database that all have in common.
 *
 * <p>A site with fewer requests in flight goes first; among equals, who asked first. So one that has much to do cannot keep
 * another waiting, and what one does not use the others do.
 *
 * <p>A turn lives as long as the connection that asked for it: the connection of a killed node is closed by its
 * machine, and the turn counts no more. All times are the database's, since machines' clocks differ.
 */
public final class Turns implements AutoCloseable {

    /** Between two looks of who is next; who is behind looks the less often the more go before, so that many who wait cost little more than a few. */
    private static final long LOOK_MILLIS = 20;
    private static final long LONGEST_LOOK_MILLIS = 1000;
    private static final long SIGN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String NO_SUCH_TABLE = "42P01";
    private static final long TAKEN = -1;

    /** Not logged, as no turn outlives the server. Two nodes that begin at once make it one after the other. */
    private static final String TABLE = """
            SELECT pg_advisory_xact_lock(hashtextextended('mart-dhis2-sync turns', 0));
            CREATE UNLOGGED TABLE IF NOT EXISTS sync_turn (
              ticket bigserial PRIMARY KEY,
              server text NOT NULL,
              site text NOT NULL,
              asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
              seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
              taken_at timestamptz,
              pid int NOT NULL,
              backend_start timestamptz NOT NULL
            )""";

    private static final String ASK = """
            INSERT INTO sync_turn (server, site, pid, backend_start)
            SELECT ?, ?, pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid() RETURNING ticket""";

    /**
     * Looks whether it is a ticket's turn, and takes it. Both statements go in one message and so in one transaction: the lock,
     * by which one at a time looks, is never held by a node that has stopped.
     *
     * <p>Who waits and has given no sign for 5 s has stopped and is passed over. Those who go before need not have taken their
     * turns: it is enough that there is room for them too.
     */
    private static final String LOOK = """
            SELECT pg_advisory_xact_lock(hashtextextended('mart-dhis2-sync turns of ' || ?, 0));
            WITH counted AS (
              SELECT ticket, site, taken_at IS NOT NULL AS taken FROM sync_turn
              WHERE server = ?
                AND CASE WHEN taken_at IS NULL THEN ticket = ? OR seen_at > clock_timestamp() - interval '5 s'
                         ELSE taken_at > clock_timestamp() - ? * interval '1 ms' END
            ), waiting AS (
              SELECT w.ticket, (SELECT count(*) FROM counted c WHERE c.taken AND c.site = w.site) AS of_site
              FROM counted w WHERE NOT w.taken
            ), place AS (
              SELECT (SELECT count(*) FROM counted WHERE taken) AS in_flight,
                     (SELECT count(*) FROM waiting w WHERE (w.of_site, w.ticket) < (mine.of_site, mine.ticket)) AS before
              FROM waiting mine WHERE ticket = ?
            ), take AS (
              UPDATE sync_turn t SET taken_at = clock_timestamp() FROM place WHERE t.ticket = ? AND in_flight + before < ?
              RETURNING t.ticket
            )
            SELECT before, EXISTS (SELECT FROM take) AS taken FROM place""";

    /**
     * Gives a sign of who waits, and deletes the tickets whose connections are gone. Whoever may not see when another user's
     * connection began goes by its number alone.
     */
    private static final String SIGN = """
            UPDATE sync_turn SET seen_at = clock_timestamp() WHERE ticket = ?;
            DELETE FROM sync_turn t WHERE NOT EXISTS (
              SELECT FROM pg_stat_activity a WHERE a.pid = t.pid AND coalesce(a.backend_start, t.backend_start) = t.backend_start)""";

    private static final String GIVE_BACK = "DELETE FROM sync_turn WHERE ticket = ?";

    private final HikariDataSource pool;
    private final Share share;
    private final Timer waited;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    /** One request of this process looks for the site; the others wait here, in the order in which they came, and cost nothing. */
    private final Semaphore looking = new Semaphore(1, true);

    public Turns(TurnsDatabase database, Share share, MeterRegistry meters) {
        this.pool = database.pool(share.limit());
        this.share = share;
        this.waited = Timer.builder("mart.turns.wait").description("waits for a turn to ask DHIS2").register(meters);
        Gauge.builder("mart.turns.waiting", waiting, AtomicInteger::get).description("requests of this program that wait for a turn").register(meters);
        Gauge.builder("mart.turns.taken", inFlight, AtomicInteger::get).description("requests to DHIS2 of this program that have a turn").register(meters);
    }

    /** A turn to ask DHIS2 once, until it is closed. */
    public final class Turn implements AutoCloseable {

        private final Connection connection;
        private final long ticket;

        private Turn(Connection connection, long ticket) {
            this.connection = connection;
            this.ticket = ticket;
        }

        /** Gives it back. Where the database does not take it, its connection is closed, and the turn ends with that. */
        @Override
        public void close() {
            inFlight.decrementAndGet();
            giveBack();
        }

        private void giveBack() {
            try (PreparedStatement delete = connection.prepareStatement(GIVE_BACK)) {
                delete.setLong(1, ticket);
                delete.executeUpdate();
                connection.close();
            } catch (SQLException notDeleted) {
                pool.evictConnection(connection);
            }
        }
    }

    /**
     * Waits until it is the turn of one more request.
     *
     * @param stopped whether the waiting is to end; a turn that need not be waited for is given all the same
     * @return the turn, to be closed when the request is through
     * @throws TurnsUnavailable if the database gives none
     * @throws RejectedExecutionException if stopped while waiting
     */
    public Turn await(BooleanSupplier stopped) {
        Timer.Sample wait = Timer.start();
        waiting.incrementAndGet();
        try {
            queue(stopped);
            return next(wait, stopped);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private Turn next(Timer.Sample wait, BooleanSupplier stopped) {
        try {
            Turn turn = ask();
            try {
                look(turn, stopped);
            } catch (SQLException | RuntimeException noTurn) {
                turn.giveBack();
                throw noTurn;
            }
            inFlight.incrementAndGet();
            wait.stop(waited);
            return turn;
        } catch (SQLException failure) {
            throw TurnsUnavailable.because(failure);
        } finally {
            looking.release();
        }
    }

    private void queue(BooleanSupplier stopped) {
        try {
            // not the plain tryAcquire(), which would overtake those who wait
            if (!looking.tryAcquire(0, TimeUnit.SECONDS)) {
                looking.acquire();
                if (stopped.getAsBoolean()) {
                    looking.release();
                    throw stoppedWhileWaiting();
                }
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw stoppedWhileWaiting();
        }
    }

    private static RejectedExecutionException stoppedWhileWaiting() {
        return new RejectedExecutionException("stopped while waiting for its turn to ask DHIS2");
    }

    private Turn ask() throws SQLException {
        Connection connection = pool.getConnection();
        try {
            return new Turn(connection, ticket(connection));
        } catch (SQLException failure) {
            pool.evictConnection(connection);
            throw failure;
        }
    }

    private long ticket(Connection connection) throws SQLException {
        try {
            return insert(connection);
        } catch (SQLException failure) {
            if (!NO_SUCH_TABLE.equals(failure.getSQLState())) {
                throw failure;
            }
            try (Statement create = connection.createStatement()) {
                create.execute(TABLE);
            }
            return insert(connection);
        }
    }

    private long insert(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(ASK)) {
            insert.setString(1, share.dhis2());
            insert.setString(2, share.site());
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private void look(Turn turn, BooleanSupplier stopped) throws SQLException {
        try (PreparedStatement look = turn.connection.prepareStatement(LOOK); PreparedStatement sign = turn.connection.prepareStatement(SIGN)) {
            look.setString(1, share.dhis2());
            look.setString(2, share.dhis2());
            look.setLong(3, turn.ticket);
            look.setDouble(4, share.longest().toMillis());
            look.setLong(5, turn.ticket);
            look.setLong(6, turn.ticket);
            look.setInt(7, share.limit());
            sign.setLong(1, turn.ticket);
            long signed = System.nanoTime() - SIGN_NANOS;
            for (long before = look(look); before != TAKEN; before = look(look)) {
                if (stopped.getAsBoolean()) {
                    throw stoppedWhileWaiting();
                }
                if (System.nanoTime() - signed >= SIGN_NANOS) {
                    sign.execute();
                    signed = System.nanoTime();
                }
                pause(Math.min(LONGEST_LOOK_MILLIS, LOOK_MILLIS * (1 + before)));
            }
        }
    }

    /** Looks once, and returns how many go before, or that the turn is taken. */
    private static long look(PreparedStatement look) throws SQLException {
        look.execute();
        look.getMoreResults();
        try (ResultSet row = look.getResultSet()) {
            if (!row.next()) {
                throw new SQLException("somebody deleted the ticket");
            }
            return row.getBoolean("taken") ? TAKEN : row.getLong("before");
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw stoppedWhileWaiting();
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
