package org.martsync;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.mail.DefaultJavaMailSender;
import org.apache.camel.component.mail.JavaMailSender;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.message.BasicHeader;
import org.martsync.check.ChangedMappings;
import org.martsync.check.CheckMappings;
import org.martsync.check.CheckPatients;
import org.martsync.check.CheckServer;
import org.martsync.check.CheckValues;
import org.martsync.dhis2.CachedProgram;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.Site;
import org.martsync.event.CheckPayload;
import org.martsync.event.CollectForms;
import org.martsync.event.GroupEvents;
import org.martsync.event.MapEvent;
import org.martsync.event.Outcomes;
import org.martsync.event.DeliverBatch;
import org.martsync.patient.FindPatients;
import org.martsync.patient.PlacePatients;
import org.martsync.reconcile.MeasureReconcile;
import org.martsync.reconcile.Reconcile;
import org.martsync.reconcile.ReconcileDue;
import org.martsync.rehearse.Rehearse;
import org.martsync.sync.AfterFailure;
import org.martsync.sync.AskDhis2;
import org.martsync.sync.BatchSize;
import org.martsync.sync.ClaimBatch;
import org.martsync.sync.Limits;
import org.martsync.sync.Measure;
import org.martsync.sync.Patience;
import org.martsync.sync.PrepareRun;
import org.martsync.sync.Retention;
import org.martsync.sync.Runs;
import org.martsync.sync.Troubles;
import org.martsync.sync.WatchMappings;
import org.martsync.turns.Share;
import org.martsync.turns.Turns;
import org.martsync.turns.TurnsDatabase;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.PlatformTransactionManager;

/** What the steps of the routes call by name. */
@Configuration
class RouteBeans {

    @Bean
    Clock clock() {
        return Clock.systemDefaultZone();
    }

    @Bean
    Site site(@Value("${site.id}") String id, @Value("${site.org-unit}") String orgUnit,
              @Value("${dhis2.country-org-unit}") String country, @Value("${sync.event-status}") String eventStatus,
              DuplicateCheck duplicates) {
        return new Site(id, orgUnit, country, duplicates.check(), duplicates.column(), eventStatus);
    }

    /** Whether, and by which column, a patient of another site is refused. */
    record DuplicateCheck(boolean check, String column) {
    }

    @Bean
    DuplicateCheck duplicates(@Value("${sync.duplicate-check}") boolean check, @Value("${sync.duplicate-column}") String column) {
        return new DuplicateCheck(check, column);
    }

    @Bean
    Limits limits(@Value("${sync.workers}") int workers, @Value("${sync.ahead}") int ahead, @Value("${sync.batch-patients}") int patients,
                  @Value("${sync.batch-events}") int events) {
        return new Limits(workers, ahead, patients, events);
    }

    @Bean
    Patience patience(@Value("${sync.first-pause}") Duration first, @Value("${sync.longest-pause}") Duration longest,
                      @Value("${sync.patience}") Duration limit) {
        return new Patience(first, longest, limit);
    }

    @Bean
    Measure measure(MeterRegistry meters) {
        return new Measure(meters);
    }

    @Bean
    BatchSize batchSize(Limits limits, @Value("${sync.slow-answer}") Duration slow, MeterRegistry meters) {
        return new BatchSize(limits, slow, meters);
    }

    @Bean
    Runs runs(BatchSize size, Patience patience, Clock clock, Measure measure) {
        return new Runs(size, patience, clock, measure);
    }

    @Bean
    Troubles troubles(Site site, @Value("${notify.failures-limit}") int limit, @Value("${notify.failures-of}") int sample) {
        return new Troubles(site.id(), limit, sample);
    }

    /** Sends mail; nothing in it waits longer than ten seconds. */
    @Bean
    JavaMailSender mailServer(@Value("${notify.mail.server}") String server, @Value("${notify.mail.encryption}") String encryption,
                              @Value("${notify.mail.user}") String user, @Value("${notify.mail.password}") String password) {
        boolean implicit = encryption.equals("tls");
        URI address = URI.create("smtp://" + server);
        String protocol = implicit ? "smtps" : "smtp";
        Properties java = new Properties();
        java.setProperty("mail." + protocol + ".auth", String.valueOf(!user.isEmpty()));
        java.setProperty("mail." + protocol + ".starttls.enable", String.valueOf(encryption.equals("starttls")));
        java.setProperty("mail." + protocol + ".starttls.required", String.valueOf(encryption.equals("starttls")));
        java.setProperty("mail." + protocol + ".ssl.checkserveridentity", "true");
        List.of("connectiontimeout", "timeout", "writetimeout").forEach(wait -> java.setProperty("mail." + protocol + "." + wait, "10000"));
        DefaultJavaMailSender sender = new DefaultJavaMailSender();
        sender.setProtocol(protocol);
        sender.setHost(address.getHost());
        sender.setPort(address.getPort() < 0 ? implicit ? 465 : 25 : address.getPort());
        sender.setJavaMailProperties(java);
        if (!user.isEmpty()) {
            sender.setUsername(user);
            sender.setPassword(password);
        }
        return sender;
    }

    /** On which the batches of a run are worked through. */
    @Bean(destroyMethod = "shutdown")
    ExecutorService workers(Limits limits) {
        return Executors.newFixedThreadPool(limits.batches());
    }

    /** POSTs to DHIS2 at the same time: fewer than there are batches on their way. */
    @Bean
    AsManyAtOnce asManyPosts(Limits limits) {
        return new AsManyAtOnce(limits.workers());
    }

    /** Whose turn it is to ask DHIS2, among all sites that keep their turns in one place. */
    @Bean
    InTurn inTurn(Site site, @Value("${turns.limit}") int limit, TurnsDatabase turns, @Value("${dhis2.url}") String dhis2,
                  @Value("${dhis2.response-timeout}") long timeout, MeterRegistry meters) {
        return new InTurn(limit == 0 ? null : new Turns(turns, new Share(dhis2, site.id(), limit, Duration.ofMillis(2 * timeout)), meters));
    }

    @Bean
    TurnsDatabase turnsDatabase(@Value("${turns.server}") String server, @Value("${turns.database}") String database,
                                @Value("${turns.schema}") String schema, @Value("${turns.user}") String user,
                                @Value("${turns.password}") String password, @Value("${turns.parameters}") String parameters) {
        return new TurnsDatabase(server, database, schema, user, password, parameters);
    }

    /** What the routes' sql: stands for. */
    @Bean
    SqlPreparedOnce sql(DataSource dataSource) {
        return new SqlPreparedOnce(dataSource);
    }

    /** One transaction for all that follows in a route, for example from the claim of a batch to its settling. */
    @Bean
    SpringTransactionPolicy oneTransaction(PlatformTransactionManager transactions) {
        return new SpringTransactionPolicy(transactions);
    }

    @Bean
    PrepareRun prepareRun(CachedProgram program, Clock clock) {
        return new PrepareRun(program, clock);
    }

    @Bean
    WatchMappings watchMappings(CachedProgram program) {
        return new WatchMappings(program);
    }

    @Bean
    ClaimBatch claimBatch(Site site) {
        return new ClaimBatch(site);
    }

    @Bean
    AfterFailure afterFailure() {
        return new AfterFailure();
    }

    @Bean
    Retention retention(@Value("${retention.log}") Duration log, @Value("${retention.audit}") Duration audit,
                        @Value("${retention.reconcile}") Duration reconcile, Clock clock, MeterRegistry meters) {
        return new Retention(log, audit, reconcile, clock, meters);
    }

    @Bean
    Dhis2Server dhis2Server(@Value("${dhis2.url}") String url, Clock clock) {
        return new Dhis2Server(url, clock);
    }

    @Bean
    AskDhis2 askDhis2(MeterRegistry meters, Dhis2Server server, Clock clock) {
        return new AskDhis2(meters, server, clock);
    }

    @Bean
    CachedProgram cachedProgram(@Value("${dhis2.metadata-max-age}") Duration maxAge, Clock clock) {
        return new CachedProgram(maxAge, clock);
    }

    @Bean
    FindPatients findPatients(Site site) {
        return new FindPatients(site);
    }

    @Bean
    PlacePatients placePatients(Site site, Clock clock) {
        return new PlacePatients(site, clock);
    }

    @Bean
    CollectForms collectForms() {
        return new CollectForms();
    }

    @Bean
    GroupEvents groupEvents(Site site) {
        return new GroupEvents(site);
    }

    @Bean
    MapEvent mapEvent(Site site) {
        return new MapEvent(site);
    }

    @Bean
    CheckPayload checkPayload() {
        return new CheckPayload();
    }

    @Bean
    DeliverBatch deliverBatch(Limits limits) {
        return new DeliverBatch(2 * limits.events());
    }

    @Bean
    ChangedMappings changedMappings(Clock clock) {
        return new ChangedMappings(clock);
    }

    @Bean
    CheckServer checkServer(Site site, Dhis2Server server, Clock clock) {
        return new CheckServer(site, server, clock);
    }

    @Bean
    CheckMappings checkMappings(Site site) {
        return new CheckMappings(site);
    }

    @Bean
    CheckValues checkValues(Site site) {
        return new CheckValues(site);
    }

    @Bean
    CheckPatients checkPatients() {
        return new CheckPatients();
    }

    @Bean
    Rehearse rehearse() {
        return new Rehearse();
    }

    @Bean
    Reconcile reconcile(Site site, Dhis2Server dhis2) {
        return new Reconcile(site, dhis2);
    }

    @Bean
    MeasureReconcile measureReconcile(MeterRegistry meters) {
        return new MeasureReconcile(meters);
    }

    /** @param zone that of the schedule of runs; empty means the machine's */
    @Bean
    ReconcileDue reconcileDue(@Value("${reconcile.schedule}") String cron, @Value("${reconcile.days}") int days,
                              @Value("${schedule.time-zone}") String zone, Clock clock, MeterRegistry meters) throws ParseException {
        ReconcileDue due = new ReconcileDue(cron, days, zone.isBlank() ? ZoneId.systemDefault() : ZoneId.of(zone.strip()), clock);
        if (due.scheduled()) {
            Gauge.builder("mart.reconcile.overdue", due, ReconcileDue::overdueSeconds).description("for how long a comparison with DHIS2 has been due")
                    .baseUnit("seconds").register(meters);
        }
        return due;
    }

    /** On which pages of a comparison with DHIS2 are read and compared, two at a time. */
    @Bean(destroyMethod = "shutdown")
    ExecutorService reconcilers() {
        return Executors.newFixedThreadPool(2);
    }

    @Bean
    Outcomes outcomes() {
        return new Outcomes();
    }

    /**
     * Sends the login with each request; DHIS2 checks it once a session, which the client's cookie keeps. The client
     * sends nothing twice by itself: after a 429 or 503 it would sleep as long as Retry-After says, with the batch's
     * transaction open, where the run decides how long to wait.
     */
    @Bean
    HttpClientConfigurer dhis2Login(@Value("${dhis2.user}") String user, @Value("${dhis2.password}") String password,
                                    @Value("${dhis2.token}") String token) {
        String login = token.isBlank()
                ? "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8))
                : "ApiToken " + token;
        return client -> client.disableAutomaticRetries()
                .setDefaultHeaders(List.of(new BasicHeader(HttpHeaders.AUTHORIZATION, login)));
    }

    @EventListener(ContextClosedEvent.class)
    void finishTheBatches(ContextClosedEvent closed) {
        closed.getApplicationContext().getBean(Runs.class).close();
    }
}
