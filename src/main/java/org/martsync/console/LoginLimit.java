package org.martsync.console;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts failed logins by address and name, and says how long that pair must wait. An attempt counts as failed until it
 * has succeeded, so that many at once get no further than one after the other.
 */
final class LoginLimit {

    /** Pairs kept, the oldest go first: enough for a clinic, and a few MB at most for whoever makes up names. */
    static final int PAIRS = 10_000;
    private static final int LONGEST_NAME = 100;

    private record Pair(String address, String name) {
    }

    private record Failures(int count, Instant last) {
    }

    private final Map<Pair, Failures> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Failures> eldest) {
            return size() > PAIRS;
        }
    };
    private final int most;
    private final Duration wait;
    private final Clock clock;

    /**
     * @param most failures after which a pair waits
     * @param wait how long, from the last of them on
     */
    LoginLimit(int most, Duration wait, Clock clock) {
        this.most = most;
        this.wait = wait;
        this.clock = clock;
    }

    /** Notes an attempt, or says how long it must wait; then it is not noted. */
    synchronized Duration attempt(String address, String name) {
        Pair pair = pair(address, name);
        Instant now = clock.instant();
        Failures before = failures.get(pair);
        Duration left = before == null ? Duration.ZERO : Duration.between(now, before.last().plus(wait));
        boolean over = left.compareTo(Duration.ZERO) <= 0 || left.compareTo(wait) > 0;
        if (!over && before.count() >= most) {
            return left;
        }
        failures.remove(pair);
        failures.put(pair, new Failures(over ? 1 : before.count() + 1, now));
        return Duration.ZERO;
    }

    /** Whether the last attempt, which failed, was the last that the pair had. */
    synchronized boolean isUsedUp(String address, String name) {
        Failures now = failures.get(pair(address, name));
        return now != null && now.count() == most;
    }

    synchronized void succeeded(String address, String name) {
        failures.remove(pair(address, name));
    }

    private static Pair pair(String address, String name) {
        return new Pair(address, name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name);
    }
}
