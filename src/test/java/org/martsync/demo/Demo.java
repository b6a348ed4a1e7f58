package org.martsync.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.martsync.MartSync;
import org.martsync.check.Checkup;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.TrackerStore;
import org.martsync.rehearse.Rehearsal;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The program on an embedded clinic: a PostgreSQL and a DHIS2 stand-in of its own, 190 invented patients, and a
 * schedule that fires every five seconds.
 *
 * <p>With {@code --demo.once=true} it stops after the first run. Its last line is then an account in JSON, taken from
 * the database and the stand-in's store and from no counter of the program; the exit code is 0 only if it balances.
 */
public final class Demo implements AutoCloseable {

    private final Clinic clinic = Clinic.installed();
    private final DemoClinic.Expected expected = DemoClinic.fill(clinic);
    private final Dhis2StandIn dhis2 = standIn();
    private final SqlStatements statements = new SqlStatements();
    private ConfigurableApplicationContext context;

    /** Runs the demo until it is stopped, or with {@code --demo.once=true} until the first run is over. */
    public static void main(String[] args) {
        int exitCode = 0;
        boolean once = List.of(args).contains("--demo.once=true");
        Demo demo = new Demo();
        try {
            demo.start(Stream.of(args).filter(argument -> !argument.startsWith("--demo.")).toList());
            demo.tellWhere();
            if (once) {
                Account account = demo.accountOfFirstRun();
                Run firstRun = demo.context.getBean(Runs.class).last();
                demo.close();
                System.out.println(account.json());
                exitCode = account.balances() && firstRun.stopped() == null ? 0 : 1;
            }
        } catch (RuntimeException notStarted) {
            System.err.println("The demo did not start: " + notStarted.getMessage());
            exitCode = 1;
            once = true;
        }
        if (once) {
            System.exit(exitCode);
        }
    }

    /** Starts the program; more settings as {@code --name=value}. */
    void start(List<String> settings) {
        clinic.schedule("0/5 * * ? * *", true);
        URI database = URI.create(clinic.jdbcUrl().substring("jdbc:".length()));
        List<String> arguments = new ArrayList<>(List.of(
                "--analytics.server=" + database.getHost() + ":" + database.getPort(),
                "--analytics.database=" + database.getPath().substring(1),
                "--analytics.user=" + clinic.user(),
                "--analytics.password=" + clinic.password(),
                "--dhis2.url=" + dhis2.url(),
                "--dhis2.user=" + Dhis2StandIn.USER,
                "--dhis2.password=" + Dhis2StandIn.PASSWORD,
                "--dhis2.program=" + DemoProgram.PROGRAM,
                "--dhis2.country-org-unit=" + DemoProgram.COUNTRY,
                "--site.org-unit=" + DemoProgram.SITE,
                "--schedule.reread=2s"));
        arguments.addAll(settings);
        SpringApplication application = MartSync.application();
        application.addInitializers(statements);
        application.addListeners((ApplicationListener<ApplicationReadyEvent>) ready -> {
            statements.reset();
            dhis2.resetCounts();
        });
        context = application.run(arguments.toArray(String[]::new));
    }

    private static Dhis2StandIn standIn() {
        try {
            ObjectMapper json = new ObjectMapper();
            Dhis2StandIn dhis2 = Dhis2StandIn.start(json.readTree(DemoProgram.metadata()), json.readTree(DemoProgram.orgUnits()));
            Stream.concat(Stream.of(DemoClinic.AGREEING, DemoClinic.DISAGREEING), DemoClinic.TWICE.stream())
                    .forEach(known -> put(dhis2.store(), known));
            return dhis2;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the demo's metadata are JSON", e);
        }
    }

    private static void put(TrackerStore store, DhisPatient known) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put(DemoProgram.UIC, known.uic());
        attributes.put(DemoProgram.GENDER, known.gender());
        attributes.put(DemoProgram.DATE_OF_BIRTH, known.birthdate().toString());
        store.put(new TrackerStore.TrackedEntity(known.trackedEntity(), DemoProgram.TRACKED_ENTITY_TYPE, DemoProgram.SITE, attributes));
        store.put(new TrackerStore.Enrolment(known.enrolment(), known.trackedEntity(), DemoProgram.PROGRAM, DemoProgram.SITE,
                known.enrolledAt().atStartOfDay()));
    }

    private void tellWhere() {
        URI database = URI.create(clinic.jdbcUrl().substring("jdbc:".length()));
        System.out.printf("""

                The demo runs.
                  page      http://127.0.0.1:%s/   (user admin, the password stands above)
                  DHIS2     %s   (the stand-in; user %s, password %s)
                  database  psql -h %s -p %d -U %s %s
                Add an event and watch it arrive, for example
                  UPDATE events_to_sync SET synced = false WHERE id = %d;

                """, context.getEnvironment().getProperty("local.server.port"), dhis2.url(), Dhis2StandIn.USER,
                Dhis2StandIn.PASSWORD, database.getHost(), database.getPort(), clinic.user(), database.getPath().substring(1),
                expected.of(Kind.GOOD).iterator().next());
    }

    /** Waits for the end of the first run and takes the account. */
    Account accountOfFirstRun() {
        Runs runs = context.getBean(Runs.class);
        Awaitility.await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(20)).until(() -> runs.last() != null);
        Account account = Account.of(clinic, dhis2, Set.copyOf(expected.kinds().keySet()), statements.count(),
                runs.last().seconds());
        return account;
    }

    /** Lets the schedule fire now and waits until that run is over, for a demo whose own schedule rests. */
    void run() {
        Runs runs = context.getBean(Runs.class);
        Instant name = runs.last() == null ? Instant.parse("2026-01-01T00:00:00Z") : runs.last().name().plusSeconds(60);
        context.getBean(ProducerTemplate.class).sendBodyAndHeader("direct:start-run", null, "run", name);
        Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20))
                .until(() -> runs.current() == null && runs.last() != null && runs.last().name().equals(name));
    }

    /** Rehearses all pending events; its requests and statements are not counted. */
    Rehearsal rehearse() {
        Rehearsal rehearsal = new Rehearsal("", Integer.MAX_VALUE, null);
        context.getBean(ProducerTemplate.class).sendBody("direct:rehearse-events", rehearsal);
        statements.reset();
        dhis2.resetCounts();
        return rehearsal;
    }

    /** Checks all pending events; its requests and statements are not counted. */
    Checkup check() {
        Checkup checkup = new Checkup(Instant.now(), "", Integer.MAX_VALUE, 1000);
        context.getBean(ProducerTemplate.class).sendBody("direct:check", checkup);
        statements.reset();
        dhis2.resetCounts();
        return checkup;
    }

    Clinic clinic() {
        return clinic;
    }

    Dhis2StandIn dhis2() {
        return dhis2;
    }

    DemoClinic.Expected expected() {
        return expected;
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
        dhis2.close();
        clinic.close();
    }
}
