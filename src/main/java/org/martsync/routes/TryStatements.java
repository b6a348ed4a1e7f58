package org.martsync.routes;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.util.PSQLException;

/** Lets PostgreSQL read an SQL file without running it, and say what is wrong with it and where. */
final class TryStatements {

    private static final Pattern SENT = Pattern.compile("sql:file:([^?\\s}\"']+)");
    private static final Pattern PARAMETER = Pattern.compile(":[#?](?:in:)?(?:\\$\\{[^}]*}|\\w+)");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*--.*$");
    /** PostgreSQL wants to know a parameter's type, which it is told only when the statement is run. */
    private static final Set<String> TYPES_UNKNOWN = Set.of("42P18", "42P08", "42725");

    private final DataSource database;

    TryStatements(DataSource database) {
        this.database = database;
    }

    /**
     * What PostgreSQL says against the statements of these routes that differ from what runs; those that a route only
     * takes parts of a query from ({@code resource:file:}) are left out.
     *
     * @throws SQLException when the database cannot be asked
     */
    List<Problem> problems(Collection<RoutePart> routes, RouteSet running) throws SQLException {
        Set<Path> changed = new TreeSet<>();
        for (RoutePart route : routes) {
            SENT.matcher(route.text()).results().map(found -> Path.of(found.group(1)))
                    .filter(file -> route.statements().containsKey(file))
                    .filter(file -> !route.statements().get(file).equals(running.texts().get(file))).forEach(changed::add);
        }
        List<Problem> problems = new ArrayList<>();
        if (!changed.isEmpty()) {
            try (Connection connection = database.getConnection()) {
                for (Path file : changed) {
                    String text = routes.stream().map(RoutePart::statements).filter(all -> all.containsKey(file)).findFirst().orElseThrow().get(file);
                    judge(connection, file, text, problems);
                }
            }
        }
        return problems;
    }

    /** Asking for the types of the parameters makes PostgreSQL parse and analyse the statement, and nothing more. */
    private static void judge(Connection connection, Path file, String text, List<Problem> problems) throws SQLException {
        String sql = COMMENT.matcher(text).replaceAll("");
        try (PreparedStatement statement = connection.prepareStatement(PARAMETER.matcher(sql).replaceAll("?"))) {
            statement.getParameterMetaData();
        } catch (PSQLException refused) {
            if (refused.getSQLState() == null || refused.getSQLState().startsWith("08") || refused.getSQLState().startsWith("57")) {
                throw refused;
            }
            if (!TYPES_UNKNOWN.contains(refused.getSQLState())) {
                problems.add(new Problem(file, line(sql, refused), reason(refused)));
            }
        }
    }

    private static String reason(PSQLException refused) {
        return Problem.oneLine(refused.getServerErrorMessage() == null ? refused.getMessage() : refused.getServerErrorMessage().getMessage())
                + (refused.getServerErrorMessage() == null || refused.getServerErrorMessage().getHint() == null ? ""
                : " (" + Problem.oneLine(refused.getServerErrorMessage().getHint()) + ")");
    }

    /** PostgreSQL counts characters of the statement as it was sent, with $1 for the first parameter. */
    private static int line(String sql, PSQLException refused) {
        int position = refused.getServerErrorMessage() == null ? 0 : refused.getServerErrorMessage().getPosition();
        if (position <= 0) {
            return 0;
        }
        int[] number = {0};
        String sent = PARAMETER.matcher(sql).replaceAll(parameter -> Matcher.quoteReplacement("$" + ++number[0]));
        return (int) sent.substring(0, Math.min(position - 1, sent.length())).chars().filter(c -> c == '\n').count() + 1;
    }
}
