package org.martsync.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.martsync.dhis2.DataElement;
import org.martsync.dhis2.Option;
import org.martsync.dhis2.OptionSet;
import org.martsync.dhis2.ProgramStage;
import org.martsync.dhis2.ValueType;

class FillDataValuesTest {

    private static final OptionSet METHODS = new OptionSet("OsMethod001", List.of(
        new Option("PILL", "Pills"), new Option("INJ", "Injection"), new Option("IUD", "IUD")));
    private static final List<DataElement> ELEMENTS = List.of(
        new DataElement("Site", "Site type", ValueType.TEXT, false, null),
        new DataElement("Must", "Must be there", ValueType.TEXT, true, null),
        new DataElement("Bool", "Hurt by partner", ValueType.BOOLEAN, false, null),
        new DataElement("Only", "Referred", ValueType.TRUE_ONLY, false, null),
        new DataElement("Int", "Number of visits", ValueType.INTEGER, false, null),
        new DataElement("Num", "Weight", ValueType.NUMBER, false, null),
        new DataElement("Date", "Date of visit", ValueType.DATE, false, null),
        new DataElement("Multi", "Methods", ValueType.MULTI_TEXT, false, METHODS));

    private final Map<String, Map<String, String>> mapped = new LinkedHashMap<>();
    private final Map<String, Set<String>> missing = new LinkedHashMap<>();
    private final Map<String, List<Map<String, Object>>> rows = new LinkedHashMap<>();
    private boolean strict;
    private String status = "ACTIVE";

    @Test
    void carries_converted_values_in_the_mappings_order() {
        form("f", "site", "Site", "visits", "Int", "date", "Date", "hurt", "Bool");
        row("f", "site", "N/A \"x\"\n", "visits", "3.0", "date", "2024-02-01 00:00:00", "hurt", "TRUE");

        Filled filled = fill();

        assertThat(filled.isGood()).isTrue();
        assertThat(filled.values()).containsExactly(Map.entry("Site", "N/A \"x\"\n"), Map.entry("Int", "3"), Map.entry("Date", "2024-02-01"),
            Map.entry("Bool", "true"));
        assertThat(filled.notes()).isEmpty();
    }

    @Test
    void clears_what_is_empty_and_leaves_alone_what_does_not_exist() {
        form("f", "site", "Site", "gone", "Int");
        form("absent", "a", "Num");
        missing.put("f", Set.of("gone"));
        missing.put("absent", null);
        row("f", "site", " ");

        assertThat(fill().values()).containsExactly(Map.entry("Site", ""));
    }

    @Test
    void clears_the_fields_of_a_form_that_has_no_row_beside_one_that_has() {
        form("f", "site", "Site");
        form("g", "visits", "Int");
        row("f", "site", "Static");

        assertThat(fill().values()).containsExactly(Map.entry("Site", "Static"), Map.entry("Int", ""));
    }

    @Test
    void does_not_clear_everything_when_the_encounter_has_no_row_at_all() {
        form("f", "site", "Site");
        form("g", "visits", "Int");

        Filled filled = fill();

        assertThat(filled.values()).isEmpty();
        assertThat(filled.problems()).containsExactly(
            "No form data found for the encounter in f, g. Save the form again, or correct the mapping Test.");
    }

    @Test
    void says_so_when_none_of_the_tables_exists() {
        form("f", "site", "Site");
        missing.put("f", null);

        assertThat(fill().problems()).containsExactly("None of the forms of the mapping Test has a table in the analytics database (f). "
            + "Correct the mapping, or wait until the flattener has made the tables; the program's log says why each is left out.");
    }

    @Test
    void takes_the_latest_filled_value_of_each_field_of_several_rows_and_says_so() {
        form("f", "site", "Site", "visits", "Int", "date", "Date");
        row("f", "site", "old", "visits", "1", "date", "");
        row("f", "site", "new", "visits", "", "date", null);

        Filled filled = fill();

        assertThat(filled.values()).containsExactly(Map.entry("Site", "new"), Map.entry("Int", "1"), Map.entry("Date", ""));
        assertThat(filled.notes()).containsExactly("2 rows of form f: the latest value of each field was taken");
    }

    @Test
    void takes_the_filled_one_of_two_columns_in_one_form_or_in_two() {
        form("f", "male", "Site", "female", "Site");
        form("g", "other", "Int");
        form("h", "another", "Int");
        row("f", "male", "", "female", "Static");
        row("h", "another", "4");

        assertThat(fill().values()).containsExactly(Map.entry("Site", "Static"), Map.entry("Int", "4"));
    }

    @Test
    void takes_two_columns_that_agree() {
        form("f", "a", "Int", "b", "Int", "c", "Num", "d", "Num");
        row("f", "a", "1.0", "b", "1", "c", "2.50", "d", "2.5");

        Filled filled = fill();

        assertThat(filled.problems()).isEmpty();
        assertThat(filled.values()).containsEntry("Int", "1").containsEntry("Num", "2.50");
    }

    @Test
    void does_not_choose_between_two_different_answers() {
        form("f", "a", "Site");
        form("g", "b", "Site");
        row("f", "a", "Static");
        row("g", "b", "Outreach");

        Filled filled = fill();

        assertThat(filled.values()).isEmpty();
        assertThat(filled.problems()).containsExactly("Site type (Site): column a of form f says 'Static', column b of form g says 'Outreach'. "
            + "Leave only one of them filled, or make them equal.");
    }

    @Test
    void lets_a_true_win_over_a_false_which_may_mean_not_chosen() {
        form("f", "a", "Bool", "b", "Bool", "c", "Only", "d", "Only");
        row("f", "a", "false", "b", "true", "c", "true", "d", "false");
        assertThat(fill().values()).containsExactly(Map.entry("Bool", "true"), Map.entry("Only", "true"));

        rows.clear();
        row("f", "a", "false", "b", null, "c", "false", "d", "false");
        assertThat(fill().values()).containsExactly(Map.entry("Bool", "false"), Map.entry("Only", ""));
    }

    @Test
    void unites_the_options_of_a_multi_select() {
        form("f", "fcm_pills", "Multi", "fcm_injection", "Multi", "fcm_iud", "Multi");
        row("f", "fcm_pills", "true", "fcm_injection", "false", "fcm_iud", "yes");
        assertThat(fill().values()).containsExactly(Map.entry("Multi", "PILL,IUD"));

        rows.clear();
        row("f", "fcm_pills", "IUD", "fcm_injection", "Injection;Pills", "fcm_iud", "");
        assertThat(fill().values()).containsExactly(Map.entry("Multi", "PILL,INJ,IUD"));

        rows.clear();
        row("f", "fcm_pills", "false", "fcm_injection", null, "fcm_iud", "");
        assertThat(fill().values()).containsExactly(Map.entry("Multi", ""));
    }

    @Test
    void does_not_mix_the_choices_of_two_instances_of_a_multi_select() {
        form("f", "fcm_pills", "Multi", "fcm_injection", "Multi");
        row("f", "fcm_pills", "true", "fcm_injection", null);
        row("f", "fcm_pills", null, "fcm_injection", "true");

        assertThat(fill().values()).containsExactly(Map.entry("Multi", "INJ"));
    }

    @Test
    void does_not_guess_which_option_a_column_stands_for() {
        form("f", "no_pills", "Multi", "no_iud", "Multi");
        row("f", "no_pills", "true");

        Filled filled = fill();

        assertThat(filled.values()).isEmpty();
        assertThat(filled.problems()).containsExactly("Methods (Multi): the column holds 'true', and its name does not tell which option "
            + "that stands for. Let the column be named like an option, or map it to a yes-no data element. Correct column no_pills of form f.");
    }

    @Test
    void gives_all_problems_and_not_just_the_first() {
        form("f", "visits", "Int", "date", "Date", "hurt", "Bool", "site", "Site");
        row("f", "visits", "many", "date", "01/02/2024", "hurt", "maybe", "site", "Static");

        Filled filled = fill();

        assertThat(filled.isGood()).isFalse();
        assertThat(filled.problems()).containsExactly(
            "Number of visits (Int): 'many' is not a number. Correct column visits of form f.",
            "Date of visit (Date): '01/02/2024' is not a date written like 2024-12-31. Correct column date of form f.",
            "Hurt by partner (Bool): 'maybe' is neither true nor false. Correct column hurt of form f.");
        assertThat(filled.values()).containsExactly(Map.entry("Site", "Static"));
    }

    @Test
    void demands_compulsory_data_elements_of_a_strict_stage() {
        form("f", "must", "Must");
        row("f", "must", "");
        strict = true;

        Filled filled = fill();

        assertThat(filled.values()).isEmpty();
        assertThat(filled.problems()).containsExactly(
            "Must be there (Must) is compulsory in program stage Visit (VisitStage1) but empty. Fill column must of form f.");
    }

    @Test
    void demands_compulsory_data_elements_of_a_completed_event_only_where_the_stage_is_not_strict() {
        form("f", "must", "Must");
        row("f", "must", "");
        assertThat(fill().values()).containsExactly(Map.entry("Must", ""));

        status = "COMPLETED";
        assertThat(fill().problems()).hasSize(1);
    }

    @Test
    void leaves_a_compulsory_data_element_whose_column_does_not_exist_to_dhis2() {
        form("f", "must", "Must", "site", "Site");
        missing.put("f", Set.of("must"));
        row("f", "site", "Static");
        strict = true;

        Filled filled = fill();

        assertThat(filled.isGood()).isTrue();
        assertThat(filled.values()).containsOnlyKeys("Site");
    }

    @Test
    void complains_of_a_data_element_that_is_not_in_the_stage_only_when_there_is_a_value() {
        form("f", "site", "Site", "stray", "Elsewhere");
        row("f", "site", "Static", "stray", "");
        assertThat(fill().isGood()).isTrue();
        assertThat(fill().values()).containsOnlyKeys("Site");

        rows.clear();
        row("f", "site", "Static", "stray", "x");
        assertThat(fill().problems()).containsExactly("Data element Display of stray (Elsewhere) is not in program stage Visit (VisitStage1), "
            + "but column stray of form f holds 'x'. Map the column to a data element of that stage, or add the data element to the stage in DHIS2.");
    }

    private void form(String table, String... columnsAndElements) {
        Map<String, String> columns = mapped.computeIfAbsent(table, t -> new LinkedHashMap<>());
        for (int i = 0; i < columnsAndElements.length; i += 2) {
            columns.put(columnsAndElements[i], columnsAndElements[i + 1]);
        }
    }

    private void row(String table, String... columnsAndValues) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            row.put(columnsAndValues[i], columnsAndValues[i + 1]);
        }
        rows.merge(table, List.of(row), (before, after) -> Stream.concat(before.stream(), after.stream()).toList());
    }

    private Filled fill() {
        List<FormTable> tables = mapped.entrySet().stream().map(table -> new FormTable(table.getKey(), table.getValue().entrySet().stream()
            .map(column -> new Column(column.getKey(), column.getValue(), "Display of " + column.getKey())).toList())).toList();
        Map<String, Set<String>> existing = new LinkedHashMap<>();
        mapped.forEach((table, columns) -> {
            if (!missing.containsKey(table) || missing.get(table) != null) {
                existing.put(table, columns.keySet().stream().filter(column -> !missing.getOrDefault(table, Set.of()).contains(column))
                    .collect(Collectors.toSet()));
            }
        });
        Mapping mapping = new Mapping("Test", false, "VisitStage1", tables, List.of(), List.of(), false, null, null, null);
        ProgramStage stage = new ProgramStage("VisitStage1", "Visit", true, strict,
            ELEMENTS.stream().collect(Collectors.toMap(DataElement::id, element -> element)));
        return new FillDataValues().fill(mapping, stage, existing, rows, status);
    }
}
