package org.martsync.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.martsync.dhis2.ProgramMetadata;

/** The mappings of a real clinic. */
class RealMappingsTest {

    private static final Path FILE = Path.of("../shared/clinic/mappings.json");

    private final Map<String, Mapping> mappings = new LinkedHashMap<>();

    @BeforeEach
    void read() throws IOException {
        assumeTrue(Files.exists(FILE), () -> "the clinic's mappings are not here: " + FILE);
        for (JsonNode row : new ObjectMapper().readTree(FILE.toFile())) {
            String name = row.path("program_name").asText();
            mappings.put(name, Mapping.read(name, row.path("mapping_json").toString(), row.path("config").toString()));
        }
    }

    @Test
    void all_can_be_read() {
        assertThat(mappings.keySet()).containsExactlyInAnyOrder("Patient", "TB", "HTS", "PREP", "IPV", "FP", "NCD");
        assertThat(mappings.get("PREP").tables()).extracting(FormTable::name)
            .containsExactlyInAnyOrder("prep_initial", "prep_continuation", "prep_screening_tool");
    }

    @Test
    void patients_are_found_by_uic() {
        assertThat(mappings.get("Patient").patientMapping()).isTrue();
        assertThat(mappings.get("Patient").searchable()).containsExactly("uic");
    }

    @Test
    void all_name_a_stage_of_the_program_and_map_nothing_it_lacks() {
        ProgramMetadata program = Recordings.program();
        mappings.values().forEach(mapping -> assertThat(mapping.checkedAgainst(program).unknown()).as(mapping.name()).isEmpty());
    }
}
