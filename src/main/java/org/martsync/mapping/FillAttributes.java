package org.martsync.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.martsync.dhis2.Attribute;
import org.martsync.dhis2.Labelled;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.mapping.Problem.Kind;
import org.martsync.words.Words;

/**
 * Fills the attributes of one person from their row of table {@code patient}, converted and checked, with every problem.
 *
 * <p>The hazard: DHIS2 clears a compulsory attribute without a word, and from then on refuses every update of the enrolment
 * (recordings 155-159). So an empty compulsory attribute is a problem and is never sent.
 */
public final class FillAttributes {

    private final ConvertValue convert = ConvertValue.forAttributes();

    /**
     * The attributes of one person.
     *
     * @param mapping the patient mapping
     * @param programs all: those with people of the same tracked entity type know them too, and what only people of another type
     *     have is left out
     * @param own the program in which the person is to be enrolled
     * @param patient the row of table {@code patient}, with a key for each column that exists; values as the JDBC driver gives them
     */
    public Filled fill(Mapping mapping, Programs programs, ProgramMetadata own, Map<String, Object> patient) {
        ProgramMetadata program = programs.people(own);
        Filled filled = new Filled(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
        Map<String, List<Answer>> answers = new LinkedHashMap<>();
        for (FormTable table : mapping.tables()) {
            if (!table.name().equals(Mapping.PATIENT_TABLE)) {
                filled.notes().add(Words.say("patient.other-table", mapping.name(), table.name()));
                continue;
            }
            for (Column column : table.columns()) {
                if (patient.containsKey(column.name())) {
                    answers.computeIfAbsent(column.dataElementId(), id -> new ArrayList<>(1))
                        .add(new Answer(table.name(), column, patient.get(column.name())));
                }
            }
        }
        answers.forEach((id, given) -> fill(program, programs, id, given, filled));
        return filled;
    }

    /**
     * The compulsory attributes that no existing column fills. They hinder a new enrolment only (E1018, recording
     * 111; the tracked entity is stored all the same, without it); a person enrolled already may have got them by hand.
     */
    public List<Problem> missingForEnrolment(Mapping mapping, ProgramMetadata program, Filled filled) {
        return program.attributes().values().stream()
            .filter(attribute -> attribute.mandatory() && !filled.values().containsKey(attribute.id()))
            .filter(attribute -> filled.found().stream().noneMatch(problem -> attribute.label().equals(problem.target())))
            .map(attribute -> new Problem(Kind.COMPULSORY_UNMAPPED, attribute.label(), null,
                Words.say("patient.unmapped", attribute.label(), program.label(), mapping.name())))
            .toList();
    }

    private void fill(ProgramMetadata program, Programs programs, String id, List<Answer> answers, Filled filled) {
        Attribute attribute = program.attributes().get(id);
        if (attribute == null && programs.have(id)) {
            return;
        }
        List<String> unusable = programs.unusable();
        if (attribute == null) {
            answers.stream().filter(answer -> !answer.isEmpty()).forEach(answer -> filled.found().add(new Problem(Kind.NOT_A_TARGET, id, answer.at(),
                Words.say(unusable.isEmpty() ? "patient.not-in-program" : "patient.perhaps-in-another", Labelled.label(answer.column().displayName(), id),
                    program.label(), answer.place(), NotConvertible.shown(ConvertValue.text(answer.value())), Words.or(unusable)))));
            return;
        }
        String value = new OneValue(convert, attribute, attribute.type(), attribute.options()).of(answers, filled.found());
        if (value == null) {
            return;
        }
        if (value.isEmpty() && attribute.mandatory()) {
            filled.found().add(new Problem(Kind.COMPULSORY_EMPTY, attribute.label(), OneValue.at(answers), Words.say("patient.compulsory", attribute.label(),
                program.label(), Words.or(answers.stream().map(Answer::place).toList()))));
            return;
        }
        filled.values().put(id, value);
    }
}
