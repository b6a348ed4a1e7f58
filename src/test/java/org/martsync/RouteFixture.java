package org.martsync;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.http.springboot.HttpComponentAutoConfiguration;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.apache.camel.support.DefaultExchange;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.Dhis2Answer;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.event.Batch;
import org.martsync.settings.CheckSettingsAtStart;
import org.martsync.sync.BatchSize;
import org.martsync.sync.ClaimBatch;
import org.martsync.sync.Measure;
import org.martsync.sync.Patience;
import org.martsync.sync.PrepareRun;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;
import org.martsync.sync.Worker;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * One file of {@code routes/} alone, with what its steps call, on a clinic's database. The routes of other files are
 * played by the test.
 */
public final class RouteFixture implements AutoCloseable {

    /** The site's org unit in the recordings. */
    public static final String SITE = "DoA0vsy8Da5";

    /** The run in whose name batches are claimed. */
    public static final Instant TICK = Instant.parse("2026-01-01T00:00:00Z");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clinic clinic;
    private final Statements statements;
    private final ConfigurableApplicationContext context;

    private RouteFixture(Clinic clinic, Statements statements, ConfigurableApplicationContext context) {
        this.clinic = clinic;
        this.statements = statements;
        this.context = context;
    }

    /** A batch in the hands of a worker, as the routes of a run pass it on. */
    public record Claimed(Worker worker, Batch batch) {
    }

    /**
     * Loads one file.
     *
     * @param file its name, without {@code .camel.yaml}
     * @param clinic whose database the routes work on, with our migrations
     * @param settings as {@code name=value}, where they differ from the defaults
     * @param neighbours the routes of other files which this one calls
     */
    public static RouteFixture load(String file, Clinic clinic, List<String> settings, RouteBuilder... neighbours) {
        Statements statements = new Statements();
        // wrapped, because Spring would close what can be closed, and the pool is the clinic's
        DataSource counted = new DelegatingDataSource(ProxyDataSourceBuilder.create(clinic.dataSource()).listener(statements).build());
        SpringApplication application = new SpringApplication(Parts.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        application.addInitializers(context -> {
            GenericApplicationContext beans = (GenericApplicationContext) context;
            beans.registerBean("dataSource", DataSource.class, () -> counted);
            for (int i = 0; i < neighbours.length; i++) {
                RouteBuilder neighbour = neighbours[i];
                beans.registerBean("neighbour" + i, RouteBuilder.class, () -> neighbour);
            }
        });
        application.addListeners(new CheckSettingsAtStart());
        Map<String, String> all = new LinkedHashMap<>(Map.of("site.org-unit", SITE, "dhis2.program", "vatFxlZR2lj",
                "dhis2.url", "http://127.0.0.1:1", "dhis2.user", Dhis2StandIn.USER, "dhis2.password", Dhis2StandIn.PASSWORD,
                "analytics.server", "127.0.0.1", "analytics.database", "clinic", "analytics.user", clinic.user()));
        all.putAll(Map.of("camel.main.run-controller", "false", "routes.watch", "false", "dhis2.ask-version", "false",
                "camel.main.shutdown-timeout", "5", "spring.jmx.enabled", "false",
                "camel.main.routes-include-pattern", "file:routes/" + file + ".camel.yaml,file:routes/errors.camel.yaml"));
        settings.forEach(setting -> all.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1)));
        return new RouteFixture(clinic, statements, application.run(
                all.entrySet().stream().map(setting -> "--" + setting.getKey() + "=" + setting.getValue()).toArray(String[]::new)));
    }

    /** Plays the routes ask-dhis2 and validate-by-tracker without Camel's client: sends what the headers say, and reads the answer. */
    public static RouteBuilder askingDhis2(Dhis2StandIn dhis2) {
        HttpClient client = HttpClient.newHttpClient();
        String login = "Basic " + Base64.getEncoder().encodeToString(
                (Dhis2StandIn.USER + ":" + Dhis2StandIn.PASSWORD).getBytes(StandardCharsets.UTF_8));
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:validate-by-tracker").process(exchange -> {
                    var message = exchange.getMessage();
                    message.setBody(JSON.writeValueAsBytes(message.getBody()));
                    message.setHeader(Exchange.HTTP_METHOD, "POST");
                    message.setHeader(Exchange.HTTP_PATH, "tracker");
                    message.setHeader(Exchange.CONTENT_TYPE, "application/json");
                    message.setHeader(Exchange.HTTP_QUERY, "async=false&importMode=VALIDATE&importStrategy=" + message.getHeader("importStrategy"));
                }).to("direct:ask-dhis2");
                from("direct:ask-dhis2").process(exchange -> {
                    var message = exchange.getMessage();
                    String query = message.getHeader(Exchange.HTTP_QUERY, String.class);
                    byte[] body = message.getBody(byte[].class);
                    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(dhis2.url() + "/api/"
                            + message.getHeader(Exchange.HTTP_PATH) + (query == null ? "" : "?" + query)))
                            .header("Authorization", login).timeout(Duration.ofSeconds(30))
                            .method(message.getHeader(Exchange.HTTP_METHOD, String.class),
                                    body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
                    if (body != null) {
                        request.header("Content-Type", message.getHeader(Exchange.CONTENT_TYPE, String.class));
                    }
                    HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                    message.setBody(Dhis2Answer.read(answer.statusCode(), answer.body(), Duration.ZERO));
                });
            }
        };
    }

    /** The metadata of the recorded program. */
    public static ProgramMetadata program() {
        try (InputStream in = RouteFixture.class.getResourceAsStream("/dhis2/program.json")) {
            return ProgramMetadata.read(JSON.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Claims every patient who has pending events, for a run of that name, as a run's first step does. */
    public Claimed claim() {
        return claim(program());
    }

    /** Claims every patient who has pending events, in a program of the test's own. */
    public Claimed claim(ProgramMetadata program) {
        Worker worker = prepared(program).workers().get(0);
        Map<String, Object> row = new HashMap<>(clinic.jdbc().queryForMap("""
                SELECT json_agg(DISTINCT coalesce(nullif(patient_id, ''), ' '))::text AS claimed,
                       max(coalesce(nullif(patient_id, ''), ' ')) AS locked, max(patient_id) AS last, false AS deferred, count(*) AS walked
                FROM events_to_sync WHERE synced IS NOT TRUE"""));
        worker.take(row);
        Batch batch = context.getBean(ClaimBatch.class).assemble(worker, read("read-events", worker), read("read-patients", worker));
        statements.forget();
        return new Claimed(worker, batch);
    }

    /** A run that has read what all its batches need, and that nobody works on yet. */
    public Run prepared(ProgramMetadata program) {
        Run run = new Runs(context.getBean(BatchSize.class), context.getBean(Patience.class), Clock.systemUTC(), context.getBean(Measure.class)).begin(TICK);
        run.takeMappings(clinic.jdbc().queryForList(sql("read-mappings")), Programs.only(program));
        return run;
    }

    /** What a run says of the mappings when it begins. */
    @SuppressWarnings("unchecked")
    public List<String> missing(Run run) {
        return bean(PrepareRun.class).missing(run, send("sql:file:routes/sql/read-columns.sql", Map.of(), Map.of("tables", run.tables()), null)
                .getMessage().getBody(List.class));
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> read(String statement, Worker worker) {
        return send("sql:file:routes/sql/" + statement + ".sql", Map.of("worker", worker), null).getMessage().getBody(List.class);
    }

    private static String sql(String statement) {
        try {
            return Files.readString(Path.of("routes/sql/" + statement + ".sql"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a claimed batch through a route; what the route throws is thrown. */
    public Exchange send(String route, Claimed claimed) {
        return send(route, Map.of("worker", claimed.worker(), "batch", claimed.batch()), null);
    }

    /** Sends a body with variables through a route; what the route throws is thrown. */
    public Exchange send(String route, Map<String, Object> variables, Object body) {
        return send(route, variables, Map.of(), body);
    }

    /** Sends a body with variables and headers through a route; what the route throws is thrown. */
    public Exchange send(String route, Map<String, Object> variables, Map<String, Object> headers, Object body) {
        Exchange exchange = new DefaultExchange(camel());
        variables.forEach(exchange::setVariable);
        exchange.getMessage().setHeaders(new HashMap<>(headers));
        exchange.getMessage().setBody(body);
        bean(ProducerTemplate.class).send(route, exchange);
        if (exchange.getException() instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (exchange.getException() != null) {
            throw new IllegalStateException(exchange.getException());
        }
        return exchange;
    }

    /** The SQL statements that ran since the last claim, in their order. */
    public List<String> statements() {
        return List.copyOf(statements.ran);
    }

    public CamelContext camel() {
        return bean(CamelContext.class);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }

    private static final class Statements implements QueryExecutionListener {

        private final List<String> ran = new CopyOnWriteArrayList<>();

        @Override
        public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
            // what ran is of interest, and that it ran
        }

        @Override
        public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
            List<String> texts = new ArrayList<>();
            queries.forEach(query -> texts.add(query.getQuery()));
            ran.addAll(texts);
        }

        void forget() {
            ran.clear();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({CamelAutoConfiguration.class, HttpComponentAutoConfiguration.class})
    @Import(RouteBeans.class)
    static class Parts {

        @Bean
        PlatformTransactionManager transactions(DataSource dataSource) {
            return new DataSourceTransactionManager(dataSource);
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }
    }
}
