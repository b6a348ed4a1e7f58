package org.martsync.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.martsync.dhis2.DataElement;
import org.martsync.dhis2.Labelled;
import org.martsync.dhis2.ProgramStage;
import org.martsync.dhis2.ValueType;
import org.martsync.mapping.Problem.Kind;
import org.martsync.words.Words;

/**
 * Fills the data values of one event from the form rows of its encounter, converted and checked, with every problem and not just the
 * first, so that a data clerk corrects an encounter once.
 *
 * <p>The hazards: a table or column that does not exist must not clear what somebody typed into DHIS2, so its data element is left
 * out; a column that exists and is empty must clear, or an answer taken back in the clinic stays in DHIS2 for good. And an encounter
 * without any form row must not clear everything: it is a problem.
 */
public final class FillDataValues {

    private final ConvertValue convert = ConvertValue.forDataElements();

    /**
     * The data values of one event.
     *
     * @param stage the mapping's stage, see {@link Mapping#checkedAgainst}
     * @param existingColumns the columns that exist in the database, by table; a table that does not exist or cannot be read is absent
     * @param rows the encounter's rows of each form table, the oldest first; values as the JDBC driver gives them. Of several rows of
     *        a form the latest filled value of each column is taken; the columns of a MULTI_TEXT go together, row by row, so that the
     *        choices of two instances are not mixed.
     * @param status the status the event will be sent with, {@code ACTIVE} or {@code COMPLETED}: it decides whether compulsory data
     *        elements are demanded (recordings 105-109)
     */
    public Filled fill(Mapping mapping, ProgramStage stage, Map<String, Set<String>> existingColumns,
                       Map<String, List<Map<String, Object>>> rows, String status) {
        Filled filled = new Filled(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
        if (hasNoRows(mapping, existingColumns, rows, filled.found())) {
            return filled;
        }
        Map<String, List<Answer>> answers = new LinkedHashMap<>();
        for (FormTable table : mapping.tables()) {
            Set<String> existing = existingColumns.get(table.name());
            if (existing != null) {
                collect(table, existing, rows.getOrDefault(table.name(), List.of()), stage, answers, filled.notes());
            }
        }
        boolean demanding = stage.strict() || "COMPLETED".equals(status);
        answers.forEach((id, given) -> fill(stage, id, given, demanding, filled));
        return filled;
    }

    private static boolean hasNoRows(Mapping mapping, Map<String, Set<String>> existingColumns,
                                     Map<String, List<Map<String, Object>>> rows, List<Problem> problems) {
        List<String> forms = mapping.tables().stream().map(FormTable::name).filter(existingColumns::containsKey).toList();
        if (forms.isEmpty()) {
            problems.add(new Problem(Kind.NO_TABLE, null, null, Words.say("form.no-table", mapping.name(),
                mapping.tables().stream().map(FormTable::name).collect(Collectors.joining(", ")))));
            return true;
        }
        if (forms.stream().allMatch(form -> rows.getOrDefault(form, List.of()).isEmpty())) {
            problems.add(new Problem(Kind.NO_ROWS, null, null, Words.say("form.no-rows", String.join(", ", forms), mapping.name())));
            return true;
        }
        return false;
    }

    private static void collect(FormTable table, Set<String> existing, List<Map<String, Object>> rows, ProgramStage stage,
                                Map<String, List<Answer>> answers, List<String> notes) {
        if (rows.size() > 1) {
            notes.add(Words.say("form.several-rows", rows.size(), table.name()));
        }
        for (Column column : table.columns()) {
            if (existing.contains(column.name())) {
                DataElement dataElement = stage.dataElements().get(column.dataElementId());
                boolean together = rows.size() > 1 && dataElement != null && dataElement.type() == ValueType.MULTI_TEXT;
                List<Column> field = !together ? List.of(column)
                    : table.columns().stream().filter(other -> other.dataElementId().equals(column.dataElementId())).toList();
                answers.computeIfAbsent(column.dataElementId(), id -> new ArrayList<>(1))
                    .add(new Answer(table.name(), column, latest(rows, field, column)));
            }
        }
    }

    /** The column's value in the latest row in which any column of the field is filled; null when in none. */
    private static Object latest(List<Map<String, Object>> rows, List<Column> field, Column column) {
        for (int i = rows.size() - 1; i >= 0; i--) {
            Map<String, Object> row = rows.get(i);
            for (Column one : field) {
                if (!ConvertValue.isEmpty(row.get(one.name()))) {
                    return row.get(column.name());
                }
            }
        }
        return null;
    }

    private void fill(ProgramStage stage, String id, List<Answer> answers, boolean demanding, Filled filled) {
        DataElement dataElement = stage.dataElements().get(id);
        if (dataElement == null) {
            // DHIS2 would refuse the event even for an empty one (E1305, recording 098), so it is left out while empty.
            answers.stream().filter(answer -> !answer.isEmpty()).forEach(answer -> filled.found().add(new Problem(Kind.NOT_A_TARGET, id, answer.at(),
                Words.say("form.not-in-stage", Labelled.label(answer.column().displayName(), id), stage.label(), answer.place(),
                    NotConvertible.shown(ConvertValue.text(answer.value()))))));
            return;
        }
        String value = new OneValue(convert, dataElement, dataElement.type(), dataElement.options()).of(answers, filled.found());
        if (value == null) {
            return;
        }
        if (value.isEmpty() && dataElement.compulsory() && demanding) {
            filled.found().add(new Problem(Kind.COMPULSORY_EMPTY, dataElement.label(), OneValue.at(answers), Words.say("form.compulsory", dataElement.label(),
                stage.label(), Words.or(answers.stream().map(Answer::place).toList()))));
            return;
        }
        // An empty compulsory one clears as well where it is not demanded: E1076 comes only where E1303 does (recordings 105-107).
        filled.values().put(id, value);
    }
}
