package org.martsync.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each library that ships stands in {@code docs/security.md}, in the version that ships: somebody has looked at it. */
class LibrariesTest {

    /** Of the table's first column: a group, or one library of it, and its version. */
    private static final Pattern LIBRARY = Pattern.compile("`([\\w.:-]+)` ([\\w.]+)");

    @Test
    void whatShipsIsWhatWasLookedAt() throws IOException {
        Map<String, String> lookedAt = lookedAt();
        assertThat(ships(lookedAt)).containsExactlyInAnyOrderEntriesOf(lookedAt);
    }

    private static Map<String, String> lookedAt() throws IOException {
        return Files.readAllLines(Path.of("docs/security.md")).stream()
                .filter(line -> line.startsWith("| "))
                .flatMap(line -> LIBRARY.matcher(line.split("\\|")[1]).results())
                .collect(Collectors.toMap(library -> library.group(1), library -> library.group(2)));
    }

    /** By group, and by group and name where the page names one; from the bill of materials that the build has made. */
    private static Map<String, String> ships(Map<String, String> named) throws IOException {
        Map<String, String> ships = new TreeMap<>();
        try (InputStream bill = LibrariesTest.class.getResourceAsStream("/META-INF/sbom/application.cdx.json")) {
            assertThat(bill).as("the bill of materials, which ./mvnw makes").isNotNull();
            for (JsonNode library : new ObjectMapper().readTree(bill).get("components")) {
                String group = library.get("group").asText();
                String one = group + ":" + library.get("name").asText();
                String version = library.get("version").asText();
                ships.merge(named.containsKey(one) ? one : group, version, (before, now) -> before.equals(now) ? now : before + ", " + now);
            }
        }
        return ships;
    }
}
