package org.martsync.health;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.martsync.dhis2.Dhis2Server;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Says whether DHIS2 could be reached the last time something was asked of it. When that is long ago it is asked anew,
 * by one probe for all, and none waits longer than a few seconds for the answer.
 */
final class Dhis2Health implements HealthIndicator {

    private static final Duration FRESH = Duration.ofMinutes(1);

    private final Dhis2Server server;
    private final Supplier<Future<?>> ask;
    private final Duration longestWait;
    private final Clock clock;
    private Future<?> asking;

    /**
     * @param ask asks DHIS2 something small without waiting; how it ends is told to {@code server}
     * @param longestWait how long a probe waits for that
     */
    Dhis2Health(Dhis2Server server, Supplier<Future<?>> ask, Duration longestWait, Clock clock) {
        this.server = server;
        this.ask = ask;
        this.longestWait = longestWait;
        this.clock = clock;
    }

    @Override
    public Health health() {
        boolean answeredInTime = isFresh() || await(asked());
        Dhis2Server.Ending last = server.last();
        String problem = !answeredInTime ? "no answer within " + longestWait.toSeconds() + " s" : last == null ? null : last.problem();
        Health.Builder health = problem != null ? Health.down().withDetail("reason", problem)
                : last == null ? Health.unknown() : Health.up();
        if (server.info() != null) {
            health.withDetail("version", server.info().version());
        }
        if (last != null) {
            health.withDetail("lastRequest", last.at());
        }
        if (server.lastAnswer() != null) {
            health.withDetail("lastAnswer", server.lastAnswer());
        }
        return health.build();
    }

    private boolean isFresh() {
        Dhis2Server.Ending last = server.last();
        // a clock that was set back makes nothing fresh for longer
        return last != null && Duration.between(last.at(), clock.instant()).abs().compareTo(FRESH) <= 0;
    }

    private synchronized Future<?> asked() {
        if (asking == null || asking.isDone()) {
            asking = ask.get();
        }
        return asking;
    }

    /** Whether the question came to an end, good or bad. */
    private boolean await(Future<?> question) {
        try {
            question.get(longestWait.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | CancellationException toldToTheServer) {
            return true;
        } catch (TimeoutException stillAsking) {
            return false;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
