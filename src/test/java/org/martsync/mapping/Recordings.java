package org.martsync.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.martsync.dhis2.ProgramMetadata;

/** What a real DHIS2 was asked and answered, from the test resources. */
final class Recordings {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Recordings() {
    }

    static JsonNode recording(String file) {
        try (InputStream in = Recordings.class.getResourceAsStream("/dhis2/recordings/" + file + ".json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ProgramMetadata program() {
        return ProgramMetadata.read(recording("003-program-metadata").at("/response/body"));
    }
}
