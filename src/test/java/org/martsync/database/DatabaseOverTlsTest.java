package org.martsync.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.martsync.RunningProgram;
import org.martsync.SelfSigned;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.OwnServer;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.turns.Share;
import org.martsync.turns.Turns;
import org.martsync.turns.TurnsDatabase;
import org.martsync.turns.TurnsUnavailable;
import org.springframework.jdbc.core.JdbcTemplate;

/** A PostgreSQL with a certificate, which must prove who it is ({@code analytics.parameters}, {@code turns.parameters}). */
class DatabaseOverTlsTest {

    private static final String ENCRYPTED = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'mart-dhis2-sync'";

    @TempDir
    private static Path folder;
    private static OwnServer server;
    private static Clinic clinic;
    private static SelfSigned itsOwn;
    private static SelfSigned another;

    @BeforeAll
    static void start() throws Exception {
        itsOwn = SelfSigned.made(folder, "its-own");
        another = SelfSigned.made(folder, "another");
        server = new OwnServer(folder);
        clinic = server.installed();
        clinic.jdbc().execute("ALTER SYSTEM SET ssl_cert_file = '" + itsOwn.crt() + "'");
        clinic.jdbc().execute("ALTER SYSTEM SET ssl_key_file = '" + itsOwn.key() + "'");
        clinic.jdbc().execute("ALTER SYSTEM SET ssl = on");
        server.stop();
        server.start();
    }

    @AfterAll
    static void stop() {
        clinic.close();
        server.close();
    }

    @Test
    void theAnalyticsDatabaseIsUsedWhenItProvesWhoItIsAndNotOtherwise() {
        try (Dhis2StandIn dhis2 = Dhis2StandIn.start()) {
            try (RunningProgram program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", "analytics.parameters=" + provenBy(itsOwn))) {
                assertThat(new JdbcTemplate(program.bean(DataSource.class)).queryForObject("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
                        Boolean.class)).isTrue();
                for (String address : List.of("spring.datasource.url", "spring.flyway.url")) {
                    assertThat(program.context().getEnvironment().getProperty(address)).as(address).contains("?" + provenBy(itsOwn) + "&");
                }
            }
            assertThatThrownBy(() -> RunningProgram.start(clinic, dhis2, "vatFxlZR2lj", "analytics.parameters=" + provenBy(another)))
                    .hasStackTraceContaining("SSL error");
        }
    }

    @Test
    void theDatabaseWithTheTurnsIsUsedWhenItProvesWhoItIsAndNotOtherwise() {
        try (Turns turns = turns(provenBy(itsOwn)); Turns.Turn turn = turns.await(() -> false)) {
            assertThat(clinic.jdbc().queryForList(ENCRYPTED, Boolean.class)).isNotEmpty().containsOnly(true);
        }
        try (Turns turns = turns(provenBy(another))) {
            assertThatThrownBy(() -> turns.await(() -> false)).isInstanceOf(TurnsUnavailable.class).hasMessageContaining("turns.parameters");
        }
    }

    private static String provenBy(SelfSigned certificate) {
        return "sslmode=verify-full&sslrootcert=" + certificate.crt();
    }

    private static Turns turns(String parameters) {
        return new Turns(new TurnsDatabase(clinic.jdbcUrl().replaceAll("jdbc:postgresql://(.*)/.*", "$1"), "clinic", "public", clinic.user(),
                clinic.password(), parameters), new Share("http://dhis2", "site", 1, Duration.ofMinutes(1)), new SimpleMeterRegistry());
    }
}
