package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.martsync.words.Words;

/**
 * Keeps the program's metadata for a while, and that of programs which mappings name beside it: types, option sets and stages
 * change seldom, and are large.
 */
public final class CachedProgram {

    private final Duration maxAge;
    private final Clock clock;
    private volatile ProgramMetadata program;
    private volatile Instant readAt = Instant.MIN;
    private volatile Others others = new Others(Set.of(), Map.of(), Map.of(), Instant.MIN);

    private record Others(Set<String> asked, Map<String, ProgramMetadata> found, Map<String, String> problems, Instant readAt) {
    }

    public CachedProgram(Duration maxAge, Clock clock) {
        this.maxAge = maxAge;
        this.clock = clock;
    }

    /** Whether the metadata was never read, or too long ago; or in the future, by a clock that was set back since. */
    public boolean stale() {
        return program == null || old(readAt);
    }

    private boolean old(Instant then) {
        Instant now = clock.instant();
        return then.equals(Instant.MIN) || now.isAfter(then.plus(maxAge)) || now.isBefore(then);
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
            throw new Dhis2Refuses(Dhis2Refuses.Wrong.PROGRAM_UNUSABLE, e.getMessage());
        }
        readAt = clock.instant();
    }

    /** Returns what was read last. */
    public ProgramMetadata get() {
        return program;
    }

    /** Returns the other programs that have to be read, all of these if one is missing or old: ids divided by commas, or nothing. */
    public String missing(Collection<String> ids) {
        Set<String> wanted = new TreeSet<>(ids);
        if (program != null) {
            wanted.remove(program.id());
        }
        return others.asked().containsAll(wanted) && (wanted.isEmpty() || !old(others.readAt())) ? "" : String.join(",", wanted);
    }

    /**
     * Takes the answer to the query for some other programs.
     *
     * @param ids which were asked for, divided by commas
     * @param answer with the list {@code programs}
     * @throws Dhis2Refuses when the answer has no such list: then nothing says that DHIS2 has none of them
     */
    public void takeOthers(String ids, JsonNode answer) {
        if (!answer.path("programs").isArray()) {
            throw new Dhis2Refuses("DHIS2 answered the question for the programs " + ids.replace(",", ", ") + " without the list programs."
                    + " Check its version and what stands between it and this program.");
        }
        Map<String, ProgramMetadata> found = new HashMap<>();
        Map<String, String> problems = new HashMap<>();
        Set<String> asked = Set.of(ids.split(","));
        asked.forEach(id -> problems.put(id, Words.say("program.not-there")));
        for (JsonNode one : answer.path("programs")) {
            String id = one.path("id").asText();
            try {
                found.put(id, ProgramMetadata.read(one));
                problems.remove(id);
            } catch (IllegalArgumentException e) {
                problems.put(id, e.getMessage());
            }
        }
        others = new Others(asked, found, problems, clock.instant());
    }

    /** Returns what was read last of all programs. */
    public Programs programs() {
        Others now = others;
        return new Programs(program, now.found(), now.problems());
    }
}
