package org.martsync.settings;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.dsl.yaml.common.exception.YamlDeserializationException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.util.PlaceholderResolutionException;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads from a failed start what a person can put right.
 *
 * @param exitCode  2 for settings, 3 for the analytics database, 4 for a route file, 1 for anything else
 * @param sentences what to tell; empty when the cause is none of these, and the stack trace is needed
 */
public record WhyNotStarted(int exitCode, List<String> sentences) {

    private static final int OTHER = 1;
    private static final int SETTINGS = 2;
    private static final int DATABASE = 3;
    private static final int ROUTES = 4;
    static final ThreadLocal<Boolean> CALLER_TELLS = ThreadLocal.withInitial(() -> false);

    /** Starts something without a word on stderr if it fails: whoever calls tells why. */
    public static <T> T toldByCaller(Supplier<T> start) {
        CALLER_TELLS.set(true);
        try {
            return start.get();
        } finally {
            CALLER_TELLS.remove();
        }
    }

    /** The exit code for a start that ended with this exception. */
    public static int exitCode(Throwable failure) {
        return of(failure).exitCode();
    }

    /** Reads the causes of an exception, the outermost first. */
    public static WhyNotStarted of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof WrongSettings settings) {
                return new WhyNotStarted(SETTINGS, settings.problems());
            }
            if (cause instanceof WrongRoutes routes) {
                return new WhyNotStarted(ROUTES, routes.problems());
            }
            if (cause instanceof MarkedYAMLException yaml) {
                return new WhyNotStarted(SETTINGS, List.of(unreadable(yaml)));
            }
            if (cause instanceof BindException) {
                return new WhyNotStarted(SETTINGS, UnusableSetting.in(cause).map(UnusableSetting::sentence).stream().toList());
            }
            if (cause instanceof PlaceholderResolutionException dangling) {
                return new WhyNotStarted(SETTINGS, List.of("A setting refers to ${" + dangling.getPlaceholder() + "}, which has no value."));
            }
            if (cause instanceof SQLException database) {
                return new WhyNotStarted(DATABASE, List.of(refused(database)));
            }
            if (cause instanceof FlywayValidateException changed) {
                return new WhyNotStarted(DATABASE, List.of("The migrations do not fit sync_schema_history in the analytics database: "
                        + oneLine(changed.getMessage())));
            }
            if (cause instanceof YamlDeserializationException || cause instanceof MarkedYamlEngineException
                    || cause instanceof FailedToCreateRouteException || cause instanceof FailedToStartRouteException) {
                return new WhyNotStarted(ROUTES, List.of("A file in routes/ cannot be used: " + oneLine(cause.getMessage())));
            }
        }
        return new WhyNotStarted(OTHER, List.of());
    }

    private static String unreadable(MarkedYAMLException yaml) {
        String where = yaml.getProblemMark() == null ? ""
                : " at line " + (yaml.getProblemMark().getLine() + 1) + ", column " + (yaml.getProblemMark().getColumn() + 1);
        return "The settings file (config/application.yaml or application.yaml beside the jar) is not YAML" + where + ": "
                + oneLine(yaml.getProblem()) + ".";
    }

    /** SQLState classes: PostgreSQL documentation, appendix A. */
    private static String refused(SQLException database) {
        String state = database.getSQLState() == null ? "" : database.getSQLState();
        String reason = " (" + oneLine(database.getMessage()) + ").";
        if (state.startsWith("08") || state.startsWith("57P")) {
            return "The analytics database cannot be reached; is it running, and are analytics.server, analytics.database and analytics.parameters right?" + reason;
        }
        if (state.startsWith("28")) {
            return "The analytics database does not let the user in; are analytics.user and analytics.password right?" + reason;
        }
        if (state.equals("3D000")) {
            return "The PostgreSQL server has no such database; is analytics.database right?" + reason;
        }
        if (state.equals("3F000")) {
            return "The analytics database has no such schema; is analytics.schema right?" + reason;
        }
        return "The analytics database refused to be prepared" + reason;
    }

    private static String oneLine(String text) {
        return text == null ? "no reason given" : text.strip().replaceAll("\\s+", " ");
    }
}
