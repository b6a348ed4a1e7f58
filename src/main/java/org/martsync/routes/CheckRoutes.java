package org.martsync.routes;

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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Looks whether everything is there that the routes name: settings, beans and their methods, SQL files, other routes; and
 * whether each SQL file is whole and asks for nothing that no route gives.
 */
final class CheckRoutes {

    private static final Pattern SETTING = Pattern.compile("\\{\\{([^}:?!]+)}}");
    private static final Pattern STATEMENT = Pattern.compile("(?:sql|resource):file:([^?\\s}]+)");
    private static final Pattern CALL = Pattern.compile("\\$\\{bean:(\\w+)\\?method=(\\w+)");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{variable\\.(\\w+)(?![\\w:])");
    private static final Pattern PROPERTY = Pattern.compile("\\$\\{properties:([\\w.-]+)}");
    private static final Set<String> CALLING = Set.of("bean", "transacted", "policy");
    private static final Set<String> SENDING = Set.of("to", "toD", "wireTap", "enrich", "poll", "pollEnrich");

    private final Function<String, Class<?>> beans;
    private final Predicate<String> settings;

    /**
     * @param beans    the type of a bean by its name, null when there is none
     * @param settings whether there is a setting of that name
     */
    CheckRoutes(Function<String, Class<?>> beans, Predicate<String> settings) {
        this.beans = beans;
        this.settings = settings;
    }

    /** Everything that is wrong, in the order of the files. */
    List<Problem> problems(RouteSet set) {
        List<Problem> problems = new ArrayList<>(set.problems());
        Look look = new Look(set, problems);
        set.others().forEach(look::at);
        set.routes().values().forEach(look::at);
        set.texts().forEach((file, text) -> {
            if (Statement.isIn(file)) {
                look.at(new Statement(file, text));
            }
        });
        return problems;
    }

    private final class Look {

        private final RouteSet set;
        private final List<Problem> problems;
        private final Set<String> entrances = new HashSet<>();
        private final Set<String> ownBeans = new HashSet<>();
        private final Map<String, String> ids = new HashMap<>();
        private final Set<String> headers = new HashSet<>();
        private final Set<String> variables = new HashSet<>();
        private final boolean beginningsAreKnown;
        private RoutePart part;

        Look(RouteSet set, List<Problem> problems) {
            this.set = set;
            this.problems = problems;
            for (RoutePart route : set.routes().values()) {
                String begin = begin(route);
                entrances.add(address(begin));
                if (begin.isEmpty()) {
                    problems.add(new Problem(route.file(), route.line(), "route " + route.id() + " begins nowhere: it needs from: and in it uri:"));
                }
            }
            // where a file or a beginning cannot be read, nobody knows what else begins there
            beginningsAreKnown = problems.isEmpty();
            set.others().stream().filter(other -> other.kind().equals("beans") && other.node() instanceof SequenceNode)
                    .forEach(other -> ((SequenceNode) other.node()).getValue().forEach(bean -> ownBeans.add(RouteSet.scalar(bean, "name"))));
        }

        void at(RoutePart looked) {
            part = looked;
            walk(part.kind(), part.node());
        }

        /** After all routes. */
        void at(Statement statement) {
            List<Problem> found = statement.problems();
            problems.addAll(found);
            if (found.isEmpty()) {
                statement.parameters().forEach(parameter -> given(statement, parameter));
            }
        }

        /** A site's own statement may also take a value from a body that is a map, whose keys nobody knows before. */
        private void given(Statement statement, Statement.Parameter parameter) {
            Matcher variable = VARIABLE.matcher(parameter.name());
            Matcher setting = PROPERTY.matcher(parameter.name());
            String wrong = variable.lookingAt() && !variables.contains(variable.group(1)) && set.isOfOurs(statement.file()) ? "no route sets a variable " + variable.group(1)
                    : setting.matches() && !settings.test(setting.group(1)) ? "no setting is named " + setting.group(1)
                    : parameter.name().matches("\\w+") && !headers.contains(parameter.name()) && set.isOfOurs(statement.file())
                            ? "no route sets a header " + parameter.name() : null;
            if (wrong != null) {
                problems.add(new Problem(statement.file(), parameter.line(), wrong));
            }
        }

        private void walk(String key, Node node) {
            if (node instanceof SequenceNode list) {
                list.getValue().forEach(one -> walk(key, one));
            } else if (node instanceof MappingNode map) {
                step(key, map);
                for (NodeTuple one : map.getValue()) {
                    String name = one.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
                    if (!name.equals("description")) {
                        walk(name, one.getValueNode());
                    }
                }
            } else if (node instanceof ScalarNode text) {
                text(text);
                if (SENDING.contains(key)) {
                    sends(text, text.getValue());
                }
            }
        }

        private void step(String key, MappingNode step) {
            String id = RouteSet.scalar(step, "id");
            if (id != null && !key.equals("parameters") && part.kind().startsWith("route")) {
                String before = ids.putIfAbsent(id, part.id());
                if (before != null) {
                    tell(step, "the id " + id + " is used twice (first in route " + before + ")");
                }
            }
            if (key.equals("setHeader") || key.equals("headers")) {
                headers.add(RouteSet.scalar(step, "name"));
            }
            if (key.equals("setVariable") || key.equals("variables")) {
                variables.add(RouteSet.scalar(step, "name"));
            }
            variables.add(RouteSet.scalar(step, "variableReceive"));
            headers.add(RouteSet.scalar(step, "outputHeader"));
            if (SENDING.contains(key)) {
                sends(step, RouteSet.scalar(step, "uri"));
            }
            if (CALLING.contains(key) && RouteSet.scalar(step, "ref") != null) {
                bean(step, RouteSet.scalar(step, "ref"), RouteSet.scalar(step, "method"));
            }
        }

        private void sends(Node where, String uri) {
            if (beginningsAreKnown && uri != null && uri.matches("(direct|seda):[^${]*") && !entrances.contains(address(uri))) {
                tell(where, "no route begins with " + address(uri));
            }
        }

        private void text(ScalarNode where) {
            String text = where.getValue();
            SETTING.matcher(text).results().map(found -> found.group(1).strip()).filter(name -> !settings.test(name))
                    .forEach(name -> tell(where, "no setting is named " + name));
            STATEMENT.matcher(text).results().map(found -> found.group(1)).filter(file -> !set.texts().containsKey(Path.of(file)))
                    .filter(file -> !Files.isRegularFile(Path.of(file)))
                    .forEach(file -> tell(where, "there is no file " + file));
            CALL.matcher(text).results().forEach(call -> bean(where, call.group(1), call.group(2)));
            Matcher reference = Pattern.compile("#(?:bean:)?(\\w+)").matcher(text);
            if (reference.matches()) {
                bean(where, reference.group(1), null);
            }
        }

        private void bean(Node where, String name, String method) {
            if (name.contains(":") || name.contains("{") || ownBeans.contains(name)) {
                return;
            }
            Class<?> type = beans.apply(name);
            if (type == null) {
                tell(where, "no bean is named " + name);
            } else if (method != null) {
                String called = method.replaceFirst("\\(.*", "");
                if (Arrays.stream(type.getMethods()).map(Method::getName).noneMatch(called::equals)) {
                    tell(where, "bean " + name + " has no method " + called);
                }
            }
        }

        private void tell(Node where, String reason) {
            problems.add(new Problem(part.file(), where.getStartMark().getLine() + 1, reason));
        }
    }

    private static String begin(RoutePart route) {
        if (route.node() instanceof MappingNode map) {
            for (NodeTuple one : map.getValue()) {
                if (one.getKeyNode() instanceof ScalarNode key && key.getValue().equals("from")) {
                    String uri = RouteSet.scalar(one.getValueNode(), "uri");
                    return uri == null ? "" : uri;
                }
            }
        }
        return "";
    }

    private static String address(String uri) {
        return uri.replaceFirst("\\?.*", "").replaceFirst("^(direct|seda)://", "$1:");
    }
}
