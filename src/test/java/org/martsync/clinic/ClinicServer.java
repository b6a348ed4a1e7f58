package org.martsync.clinic;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The PostgreSQL server all clinics of one JVM live on, started when the first one is asked for.
 *
 * <p>It listens on a port of its own choosing: on a fixed one that is taken it would report success and hand out
 * somebody else's database. It stops with the JVM.
 */
final class ClinicServer {

    static final String USER = "postgres";
    static final String PASSWORD = "postgres"; // any will do: the server trusts local connections

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private ClinicServer() {
    }

    /** Creates an empty database that nobody else uses and returns its name. */
    static String newDatabase() {
        String database = "clinic_" + DATABASES.incrementAndGet();
        asOwner().execute("CREATE DATABASE " + database);
        return database;
    }

    /** Drops the database, with whoever is still connected to it. */
    static void drop(String database) {
        asOwner().execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
    }

    static String jdbcUrl(String database) {
        return "jdbc:postgresql://localhost:" + Running.SERVER.getPort() + "/" + database;
    }

    private static JdbcTemplate asOwner() {
        return new JdbcTemplate(Running.SERVER.getPostgresDatabase());
    }

    private static final class Running {

        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setRegisterShutdownHook(true)
                        .setServerConfig("fsync", "off") // what is in it need not outlive the machine
                        .setServerConfig("full_page_writes", "off")
                        // the bench has the server count its statements
                        .setServerConfig("shared_preload_libraries", System.getProperty("clinic.preload", ""))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException("The embedded PostgreSQL did not start", e);
            }
        }
    }
}
