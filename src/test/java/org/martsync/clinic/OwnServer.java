package org.martsync.clinic;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.springframework.jdbc.core.JdbcTemplate;

/** A PostgreSQL server for one clinic alone, which can be stopped and started again with all that is in it. */
public final class OwnServer implements AutoCloseable {

    private static final String DATABASE = "clinic";

    private final Path data;
    private final int port;
    private EmbeddedPostgres server;

    /** @param folder an empty one, for the server's data */
    public OwnServer(Path folder) {
        this.data = folder.resolve("data");
        this.server = listening(0);
        this.port = server.getPort();
        new JdbcTemplate(server.getPostgresDatabase()).execute("CREATE DATABASE " + DATABASE);
    }

    /** A clinic on this server as an installed site has it; our migrations have not run. */
    public Clinic installed() {
        return Clinic.installedAt("jdbc:postgresql://localhost:" + port + "/" + DATABASE);
    }

    /** Stops at once: whoever is connected loses the connection, what was not committed is gone. */
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts again at the same address. */
    public void start() {
        server = listening(port);
    }

    private EmbeddedPostgres listening(int wanted) {
        try {
            var builder = EmbeddedPostgres.builder().setRegisterShutdownHook(true).setDataDirectory(data).setCleanDataDirectory(false);
            return (wanted == 0 ? builder : builder.setPort(wanted)).start();
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL did not start", e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
