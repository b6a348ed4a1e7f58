package org.martsync.database;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.flyway.FlywayConfigurationCustomizer;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Brings a clinic's analytics database up to what this program needs, beside the programs that already live in it.
 *
 * <p>The settings are here and not in {@code application.yaml} because no site may choose them: with another history
 * table, every migration would run again; with a baseline above 0, a site would lose its tables; with Flyway's
 * transactional lock, the open transaction of a waiting node and {@code CREATE INDEX CONCURRENTLY} wait for each other
 * for good.
 */
@Component
public final class Migrations implements FlywayConfigurationCustomizer, FlywayMigrationStrategy {

    /** The history of our migrations; an installed site may have a {@code flyway_schema_history} of another program. */
    public static final String HISTORY_TABLE = "sync_schema_history";

    /** PostgreSQL's SQLState for what it was told not to wait for any longer. */
    private static final String LOCKED = "55P03";

    private final String clinic;
    private final String own;

    /**
     * @param clinic the schema of the clinic's tables
     * @param own the schema of what is of one DHIS2 server. Another than {@code clinic} is made where it is missing, and what
     *            the clinic queues is queued there too
     */
    public Migrations(@Value("${analytics.schema:}") String clinic, @Value("${analytics.own-schema:${analytics.schema:}}") String own) {
        this.clinic = clinic;
        this.own = own;
    }

    /** Returns the migrations of the database behind {@code dataSource}, to be handed to {@link #migrate}. */
    public static Flyway of(DataSource dataSource) {
        FluentConfiguration configuration = Flyway.configure().dataSource(dataSource);
        new Migrations("", "").customize(configuration);
        return configuration.load();
    }

    @Override
    public void customize(FluentConfiguration configuration) {
        boolean further = !own.equals(clinic);
        configuration
                .locations(further ? new String[] {"classpath:db/migration", "classpath:db/further"} : new String[] {"classpath:db/migration"})
                .createSchemas(further)
                .placeholders(Map.of("clinic", clinic))
                .table(HISTORY_TABLE)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .lockRetryCount(-1) // an index over a site's years of events may take longer than any count of tries
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"));
    }

    /**
     * Runs what has not run yet.
     *
     * <p>Building the indexes is no transaction, so a build that failed (a lost connection, a cancelled statement)
     * stands in the history as failed and Flyway would refuse every start from then on. It is written to be run again
     * from the top, so its mark is removed first.
     *
     * @throws IllegalStateException caused by an {@link SQLException} with a sentence, where the clinic's queue is locked
     *     for long, or a further server is given a schema that others use
     */
    @Override
    public void migrate(Flyway flyway) {
        refuseASchemaOfOthers(flyway);
        boolean failed = Arrays.stream(flyway.info().applied())
                .anyMatch(migration -> migration.getState() == MigrationState.FAILED);
        if (failed) {
            flyway.repair();
        }
        try {
            flyway.migrate();
        } catch (FlywayException refused) {
            throw NestedExceptionUtils.getRootCause(refused) instanceof SQLException cause && LOCKED.equals(cause.getSQLState())
                    ? new IllegalStateException(new SQLException("a transaction that goes on for long has written in " + clinic
                            + ".events_to_sync; nothing was changed there, and a start after its end will do", LOCKED, cause))
                    : refused;
        }
    }

    // The tables named here are those that V3.1 of db/further takes away: a person may have made and filled one before.
    private void refuseASchemaOfOthers(Flyway flyway) {
        if (own.equals(clinic)) {
            return;
        }
        List<String> theirs = new JdbcTemplate(flyway.getConfiguration().getDataSource()).queryForList("""
                SELECT tablename::text FROM pg_tables t
                WHERE schemaname = ? AND tablename NOT IN ('patient', 'encounter', 'program_enrolment', 'mapping', 'analytics_cron_job')
                  AND NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = t.schemaname AND tablename = ?)
                ORDER BY 1""", String.class, own, HISTORY_TABLE);
        if (!theirs.isEmpty()) {
            throw new IllegalStateException(new SQLException("analytics.own-schema names the schema " + own + ", in which there are tables already, such as "
                    + theirs.get(0) + "; name one that does not exist yet"));
        }
    }
}
