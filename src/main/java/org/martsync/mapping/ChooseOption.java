package org.martsync.mapping;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.martsync.dhis2.Option;
import org.martsync.dhis2.OptionSet;
import org.martsync.words.Words;

/**
 * Finds the options that a text names. The flattener writes coded answers by their full name, equal to the option's code or name
 * (analytics-db.md, "Mapping"); DHIS2 takes codes in exact case only (recordings 073, 074).
 */
final class ChooseOption {

    private static final int SHOWN = 5;
    private static final int COMPARED = 60;
    private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

    private ChooseOption() {
    }

    /**
     * The option with this code, else with this name, else with this code or name without regard to case and blanks around it.
     * Null when there is none.
     *
     * @throws NotConvertible when several options would do
     */
    static Option find(String text, OptionSet options) {
        Option exact = options.withCode(text);
        if (exact != null) {
            return exact;
        }
        List<Option> named = options.named(text);
        if (named.isEmpty()) {
            named = options.alike(text);
        }
        if (named.size() > 1) {
            throw NotConvertible.because(text, "option.several",
                named.stream().map(Option::code).collect(Collectors.joining(", ")));
        }
        return named.isEmpty() ? null : named.get(0);
    }

    /** As {@link #find}, refusing a text that names no option with a sentence that lists the nearest ones. */
    static Option one(String text, OptionSet options) {
        Option found = find(text, options);
        if (found == null) {
            throw noneOf(text, options);
        }
        return found;
    }

    /**
     * The options that a list names, in the option set's order and each once. Parts are separated by {@code ,} or {@code ;}; where an
     * option's own name has such a sign in it, the longest text that names an option is taken.
     */
    static Set<Option> several(String list, OptionSet options) {
        Option whole = find(list, options);
        if (whole != null) {
            return Set.of(whole);
        }
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < list.length(); i++) {
            if (list.charAt(i) == ',' || list.charAt(i) == ';') {
                ends.add(i);
            }
        }
        ends.add(list.length());

        Set<Option> chosen = new LinkedHashSet<>();
        int start = 0;
        for (int part = 0; part < ends.size(); ) {
            if (list.substring(start, ends.get(part)).isBlank()) {
                start = ends.get(part++) + 1;
                continue;
            }
            Option found = null;
            int last = ends.size() - 1;
            while (last > part && (found = find(list.substring(start, ends.get(last)).strip(), options)) == null) {
                last--;
            }
            chosen.add(found != null ? found : one(list.substring(start, ends.get(part)).strip(), options));
            start = ends.get(last) + 1;
            part = last + 1;
        }
        return chosen;
    }

    /** The codes joined by a comma without blanks, in the option set's order: the only form DHIS2 takes (recording 073). */
    static String joined(Set<Option> chosen, OptionSet options) {
        StringBuilder codes = new StringBuilder();
        for (Option option : options.options()) {
            if (chosen.contains(option)) {
                if (option.code().indexOf(',') >= 0) {
                    throw NotConvertible.because(option.name(), "option.comma");
                }
                codes.append(codes.isEmpty() ? "" : ",").append(option.code());
            }
        }
        return codes.toString();
    }

    private static NotConvertible noneOf(String text, OptionSet options) {
        if (options.options().isEmpty()) {
            return NotConvertible.because(text, "option.empty-set", options.id());
        }
        String wanted = text.toLowerCase(Locale.ROOT);
        List<Option> nearest = options.options().stream().sorted(Comparator.comparingInt(option -> distance(wanted, option))).limit(SHOWN).toList();
        String names = nearest.stream().map(Option::name).collect(Collectors.joining(", "));
        String whatIsWrong = options.options().size() > SHOWN
            ? Words.say("option.none-of-many", options.options().size(), names) : Words.say("option.none", names);
        Option first = nearest.get(0);
        return new NoSuchOption(NotConvertible.shown(text) + " " + whatIsWrong,
            new Problem.Missing(NotConvertible.shown(text), distance(wanted, first) * 3 <= wanted.length() ? first.code() : null));
    }

    private static int distance(String wanted, Option option) {
        return Math.min(distance(wanted, option.name()), distance(wanted, option.code()));
    }

    /** How many letters have to be changed, put in or taken out, over the first 60 of each. */
    private static int distance(String wanted, String option) {
        return DISTANCE.apply(wanted.substring(0, Math.min(COMPARED, wanted.length())),
            option.substring(0, Math.min(COMPARED, option.length())).toLowerCase(Locale.ROOT));
    }
}
