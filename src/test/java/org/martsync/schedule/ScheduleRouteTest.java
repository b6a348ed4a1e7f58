package org.martsync.schedule;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.EndpointInject;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.quartz.Scheduler;
import org.quartz.impl.matchers.GroupMatcher;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.quartz.QuartzAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** The routes of {@code routes/schedule.camel.yaml} over a real PostgreSQL; the run itself is a mock. */
@CamelSpringBootTest
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(classes = ScheduleRouteTest.Parts.class, webEnvironment = SpringBootTest.WebEnvironment.NONE, properties = {
        "camel.main.run-controller=false", "routes.watch=false",
        "camel.main.routes-include-pattern=file:routes/schedule.camel.yaml",
        "schedule.reread=100ms", "schedule.time-zone=Africa/Harare",
        "spring.quartz.properties[org.quartz.jobStore.misfireThreshold]=1000"})
class ScheduleRouteTest {

    private static final String EVERY_SECOND = "* * * * * ?";
    private static final String ONCE_A_YEAR = "0 30 4 1 1 ?";
    private static final Duration SOON = ofSeconds(10);

    @Autowired private CamelContext camel;
    @Autowired private Scheduler quartz;
    @Autowired private Clinic clinic;
    @EndpointInject("mock:run") private MockEndpoint runs;
    private int told;

    @BeforeEach
    void noRowAndNoRun(CapturedOutput log) {
        clinic.isReachable(true);
        told = 0;
        String spoilt = "before " + log.getOut().length();
        clinic.has("dhisSyncJob", spoilt, true);
        await().atMost(SOON).until(() -> says(log, spoilt) == 1);
        clinic.sql().update("DELETE FROM analytics_cron_job");
        await().atMost(SOON).until(() -> log.getOut().indexOf("no row named", log.getOut().lastIndexOf(spoilt)) > 0);
        runs.reset();
        told = log.getOut().length();
    }

    @Test
    void aRunIsNamedByTheTimeItsTickWasDue() {
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 3);
        List<Instant> names = runs.getExchanges().stream().map(e -> e.getMessage().getHeader("run", Instant.class)).toList();
        assertThat(names).doesNotHaveDuplicates().isSorted().allSatisfy(run -> assertThat(run.getNano()).isZero());
        assertThat(names.get(2)).isEqualTo(names.get(0).plusSeconds(2));
        assertThat(runs.getExchanges().get(0).getMessage().getHeaders()).containsOnlyKeys("run");
    }

    @Test
    void theExpressionIsReadInTheSitesTimeZone(CapturedOutput log) throws Exception {
        LocalTime soon = LocalTime.now(ZoneId.of("Africa/Harare")).plusSeconds(4);
        String cron = soon.getSecond() + " " + soon.getMinute() + " " + soon.getHour() + " * * ?";
        clinic.has("dhisSyncJob", cron, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() == 1);
        Instant run = runs.getExchanges().get(0).getMessage().getHeader("run", Instant.class);
        assertThat(run.atZone(ZoneId.of("Africa/Harare")).toLocalTime()).isEqualTo(soon.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
        assertThat(log).contains("schedule: dhisSyncJob fires at " + cron + " (Africa/Harare), next ").contains("+02:00");
    }

    @Test
    void aChangedExpressionIsTakenUp(CapturedOutput log) {
        clinic.has("dhisSyncJob", ONCE_A_YEAR, true);
        await().atMost(SOON).until(this::isFiring);
        assertThat(log).containsPattern("schedule: dhisSyncJob fires at 0 30 4 1 1 \\? \\(Africa/Harare\\), next \\d{4}-01-01T04:30\\+02:00");
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 2);
        clinic.has("dhisSyncJob", ONCE_A_YEAR, true);
        await().atMost(SOON).until(() -> says(log, "fires at 0 30 4 1 1 ?") == 2);
        assertThat(says(log, "fires at")).isEqualTo(3);
    }

    @Test
    void aDisabledJobRestsUntilItIsEnabledAgain(CapturedOutput log) {
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 1);
        clinic.has("dhisSyncJob", EVERY_SECOND, false);
        await().atMost(SOON).until(() -> !isFiring() && says(log, "schedule: dhisSyncJob is disabled") == 1);
        int before = runs.getReceivedCounter();
        await().during(ofSeconds(2)).atMost(SOON).until(() -> runs.getReceivedCounter() == before);
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() > before + 1);
    }

    @Test
    void aPausedJobRestsUntilItIsResumed(CapturedOutput log) {
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 1);
        clinic.sql().update("INSERT INTO sync_pause VALUES ('nurse', '2026-01-01T00:00:00Z')");
        await().atMost(SOON).until(() -> !isFiring()
                && says(log, "schedule: dhisSyncJob is paused by nurse since 2026-01-01T00:00:00Z; no run begins until") == 1);
        int before = runs.getReceivedCounter();
        await().during(ofSeconds(2)).atMost(SOON).until(() -> runs.getReceivedCounter() == before);
        clinic.sql().update("DELETE FROM sync_pause");
        await().atMost(SOON).until(() -> runs.getReceivedCounter() > before);
    }

    @Test
    void aMissingAndAMalformedRowAreToldOnceAndTakenUpWhenPutRight(CapturedOutput log) {
        clinic.has("dhisSyncJob", "0 0 25 * * ?", true);
        await().atMost(SOON).until(() -> says(log, "'0 0 25 * * ?' is no Quartz cron expression (") == 1);
        assertThat(isFiring()).isFalse();
        clinic.sql().update("DELETE FROM analytics_cron_job");
        await().atMost(SOON).until(() -> says(log, "no row named 'dhisSyncJob' in analytics_cron_job; nothing will run until there is one") == 1);
        clinic.has("anotherJob", EVERY_SECOND, true);
        await().during(ofSeconds(1)).atMost(SOON).until(() -> !isFiring() && says(log, "schedule: ") == 2);
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 1);
        assertThat(says(log, "schedule: ")).isEqualTo(3);
        assertThat(log).doesNotContain("\tat ");
    }

    @Test
    void anOutageOfTheDatabaseIsToldOnceAndKeepsTheSchedule(CapturedOutput log) {
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 1);
        clinic.isReachable(false);
        await().atMost(SOON).until(() -> says(log, "analytics_cron_job cannot be read (the cable is out); the schedule stays as it is") == 1);
        int atTheOutage = runs.getReceivedCounter();
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= atTheOutage + 2);
        clinic.isReachable(true);
        await().atMost(SOON).until(() -> says(log, "analytics_cron_job can be read again; dhisSyncJob fires at") == 1);
        assertThat(says(log, "schedule: ")).isEqualTo(3);
        assertThat(log).doesNotContain("\tat ");
    }

    @Test
    void aTickThatIsComputedForMuchLaterBecauseTheClockWasAheadIsPutRight(CapturedOutput log) throws Exception {
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 1);
        var key = quartz.getTriggerKeys(GroupMatcher.anyTriggerGroup()).iterator().next();
        quartz.rescheduleJob(key, quartz.getTrigger(key).getTriggerBuilder()
                .startAt(Date.from(Instant.now().plus(Duration.ofDays(3650)))).build());
        int before = runs.getReceivedCounter();
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= before + 2);
        assertThat(log).contains("schedule: set right again; dhisSyncJob fires at");
    }

    @Test
    void aRouteThatWasStoppedByHandIsBroughtBack(CapturedOutput log) throws Exception {
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 1);
        camel.getRouteController().stopRoute("schedule");
        await().atMost(SOON).until(() -> says(log, "schedule: set right again; dhisSyncJob fires at") == 1);
        int before = runs.getReceivedCounter();
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= before + 2);
        camel.getRouteController().suspendRoute("schedule");
        await().atMost(SOON).until(() -> says(log, "schedule: set right again; dhisSyncJob fires at") == 2);
        int again = runs.getReceivedCounter();
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= again + 2);
    }

    @Test
    void aRouteThatWasStartedByHandIsPutToRest() throws Exception {
        camel.getRouteController().startRoute("schedule");
        await().atMost(SOON).until(() -> !isFiring());
    }

    @Test
    void aReloadedRouteFileGoesOnAsBefore(CapturedOutput log) throws Exception {
        clinic.has("dhisSyncJob", EVERY_SECOND, true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 1);
        var file = org.apache.camel.support.PluginHelper.getResourceLoader(camel).resolveResource("file:routes/schedule.camel.yaml");
        org.apache.camel.support.PluginHelper.getRoutesLoader(camel).updateRoutes(file);
        int before = runs.getReceivedCounter();
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= before + 3);
        List<Instant> names = runs.getExchanges().stream().map(e -> e.getMessage().getHeader("run", Instant.class)).toList();
        assertThat(names).doesNotHaveDuplicates();
        assertThat(quartz.getTriggerKeys(org.quartz.impl.matchers.GroupMatcher.anyGroup())).hasSize(1);
    }

    @Test
    void ticksMissedWhileTheMachineSleptAreMadeUpForOnce() throws Exception {
        clinic.has("dhisSyncJob", "0/3 * * * * ?", true);
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= 1);
        quartz.standby();
        int before = runs.getReceivedCounter();
        Instant asleep = Instant.now();
        await().atMost(ofSeconds(20)).until(() -> Instant.now().isAfter(asleep.plusSeconds(8)));
        Instant awake = Instant.now();
        quartz.start();
        await().atMost(SOON).until(() -> runs.getReceivedCounter() >= before + 3);
        List<Instant> names = runs.getExchanges().stream().skip(before).map(e -> e.getMessage().getHeader("run", Instant.class)).toList();
        assertThat(names.get(0)).isAfter(awake.minusSeconds(3));
        assertThat(names.get(1)).isAfter(awake.minusSeconds(1));
        assertThat(names.get(2)).isAfterOrEqualTo(names.get(1).plusSeconds(2));
    }

    @Test
    void theFirstTickWaitsForTheStartDelay() throws Exception {
        long delay = camel.getUptime().toMillis() + 60_000;
        clinic.sql().update("INSERT INTO analytics_cron_job (name, expression, enabled, start_delay) VALUES ('dhisSyncJob', ?, true, ?)",
                EVERY_SECOND, delay);
        await().atMost(SOON).until(this::isFiring);
        var trigger = quartz.getTrigger(quartz.getTriggerKeys(org.quartz.impl.matchers.GroupMatcher.anyGroup()).iterator().next());
        assertThat(trigger.getNextFireTime().toInstant()).isAfter(Instant.now().plusSeconds(40));
        assertThat(runs.getReceivedCounter()).isZero();
    }

    private boolean isFiring() {
        return camel.getRouteController().getRouteStatus("schedule").isStarted();
    }

    /** Lines with these words since the test began. */
    private int says(CapturedOutput log, String words) {
        return (int) log.getOut().substring(told).lines().filter(line -> line.contains(words)).count();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({org.apache.camel.spring.boot.CamelAutoConfiguration.class, QuartzAutoConfiguration.class})
    @Import(ScheduleParts.class)
    static class Parts {

        @Bean(destroyMethod = "close")
        EmbeddedPostgres postgres() throws IOException {
            return EmbeddedPostgres.start();
        }

        @Bean
        Clinic clinic(EmbeddedPostgres postgres) {
            return new Clinic(postgres.getPostgresDatabase());
        }

        @Bean
        RouteBuilder run() {
            return new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:start-run").to("mock:run");
                }
            };
        }
    }

    /** The analytics database, whose cable can be pulled out. */
    static class Clinic extends DelegatingDataSource {

        private final AtomicBoolean reachable = new AtomicBoolean(true);
        private final JdbcTemplate sql;

        Clinic(DataSource postgres) {
            super(postgres);
            sql = new JdbcTemplate(postgres);
            sql.execute("""
                    CREATE TABLE analytics_cron_job (id serial PRIMARY KEY, name varchar(50) UNIQUE NOT NULL,
                        start_delay numeric, expression varchar(30), enabled boolean)""");
            sql.execute("CREATE TABLE sync_pause (paused_by text, since timestamptz)");
        }

        @Override
        public java.sql.Connection getConnection() throws java.sql.SQLException {
            if (!reachable.get()) {
                throw new java.sql.SQLException("the cable is out", "08001");
            }
            return super.getConnection();
        }

        void isReachable(boolean yes) {
            reachable.set(yes);
        }

        JdbcTemplate sql() {
            return sql;
        }

        void has(String job, String expression, boolean enabled) {
            sql.update("""
                    INSERT INTO analytics_cron_job (name, start_delay, expression, enabled) VALUES (?, 5, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET expression = excluded.expression, enabled = excluded.enabled""",
                    job, expression, enabled);
        }
    }
}
