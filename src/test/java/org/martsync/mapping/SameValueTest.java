package org.martsync.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.martsync.dhis2.Option;
import org.martsync.dhis2.OptionSet;
import org.martsync.dhis2.ValueType;

class SameValueTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "TEXT|a|a", "TEXT||", "TEXT|' '|''", "NUMBER|1|1.0", "NUMBER|1.50|1.5", "INTEGER|7|7", "BOOLEAN|true|TRUE", "TRUE_ONLY|''|false",
        "DATE|1990-01-01|1990-01-01T00:00:00.000", "DATE|1990-01-01|1990-01-01 00:00:00", "AGE|1990-01-01|1990-01-01T00:00",
        "DATETIME|2024-03-05T10:00:00.000|2024-03-05T10", "DATETIME|2024-03-05T10:00:00.000Z|2024-03-05T12:00+02:00", "TIME|09:05|9:05",
        "COORDINATE|[31.05,-17.82]|[31.05, -17.82]", "MULTI_TEXT|A,B|B,A"})
    void whatMeansTheSameIsTheSame(ValueType type, String one, String other) {
        assertThat(SameValue.of(one, other, type, null)).isTrue();
        assertThat(SameValue.of(other, one, type, null)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "TEXT|a|A", "TEXT|a|'a '", "TEXT|1|1.0", "TEXT|a|''", "NUMBER|1|1.1", "NUMBER|1|''", "NUMBER|1|one", "BOOLEAN|true|false", "BOOLEAN|false|''",
        "TRUE_ONLY|true|''", "DATE|1990-01-01|1990-01-02", "DATE|1990-01-01|01/01/1990", "DATETIME|2024-03-05T10:00:00.000|2024-03-05T11",
        "DATETIME|2024-03-05T10:00:00.000|2024-03-05T10:00:00.000Z", "TIME|09:05|21:05", "PHONE_NUMBER|0771234567|+263771234567", "MULTI_TEXT|A,B|A"})
    void whatMeansSomethingElseIsNot(ValueType type, String one, String other) {
        assertThat(SameValue.of(one, other, type, null)).isFalse();
        assertThat(SameValue.of(other, one, type, null)).isFalse();
    }

    @Test
    void codesOfOptionsAreComparedAsTheyAre() {
        OptionSet options = new OptionSet("OptionSet01", List.of(new Option("1", "One"), new Option("1.0", "Other")));
        assertThat(SameValue.of("1", "1.0", ValueType.NUMBER, options)).isFalse();
        assertThat(SameValue.of("1", "1", ValueType.NUMBER, options)).isTrue();
        assertThat(SameValue.of("B,A", "A,B", ValueType.MULTI_TEXT, options)).isTrue();
    }
}
