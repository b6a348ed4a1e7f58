package org.martsync.turns;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.concurrent.TimeUnit;

/**
 * Where the turns are kept (settings {@code turns.*}).
 *
 * @param parameters further parameters of the connection, as the JDBC driver names them, joined by &amp;
 */
public record TurnsDatabase(String server, String database, String schema, String user, String password, String parameters) {

    /**
     * Sent once on each new connection. A node that vanishes without a word (a power cut) is noticed after a minute, as its
     * turns live as long as its connections; and a connection that rests while DHIS2 works is not ended by the server.
     */
    private static final String ON_CONNECT = """
            SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
            SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'""";

    /**
     * Returns a pool that connects when the first turn is asked for.
     *
     * @param limit requests in flight; twice as many connections are allowed, because a request that is no longer counted holds one too
     */
    HikariDataSource pool(int limit) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("turns");
        pool.setJdbcUrl("jdbc:postgresql://" + server + "/" + database + "?" + parameters + "&currentSchema=" + schema
                + "&ApplicationName=mart-dhis2-sync&tcpKeepAlive=true&connectTimeout=5&socketTimeout=30");
        pool.setUsername(user);
        pool.setPassword(password);
        pool.setConnectionInitSql(ON_CONNECT);
        // the second statement of a look must see what others did before it got the lock
        pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        pool.setMaximumPoolSize(2 * limit + 1);
        pool.setMinimumIdle(0);
        pool.setIdleTimeout(TimeUnit.MINUTES.toMillis(1));
        pool.setConnectionTimeout(TimeUnit.SECONDS.toMillis(5));
        pool.setInitializationFailTimeout(-1);
        return new HikariDataSource(pool);
    }
}
