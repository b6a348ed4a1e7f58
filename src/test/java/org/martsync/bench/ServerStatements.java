package org.martsync.bench;

import org.martsync.clinic.Clinic;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the PostgreSQL server counts of the statements of one database, whichever process sends them. */
final class ServerStatements {

    private final JdbcTemplate jdbc;

    ServerStatements(Clinic clinic) {
        jdbc = clinic.jdbc();
        // in a schema of its own, because the program looks at all tables of the clinic's
        jdbc.execute("CREATE SCHEMA bench");
        jdbc.execute("CREATE EXTENSION pg_stat_statements SCHEMA bench");
    }

    /** Begins to count anew. */
    void reset() {
        jdbc.execute("SELECT bench.pg_stat_statements_reset()");
    }

    /** Counts the statements since the last reset, without transactions, settings and the look at the schedule. */
    long count() {
        return jdbc.queryForObject("""
                SELECT coalesce(sum(s.calls), 0) FROM bench.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
                WHERE d.datname = current_database() AND s.query !~* '^(begin|commit|rollback|set |show )'
                  AND s.query !~ 'analytics_cron_job|pg_stat_statements'""", Long.class);
    }

    /** Returns the milliseconds that the slowest execution of the statements with such a part took. */
    double longestMillis(String part) {
        return figure("max(s.max_exec_time)", part);
    }

    /** Returns the milliseconds that an execution of the statements with such a part took on average. */
    double meanMillis(String part) {
        return figure("sum(s.total_exec_time) / sum(s.calls)", part);
    }

    /** Returns the pages that an execution of the statements with such a part looked at on average. */
    double pages(String part) {
        return figure("sum(s.shared_blks_hit + s.shared_blks_read) / sum(s.calls)", part);
    }

    private double figure(String what, String part) {
        return jdbc.queryForObject("SELECT " + what + """
                 FROM bench.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
                WHERE d.datname = current_database() AND strpos(s.query, ?) > 0""", Double.class, part);
    }
}
