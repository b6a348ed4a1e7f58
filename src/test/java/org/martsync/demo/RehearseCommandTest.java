package org.martsync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.demo.CommandLine.End;

/** {@code rehearse} as a person starts it, on the demo's clinic: a process of its own. */
class RehearseCommandTest {

    private final Demo demo = new Demo();

    @TempDir
    private Path place;

    @AfterEach
    void close() {
        demo.close();
    }

    @Test
    void aDatabaseThatTheProgramNeverSawIsToldSo() throws Exception {
        End end = rehearse();

        assertThat(end.err()).contains("The rehearsal broke off: the database lacks tables of this program. Start the program once");
        assertThat(end.err()).doesNotContain("\tat ");
        assertThat(end.exitCode()).isEqualTo(5);
    }

    @Test
    void itTellsHowManyWouldPassAndWhatHoldsTheOthersBack() throws Exception {
        demo.clinic().migrated();

        End end = rehearse("--json");

        assertThat(end.err()).isEmpty();
        JsonNode told = end.json();
        assertThat(told.get("rehearsed").asInt()).isEqualTo(demo.expected().kinds().size());
        assertThat(told.get("rejections")).allSatisfy(one -> assertThat(one.get("reason").asText()).isNotEmpty());
        assertThat(told.get("rejections")).hasSize(told.get("rejected").asInt()).isNotEmpty();
        assertThat(told.get("events")).hasSize(told.get("rehearsed").asInt());
        assertThat(told.get("events")).extracting(one -> one.get("event").asInt()).containsExactlyInAnyOrderElementsOf(demo.expected().kinds().keySet());
        for (String outcome : List.of("created", "updated", "rejected", "left")) {
            assertThat(told.get("events")).filteredOn(one -> one.get("outcome").asText().equals(outcome)).hasSize(told.get(outcome).asInt());
        }
        assertThat(told.get("events")).filteredOn(one -> !one.get("reason").isNull()).extracting(one -> one.get("event"), one -> one.get("reason"))
                .containsExactlyElementsOf(tuples(told.get("rejections")));
        assertThat(end.exitCode()).isEqualTo(1);
        assertThat(demo.dhis2().store().events()).isEmpty();
    }

    @Test
    void aDhis2ThatDoesNotAnswerIsToldAndNothingIsPrinted() throws Exception {
        demo.clinic().migrated();
        demo.dhis2().refuseConnections();

        End end = rehearse("--json");

        assertThat(end.out()).isEmpty();
        assertThat(end.err()).startsWith("The rehearsal broke off: ").doesNotContain("\tat ");
        assertThat(end.exitCode()).isEqualTo(5);
    }

    @Test
    void eachEventHasItsLineAndWhereAllWouldBeStoredTheExitCodeIsZero() throws Exception {
        demo.clinic().migrated();
        Set<Integer> good = demo.expected().of(Kind.GOOD);
        demo.clinic().jdbc().update("UPDATE events_to_sync SET synced = true WHERE id <> ALL (?)", (Object) good.toArray(Integer[]::new));

        End end = rehearse("--each");

        List<String> lines = end.out().lines().toList();
        assertThat(lines.get(0)).isEqualTo(good.size() + " events rehearsed, " + good.size() + " would be created, 0 updated, 0 rejected");
        assertThat(lines.subList(1, lines.size())).hasSameSizeAs(good).allMatch(line -> line.matches("event \\d+  [\\w -]+  created"));
        assertThat(end.exitCode()).isZero();
    }

    @Test
    void twoVersionsOfAMappingAreCompared() throws Exception {
        demo.clinic().migrated();
        Path worse = Files.writeString(place.resolve("worse.json"), demo.clinic().jdbc().queryForObject(
                "SELECT mapping_json::text FROM mapping WHERE program_name = 'Screening'", String.class).replace("DmScTempe01", "DmScCough01"));

        End end = rehearse("--mapping=Screening", "--limit=100", "--new=" + worse, "--each");

        assertThat(end.out()).contains("With the mapping as it is: ").contains("With the new one: ")
                .containsPattern("(?m)^event \\d+  Screening  created$").containsPattern("(?m)^event \\d+  Screening  rejected: .+$")
                .containsPattern("With the new mapping 0 more events pass, [1-9][0-9]* fail \\(\\d+");
        assertThat(end.exitCode()).isEqualTo(1);
    }

    @Test
    void aWorsePatientMappingIsTriedOnTheEventsOfAllMappings() throws Exception {
        demo.clinic().migrated();
        Path worse = Files.writeString(place.resolve("worse.json"), demo.clinic().jdbc().queryForObject(
                "SELECT mapping_json::text FROM mapping WHERE program_name = 'Patient'", String.class).replace("DmAttrDob01", "DmAttrTel01"));

        End end = rehearse("--mapping=Patient", "--new=" + worse, "--json");

        JsonNode told = end.json();
        assertThat(told.get("rehearsed").asInt()).isEqualTo(demo.expected().kinds().size());
        assertThat(told.get("new").get("rehearsed").asInt()).isEqualTo(demo.expected().kinds().size());
        assertThat(told.get("failWithNewOnly")).extracting(JsonNode::asInt).containsAll(demo.expected().of(Kind.GOOD));
        assertThat(told.get("passWithNewOnly")).isEmpty();
        assertThat(end.exitCode()).isEqualTo(1);
    }

    /** The patient whom DHIS2 knows as somebody else disagrees in the columns that are compared. */
    @Test
    void anotherConfigOfAMappingIsTriedAlone() throws Exception {
        demo.clinic().migrated();
        Path lax = Files.writeString(place.resolve("lax.json"), "{\"searchable\": [\"uic\"], \"comparable\": []}");

        End end = rehearse("--mapping=Patient", "--new-config=" + lax, "--json");

        JsonNode told = end.json();
        assertThat(told.get("passWithNewOnly")).extracting(JsonNode::asInt)
                .containsExactlyInAnyOrderElementsOf(demo.expected().of(Kind.IN_DHIS2_DISAGREEING));
        assertThat(told.get("failWithNewOnly")).isEmpty();
        assertThat(end.exitCode()).isEqualTo(1);
    }

    @Test
    void aMappingThatIsNotThereIsToldWithThoseThatAre() throws Exception {
        demo.clinic().migrated();

        End end = rehearse("--mapping=Screning");

        assertThat(end.err()).contains("There is no mapping named 'Screning'; there are ").contains("Screening");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    @Test
    void whatASitesOwnRouteWouldFetchIsLeftToTheProgramBesideIt() throws Exception {
        demo.clinic().migrated();
        CommandLine.routesTo(place);
        Path waiting = Files.createDirectories(place.resolve("inbox")).resolve("waiting.txt");
        Files.writeString(waiting, "for the program that runs");
        Files.writeString(Files.createDirectories(place.resolve("routes.d")).resolve("own.camel.yaml"), """
                - route:
                    id: own
                    from:
                      uri: file:inbox
                      parameters:
                        delete: true
                      steps:
                        - log:
                            message: fetched
                """);

        End end = rehearse("--limit=50");

        assertThat(end.out()).as("no more patients than events were asked for").containsPattern("^[1-9][0-9]{1,2} events rehearsed, ");
        assertThat(waiting).exists();
    }

    @Test
    void anOptionThatIsNotUnderstoodIsToldAtOnce() throws Exception {
        End end = rehearse("Screening");

        assertThat(end.err()).contains("'Screening' is not understood: options and settings are written --name=value, see rehearse --help.");
        assertThat(end.exitCode()).isEqualTo(2);
    }

    private static List<Tuple> tuples(JsonNode rejections) {
        List<Tuple> tuples = new ArrayList<>();
        rejections.forEach(one -> tuples.add(Tuple.tuple(one.get("event"), one.get("reason"))));
        return tuples;
    }

    private End rehearse(String... options) throws Exception {
        return CommandLine.run(demo, place, "rehearse", options);
    }
}
