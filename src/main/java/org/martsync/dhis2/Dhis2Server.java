package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;

/**
 * Remembers of the DHIS2 server how the last request to it ended and what it said of itself. Shared by all threads.
 */
public final class Dhis2Server {

    /**
     * How a request ended.
     *
     * @param at when
     * @param problem why it was answered by nobody or with nothing of use, in a sentence; null when all was well
     */
    public record Ending(Instant at, String problem) {
    }

    private final String host;
    private final Clock clock;
    private volatile Ending last;
    private volatile Instant lastAnswer;
    private volatile ServerInfo info;

    /** @param url the server's address ({@code dhis2.url}) */
    public Dhis2Server(String url, Clock clock) {
        URI address = URI.create(url);
        this.host = address.getPort() < 0 ? address.getHost() : address.getHost() + ":" + address.getPort();
        this.clock = clock;
    }

    /** The server's name, with the port where one is set. */
    public String host() {
        return host;
    }

    /** A request was answered. */
    public void answered() {
        Instant now = clock.instant();
        lastAnswer = now;
        last = new Ending(now, null);
    }

    /** A request was not answered, or with something that is of no use. */
    public void failed(String problem) {
        last = new Ending(clock.instant(), problem);
    }

    /** How the last request ended, or null before the first. */
    public Ending last() {
        return last;
    }

    /** When DHIS2 last answered, or null. */
    public Instant lastAnswer() {
        return lastAnswer;
    }

    /**
     * Takes what the server says of itself.
     *
     * @param answer to {@code GET /api/system/info}
     * @return it, when it is the first time or differs from the last; else null
     */
    public ServerInfo take(JsonNode answer) {
        ServerInfo before = info;
        info = ServerInfo.read(host, answer);
        return info.equals(before) ? null : info;
    }

    /** What the server said of itself, or null. */
    public ServerInfo info() {
        return info;
    }

    /**
     * How the server is asked for tracked entities, by its version.
     *
     * @throws Dhis2Refuses when it is too old
     */
    public TrackerDialect dialect() {
        return TrackerDialect.of(info);
    }
}
