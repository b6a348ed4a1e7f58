package org.martsync.routes;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * All routes as the files together say: of two routes with one id the one in the later directory counts, and so it is
 * with SQL files of one name.
 *
 * @param texts    of the files, by their paths
 * @param routes   by their ids
 * @param others   what holds for many routes
 * @param replaced a sentence for each route or statement of ours that a site's own takes the place of
 * @param problems what cannot be read
 * @param ours     the directory of what ships
 */
record RouteSet(Map<Path, String> texts, Map<String, RoutePart> routes, List<RoutePart> others, List<String> replaced,
                List<Problem> problems, Path ours) {

    private static final Pattern STATEMENT = Pattern.compile("((?:sql|resource):file:)([^?\\s}\"']+)");

    /**
     * Reads the files.
     *
     * @param texts       by their paths
     * @param directories where they lie, see {@link RouteFiles#directories}
     */
    static RouteSet of(Map<Path, String> texts, List<Path> directories) {
        RouteSet set = new RouteSet(Map.copyOf(texts), new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(),
                directories.isEmpty() ? Path.of("") : directories.get(0));
        Map<Path, Path> ownStatements = set.ownStatements(directories);
        texts.forEach((file, text) -> {
            if (!Statement.isIn(file)) {
                set.file(file, text, ownStatements);
            }
        });
        return set;
    }

    /** Whether a statement ships with the program, or stands in the place of one that does. */
    boolean isOfOurs(Path statement) {
        return texts.containsKey(ours.resolve("sql").resolve(statement.getFileName()));
    }

    private Map<Path, Path> ownStatements(List<Path> directories) {
        Map<Path, Path> own = new TreeMap<>();
        texts.keySet().stream().filter(Statement::isIn).forEach(file -> {
            for (Path later : directories.subList(directories.indexOf(file.getParent().getParent()) + 1, directories.size())) {
                Path instead = later.resolve("sql").resolve(file.getFileName());
                if (texts.containsKey(instead)) {
                    own.put(file, instead);
                }
            }
        });
        own.forEach((ours, instead) -> replaced.add(instead + " replaces " + ours));
        return own;
    }

    private void file(Path file, String text, Map<Path, Path> ownStatements) {
        try {
            Node root = new Yaml().compose(new StringReader(text));
            if (!(root instanceof SequenceNode list) || list.getFlowStyle() == DumperOptions.FlowStyle.FLOW && !list.getValue().isEmpty()) {
                problems.add(new Problem(file, 1, "is no list of routes, each beginning with '- route:'"));
                return;
            }
            List<String> lines = text.lines().toList();
            for (int i = 0; i < list.getValue().size(); i++) {
                int first = firstLine(lines, list.getValue().get(i));
                int end = i + 1 < list.getValue().size() ? firstLine(lines, list.getValue().get(i + 1)) : lines.size();
                entry(file, i, first, String.join("\n", lines.subList(first, end)) + "\n", list.getValue().get(i), ownStatements);
            }
        } catch (MarkedYAMLException broken) {
            problems.add(new Problem(file, broken.getProblemMark() == null ? 0 : broken.getProblemMark().getLine() + 1,
                    "is not YAML: " + Problem.oneLine(broken.getProblem())));
        } catch (YAMLException broken) {
            problems.add(new Problem(file, 0, "is not YAML: " + Problem.oneLine(broken.getMessage())));
        }
    }

    /** Counted from 0; the line with the dash, which may stand alone. */
    private static int firstLine(List<String> lines, Node entry) {
        int line = entry.getStartMark().getLine();
        while (line > 0 && !lines.get(line).strip().startsWith("-")) {
            line--;
        }
        return line;
    }

    private void entry(Path file, int place, int first, String text, Node entry, Map<Path, Path> ownStatements) {
        if (!(entry instanceof MappingNode map) || map.getValue().size() != 1
                || !(map.getValue().get(0).getKeyNode() instanceof ScalarNode key)) {
            problems.add(new Problem(file, first + 1, "is no list of routes, each beginning with '- route:'"));
            return;
        }
        Node content = map.getValue().get(0).getValueNode();
        Map<Path, String> statements = new TreeMap<>();
        String own = STATEMENT.matcher(text).replaceAll(found -> {
            Path named = Path.of(found.group(2));
            Path used = ownStatements.getOrDefault(named, named);
            if (texts.containsKey(used)) {
                statements.put(used, texts.get(used));
            }
            return Matcher.quoteReplacement(found.group(1) + used);
        });
        if (!key.getValue().equals("route")) {
            if (key.getValue().equals("from")) {
                problems.add(new Problem(file, first + 1, "write a route as route: with an id:, so that it can be told and replaced"));
            }
            others.add(new RoutePart(key.getValue(), file + " " + place, file, first + 1, own, statements, content));
            return;
        }
        String id = scalar(content, "id");
        if (id == null) {
            problems.add(new Problem(file, first + 1, "a route without an id"));
            return;
        }
        RoutePart before = routes.put(id, new RoutePart("route", id, file, first + 1, own, statements, content));
        if (before != null) {
            if (directory(before.file()).equals(directory(file))) {
                problems.add(new Problem(file, first + 1, "the id " + id + " is used twice (first in " + before.file() + ", line " + before.line() + ")"));
            } else {
                replaced.add("route " + id + " of " + file + " replaces that of " + before.file());
            }
        }
    }

    private static Path directory(Path file) {
        return file.getParent() == null ? Path.of("") : file.getParent();
    }

    /** The text of a key of a map, or null. */
    static String scalar(Node map, String name) {
        if (map instanceof MappingNode mapping) {
            for (NodeTuple one : mapping.getValue()) {
                if (one.getKeyNode() instanceof ScalarNode key && key.getValue().equals(name)
                        && one.getValueNode() instanceof ScalarNode value) {
                    return value.getValue();
                }
            }
        }
        return null;
    }
}
