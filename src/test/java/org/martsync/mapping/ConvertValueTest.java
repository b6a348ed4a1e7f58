package org.martsync.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.dhis2.Option;
import org.martsync.dhis2.OptionSet;
import org.martsync.dhis2.ValueType;

class ConvertValueTest {

    private static final OptionSet RESULTS = new OptionSet("OsHivRes001", List.of(
        new Option("Positive", "Positive (reactive)"), new Option("Negative", "Negative"), new Option("Inconclusive", "Inconclusive")));
    private static final OptionSet METHODS = new OptionSet("OsMethod001", List.of(
        new Option("PILL", "Pills"), new Option("INJ", "Injection"), new Option("COND", "Condoms, male; or female"), new Option("IUD", "IUD")));

    private final ConvertValue dataValue = ConvertValue.forDataElements();
    private final ConvertValue attribute = ConvertValue.forAttributes();

    @ParameterizedTest(name = "{0}: [{1}] becomes [{2}]")
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        // numbers, as the flattener writes them and as people do
        "NUMBER|1|1", "NUMBER|1.0|1.0", "NUMBER|12.5|12.5", "NUMBER|-1.5|-1.5", "NUMBER|0|0", "NUMBER|0.50|0.50",
        "NUMBER|99999999999999999999|99999999999999999999", "NUMBER|0.12345678901234567890123|0.12345678901234567890123",
        "NUMBER|.5|0.5", "NUMBER|5.|5", "NUMBER|007|7", "NUMBER|-007.50|-7.50", "NUMBER|+1|1", "NUMBER| 1 |1", "NUMBER|1e3|1000",
        "NUMBER|1.5E-3|0.0015", "NUMBER|-0|0", "NUMBER|-0.0|0.0",
        "INTEGER|1|1", "INTEGER|1.0|1", "INTEGER|-3.00|-3", "INTEGER|-0|0", "INTEGER|007|7", "INTEGER|+1|1", "INTEGER|1e3|1000",
        "INTEGER|2147483647|2147483647", "INTEGER|-2147483647|-2147483647", "INTEGER|100|100",
        "INTEGER_POSITIVE|1.0|1", "INTEGER_NEGATIVE|-1.0|-1", "INTEGER_ZERO_OR_POSITIVE|0.0|0", "INTEGER_ZERO_OR_POSITIVE|01|1",
        "PERCENTAGE|0|0", "PERCENTAGE|100.0|100.0", "PERCENTAGE|50.5|50.5", "PERCENTAGE|-0|0", "UNIT_INTERVAL|.5|0.5", "UNIT_INTERVAL|1|1",
        // yes and no
        "BOOLEAN|true|true", "BOOLEAN|TRUE|true", "BOOLEAN|False|false", "BOOLEAN|yes|true", "BOOLEAN|No|false", "BOOLEAN|1|true",
        "BOOLEAN|0|false", "BOOLEAN|t|true", "BOOLEAN|f|false", "BOOLEAN| true |true",
        "TRUE_ONLY|true|true", "TRUE_ONLY|TRUE|true", "TRUE_ONLY|yes|true", "TRUE_ONLY|false|''", "TRUE_ONLY|no|''", "TRUE_ONLY|0|''",
        // dates and times
        "DATE|1990-01-01|1990-01-01", "DATE|1990-01-01 00:00:00|1990-01-01", "DATE|1990-01-01 00:00:00.0|1990-01-01",
        "DATE|1990-01-01T10:00|1990-01-01", "DATE|1990-01-01T10:00:00.000|1990-01-01", "DATE|2024-02-29|2024-02-29",
        "DATE|2999-01-01|2999-01-01", "DATE|1990-01-01 00:00:00+02|1990-01-01", "DATE|1899-12-31|1899-12-31", "DATE| 1990-01-01 |1990-01-01",
        "AGE|1990-01-01|1990-01-01", "AGE|1990-01-01 00:00:00|1990-01-01",
        "DATETIME|1990-01-01|1990-01-01T00:00:00.000", "DATETIME|1990-01-01 10:00:00|1990-01-01T10:00:00.000",
        "DATETIME|1990-01-01 10:00:00.0|1990-01-01T10:00:00.000", "DATETIME|1990-01-01 00:00:00|1990-01-01T00:00:00.000",
        "DATETIME|1990-01-01T10|1990-01-01T10:00:00.000", "DATETIME|1990-01-01T10:00|1990-01-01T10:00:00.000",
        "DATETIME|1990-01-01 10:00:00.5|1990-01-01T10:00:00.500", "DATETIME|1990-01-01T10:00:00.123456|1990-01-01T10:00:00.123456",
        "DATETIME|1990-01-01T10:00:00Z|1990-01-01T10:00:00.000Z", "DATETIME|1990-01-01 10:00:00+02|1990-01-01T10:00:00.000+02:00",
        "DATETIME|1990-01-01T10:00:00.000+0200|1990-01-01T10:00:00.000+02:00",
        "TIME|10:00|10:00", "TIME|9:00|09:00", "TIME|10:00:00|10:00", "TIME|10:00:30|10:00", "TIME|10:00:00.000|10:00", "TIME|23:59|23:59",
        // texts of a shape
        "LETTER|a|a", "PHONE_NUMBER|+263 77 1234567 ext 3|+263 77 1234567 ext 3", "PHONE_NUMBER|(077) 123-4567|(077) 123-4567",
        "PHONE_NUMBER| 123456 |123456", "EMAIL|a@b.org|a@b.org", "URL|http://example.org|http://example.org",
        "URL|https://example.org/a?b=c|https://example.org/a?b=c", "COORDINATE|[31.05,-17.82]|[31.05,-17.82]",
        "COORDINATE|[31.05, -17.82]|[31.05,-17.82]", "USERNAME|nobody|nobody", "ORGANISATION_UNIT|DoA0vsy8Da5|DoA0vsy8Da5",
        "GEOJSON|{\"type\":\"Point\"}|{\"type\":\"Point\"}", "REFERENCE|x y|x y", "OTHER| as it is |' as it is '",
        "MULTI_TEXT|no,option;set|no,option;set",
    })
    void writes_values_as_dhis2_takes_them(ValueType type, String value, String written) {
        assertThat(dataValue.convert(value, type, null)).isEqualTo(written);
    }

    @ParameterizedTest(name = "{0}: [{1}] {2}")
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        "NUMBER|abc|'abc' is not a number",
        "NUMBER|1,5|'1,5' is not a number: write it with a point and without commas, as in 1234.5",
        "NUMBER|1 000|'1 000' is not a number", "NUMBER|NaN|'NaN' is not a number", "NUMBER|0x1F|'0x1F' is not a number",
        "NUMBER|.|'.' is not a number", "NUMBER|1e|'1e' is not a number", "NUMBER|-|'-' is not a number", "NUMBER|١|'١' is not a number",
        "NUMBER|1e999999999|'1e999999999' is too large or too small a number",
        "NUMBER|1e99999999999|'1e99999999999' is too large or too small a number",
        "INTEGER|1.5|'1.5' is not a whole number", "INTEGER|abc|'abc' is not a number",
        "INTEGER|2147483648|'2147483648' is too large: DHIS2 takes whole numbers up to 2147483647",
        "INTEGER|-2147483648|'-2147483648' is too large: DHIS2 takes whole numbers up to 2147483647",
        "INTEGER_POSITIVE|0|'0' is not a whole number above 0", "INTEGER_NEGATIVE|0|'0' is not a whole number below 0",
        "INTEGER_ZERO_OR_POSITIVE|-1|'-1' is below 0, and only 0 or more is taken",
        "PERCENTAGE|101|'101' is not a percentage between 0 and 100", "PERCENTAGE|-1|'-1' is not a percentage between 0 and 100",
        "PERCENTAGE|50%|'50%' is not a number", "UNIT_INTERVAL|1.1|'1.1' is not a number between 0 and 1",
        "BOOLEAN|maybe|'maybe' is neither true nor false", "BOOLEAN|2|'2' is neither true nor false", "TRUE_ONLY|x|'x' is neither true nor false",
        "DATE|1990-02-30|'1990-02-30' is a day that does not exist", "DATE|2023-02-29|'2023-02-29' is a day that does not exist",
        "DATE|1990-13-01|'1990-13-01' is a day that does not exist", "DATE|1990-1-1|'1990-1-1' is not a date written like 2024-12-31",
        "DATE|01/01/1990|'01/01/1990' is not a date written like 2024-12-31", "DATE|01-01-1990|'01-01-1990' is not a date written like 2024-12-31",
        "DATE|19900101|'19900101' is not a date written like 2024-12-31", "DATE|1990-01|'1990-01' is not a date written like 2024-12-31",
        "DATE|1990|'1990' is not a date written like 2024-12-31", "DATE|12024-01-01|'12024-01-01' is not a date written like 2024-12-31",
        "DATE|0001-01-01|'0001-01-01' is not a real date: the year is 0001", "DATE|0024-05-01|'0024-05-01' is not a real date: the year is 0024",
        "DATE|0000-00-00|'0000-00-00' is not a real date: the year is 0000",
        "DATE|1990-01-01 24:00:00|'1990-01-01 24:00:00' has a time that does not exist or is not written like 14:30:00",
        "DATE|1990-01-01x|'1990-01-01x' has a time that does not exist or is not written like 14:30:00",
        "DATE|1990-01-01 10:00 AM|'1990-01-01 10:00 AM' has a time that does not exist or is not written like 14:30:00",
        "DATE|1990-01-01T22:00:00Z|'1990-01-01T22:00:00Z' has a time zone, so that its date is not certain: only the date is wanted here",
        "AGE|35|'35' is a number of years: DHIS2 wants the date of birth here, like 1990-12-31",
        "AGE|35y|'35y' is not a date written like 2024-12-31",
        "DATETIME|1990-01-01T24:00:00|'1990-01-01T24:00:00' has a time that does not exist or is not written like 14:30:00",
        "DATETIME|1990-01-01T10:00:00+02:|'1990-01-01T10:00:00+02:' has a time that does not exist or is not written like 14:30:00",
        "DATETIME|soon|'soon' is not a date and time written like 2024-12-31T14:30:00",
        "TIME|24:00|'24:00' is not a time of day written like 14:30", "TIME|10:00 AM|'10:00 AM' is not a time of day written like 14:30",
        "TIME|10|'10' is not a time of day written like 14:30", "TIME|1990-01-01T10:00|'1990-01-01T10:00' is not a time of day written like 14:30",
        "LETTER|ab|'ab' is not a single letter", "LETTER|1|'1' is not a single letter",
        "PHONE_NUMBER|12345|'12345' is not a phone number: it has fewer than 6 digits",
        "PHONE_NUMBER|abc|'abc' is not a phone number: only digits, +, blanks, - and brackets may stand in it",
        "EMAIL|a@b|'a@b' is not an e-mail address like name@example.org", "EMAIL|nobody|'nobody' is not an e-mail address like name@example.org",
        "URL|example.org|'example.org' is not a web address like http://example.org",
        "COORDINATE|31.05,-17.82|'31.05,-17.82' is not a coordinate written like [31.05,-17.82], longitude first",
        "COORDINATE|[31.05,-97.82]|'[31.05,-97.82]' is not a coordinate written like [31.05,-17.82], longitude first",
        "ORGANISATION_UNIT|ZWNSC-GWERU|'ZWNSC-GWERU' is not the UID of an org unit: DHIS2 takes no code or name here",
        "TRACKER_ASSOCIATE|1|'1' is not the UID of a tracked entity",
        "IMAGE|photo.jpg|'photo.jpg' is not the UID of a file stored in DHIS2: files cannot be carried, take the column out of the mapping",
    }, quoteCharacter = '"')
    void says_why_a_value_cannot_be_taken(ValueType type, String value, String sentence) {
        assertThatThrownBy(() -> dataValue.convert(value, type, null)).isInstanceOf(NotConvertible.class).hasMessage(sentence);
    }

    @ParameterizedTest
    @EnumSource(ValueType.class)
    void takes_nothing_and_blanks_as_empty_whatever_the_type(ValueType type) {
        for (String empty : new String[] {null, "", " ", "\t\n "}) {
            assertThat(dataValue.convert(empty, type, null)).isEmpty();
            assertThat(dataValue.convert(empty, type, RESULTS)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"N/A", "N\\/A", " padded ", "line\nbreak\r\n\ttab", "\"quoted\" 'too'", "back\\slash \\n", "ünïcødé 😀", "{\"a\":1}",
        "<b>&amp;</b>", "a,b;c", "\u0001\u001f", "100%", "1990-01-01 24:00:00", "%s {} ${x}"})
    void leaves_free_text_byte_for_byte(String text) {
        assertThat(dataValue.convert(text, ValueType.TEXT, null)).isSameAs(text);
        assertThat(dataValue.convert(text, ValueType.LONG_TEXT, null)).isSameAs(text);
        assertThat(attribute.convert(text, ValueType.TEXT, null)).isSameAs(text);
    }

    @Test
    void never_writes_midnight_as_hour_24() {
        Timestamp midnight = Timestamp.valueOf("1990-01-01 00:00:00");
        assertThat(attribute.convert(midnight, ValueType.DATE, null)).isEqualTo("1990-01-01");
        assertThat(attribute.convert(midnight, ValueType.AGE, null)).isEqualTo("1990-01-01");
        assertThat(attribute.convert(midnight, ValueType.DATETIME, null)).isEqualTo("1990-01-01T00:00:00.000");
        assertThat(attribute.convert(midnight, ValueType.TEXT, null)).isEqualTo("1990-01-01");
    }

    @Test
    void takes_the_objects_a_driver_gives() {
        assertThat(dataValue.convert(Timestamp.valueOf("2024-02-01 10:30:00.123456"), ValueType.DATETIME, null)).isEqualTo("2024-02-01T10:30:00.123456");
        assertThat(dataValue.convert(Timestamp.valueOf("2024-02-01 10:30:00"), ValueType.DATE, null)).isEqualTo("2024-02-01");
        assertThat(dataValue.convert(java.sql.Date.valueOf("2024-02-01"), ValueType.DATE, null)).isEqualTo("2024-02-01");
        assertThat(dataValue.convert(java.sql.Time.valueOf("10:30:00"), ValueType.TIME, null)).isEqualTo("10:30");
        assertThat(dataValue.convert(LocalTime.of(10, 30), ValueType.TIME, null)).isEqualTo("10:30");
        assertThat(dataValue.convert(LocalDate.of(2024, 2, 1), ValueType.DATE, null)).isEqualTo("2024-02-01");
        assertThat(dataValue.convert(LocalDateTime.of(2024, 2, 1, 23, 59), ValueType.DATE, null)).isEqualTo("2024-02-01");
        assertThat(dataValue.convert(OffsetDateTime.parse("2024-02-01T10:30:00+02:00"), ValueType.DATETIME, null)).isEqualTo("2024-02-01T10:30:00.000+02:00");
        assertThat(dataValue.convert(7, ValueType.INTEGER, null)).isEqualTo("7");
        assertThat(dataValue.convert(7.0, ValueType.INTEGER, null)).isEqualTo("7");
        assertThat(dataValue.convert(1e10, ValueType.NUMBER, null)).isEqualTo("10000000000");
        assertThat(dataValue.convert(0.1f, ValueType.NUMBER, null)).isEqualTo("0.1");
        assertThat(dataValue.convert(new BigDecimal("1E+3"), ValueType.TEXT, null)).isEqualTo("1000");
        assertThat(dataValue.convert(true, ValueType.BOOLEAN, null)).isEqualTo("true");
        assertThat(dataValue.convert(false, ValueType.TRUE_ONLY, null)).isEmpty();
    }

    @Test
    void refuses_the_infinite_dates_of_postgresql() {
        assertThatThrownBy(() -> dataValue.convert(new Timestamp(-125300000000000L), ValueType.DATE, null)).as("2001 BC").isInstanceOf(NotConvertible.class);
        assertThatThrownBy(() -> dataValue.convert(new Timestamp(9223372036825200000L), ValueType.DATE, null)).isInstanceOf(NotConvertible.class);
        assertThatThrownBy(() -> dataValue.convert(new Timestamp(-9223372036832400000L), ValueType.DATE, null)).isInstanceOf(NotConvertible.class);
    }

    @Test
    void takes_50000_characters_of_a_data_value_and_1200_of_an_attribute() {
        assertThat(dataValue.convert("x".repeat(50_000), ValueType.LONG_TEXT, null)).hasSize(50_000);
        assertThat(attribute.convert("x".repeat(1_200), ValueType.TEXT, null)).hasSize(1_200);
        assertThatThrownBy(() -> dataValue.convert("x".repeat(50_001), ValueType.LONG_TEXT, null))
            .hasMessage("'" + "x".repeat(60) + "…' is too long: it has 50001 characters, DHIS2 takes 50000");
        assertThatThrownBy(() -> attribute.convert("x".repeat(1_201), ValueType.TEXT, null)).hasMessageEndingWith("it has 1201 characters, DHIS2 takes 1200");
    }

    @Test
    void refuses_characters_that_would_fail_the_request_or_be_stored_wrong() {
        assertThatThrownBy(() -> dataValue.convert("a\0b", ValueType.TEXT, null)).hasMessage("'a␀b' has a NUL character in it, which DHIS2 cannot store");
        assertThatThrownBy(() -> dataValue.convert("a\ud800b", ValueType.TEXT, null)).hasMessage("'a?b' has a broken character (shown as ?) in it");
        assertThatThrownBy(() -> dataValue.convert("ab\udc00", ValueType.TEXT, null)).isInstanceOf(NotConvertible.class);
        assertThatThrownBy(() -> dataValue.convert("ab\ud800", ValueType.TEXT, null)).isInstanceOf(NotConvertible.class);
    }

    @ParameterizedTest(name = "[{0}] becomes the code [{1}]")
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        "Positive|Positive", "Positive (reactive)|Positive", "POSITIVE|Positive", "positive (REACTIVE)|Positive", " Negative |Negative"})
    void writes_an_option_by_its_code(String value, String code) {
        assertThat(dataValue.convert(value, ValueType.TEXT, RESULTS)).isEqualTo(code);
    }

    @Test
    void prefers_a_code_to_another_options_name() {
        OptionSet crossed = new OptionSet("OsCrossed01", List.of(new Option("1", "2"), new Option("2", "1"), new Option("yes", "No"), new Option("Yes", "Si")));
        assertThat(dataValue.convert("1", ValueType.TEXT, crossed)).isEqualTo("1");
        assertThat(dataValue.convert("Yes", ValueType.TEXT, crossed)).isEqualTo("Yes");
        assertThatThrownBy(() -> dataValue.convert("YES", ValueType.TEXT, crossed))
            .hasMessage("'YES' stands for several options, with the codes yes, Yes: give them different names in DHIS2");
    }

    @Test
    void lists_the_options_when_none_is_meant() {
        assertThatThrownBy(() -> dataValue.convert("Maybe", ValueType.TEXT, RESULTS))
            .hasMessage("'Maybe' is none of the options: Negative, Positive (reactive), Inconclusive");
        OptionSet many = new OptionSet("OsMany00001", IntStream.rangeClosed(1, 40).mapToObj(i -> new Option("C" + i, "Choice " + i)).toList());
        assertThatThrownBy(() -> dataValue.convert("Choise 7", ValueType.TEXT, many))
            .hasMessage("'Choise 7' is none of the 40 options, the nearest of which are: Choice 7, Choice 1, Choice 2, Choice 3, Choice 4");
        assertThatThrownBy(() -> dataValue.convert("x", ValueType.TEXT, new OptionSet("OsEmpty0001", List.of())))
            .hasMessage("'x' cannot be taken: the option set OsEmpty0001 has no options in DHIS2");
    }

    @Test
    void finds_options_of_numbers_dates_and_yes_no_by_their_typed_form() {
        OptionSet numbers = new OptionSet("OsNumber001", List.of(new Option("1", "One"), new Option("2.5", "Two and a half")));
        assertThat(dataValue.convert("1.0", ValueType.INTEGER, numbers)).isEqualTo("1");
        assertThat(dataValue.convert("1.0", ValueType.NUMBER, numbers)).isEqualTo("1");
        assertThat(dataValue.convert("2.50", ValueType.NUMBER, numbers)).isEqualTo("2.5");
        assertThat(dataValue.convert("One", ValueType.NUMBER, numbers)).isEqualTo("1");
        assertThatThrownBy(() -> dataValue.convert("Three", ValueType.NUMBER, numbers)).hasMessageContaining("is none of the options");

        OptionSet truths = new OptionSet("OsTruth0001", List.of(new Option("true", "Has it"), new Option("false", "Has it not")));
        assertThat(dataValue.convert("Yes", ValueType.BOOLEAN, truths)).isEqualTo("true");
        assertThat(dataValue.convert("Has it not", ValueType.BOOLEAN, truths)).isEqualTo("false");
        OptionSet only = new OptionSet("OsTruth0002", List.of(new Option("true", "Has it")));
        assertThat(dataValue.convert("false", ValueType.TRUE_ONLY, only)).isEmpty();

        OptionSet days = new OptionSet("OsDays00001", List.of(new Option("2024-02-01", "First round")));
        assertThat(dataValue.convert("2024-02-01 00:00:00", ValueType.DATE, days)).isEqualTo("2024-02-01");
    }

    @ParameterizedTest(name = "[{0}] becomes [{1}]")
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
        "PILL|PILL", "Pills|PILL", "PILL,INJ|PILL,INJ", "Injection, pills|PILL,INJ", "Pills;Injection|PILL,INJ", "Pills,Pills,PILL|PILL",
        "Condoms, male; or female|COND", "IUD, Condoms, male; or female; Pills|PILL,COND,IUD", ",Pills,,IUD;|PILL,IUD"})
    void writes_several_options_as_codes_with_commas_each_once(String value, String codes) {
        assertThat(dataValue.convert(value, ValueType.MULTI_TEXT, METHODS)).isEqualTo(codes);
    }

    @Test
    void names_the_one_of_several_options_that_is_none() {
        assertThatThrownBy(() -> dataValue.convert("Pills,Nonsense", ValueType.MULTI_TEXT, METHODS))
            .hasMessageStartingWith("'Nonsense' is none of the options: ");
        OptionSet comma = new OptionSet("OsComma0001", List.of(new Option("A,B", "Both")));
        assertThatThrownBy(() -> dataValue.convert("Both", ValueType.MULTI_TEXT, comma)).hasMessageContaining("has a comma in its code");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void knows_what_is_empty(String empty) {
        assertThat(ConvertValue.isEmpty(empty)).isTrue();
    }
}
