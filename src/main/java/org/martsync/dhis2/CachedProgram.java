package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Keeps the program's metadata for a while: types, option sets and stages change seldom, and are large. */
public final class CachedProgram {

    private final Duration maxAge;
    private final Clock clock;
    private volatile ProgramMetadata program;
    private volatile Instant readAt = Instant.MIN;

    public CachedProgram(Duration maxAge, Clock clock) {
        this.maxAge = maxAge;
        this.clock = clock;
    }

    /** Whether the metadata was never read, or too long ago; or in the future, by a clock that was set back since. */
    public boolean stale() {
        Instant now = clock.instant();
        return program == null || now.isAfter(readAt.plus(maxAge)) || now.isBefore(readAt);
    }

    /**
     * Takes the answer to the query for the program.
     *
     * @throws Dhis2Refuses when the answer is no program that can be used
     */
    public void take(JsonNode answer) {
        try {
            program = ProgramMetadata.read(answer);
        } catch (IllegalArgumentException e) {
            throw new Dhis2Refuses(e.getMessage());
        }
        readAt = clock.instant();
    }

    /** Returns what was read last. */
    public ProgramMetadata get() {
        return program;
    }
}
