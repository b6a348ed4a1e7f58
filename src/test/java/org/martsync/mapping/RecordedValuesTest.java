package org.martsync.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.dhis2.Attribute;
import org.martsync.dhis2.DataElement;
import org.martsync.dhis2.ProgramMetadata;

/** Every value that was tried on a real DHIS2: what we make of it is nothing that DHIS2 refused. */
class RecordedValuesTest {

    /** What DHIS2 takes and we do not, for a reason. */
    private static final Map<String, Set<String>> REFUSED_BY_US = Map.of(
        // hour 24 was the bug of the program before this one: DHIS2 stores it as sent and nobody can read it
        "063-value-date", Set.of("1990-01-01 24:00:00",
            // the date depends on the time zone
            "1990-01-01T10:00:00Z"));

    private static final Set<String> OUTSIDE_OF_WHAT_A_TEXT_TELLS = Set.of("NoSuchOrgU1");

    private final ProgramMetadata program = Recordings.program();
    private final Map<String, DataElement> elements = program.stages().get("VtStage0001").dataElements();

    @ParameterizedTest
    @ValueSource(strings = {"051-value-text", "052-value-long-text", "053-value-letter", "054-value-number", "055-value-integer",
        "056-value-integer-positive", "057-value-integer-negative", "058-value-integer-zero-or-positive", "059-value-percentage",
        "060-value-unit-interval", "061-value-boolean", "062-value-true-only", "063-value-date", "064-value-datetime", "065-value-time",
        "066-value-age", "067-value-phone-number", "068-value-email", "069-value-url", "070-value-username", "071-value-coordinate",
        "072-value-organisation-unit", "073-value-multi-text", "074-value-text-with-option-set"})
    void writes_nothing_that_dhis2_refused_and_refuses_nothing_that_it_took(String file) {
        JsonNode recording = Recordings.recording(file);
        Set<String> refusedEvents = refused(recording);
        Set<String> refusedValues = new HashSet<>();
        Set<String> takenValues = new HashSet<>();
        for (JsonNode event : recording.at("/request/body/events")) {
            (refusedEvents.contains(event.path("event").asText()) ? refusedValues : takenValues).add(value(event));
        }
        assertThat(takenValues).isNotEmpty();
        refusedValues.removeAll(OUTSIDE_OF_WHAT_A_TEXT_TELLS);

        Set<String> refusedByUs = new TreeSet<>();
        for (JsonNode event : recording.at("/request/body/events")) {
            DataElement element = elements.get(event.at("/dataValues/0/dataElement").asText());
            String value = value(event);
            try {
                String written = ConvertValue.forDataElements().convert(value, element.type(), element.options());
                assertThat(refusedValues).as("%s of type %s was written", value, element.type()).doesNotContain(written);
            } catch (NotConvertible e) {
                refusedByUs.add(value);
            }
        }
        refusedByUs.removeAll(refusedValues);
        assertThat(refusedByUs).isEqualTo(REFUSED_BY_US.getOrDefault(file, Set.of()));
    }

    @Test
    void writes_no_attribute_that_dhis2_refused_and_refuses_none_that_it_took() {
        JsonNode recording = Recordings.recording("080-attribute-values");
        Set<String> refusedEntities = refused(recording);
        int tried = 0;
        for (JsonNode entity : recording.at("/request/body/trackedEntities")) {
            Attribute attribute = program.attributes().get(entity.at("/attributes/1/attribute").asText());
            String value = expanded(entity.at("/attributes/1/value"));
            boolean refused = refusedEntities.contains(entity.path("trackedEntity").asText());
            String written;
            try {
                written = ConvertValue.forAttributes().convert(value, attribute.type(), attribute.options());
            } catch (NotConvertible e) {
                written = null;
            }
            if (refused) {
                assertThat(written).as("refused: %s", value).isNotEqualTo(value);
            } else {
                assertThat(written).as("taken: %s", value).isNotNull();
            }
            tried++;
        }
        assertThat(tried).isGreaterThan(10);
    }

    private static Set<String> refused(JsonNode recording) {
        Set<String> refused = new HashSet<>();
        for (JsonNode error : recording.at("/response/body/validationReport/errorReports")) {
            refused.add(error.path("uid").asText());
        }
        return refused;
    }

    private static String value(JsonNode event) {
        return expanded(event.at("/dataValues/0/value"));
    }

    /** Long values were recorded short: {@code xxxxxxxx… (50001 characters)}. */
    private static String expanded(JsonNode value) {
        String text = value.isNull() || value.isMissingNode() ? "" : value.asText();
        if (text.startsWith("xxxxxxxx… (")) {
            return "x".repeat(Integer.parseInt(text.replaceAll("\\D", "")));
        }
        return text;
    }
}
