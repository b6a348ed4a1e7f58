package org.martsync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.yaml.snakeyaml.Yaml;

/**
 * The rules that the route files keep: everything has a name that is its own, says what it is for, is written in the
 * long form that the console writes, and refers to nothing that is not there.
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
    private static final Pattern SETTING = Pattern.compile("\\{\\{([^}:?!]+)[^}]*}}");
    private static final Pattern STATEMENT = Pattern.compile("(?:sql|resource):file:([^?\\s}]+)");
    private static final Pattern CALL = Pattern.compile("\\$\\{bean:(\\w+)\\?method=(\\w+)");
    private static final int SHORTEST_DESCRIPTION = 20;

    private final Map<String, String> files;
    private final Map<String, Class<?>> beans = beans();
    private final Set<String> settings = settings();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> statements = new TreeSet<>();
    private final Map<String, String> ids = new HashMap<>();
    private final Set<String> entrances = new HashSet<>();
    private final Map<String, String> calls = new TreeMap<>();

    /** @param files the text of each by its name */
    RoutesLint(Map<String, String> files) {
        this.files = new TreeMap<>(files);
        this.files.forEach(this::file);
        calls.forEach((uri, where) -> {
            if (!entrances.contains(uri)) {
                problems.add(where + ": no route begins with " + uri);
            }
        });
    }

    /** What breaks a rule: one sentence each. */
    List<String> problems() {
        return problems;
    }

    /** The SQL files that are used. */
    Set<String> statements() {
        return statements;
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
        Object id = route.get("id");
        String where = id == null ? file : String.valueOf(id);
        if (id == null) {
            problems.add(file + ": route without an id");
        } else {
            named(where, id);
        }
        described(where, route);
        Map<?, ?> from = map(route.get("from"));
        named(where, from.get("id"));
        Object uri = from.get("uri");
        if (uri == null) {
            problems.add(where + ": begins nowhere");
        } else {
            entrances.add(address(uri));
        }
        texts(where, route);
        steps(where, from.get("steps"));
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
        if (id == null) {
            if (!BRANCHES.contains(kind)) {
                problems.add(where + ": step " + kind + " without an id");
            }
        } else {
            named(where, id);
        }
        expression(where, kind + " " + id, step, BY_EXPRESSION.contains(kind));
        if (kind.equals("log") && step.get("logName") == null) {
            problems.add(where + ": log step " + id + " has no logName");
        }
        if (kind.equals("bean") || kind.equals("transacted")) {
            bean(where, String.valueOf(step.get("ref")), step.get("method"));
        }
        if ((kind.equals("to") || kind.equals("toD") || kind.equals("wireTap"))) {
            String uri = String.valueOf(step.get("uri"));
            if (uri.startsWith("direct:") || uri.startsWith("seda:")) {
                calls.put(address(uri), where);
            }
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
                && !(step.startsWith("transacted ") && key.equals("ref"))).anyMatch(LANGUAGES::contains);
        Object expression = content.get("expression");
        boolean canonical = expression instanceof Map<?, ?> byLanguage && byLanguage.size() == 1
                && LANGUAGES.contains(String.valueOf(byLanguage.keySet().iterator().next()))
                && byLanguage.values().iterator().next() instanceof Map<?, ?> language && language.containsKey("expression");
        if (inShort || (expression != null || needed) && !canonical) {
            problems.add(where + ": step " + step + ": write expression, then the language, then expression");
        }
    }

    private void named(String where, Object id) {
        if (id == null) {
            return;
        }
        String before = ids.putIfAbsent(String.valueOf(id), where);
        if (before != null) {
            problems.add(where + ": this id is used twice: " + id + " (first in " + before + ")");
        }
    }

    private void bean(String where, String name, Object method) {
        Class<?> type = beans.get(name);
        if (type == null) {
            problems.add(where + ": no bean is named " + name);
            return;
        }
        if (method != null) {
            String called = String.valueOf(method).replaceFirst("\\(.*", "");
            if (Arrays.stream(type.getMethods()).map(Method::getName).noneMatch(called::equals)) {
                problems.add(where + ": bean " + name + " has no method " + called);
            }
        }
    }

    /** What may stand in any text of a route: settings, statements, calls and references of beans. */
    private void texts(String where, Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, one) -> {
                if (!"description".equals(key)) {
                    texts(where, one);
                }
            });
        } else if (value instanceof List<?> list) {
            list.forEach(one -> texts(where, one));
        } else if (value instanceof String text) {
            SETTING.matcher(text).results().map(found -> found.group(1).strip()).filter(name -> !settings.contains(name))
                    .forEach(name -> problems.add(where + ": no setting is named " + name));
            Matcher statement = STATEMENT.matcher(text);
            while (statement.find()) {
                statements.add(statement.group(1));
                if (!Files.isRegularFile(Path.of(statement.group(1)))) {
                    problems.add(where + ": there is no file " + statement.group(1));
                }
            }
            CALL.matcher(text).results().forEach(call -> bean(where, call.group(1), call.group(2)));
            if (text.startsWith("#")) {
                bean(where, text.substring(1).replaceFirst("^bean:", ""), null);
            }
        }
    }

    private static String address(Object uri) {
        return String.valueOf(uri).replaceFirst("\\?.*", "");
    }

    private static Map<?, ?> map(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The beans of our own configurations and components, by their names. */
    private static Map<String, Class<?>> beans() {
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(true);
        Map<String, Class<?>> beans = new HashMap<>();
        scan.findCandidateComponents("org.martsync").forEach(component -> {
            Class<?> type = type(component.getBeanClassName());
            if (type.getProtectionDomain().getCodeSource().getLocation().getPath().contains("test-classes")) {
                return;
            }
            String name = type.getSimpleName();
            beans.put(Character.toLowerCase(name.charAt(0)) + name.substring(1), type);
            for (Method method : type.getDeclaredMethods()) {
                Bean bean = method.getAnnotation(Bean.class);
                if (bean != null) {
                    List<String> names = bean.value().length == 0 ? List.of(method.getName()) : List.of(bean.value());
                    names.forEach(one -> beans.put(one, method.getReturnType()));
                }
            }
        });
        return beans;
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<String> settings() {
        Set<String> names = new HashSet<>();
        flatten("", new Yaml().load(text(Path.of("config/application.yaml"))), names);
        return names;
    }

    private static void flatten(String prefix, Object value, Set<String> names) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, one) -> flatten(prefix.isEmpty() ? String.valueOf(key) : prefix + "." + key, one, names));
        } else {
            names.add(prefix);
        }
    }
}
