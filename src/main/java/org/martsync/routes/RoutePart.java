package org.martsync.routes;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceSupport;
import org.yaml.snakeyaml.nodes.Node;

/**
 * An entry of a route file: a route, or what holds for many (a {@code routeConfiguration}).
 *
 * @param kind       the entry's key, for example {@code route}
 * @param id         the route's id; of any other entry its file and place
 * @param line       where it begins, counted from 1
 * @param text       as it stands in the file, but with the site's own statements in the place of ours
 * @param statements the texts of the SQL files it names, by their paths; these are read when the route starts, so an edit
 *                   of one is an edit of the route
 * @param node       its content, with the place of everything in it
 */
record RoutePart(String kind, String id, Path file, int line, String text, Map<Path, String> statements, Node node) {

    /** Whether nothing about it changed but its place. */
    boolean sameAs(RoutePart other) {
        return other != null && text.equals(other.text) && statements.equals(other.statements);
    }

    /** Whether a problem lies in it. */
    boolean holds(Problem problem) {
        return file.equals(problem.file()) && problem.line() >= line && problem.line() < line + text.lines().count();
    }

    /** For Camel, with as many empty lines before it that messages name the right one. */
    Resource resource() {
        byte[] bytes = ("\n".repeat(line - 1) + text).getBytes(StandardCharsets.UTF_8);
        return new ResourceSupport("file", "file:" + file) {
            @Override
            public boolean exists() {
                return true;
            }

            @Override
            public InputStream getInputStream() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }
}
