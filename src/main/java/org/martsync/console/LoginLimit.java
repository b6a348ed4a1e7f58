package org.martsync.console;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Counts failed logins by address and name, and says how long that pair must wait. No more are checked at once than may still
 * fail, so that many at once get no further than one after the other; the others stand in line until it is known how those ended,
 * and right ones, however many, all come in.
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
    /** How many are being checked; only of pairs of which some are. */
    private final Map<Pair, Integer> checked = new HashMap<>();
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

    /**
     * Lets an attempt be checked, as soon as it is its turn, or says how long it must wait; then it is not to be checked.
     * One that may be checked ends with {@link #end}.
     */
    synchronized Duration begin(String address, String name) {
        Pair pair = pair(address, name);
        while (true) {
            Failures before = failures.get(pair);
            Duration left = before == null ? Duration.ZERO : left(before);
            int failed = left.isZero() ? 0 : before.count();
            if (failed >= most) {
                return left;
            }
            int now = checked.getOrDefault(pair, 0);
            if (failed + now < most) {
                checked.put(pair, now + 1);
                return Duration.ZERO;
            }
            try {
                wait();
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                return wait;
            }
        }
    }

    /** The check of an attempt that began is over, whatever came of it. */
    synchronized void end(String address, String name) {
        checked.computeIfPresent(pair(address, name), (pair, now) -> now == 1 ? null : now - 1);
        notifyAll();
    }

    /** Notes that an attempt failed; true if it was the last that the pair had. */
    synchronized boolean failed(String address, String name) {
        Pair pair = pair(address, name);
        Failures before = failures.remove(pair);
        int count = before == null || left(before).isZero() ? 1 : before.count() + 1;
        failures.put(pair, new Failures(count, clock.instant()));
        return count == most;
    }

    /** Forgets what failed before. */
    synchronized void succeeded(String address, String name) {
        failures.remove(pair(address, name));
    }

    /** How long they still count; zero too when the clock was set back. */
    private Duration left(Failures failures) {
        Duration left = Duration.between(clock.instant(), failures.last().plus(wait));
        return left.isNegative() || left.compareTo(wait) > 0 ? Duration.ZERO : left;
    }

    /** Capitals are none of a name's own: Admin is looked up as admin. */
    private static Pair pair(String address, String name) {
        String small = name.toLowerCase(Locale.ROOT);
        return new Pair(address, small.length() > LONGEST_NAME ? small.substring(0, LONGEST_NAME) : small);
    }
}
