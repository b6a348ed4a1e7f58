package org.martsync.routes;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.util.PSQLException;

/** Lets PostgreSQL read an SQL file without running it, and say what is wrong with it and where. */
final class TryStatements {

    private static final Pattern NAMED = Pattern.compile("(?:sql|resource):file:([^?\\s}\"']+\\.sql)");
    private static final String TABLE = "body.table";
    /** What our routes put into the gaps of a statement that they take in as a template, at its plainest. */
    private static final Map<String, String> SAMPLES = Map.of("body.columns", "*", TABLE, "encounter", "body.order", "1", "body", "");
    private static final String NO_SUCH_COLUMN = "42703";
    /** PostgreSQL wants to know a parameter's type, which it is told only when the statement is run. */
    private static final Set<String> TYPES_UNKNOWN = Set.of("42P18", "42P08", "42725");

    private final DataSource database;

    TryStatements(DataSource database) {
        this.database = database;
    }

    /**
     * What PostgreSQL says against the statements of these routes that differ from what runs. In a template ({@code
     * resource:file:}) the gaps are filled first; one with a gap of a site's own is left out.
     *
     * @throws SQLException when the database cannot be asked
     */
    List<Problem> problems(Collection<RoutePart> routes, RouteSet running) throws SQLException {
        Set<Path> changed = new TreeSet<>();
        for (RoutePart route : routes) {
            NAMED.matcher(route.text()).results().map(found -> Path.of(found.group(1)))
                    .filter(file -> route.statements().containsKey(file))
                    .filter(file -> !route.statements().get(file).equals(running.texts().get(file))).forEach(changed::add);
        }
        List<Problem> problems = new ArrayList<>();
        if (!changed.isEmpty()) {
            try (Connection connection = database.getConnection()) {
                for (Path file : changed) {
                    String text = routes.stream().map(RoutePart::statements).filter(all -> all.containsKey(file)).findFirst().orElseThrow().get(file);
                    judge(connection, new Statement(file, text), problems);
                }
            }
        }
        return problems;
    }

    /** Asking for the types of the parameters makes PostgreSQL parse and analyse the statement, and nothing more. */
    private static void judge(Connection connection, Statement written, List<Problem> problems) throws SQLException {
        if (!SAMPLES.keySet().containsAll(written.gaps())) {
            return;
        }
        String sql = written.filled(SAMPLES);
        try (PreparedStatement statement = connection.prepareStatement(Statement.prepared(sql))) {
            statement.getParameterMetaData();
        } catch (PSQLException refused) {
            if (refused.getSQLState() == null || refused.getSQLState().startsWith("08") || refused.getSQLState().startsWith("57")) {
                throw refused;
            }
            if (!TYPES_UNKNOWN.contains(refused.getSQLState()) && !mayBeOfTheRealTable(refused, written)) {
                problems.add(new Problem(written.file(), line(sql, refused), reason(refused)));
            }
        }
    }

    /** A form may have a column that the table in its place lacks, unless PostgreSQL finds one of nearly the same name there. */
    private static boolean mayBeOfTheRealTable(PSQLException refused, Statement written) {
        return NO_SUCH_COLUMN.equals(refused.getSQLState()) && written.gaps().contains(TABLE) && hint(refused) == null;
    }

    private static String reason(PSQLException refused) {
        return Problem.oneLine(refused.getServerErrorMessage() == null ? refused.getMessage() : refused.getServerErrorMessage().getMessage())
                + (hint(refused) == null ? "" : " (" + Problem.oneLine(hint(refused)) + ")");
    }

    private static String hint(PSQLException refused) {
        return refused.getServerErrorMessage() == null ? null : refused.getServerErrorMessage().getHint();
    }

    private static int line(String sql, PSQLException refused) {
        int position = refused.getServerErrorMessage() == null ? 0 : refused.getServerErrorMessage().getPosition();
        if (position <= 0) {
            return 0;
        }
        String sent = Statement.numbered(sql);
        return (int) sent.substring(0, Math.min(position - 1, sent.length())).chars().filter(c -> c == '\n').count() + 1;
    }
}
