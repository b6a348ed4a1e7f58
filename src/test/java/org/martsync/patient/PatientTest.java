package org.martsync.patient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.martsync.RouteFixture;
import org.martsync.dhis2.ValueType;
import org.martsync.mapping.ConvertValue;

class PatientTest {

    @ParameterizedTest
    @CsvSource({"12345678901234567.123456789012345678, 12345678901234567.123456789012345678", "12345678901234567890123, 12345678901234567890123",
            "0.1, 0.1", "1.10, 1.10", "1e+22, 10000000000000000000000"})
    void aNumberKeepsAllItsDigits(String json, String text) {
        Patient patient = Patient.read(Map.of("patient_id", "7", "patient", "{\"number\": " + json + "}"), RouteFixture.program());

        assertThat(patient.text("number")).isEqualTo(text);
        assertThat(ConvertValue.forAttributes().convert(patient.columns().get("number"), ValueType.TEXT, null)).isEqualTo(text);
    }

    @Test
    void columnsThatDifferInCapitalsOnlyAreTwo() {
        Patient patient = Patient.read(Map.of("patient_id", "7", "patient", "{\"notes\": \"small\", \"Notes\": \"large\"}"), RouteFixture.program());

        assertThat(patient.text("notes")).isEqualTo("small");
        assertThat(patient.text("Notes")).isEqualTo("large");
    }
}
