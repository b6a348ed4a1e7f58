package org.martsync;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.martsync.clinic.Clinic;
import org.martsync.demo.SqlStatements;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The whole program with all its routes, on a clinic's database and against a DHIS2, with runs begun by the test. */
public final class RunningProgram implements AutoCloseable {

    /** The site's org unit in the recordings. */
    public static final String SITE = "DoA0vsy8Da5";

    private final ConfigurableApplicationContext context;
    private Instant tick = Instant.parse("2026-01-01T00:00:00Z");

    private RunningProgram(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts the program; more settings as {@code name=value}, which win over those here. */
    public static RunningProgram start(Clinic clinic, Dhis2StandIn dhis2, String program, String... settings) {
        return start(clinic, dhis2.url(), program, settings);
    }

    /** Starts the program against a DHIS2 at any address. */
    public static RunningProgram start(Clinic clinic, String dhis2, String program, String... settings) {
        return start(clinic, dhis2, program, new SqlStatements(), settings);
    }

    /** Starts the program and counts its statements. */
    public static RunningProgram start(Clinic clinic, String dhis2, String program, SqlStatements statements, String... settings) {
        return start(clinic, dhis2, program, statements, null, settings);
    }

    /** Starts the program by another clock than this machine's. */
    public static RunningProgram start(Clinic clinic, String dhis2, String program, SqlStatements statements, Clock clock, String... settings) {
        URI database = URI.create(clinic.jdbcUrl().substring("jdbc:".length()));
        Map<String, String> arguments = new LinkedHashMap<>();
        Stream.concat(Stream.of(
                "analytics.server=" + database.getHost() + ":" + database.getPort(),
                "analytics.database=" + database.getPath().substring(1),
                "analytics.user=" + clinic.user(),
                "analytics.password=" + clinic.password(),
                "dhis2.url=" + dhis2,
                "dhis2.user=" + Dhis2StandIn.USER,
                "dhis2.password=" + Dhis2StandIn.PASSWORD,
                "dhis2.program=" + program,
                "dhis2.metadata-max-age=1ms",
                "dhis2.ask-version=false",
                "site.org-unit=" + SITE,
                "server.port=0",
                "org-units.refresh=false",
                "console.password=for-the-test",
                "sync.first-pause=10ms",
                "sync.longest-pause=20ms",
                "sync.patience=1s",
                "camel.main.run-controller=false",
                "routes.watch=false",
                // the MBeans of two programs in one JVM would have the same names
                "spring.jmx.enabled=false"), Stream.of(settings))
                .forEach(setting -> arguments.put(setting.substring(0, setting.indexOf('=')), "--" + setting));
        SpringApplication application = MartSync.application();
        application.setRegisterShutdownHook(false);
        application.addInitializers(statements);
        if (clock != null) {
            application.addInitializers((ApplicationContextInitializer<GenericApplicationContext>) context ->
                    context.registerBean("clockOfTheTest", Clock.class, () -> clock, bean -> bean.setPrimary(true)));
        }
        return new RunningProgram(application.run(arguments.values().toArray(String[]::new)));
    }

    /** Lets the schedule fire once and waits until the run is over. */
    public Run run() {
        Runs runs = bean(Runs.class);
        Instant name = begin();
        Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(10))
                .until(() -> runs.current() == null && runs.last() != null && runs.last().name().equals(name));
        return runs.last();
    }

    /** Lets the schedule fire once, a minute after the last time, and returns at once. */
    public Instant begin() {
        tick = tick.plusSeconds(60);
        bean(ProducerTemplate.class).sendBodyAndHeader("direct:start-run", null, "run", tick);
        return tick;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    @Override
    public void close() {
        context.close();
    }
}
