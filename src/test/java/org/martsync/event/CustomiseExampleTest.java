package org.martsync.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.ClinicAssert;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.TrackerStore;

/** The example of {@code docs/integrating.md} in the place of {@code routes/customise.camel.yaml}. */
class CustomiseExampleTest {

    private static final Pattern EXAMPLE = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
    private static final String PATIENT = """
            {"isPatientMapping": true, "formTableMappings": {"patient": {"uic": "zRA08XEYiSF",
              "patient_identifier": "GGvUui7Dc3F", "birthdate": "wSp6Q7QDMsk"}}}""";
    private static final String STAGE = """
            {"dhisProgramStageId": "TGvGDt6e6OM", "formTableMappings": {"gbv_form": {"site_type": "SqX8j4oFNN3",
              "asked": "tadIzybMHE7"}}}""";

    @TempDir private Path place;

    @Test
    void ipvIsHeldBackAndHtsIsSentAsCompleted() throws IOException {
        try (Clinic clinic = Clinic.installed(); Dhis2StandIn dhis2 = Dhis2StandIn.start()) {
            clinic.mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"]}").mapping("IPV", STAGE, "{}").mapping("HTS", STAGE, "{}");
            clinic.formTable("gbv_form", "site_type", "asked");
            int ipv = event(clinic, 1, "IPV");
            int hts = event(clinic, 2, "HTS");
            try (RunningProgram program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj",
                    "camel.main.routes-include-pattern=" + routesWithTheExample())) {
                program.run();
            }
            ClinicAssert.assertThat(clinic).event(ipv).isRejectedBecause("IPV is not sent before the training in June.");
            ClinicAssert.assertThat(clinic).event(hts).isSynced();
            assertThat(dhis2.store().events()).extracting(TrackerStore.Event::status).containsExactly("COMPLETED");
        }
    }

    private static int event(Clinic clinic, int patient, String mapping) {
        clinic.patient(patient);
        clinic.encounter(patient, patient, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        clinic.form("gbv_form", patient, patient, Map.of("site_type", "Static", "asked", "true"), LocalDateTime.of(2024, 2, 1, 0, 0));
        return clinic.pending(patient, mapping, patient);
    }

    private String routesWithTheExample() throws IOException {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("docs/integrating.md")));
        assertThat(example.find()).isTrue();
        Path customise = Files.writeString(place.resolve("customise.camel.yaml"), example.group(1));
        try (Stream<Path> shipped = Files.list(Path.of("routes"))) {
            return Stream.concat(Stream.of(customise), shipped.filter(file -> file.toString().endsWith(".camel.yaml"))
                    .filter(file -> !file.endsWith("customise.camel.yaml"))).map(file -> "file:" + file).collect(Collectors.joining(","));
        }
    }
}
