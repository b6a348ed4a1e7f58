package org.martsync.settings;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Arguments of a start, {@code --name=value}. One that is there twice Spring would join with a comma. */
public final class Arguments {

    private Arguments() {
    }

    /** Those given, but for the names that are set by the others, which follow. */
    public static List<String> replaced(List<String> given, List<String> by) {
        Set<String> set = by.stream().map(Arguments::name).collect(Collectors.toSet());
        return Stream.concat(given.stream().filter(one -> !set.contains(name(one))), by.stream()).toList();
    }

    /** The name without the dashes before it and the value. */
    static String name(String argument) {
        return argument.replaceFirst("^--", "").replaceFirst("(?s)=.*$", "");
    }
}
