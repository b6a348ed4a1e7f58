package org.martsync.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.Yaml;

/**
 * The rules of style that our own route files keep: everything has a name, says what it is for, and is written in the long
 * form that the console writes. What they name is looked for by {@link CheckRoutes}.
 */
final class RoutesLint {

    /** Where an expression is meant; the rest of a step may hold texts of any kind. */
    private static final Set<String> LANGUAGES = Set.of("simple", "constant", "jsonpath", "header", "exchangeProperty", "method", "ref",
            "variable", "groovy", "jq", "xpath", "language", "tokenize", "csimple", "datasonnet", "javaScript");
    /** Steps that do nothing without an expression. */
    private static final Set<String> BY_EXPRESSION = Set.of("setBody", "setHeader", "setVariable", "setProperty", "split", "filter", "loop",
            "delay", "transform", "validate", "recipientList", "when", "throttle", "script");
    /** Parts of a step which hold steps, and are none themselves: they may go without an id. */
    private static final Set<String> LISTS_OF_BRANCHES = Set.of("when", "doCatch");
    private static final Set<String> BRANCHES = Set.of("otherwise", "doFinally");
    private static final int SHORTEST_DESCRIPTION = 20;

    private final List<String> problems = new ArrayList<>();

    private RoutesLint() {
    }

    /** What breaks a rule: one sentence each. */
    static List<String> problems(String file, String text) {
        RoutesLint lint = new RoutesLint();
        lint.file(file, text);
        return lint.problems;
    }

    private void file(String name, String text) {
        Object parsed = new Yaml().load(text);
        if (!(parsed instanceof List<?> list)) {
            problems.add(name + ": is no list of routes");
            return;
        }
        for (Object one : list) {
            Map<?, ?> entry = (Map<?, ?>) one;
            if (entry.containsKey("route")) {
                route(name, map(entry.get("route")));
            } else if (entry.containsKey("routeConfiguration")) {
                described(name, map(entry.get("routeConfiguration")));
            } else {
                problems.add(name + ": " + entry.keySet() + " is neither a route nor a configuration of routes");
            }
        }
    }

    private void route(String file, Map<?, ?> route) {
        String where = route.containsKey("id") ? String.valueOf(route.get("id")) : file;
        described(where, route);
        steps(where, map(route.get("from")).get("steps"));
    }

    private void described(String where, Map<?, ?> what) {
        Object description = what.get("description");
        if (description == null || String.valueOf(description).strip().length() < SHORTEST_DESCRIPTION) {
            problems.add(where + ": no description to speak of");
        }
    }

    private void steps(String where, Object steps) {
        if (!(steps instanceof List<?> list) || list.isEmpty()) {
            problems.add(where + ": no steps");
            return;
        }
        for (Object one : list) {
            Map<?, ?> entry = map(one);
            entry.forEach((kind, content) -> {
                if (content instanceof Map<?, ?> step) {
                    step(where, String.valueOf(kind), step);
                } else {
                    problems.add(where + ": step " + kind + " is written in short");
                }
            });
        }
    }

    private void step(String where, String kind, Map<?, ?> step) {
        Object id = step.get("id");
        if (id == null && !BRANCHES.contains(kind)) {
            problems.add(where + ": step " + kind + " without an id");
        }
        expression(where, kind + " " + id, step, BY_EXPRESSION.contains(kind));
        if (kind.equals("log") && step.get("logName") == null) {
            problems.add(where + ": log step " + id + " has no logName");
        }
        if (step.containsKey("steps")) {
            steps(where, step.get("steps"));
        }
        LISTS_OF_BRANCHES.forEach(branches -> {
            if (step.get(branches) instanceof List<?> list) {
                list.forEach(branch -> step(where, branches, map(branch)));
            }
        });
        BRANCHES.forEach(branch -> {
            if (step.get(branch) instanceof Map<?, ?> content) {
                step(where, branch, content);
            }
        });
    }

    private void expression(String where, String step, Map<?, ?> content, boolean needed) {
        boolean inShort = content.keySet().stream().map(String::valueOf).filter(key -> !(step.startsWith("bean ") && key.matches("ref|method"))
                && !(step.matches("(transacted|policy) .*") && key.equals("ref"))).anyMatch(LANGUAGES::contains);
        Object expression = content.get("expression");
        boolean canonical = expression instanceof Map<?, ?> byLanguage && byLanguage.size() == 1
                && LANGUAGES.contains(String.valueOf(byLanguage.keySet().iterator().next()))
                && byLanguage.values().iterator().next() instanceof Map<?, ?> language && language.containsKey("expression");
        if (inShort || (expression != null || needed) && !canonical) {
            problems.add(where + ": step " + step + ": write expression, then the language, then expression");
        }
    }

    private static Map<?, ?> map(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
