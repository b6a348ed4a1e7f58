package org.martsync.dhis2;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Stands in for DHIS2 in tests and the demo: a server on 127.0.0.1 with its own store that answers as the recorded
 * DHIS2 2.42 did, or as another release does when it {@link #plays} that one.
 *
 * <p>What it answers is held against the recordings by {@code Dhis2StandInContractTest}. It knows one program and its
 * org units. An import runs with nobody else at the store, so the races of the real one (recordings 365 to 372 and
 * 376 to 378) do not come by themselves: ask for their outcome with {@link #fail}. Several may run side by side.
 */
public final class Dhis2StandIn implements AutoCloseable {

    public static final String USER = "syncer";
    public static final String PASSWORD = "Syncer-2026";

    /** A personal token of {@link #USER}, sent as {@code Authorization: ApiToken …}. */
    public static final String TOKEN = "d2pat_InventedForTheTestsOnly";

    /** A user who reads and writes in the clinic {@link #CLERKS_CLINIC} alone. */
    public static final String CLERK = "clerk";
    public static final String CLERKS_PASSWORD = "Clerk-2026";
    public static final String CLERKS_CLINIC = "DoA0vsy8Da5";

    /** What the parts of the stand-in share. */
    record World(TrackerStore store, StandInMetadata metadata, Clock clock) {
    }

    /**
     * A request as it came.
     *
     * @param query the query as sent, still encoded; empty where there is none
     */
    public record Request(String method, String path, String query, Map<String, String> headers, byte[] body) {

        /** Gives a header's value, whatever the case of its name; empty where there is none. */
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** Gives the body as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** A request that was answered; {@code status} is 0 where the connection was reset instead. */
    public record Answered(String method, String path, String query, int status, int bodySize) {
    }

    private static final String NAME = "dhis2";
    /** What the recorded user may do beside writing data (recording 002). */
    private static final Set<String> RECORDED = Set.of("F_ENROLLMENT_CASCADE_DELETE", "F_TEI_CASCADE_DELETE", "F_UNCOMPLETE_EVENT");
    private static final int LONGEST_LOG = 10_000;
    /** The recorded server takes request line and headers up to here (recordings 278, 279). */
    private static final int LONGEST_HEAD = 8 * 1024;

    private final Set<String> authorities = new ConcurrentSkipListSet<>(RECORDED);
    private final World world;
    private final StandInApi api;
    private final StandInLogin login;
    private final StandInFaults faults = new StandInFaults();
    private final List<Consumer<Request>> hooks = new CopyOnWriteArrayList<>();
    private final Deque<Answered> log = new ArrayDeque<>();
    private final AtomicInteger requests = new AtomicInteger();
    private WireMockServer server;
    private final int port;

    private Dhis2StandIn(JsonNode program, JsonNode orgUnits, Clock clock) {
        StandInMetadata metadata = new StandInMetadata(program, orgUnits);
        TrackerStore store = new TrackerStore(() -> LocalDateTime.now(clock.withZone(ZoneOffset.UTC)));
        world = new World(store, metadata, clock);
        api = new StandInApi(world);
        StandInUser syncer = new StandInUser("UsrSync0001", USER, PASSWORD, metadata.country(), authorities);
        StandInUser clerk = new StandInUser("UsrClerk001", CLERK, CLERKS_PASSWORD, CLERKS_CLINIC, RECORDED);
        login = new StandInLogin(List.of(syncer, clerk), Map.of(TOKEN, syncer));
        server = listening(0);
        port = server.port();
    }

    /** Starts one with the recorded program and org units, on a free port. */
    public static Dhis2StandIn start() {
        return start(Clock.systemUTC());
    }

    /** Starts one for which it is the time of a given clock; that decides what is in the future. */
    public static Dhis2StandIn start(Clock clock) {
        return start(resource("program.json"), resource("org-units.json"), clock);
    }

    /**
     * Starts one with another program and other org units.
     *
     * @param program as /api/programs/{uid} gives it with the fields of recording 003; assigned to all org units but
     *     {@code NoPrgOrgUn1} unless it has {@code organisationUnits} of its own
     * @param orgUnits as /api/organisationUnits gives them; below the country unless they have a {@code path}
     */
    public static Dhis2StandIn start(JsonNode program, JsonNode orgUnits) {
        return start(program, orgUnits, Clock.systemUTC());
    }

    /** Starts one with another program and other org units, and the time of a given clock. */
    public static Dhis2StandIn start(JsonNode program, JsonNode orgUnits, Clock clock) {
        return new Dhis2StandIn(program, orgUnits, clock);
    }

    private static JsonNode resource(String name) {
        try (InputStream in = Dhis2StandIn.class.getResourceAsStream("/dhis2/" + name)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives the address, {@code http://127.0.0.1:port}, without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Adds another program, as JSON in the form of {@link #start(JsonNode, JsonNode)}. */
    public Dhis2StandIn add(String program) {
        try {
            world.metadata().add(new ObjectMapper().readTree(program));
            return this;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Plays another release from now on, such as {@code 2.39.5}: knows what that one knows, and answers as it does. */
    public Dhis2StandIn plays(String version) {
        api.plays(StandInRelease.of(version));
        return this;
    }

    /** Gives the user of the program exactly these authorities from now on. */
    public void grant(String... only) {
        authorities.retainAll(Set.of(only));
        authorities.addAll(Set.of(only));
    }

    /**
     * Lets the program it started with close its events from now on.
     *
     * @param completedDays for how many days after its completion an event may be changed; 0 for ever
     * @param periodType the periods that are closed, such as Monthly; null for none
     * @param periodDays how many days after its end
     */
    public void expires(int completedDays, String periodType, int periodDays) {
        world.metadata().expires(completedDays, periodType, periodDays);
    }

    /** Gives what is stored, to judge by and to prepare. */
    public TrackerStore store() {
        return world.store();
    }

    // ---- what came

    /** Counts the requests since the start or {@link #resetCounts}. */
    public int requests() {
        return requests.get();
    }

    /** Counts the passwords checked since the start or {@link #resetCounts}; a request with a session needs none. */
    public int passwordChecks() {
        return login.passwordChecks();
    }

    /** Lists the requests since the start or {@link #resetCounts}, at most the last 10000, oldest first. */
    public List<Answered> requestLog() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    /** Begins to count anew, and empties the log. */
    public void resetCounts() {
        synchronized (log) {
            log.clear();
        }
        requests.set(0);
        login.forgetCounts();
    }

    /** Runs something for every request, after it was processed and before it is answered. */
    public void onRequest(Consumer<Request> hook) {
        hooks.add(hook);
    }

    // ---- what goes wrong

    /** Lets the next requests of a kind fail; how, is said by the method called on the result. */
    public StandInFaults.Fault fail(int times, Predicate<Request> which) {
        return faults.fault(times, which);
    }

    /** Lets all requests of a kind fail until {@link #heal}, for instance those which hold a certain event. */
    public StandInFaults.Fault failAlways(Predicate<Request> which) {
        return faults.fault(Integer.MAX_VALUE, which);
    }

    /** Lets requests of a kind take longer, until {@link #heal}; they are processed at the end of that time. */
    public StandInFaults.Delay slow(Predicate<Request> which) {
        return faults.delay(which);
    }

    /** Processes the next requests of a kind and does not answer them until they are released. */
    public StandInFaults.Held hold(int times, Predicate<Request> which) {
        return faults.hold(times, which, true);
    }

    /** Neither processes nor answers the next requests of a kind until they are released. */
    public StandInFaults.Held holdUnprocessed(int times, Predicate<Request> which) {
        return faults.hold(times, which, false);
    }

    /** Ends all sessions, so that the next request must show its password again. */
    public void endSessions() {
        login.endSessions();
    }

    /** Takes all faults, delays, holders and hooks away; what waited goes on. */
    public void heal() {
        faults.clear();
        hooks.clear();
    }

    /**
     * Stops to listen: connections are refused. The store stays.
     *
     * <p>Requests under way lose their connection, also the one from whose hook this is called.
     */
    public synchronized void refuseConnections() {
        if (server != null) {
            WireMockServer listening = server;
            server = null;
            try {
                listening.stop();
            } catch (RuntimeException fromOneOfItsOwnThreads) {
                // a server that is stopped from a request's hook may complain, but it no longer listens
                return;
            }
        }
    }

    /** Listens again, at the same address. */
    public synchronized void acceptConnections() {
        if (server == null) {
            server = listening(port);
        }
    }

    /** Begins anew, at the same address: nothing stored, nobody logged in, nothing counted, nothing going wrong. */
    public void forgetEverything() {
        heal();
        endSessions();
        store().clear();
        resetCounts();
    }

    @Override
    public void close() {
        heal();
        refuseConnections();
    }

    // ---- the server

    private WireMockServer listening(int wantedPort) {
        WireMockServer listening = new WireMockServer(wireMockConfig().bindAddress("127.0.0.1").port(wantedPort)
                // no journal: it would keep the bodies of thousands of requests
                .disableRequestJournal().gzipDisabled(true).containerThreads(64).jettyAcceptors(1)
                .jettyHeaderRequestSize(8 * LONGEST_HEAD).jettyStopTimeout(100L).extensions(new Answering()));
        listening.stubFor(any(anyUrl()).willReturn(aResponse().withTransformers(NAME)));
        listening.start();
        return listening;
    }

    /** Hands every request to the stand-in. */
    private final class Answering implements ResponseDefinitionTransformerV2 {

        @Override
        public ResponseDefinition transform(ServeEvent event) {
            Request request = read(event.getRequest());
            requests.incrementAndGet();
            try {
                return answer(request);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return reset(request);
            }
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public String getName() {
            return NAME;
        }
    }

    private static Request read(com.github.tomakehurst.wiremock.http.Request request) {
        String url = request.getUrl();
        int mark = url.indexOf('?');
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (HttpHeader header : request.getHeaders().all()) {
            headers.put(header.key(), String.join(header.key().equalsIgnoreCase("Cookie") ? "; " : ", ",
                    header.values()));
        }
        byte[] body = request.getBody();
        return new Request(request.getMethod().getName(), mark < 0 ? url : url.substring(0, mark),
                mark < 0 ? "" : url.substring(mark + 1), headers, body == null ? new byte[0] : body);
    }

    private ResponseDefinition answer(Request request) throws InterruptedException {
        faults.awaitBefore(request);
        Optional<StandInFaults.Fault> fault = faults.next(request);
        StandInFaults.Kind kind = fault.map(StandInFaults.Fault::kind).orElse(null);
        if (kind == StandInFaults.Kind.RESET_BEFORE) {
            return reset(request);
        }
        StandInAnswer answer = kind == StandInFaults.Kind.ANSWER ? fault.get().answer() : processed(request);
        faults.awaitAfter(request);
        hooks.forEach(hook -> hook.accept(request));
        if (kind == StandInFaults.Kind.RESET_AFTER) {
            return reset(request);
        }
        logged(request, answer.status());
        if (kind == StandInFaults.Kind.CUT) {
            return cut(answer);
        }
        if (kind == StandInFaults.Kind.BROKEN) {
            return aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK).build();
        }
        return kind == StandInFaults.Kind.TRICKLE
                ? whole(answer).withChunkedDribbleDelay(10, (int) fault.get().time().toMillis()).build() : whole(answer).build();
    }

    private StandInAnswer processed(Request request) {
        if (headSize(request) > LONGEST_HEAD) {
            return StandInAnswer.errorPage(400, "Request header is too large");
        }
        if (request.path().startsWith("/login")) {
            return StandInAnswer.loginPage();
        }
        try {
            StandInLogin.Entry entry = login.enter(request);
            StandInAnswer answer = api.answer(request, entry.user());
            return entry.newSession() == null ? answer
                    : answer.with("Set-Cookie", "JSESSIONID=" + entry.newSession() + "; Path=/; HttpOnly");
        } catch (StandInLogin.Refused e) {
            return e.answer();
        }
    }

    private static int headSize(Request request) {
        int line = request.method().length() + request.path().length() + request.query().length() + 13;
        return line + request.headers().entrySet().stream()
                .mapToInt(header -> header.getKey().length() + header.getValue().length() + 4).sum();
    }

    private ResponseDefinition reset(Request request) {
        logged(request, 0);
        return aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER).build();
    }

    private static ResponseDefinitionBuilder whole(StandInAnswer answer) {
        ResponseDefinitionBuilder response = aResponse().withStatus(answer.status()).withBody(answer.body());
        if (answer.contentType() != null) {
            response.withHeader("Content-Type", answer.contentType());
        }
        answer.headers().forEach(response::withHeader);
        return response;
    }

    /** Announces the whole body and sends half of it; the server then ends the connection. */
    private static ResponseDefinition cut(StandInAnswer answer) {
        return whole(answer).withHeader("Content-Length", String.valueOf(answer.body().length))
                .withBody(Arrays.copyOf(answer.body(), answer.body().length / 2)).build();
    }

    private void logged(Request request, int status) {
        synchronized (log) {
            if (log.size() == LONGEST_LOG) {
                log.removeFirst();
            }
            log.addLast(new Answered(request.method(), request.path(), request.query(), status,
                    request.body().length));
        }
    }
}
