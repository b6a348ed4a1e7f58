package org.martsync.mapping;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.martsync.dhis2.Labelled;
import org.martsync.dhis2.Option;
import org.martsync.dhis2.OptionSet;
import org.martsync.dhis2.ValueType;
import org.martsync.mapping.Problem.Kind;
import org.martsync.words.Words;

/**
 * Makes one DHIS2 value of all columns mapped to it. Two columns for one data element are common: the male and the female variant of
 * a question, the same question in two forms, one column per option of a multi-select (analytics-db.md, "Mapping").
 *
 * <p>The hazard is choosing silently between two different answers: that is done for yes-no questions only, where {@code false} also
 * means "not chosen"; all else that differs is a problem for a person to settle.
 */
final class OneValue {

    /** A prefix that turns a column's meaning round must not be taken off to find its option. */
    private static final Set<String> NEGATIONS = Set.of("no", "not", "non", "never", "without");

    private final ConvertValue convert;
    private final Labelled target;
    private final ValueType type;
    private final OptionSet options;

    /** @param target the data element or attribute */
    OneValue(ConvertValue convert, Labelled target, ValueType type, OptionSet options) {
        this.convert = convert;
        this.target = target;
        this.type = type;
        this.options = options;
    }

    /** The columns of some answers, for a {@link Problem}. */
    static String at(List<Answer> answers) {
        return answers.stream().map(Answer::at).collect(Collectors.joining(", "));
    }

    /** The value, {@code ""} when all columns are empty, or null when there is a problem; then its sentences are added. */
    String of(List<Answer> answers, List<Problem> problems) {
        return type == ValueType.MULTI_TEXT && options != null ? united(answers, problems) : agreed(answers, problems);
    }

    private record Given(Answer answer, String text) {
    }

    private String agreed(List<Answer> answers, List<Problem> problems) {
        List<Given> given = new ArrayList<>(answers.size());
        boolean failed = false;
        for (Answer answer : answers) {
            try {
                String text = convert.convert(answer.value(), type, options);
                if (!text.isEmpty()) {
                    given.add(new Given(answer, text));
                }
            } catch (NotConvertible wrong) {
                problems.add(problem(wrong, answer));
                failed = true;
            }
        }
        if (failed) {
            return null;
        }
        if (given.isEmpty()) {
            return "";
        }
        String first = given.get(0).text();
        if (given.size() == 1 || given.stream().allMatch(other -> same(first, other.text()))) {
            return first;
        }
        if (type.isTruth()) {
            for (Given one : given) {
                if (one.text().equalsIgnoreCase("true")) {
                    return one.text();
                }
            }
        }
        problems.add(new Problem(Kind.COLUMNS_DISAGREE, target.label(), at(given.stream().map(Given::answer).toList()),
            Words.say("columns.disagree", target.label(), given.stream()
                .map(one -> Words.say("columns.says", one.answer().place(), NotConvertible.shown(one.text()))).collect(Collectors.joining(", ")))));
        return null;
    }

    private boolean same(String one, String other) {
        return one.equals(other) || (type.isNumber() && options == null && NumberText.same(one, other));
    }

    private String united(List<Answer> answers, List<Problem> problems) {
        Set<Option> chosen = new HashSet<>();
        boolean failed = false;
        for (Answer answer : answers) {
            if (answer.isEmpty()) {
                continue;
            }
            try {
                String text = ConvertValue.text(answer.value());
                Boolean truth = ChooseOption.find(text, options) == null ? Truth.of(text) : null;
                if (truth == null) {
                    chosen.addAll(ChooseOption.several(text, options));
                } else if (truth) {
                    chosen.add(optionOf(answer, answers));
                }
            } catch (NotConvertible wrong) {
                problems.add(problem(wrong, answer));
                failed = true;
            }
        }
        if (failed) {
            return null;
        }
        try {
            return convert.notTooLong(ChooseOption.joined(chosen, options));
        } catch (NotConvertible wrong) {
            problems.add(new Problem(Kind.UNFIT_VALUE, target.label(), at(answers),
                Words.say("value.of-several", target.label(), wrong.getMessage())));
            return null;
        }
    }

    /**
     * The option that a column of a multi-select stands for: the one whose code or name is the column's name, its display name, or
     * its name without the beginning that all columns of the question share ({@code fcm_} of {@code fcm_pills} and {@code fcm_iud}).
     */
    private Option optionOf(Answer answer, List<Answer> answers) {
        List<String> siblings = answers.stream().filter(other -> other.table().equals(answer.table()))
            .map(other -> other.column().name()).toList();
        String name = answer.column().name();
        Set<String> names = new LinkedHashSet<>(List.of(bare(name), bare(answer.column().displayName()),
            bare(name.substring(sharedBeginning(siblings)))));
        List<Option> found = options.options().stream()
            .filter(option -> names.contains(bare(option.code())) || names.contains(bare(option.name())))
            .filter(option -> !bare(option.name()).isEmpty())
            .toList();
        if (found.size() != 1) {
            throw new NotConvertible(Words.say("option.nameless-column", NotConvertible.shown(ConvertValue.text(answer.value()))));
        }
        return found.get(0);
    }

    /** How many signs at the beginning, up to and with an underscore, all names share; 0 for a single name. */
    private static int sharedBeginning(List<String> names) {
        if (names.size() < 2) {
            return 0;
        }
        String first = names.get(0);
        int shared = first.lastIndexOf('_') + 1;
        while (shared > 0) {
            String beginning = first.substring(0, shared);
            if (names.stream().allMatch(name -> name.startsWith(beginning))) {
                String[] words = beginning.split("_");
                return words.length > 0 && NEGATIONS.contains(words[words.length - 1].toLowerCase(Locale.ROOT)) ? 0 : shared;
            }
            shared = first.lastIndexOf('_', shared - 2) + 1;
        }
        return 0;
    }

    /** Letters and digits only, in lower case. */
    private static String bare(String text) {
        StringBuilder bare = new StringBuilder(text.length());
        text.codePoints().filter(Character::isLetterOrDigit).map(Character::toLowerCase).forEach(bare::appendCodePoint);
        return bare.toString();
    }

    private Problem problem(NotConvertible wrong, Answer answer) {
        return new Problem(Kind.UNFIT_VALUE, target.label(), answer.at(), Words.say("value.of", target.label(), wrong.getMessage(), answer.place()),
            wrong instanceof NoSuchOption none ? none.missing() : null);
    }
}
