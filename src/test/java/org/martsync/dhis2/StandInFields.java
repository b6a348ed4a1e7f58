package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Picks from a JSON answer what the parameter {@code fields} asks for: {@code a,b[c,d],*,!e}. */
final class StandInFields {

    private static final StandInFields EVERYTHING = new StandInFields(true);

    private boolean all;
    private final Map<String, StandInFields> names = new HashMap<>();
    private final Set<String> without = new HashSet<>();

    private StandInFields(boolean all) {
        this.all = all;
    }

    /** Reads the parameter's text. */
    static StandInFields of(String text) {
        StandInFields fields = new StandInFields(false);
        fields.read(text, 0);
        return fields;
    }

    private int read(String text, int from) {
        StringBuilder name = new StringBuilder();
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '[') {
                StandInFields nested = new StandInFields(false);
                at = nested.read(text, at + 1);
                names.put(name.toString().trim(), nested);
                name.setLength(0);
            } else if (c == ',' || c == ']') {
                add(name.toString().trim());
                name.setLength(0);
                if (c == ']') {
                    return at;
                }
            } else {
                name.append(c);
            }
        }
        add(name.toString().trim());
        return text.length();
    }

    private void add(String name) {
        if (name.equals("*") || name.equals(":all")) {
            all = true;
        } else if (name.startsWith("!")) {
            without.add(name.substring(1));
        } else if (!name.isEmpty()) {
            names.put(name, EVERYTHING);
        }
    }

    boolean wants(String name) {
        return names.containsKey(name) || all && !without.contains(name);
    }

    StandInFields under(String name) {
        return names.getOrDefault(name, EVERYTHING);
    }

    /** Takes the unwanted fields out of an object, at every depth. */
    <T extends JsonNode> T pick(T node) {
        if (this == EVERYTHING) {
            return node;
        }
        if (node.isArray()) {
            node.forEach(this::pick);
        } else if (node instanceof ObjectNode object) {
            object.properties().removeIf(field -> !wants(field.getKey()));
            object.properties().forEach(field -> under(field.getKey()).pick(field.getValue()));
        }
        return node;
    }
}
