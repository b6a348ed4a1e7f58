package org.martsync.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.martsync.RunningProgram;
import org.martsync.clinic.Clinic;
import org.martsync.clinic.ClinicAssert;
import org.martsync.dhis2.Dhis2StandIn;
import org.martsync.dhis2.Site;
import org.martsync.sync.Runs;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An integrator saves files of {@code routes/} while the program runs; the looks at them are made by the test. */
@ExtendWith(OutputCaptureExtension.class)
class WatchRoutesTest {

    private static final String NOTHING_CHANGED = "        - log:\n            id: unchanged\n";
    private static final String HOLD_BACK = """
                    - setHeader:
                        id: hold-back
                        name: reject
                        expression:
                          constant:
                            expression: Held back.
            """;
    private static final String STAGE = """
            {"dhisProgramStageId": "TGvGDt6e6OM", "formTableMappings": {"gbv_form": {"site_type": "SqX8j4oFNN3"}}}""";
    private static final String PATIENT = """
            {"isPatientMapping": true, "formTableMappings": {"patient": {"uic": "zRA08XEYiSF",
              "patient_identifier": "GGvUui7Dc3F", "birthdate": "wSp6Q7QDMsk"}}}""";

    @TempDir private static Path place;
    private static Clinic clinic;
    private static Dhis2StandIn dhis2;
    private static RunningProgram program;
    private static int patients;

    private WatchRoutes watch;

    @BeforeAll
    static void start() throws IOException {
        clinic = Clinic.installed();
        dhis2 = Dhis2StandIn.start();
        clinic.mapping("Patient", PATIENT, "{\"searchable\": [\"uic\"]}").mapping("IPV", STAGE, "{}");
        clinic.formTable("gbv_form", "site_type");
        copyRoutes();
        begin();
    }

    private static void begin() {
        program = RunningProgram.start(clinic, dhis2, "vatFxlZR2lj",
                "camel.main.routes-include-pattern=file:" + place + "/routes/*.camel.yaml,file:" + place + "/routes.d/*.camel.yaml");
    }

    @BeforeEach
    void watch() {
        watch = new WatchRoutes(program.bean(RouteFiles.class), program.bean(LiveRoutes.class), program.bean(CheckRoutes.class),
                program.bean(TryOut.class), program.bean(TryStatements.class));
    }

    /** What the next test finds is as it ships, and runs. */
    @AfterEach
    void putBack() throws IOException {
        try (Stream<Path> added = Files.exists(place.resolve("routes.d")) ? Files.walk(place.resolve("routes.d")) : Stream.empty()) {
            for (Path file : added.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        copyRoutes();
        looks(3);
        assertThat(program.bean(LiveRoutes.class).running().texts()).isEqualTo(program.bean(RouteFiles.class).read());
    }

    @AfterAll
    static void stop() {
        program.close();
        dhis2.close();
        clinic.close();
    }

    @Test
    void anEditedRouteIsLiveAndSaidInOneLine(CapturedOutput log) throws IOException {
        edit("routes/customise.camel.yaml", NOTHING_CHANGED, HOLD_BACK + NOTHING_CHANGED);
        looks(2);

        assertThat(said(log)).singleElement().asString().endsWith("routes/customise.camel.yaml is live: routes customise");
        int event = event();
        program.run();
        ClinicAssert.assertThat(clinic).event(event).isRejectedBecause("Held back.");
    }

    @Test
    void aFileThatIsStillBeingWrittenIsNotTaken(CapturedOutput log) throws IOException {
        Path customise = place.resolve("routes/customise.camel.yaml");
        String whole = Files.readString(customise).replace(NOTHING_CHANGED, HOLD_BACK + NOTHING_CHANGED);
        Files.writeString(customise, "");
        looks(1);
        Files.writeString(customise, whole.substring(0, whole.length() / 2));
        looks(1);
        Files.writeString(customise, whole);
        looks(1);
        assertThat(said(log)).isEmpty();
        looks(1);
        assertThat(said(log)).singleElement().asString().contains("is live");
    }

    @Test
    void aFileThatIsMovedIntoItsPlaceIsTaken(CapturedOutput log) throws IOException {
        Path customise = place.resolve("routes/customise.camel.yaml");
        Path aside = Files.writeString(place.resolve("routes/.customise.camel.yaml.swp"),
                Files.readString(customise).replace(NOTHING_CHANGED, HOLD_BACK + NOTHING_CHANGED));
        looks(2);
        Files.move(aside, customise, StandardCopyOption.REPLACE_EXISTING);
        looks(2);
        assertThat(said(log)).singleElement().asString().contains("is live");
    }

    @Test
    void aSpoiltFileIsRefusedWithItsLineAndTheOldRouteGoesOn(CapturedOutput log) throws IOException {
        edit("routes/customise.camel.yaml", "      uri: direct:customise\n", "      uri: direct:customise\n     steps\n");
        looks(4);
        assertThat(said(log)).singleElement().asString().containsPattern("customise.camel.yaml, line \\d\\d: is not YAML: ").contains("goes on running");
        arrives();
    }

    @Test
    void whatCamelDoesNotKnowIsRefusedWithItsLine(CapturedOutput log) throws IOException {
        edit("routes/customise.camel.yaml", NOTHING_CHANGED, "        - to:\n            id: away\n            uri: nosuch:x\n" + NOTHING_CHANGED);
        looks(4);
        assertThat(said(log)).singleElement().asString().containsPattern("customise.camel.yaml, line \\d\\d: there is no component for nosuch:x .*; what was before goes on running");
        arrives();
    }

    @Test
    void whatIsNotThereIsRefusedAllAtOnce(CapturedOutput log) throws IOException {
        edit("routes/customise.camel.yaml", NOTHING_CHANGED, """
                        - to:
                            id: away
                            uri: direct:nowhere
                        - bean:
                            id: nobody
                            ref: walks
                """ .indent(0) + NOTHING_CHANGED);
        looks(4);
        assertThat(said(log)).hasSize(2).anySatisfy(one -> assertThat(one).contains("no route begins with direct:nowhere"))
                .anySatisfy(one -> assertThat(one).contains("no bean is named walks"));
        arrives();
    }

    @Test
    void aRouteThatBeginsNowhereIsToldAndNotThoseThatCallIt(CapturedOutput log) throws IOException {
        edit("routes/customise.camel.yaml", "    from:\n", "    fromm:\n");
        looks(4);
        assertThat(said(log)).singleElement().asString().contains("customise.camel.yaml, line 1: route customise begins nowhere: it needs from:");
        arrives();
    }

    @Test
    void aBrokenFileDoesNotHinderAGoodOne(CapturedOutput log) throws IOException {
        edit("routes/org-units.camel.yaml", "direct:ask-dhis2", "direct:nowhere");
        edit("routes/customise.camel.yaml", NOTHING_CHANGED, HOLD_BACK + NOTHING_CHANGED);
        looks(4);
        assertThat(said(log)).hasSize(2).anySatisfy(one -> assertThat(one).contains("org-units.camel.yaml, line"))
                .anySatisfy(one -> assertThat(one).endsWith("customise.camel.yaml is live: routes customise"));
    }

    @Test
    void anEditedStatementIsLive(CapturedOutput log) throws IOException {
        edit("routes/sql/dead-letter.sql", "SELECT mapping, username, comments, 'failed', info",
                "SELECT mapping, username, comments, 'failed', 'Said by ' || :#${camelId}::text || ': ' || info");
        looks(2);
        assertThat(said(log)).singleElement().asString().endsWith("routes/sql/dead-letter.sql is live: routes dead-letter");
        edit("routes/customise.camel.yaml", NOTHING_CHANGED, HOLD_BACK + NOTHING_CHANGED);
        looks(2);
        int event = event();
        program.run();
        ClinicAssert.assertThat(clinic).event(event).isRejectedBecause("Said by mart-dhis2-sync: Held back.");
    }

    @Test
    void whatIsTriedOutLeavesTheProgramItsParts() throws IOException {
        edit("routes/sql/dead-letter.sql", "SELECT mapping", "SELECT  mapping");
        looks(2);
        CamelContext camel = program.bean(CamelContext.class);
        assertThat(camel.getComponentNames()).isNotEmpty()
                .allSatisfy(name -> assertThat(camel.getComponent(name).getCamelContext()).as(name).isSameAs(camel));
    }

    @Test
    void anEditedStatementMayHaveAnotherNumberOfParameters() throws IOException {
        edit("routes/sql/dead-letter.sql", "SELECT mapping, username, comments, 'failed', info",
                "SELECT mapping, username, comments, 'failed', :#${properties:site.org-unit}::text || ': ' || info");
        edit("routes/customise.camel.yaml", NOTHING_CHANGED, HOLD_BACK + NOTHING_CHANGED);
        looks(2);
        int event = event();
        program.run();
        ClinicAssert.assertThat(clinic).event(event).isRejectedBecause(program.bean(Site.class).orgUnit() + ": Held back.");
    }

    @Test
    void aBrokenStatementIsRefusedInPostgresWords(CapturedOutput log) throws IOException {
        edit("routes/sql/mark-synced.sql", "SET synced = true", "SET sinced = true");
        looks(4);
        assertThat(said(log)).singleElement().asString()
                .contains("mark-synced.sql, line 14: column \"sinced\" of relation \"events_to_sync\" does not exist; what was before goes on running");
        arrives();
    }

    @Test
    void everyStatementThatShipsIsUnderstoodByPostgres() throws Exception {
        LiveRoutes live = program.bean(LiveRoutes.class);
        RouteSet none = RouteSet.of(Map.of(), List.of());
        assertThat(program.bean(TryStatements.class).problems(live.running().routes().values(), none)).isEmpty();
    }

    @Test
    void everyStatementThatShipsIsRefusedOnceItIsBroken() throws Exception {
        LiveRoutes live = program.bean(LiveRoutes.class);
        RouteFiles files = program.bean(RouteFiles.class);
        Set<String> taken = new TreeSet<>();
        for (Path file : live.running().texts().keySet().stream().filter(Statement::isIn).toList()) {
            Map<Path, String> texts = new LinkedHashMap<>(live.running().texts());
            texts.compute(file, (same, text) -> text.replaceFirst("(?m)^( *)(SELECT|INSERT INTO|UPDATE|DELETE FROM)\\b", "$1$2 FRM"));
            RouteSet broken = RouteSet.of(texts, files.directories());
            if (program.bean(TryStatements.class).problems(broken.routes().values(), live.running()).isEmpty()) {
                taken.add(file.getFileName().toString());
            }
        }
        assertThat(taken).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            read-forms.sql       | encounter_id = ANY | encounterid = ANY  | line 3: column "encounterid" does not exist (Perhaps you meant to reference the column
            check-encounters.sql | BETWEEN 1 AND      | BETWEEN 1 ANT      | line 3: syntax error at or near
            find-events.sql      | FROM meant e       | FROM ment e        | line 18: relation "ment" does not exist
            read-forms.sql       | ${body.columns}    | ${body.columns} (  | line 1: ( is never closed
            read-forms.sql       | :#encounters       | :#encuonters       | line 3: no route sets a header encuonters
            read-event.sql       | variable.event     | variable.evnt      | line 21: no route sets a variable evnt
            read-event.sql       | variable.event     | varible.event      | line 21: Unknown function: varible.event;
            """)
    void aBrokenStatementIsRefusedAlsoWhereOnlyTheRouteMakesItWhole(String file, String before, String after, String reason, CapturedOutput log) throws IOException {
        edit("routes/sql/" + file, before, after);
        looks(4);
        assertThat(said(log)).singleElement().asString().contains(file + ", " + reason).endsWith("; what was before goes on running");
        arrives();
    }

    @Test
    void aColumnThatOnlyFormsHaveIsBelieved(CapturedOutput log) throws IOException {
        edit("routes/sql/read-forms.sql", "WHERE ", "WHERE site_type IS NOT NULL AND ");
        looks(2);
        assertThat(said(log)).singleElement().asString().contains("routes/sql/read-forms.sql is live: routes ");
        arrives();
    }

    @Test
    void everyRouteThatShipsIsMadeApart() {
        LiveRoutes live = program.bean(LiveRoutes.class);
        assertThat(program.bean(TryOut.class).problems(live.running(), live.running().routes().values())).isEmpty();
        assertThat(arrives()).isPositive();
    }

    @Test
    void aBatchOnItsWayIsFinishedByTheOldRoute(CapturedOutput log) throws Exception {
        int event = event();
        var held = dhis2.hold(1, request -> request.method().equals("POST"));
        var runs = program.bean(Runs.class);
        program.begin();
        Awaitility.await().until(() -> !dhis2.store().events().isEmpty());
        edit("routes/dead-letter.camel.yaml", "        - choice:\n", "        - log:\n            id: new\n            logName: new\n            message: the new route\n        - choice:\n");
        Thread exchange = new Thread(() -> looks(3));
        exchange.start();
        Awaitility.await().until(() -> exchange.getState() == Thread.State.WAITING);
        assertThat(said(log)).isEmpty();
        held.release();
        exchange.join(30_000);
        Awaitility.await().until(() -> runs.current() == null);

        ClinicAssert.assertThat(clinic).event(event).isSynced();
        assertThat(log).doesNotContain("the new route");
        assertThat(said(log)).singleElement().asString().endsWith("dead-letter.camel.yaml is live: routes dead-letter");
        event();
        program.run();
        assertThat(log).contains("the new route");
    }

    @Test
    void aSitesOwnRouteReplacesOursAndOursComesBack(CapturedOutput log) throws IOException {
        Files.createDirectories(place.resolve("routes.d"));
        Path own = Files.writeString(place.resolve("routes.d/our-customise.camel.yaml"),
                Files.readString(place.resolve("routes/customise.camel.yaml")).replace(NOTHING_CHANGED, HOLD_BACK + NOTHING_CHANGED));
        looks(2);
        assertThat(said(log)).hasSize(2).last().asString().contains("route customise of " + own + " replaces that of ");
        int event = event();
        program.run();
        ClinicAssert.assertThat(clinic).event(event).isRejectedBecause("Held back.");

        program.close();
        begin();
        watch();
        assertThat(said(log).get(2)).contains("route customise of " + own + " replaces that of ");
        looks(2);
        Files.delete(own);
        looks(2);
        arrives();
    }

    @Test
    void aSitesOwnStatementReplacesOurs(CapturedOutput log) throws IOException {
        Files.createDirectories(place.resolve("routes.d/sql"));
        Files.writeString(place.resolve("routes.d/sql/dead-letter.sql"), Files.readString(place.resolve("routes/sql/dead-letter.sql"))
                .replace("'failed', info", "'failed', 'Ours: ' || info"));
        Files.writeString(place.resolve("routes.d/own.camel.yaml"),
                Files.readString(place.resolve("routes/customise.camel.yaml")).replace(NOTHING_CHANGED, HOLD_BACK + NOTHING_CHANGED));
        looks(2);
        int event = event();
        program.run();
        ClinicAssert.assertThat(clinic).event(event).isRejectedBecause("Ours: Held back.");
    }

    @Test
    void whatHoldsForAllRoutesIsExchangedWithThem(CapturedOutput log) throws IOException {
        edit("routes/errors.camel.yaml", "logStackTrace: false", "logStackTrace: false\n          logRetryAttempted: false");
        looks(2);
        assertThat(said(log)).singleElement().asString().contains("errors.camel.yaml is live: routes ");
        arrives();
        assertThat(program.bean(CamelContext.class).getRoutes()).hasSameSizeAs(program.bean(LiveRoutes.class).running().routes().values());
    }

    @Test
    void anEditIsTakenUpByTheSecondLookAndThoseComeWithinTwoSeconds(CapturedOutput log) throws IOException {
        assertThat(WatchRoutes.BETWEEN_LOOKS.multipliedBy(2)).isLessThanOrEqualTo(Duration.ofSeconds(1));
        edit("routes/customise.camel.yaml", NOTHING_CHANGED, HOLD_BACK + NOTHING_CHANGED);
        edit("routes/sql/dead-letter.sql", "SELECT mapping", "SELECT  mapping");
        looks(1);
        assertThat(said(log)).isEmpty();
        looks(1);
        assertThat(said(log)).singleElement().asString().contains("is live: routes ");
    }

    /** The quickest of three saves, as a machine that is busy with other things now and then says nothing about the program. */
    @ParameterizedTest
    @CsvSource({"routes/customise.camel.yaml, id: unchanged, -", "routes/sql/dead-letter.sql, SELECT, ' '"})
    void whatIsWatchedIsLiveWithinTwoSeconds(String file, String before, String more, CapturedOutput log) throws IOException {
        List<Duration> taken = new ArrayList<>();
        watch.start();
        try {
            for (int save = 1; save <= 3; save++) {
                int lines = save;
                edit(file, before, before + more);
                long saved = System.nanoTime();
                Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> said(log).size() == lines);
                taken.add(Duration.ofNanos(System.nanoTime() - saved));
            }
        } finally {
            watch.stop();
        }
        assertThat(said(log)).allSatisfy(line -> assertThat(line).contains(file + " is live: routes "));
        assertThat(taken).as("from the save to the line in the log").anyMatch(one -> one.compareTo(Duration.ofSeconds(2)) < 0);
    }

    private int arrives() {
        int event = event();
        program.run();
        ClinicAssert.assertThat(clinic).event(event).isSynced();
        return event;
    }

    private int event() {
        int patient = ++patients;
        clinic.patient(patient);
        clinic.encounter(patient, patient, "ZW", LocalDateTime.of(2024, 2, 1, 10, 0));
        clinic.form("gbv_form", patient, patient, Map.of("site_type", "Static"), LocalDateTime.of(2024, 2, 1, 0, 0));
        return clinic.pending(patient, "IPV", patient);
    }

    private void looks(int count) {
        for (int look = 0; look < count; look++) {
            watch.look();
        }
    }

    private static List<String> said(CapturedOutput log) {
        return log.getOut().lines().filter(line -> line.contains(" routes: ")).toList();
    }

    private void edit(String file, String before, String after) throws IOException {
        String text = Files.readString(place.resolve(file));
        assertThat(text).contains(before);
        Files.writeString(place.resolve(file), text.replace(before, after));
    }

    private static void copyRoutes() throws IOException {
        Files.createDirectories(place.resolve("routes/sql"));
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(place.resolve(file.toString()),
                        Files.readString(file).replace("file:routes/sql/", "file:" + place + "/routes/sql/"));
            }
        }
    }
}
