package org.martsync.dhis2;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The choices of a data element or attribute, in DHIS2's order, found by code, by name, and by either without regard to case.
 *
 * <p>A class with three indexes and not a record: every coded value of every event is looked up here.
 */
public final class OptionSet {

    private final String id;
    private final List<Option> options;
    private final Map<String, Option> byCode = new HashMap<>();
    private final Map<String, List<Option>> byName = new HashMap<>();
    private final Map<String, List<Option>> byEither = new HashMap<>();

    public OptionSet(String id, List<Option> options) {
        this.id = id;
        this.options = List.copyOf(options);
        for (Option option : this.options) {
            byCode.putIfAbsent(option.code(), option);
            add(byName, option.name(), option);
            add(byEither, lowered(option.code()), option);
            add(byEither, lowered(option.name()), option);
        }
    }

    public String id() {
        return id;
    }

    public List<Option> options() {
        return options;
    }

    /** The option with exactly this code, or null. */
    public Option withCode(String code) {
        return byCode.get(code);
    }

    /** The options with exactly this name: none, one, or several with different codes. */
    public List<Option> named(String name) {
        return byName.getOrDefault(name, List.of());
    }

    /** The options whose code or name is this text, case and blanks around it aside. */
    public List<Option> alike(String text) {
        return byEither.getOrDefault(lowered(text), List.of());
    }

    private static String lowered(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    private static void add(Map<String, List<Option>> index, String key, Option option) {
        List<Option> found = index.computeIfAbsent(key, k -> new ArrayList<>(1));
        if (!found.contains(option)) {
            found.add(option);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OptionSet that && Objects.equals(id, that.id) && options.equals(that.options);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, options);
    }

    @Override
    public String toString() {
        return "OptionSet[" + id + ", " + options.size() + " options]";
    }
}
