package org.martsync.dhis2;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/** Reads the query of a request; a value that DHIS2 does not take is {@link StandInPayload.Unreadable}. */
final class StandInParameters {

    private final Map<String, List<String>> values = new LinkedHashMap<>();

    StandInParameters(String query) {
        for (String pair : query.isEmpty() ? new String[0] : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            values.computeIfAbsent(decoded(name), key -> new ArrayList<>())
                    .add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    void each(BiConsumer<String, List<String>> parameter) {
        values.forEach(parameter);
    }

    void put(String name, List<String> all) {
        values.put(name, all);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    String text(String name, String otherwise) {
        return has(name) ? values.get(name).get(0) : otherwise;
    }

    boolean flag(String name, boolean otherwise) {
        String value = text(name, String.valueOf(otherwise)).toLowerCase(Locale.ROOT);
        if (!value.equals("true") && !value.equals("false")) {
            throw invalid(name, value, "");
        }
        return value.equals("true");
    }

    int number(String name, int otherwise) {
        String value = text(name, String.valueOf(otherwise));
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below like zero
        }
        throw invalid(name, value, "");
    }

    <E extends Enum<E>> E word(String name, Class<E> type, E otherwise) {
        String value = text(name, otherwise.name());
        return Arrays.stream(type.getEnumConstants()).filter(each -> each.name().equals(value)).findFirst()
                .orElseThrow(() -> invalid(name, value,
                        " Valid values are: " + Arrays.toString(type.getEnumConstants())));
    }

    /** Reads one UID, or null where the parameter is not given. */
    String uid(String name) {
        String value = text(name, null);
        return value == null ? null : checkedUid(name, value);
    }

    /** Reads UIDs separated by commas, or null where the parameter is not given (recordings 300 to 309). */
    List<String> uids(String name) {
        return has(name) ? Arrays.stream(text(name, "").split(",")).map(uid -> checkedUid(name, uid)).toList() : null;
    }

    private static String checkedUid(String name, String value) {
        if (!StandInPayload.UID.matcher(value).matches()) {
            throw invalid(name, value,
                    " UID must be an alphanumeric string of 11 characters starting with a letter, but was: " + value);
        }
        return value;
    }

    private static StandInPayload.Unreadable invalid(String name, String value, String why) {
        return new StandInPayload.Unreadable("Value '" + value + "' is not valid for parameter " + name + "." + why);
    }
}
