package org.martsync.dhis2;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.martsync.words.Words;

/**
 * The programs that events go to: the configured one, and those that mappings name beside it.
 *
 * @param main the configured one
 * @param others by id, as far as they can be used
 * @param problems why others cannot be used, by id, each in a sentence
 */
public record Programs(ProgramMetadata main, Map<String, ProgramMetadata> others, Map<String, String> problems) {

    /** The configured program alone. */
    public static Programs only(ProgramMetadata main) {
        return new Programs(main, Map.of(), Map.of());
    }

    /** Returns a program, the configured one for null; null when it cannot be used. */
    public ProgramMetadata named(String id) {
        return id == null || id.equals(main.id()) ? main : others.get(id);
    }

    /** The configured program and these; a problem of another that no mapping names any more is forgotten. */
    public Programs among(Set<String> ids) {
        Map<String, ProgramMetadata> found = new LinkedHashMap<>(others);
        Map<String, String> hindered = new LinkedHashMap<>(problems);
        found.keySet().retainAll(ids);
        hindered.keySet().retainAll(ids);
        return new Programs(main, found, hindered);
    }

    /** Why a program cannot be used. */
    public String problem(String id) {
        return problems.getOrDefault(id, Words.say("program.not-read"));
    }

    /** The ids of the programs that cannot be used. */
    public List<String> unusable() {
        return problems.keySet().stream().sorted().toList();
    }

    /** The configured program with the attributes of all whose people are of the same tracked entity type. */
    public ProgramMetadata people() {
        return people(main);
    }

    /**
     * A program with the attributes of all whose people are of the same tracked entity type, since they are the same people in all;
     * compulsory is what it demands itself.
     */
    public ProgramMetadata people(ProgramMetadata own) {
        return with(own, all().filter(own::hasSamePeopleAs));
    }

    /** The configured program with the attributes of all, of whatever tracked entity type their people are. */
    public ProgramMetadata everybody() {
        return with(main, all());
    }

    /** What the programs of each tracked entity type know of its people, by the type's UID; the configured program's type comes first. */
    public Map<String, ProgramMetadata> types() {
        Map<String, ProgramMetadata> types = new LinkedHashMap<>();
        Stream.concat(Stream.of(main), others.values().stream().sorted(Comparator.comparing(ProgramMetadata::id)))
                .forEach(program -> types.computeIfAbsent(program.trackedEntityType(), type -> people(program)));
        return types;
    }

    private ProgramMetadata with(ProgramMetadata own, Stream<ProgramMetadata> programs) {
        if (others.isEmpty()) {
            return own;
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>(own.attributes());
        programs.forEach(program -> program.attributes().forEach((id, one) ->
                attributes.putIfAbsent(id, new Attribute(id, one.name(), one.type(), false, one.unique(), one.options()))));
        return new ProgramMetadata(own.id(), own.name(), own.trackedEntityType(), own.onlyEnrollOnce(), own.futureEnrolment(),
                own.futureIncident(), own.ofType(), attributes, own.stages());
    }

    /** Whether any of the programs has an attribute, of whatever tracked entity type its people are. */
    public boolean have(String attribute) {
        return all().anyMatch(program -> program.attributes().containsKey(attribute));
    }

    /**
     * Whether any program with the same people demands an attribute of them, or may do so because what it demands could not be read:
     * then nobody's is cleared.
     */
    public boolean mayDemand(ProgramMetadata own, String attribute) {
        return !problems.isEmpty() || all().filter(own::hasSamePeopleAs).map(program -> program.attributes().get(attribute))
                .anyMatch(one -> one != null && one.mandatory());
    }

    private Stream<ProgramMetadata> all() {
        return Stream.concat(Stream.of(main), others.values().stream());
    }
}
