package org.martsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.scheduler.SchedulerEndpoint;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.martsync.dhis2.CachedProgram;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Somebody edits table {@code mapping} while the program runs; the looks at it are made by the test. */
@ExtendWith(OutputCaptureExtension.class)
class MappingsRouteTest {

    private static final String STAGE = "{\"dhisProgramStageId\": \"TGvGDt6e6OM\", \"formTableMappings\": {\"gbv_form\": {\"site_type\": \"SqX8j4oFNN3\"}}}";

    private static Clinic clinic;
    private static RouteFixture routes;
    private int before;

    @BeforeAll
    static void start() {
        clinic = Clinic.installed().migrated();
        routes = RouteFixture.load("mappings", clinic, List.of());
    }

    @AfterAll
    static void stop() {
        routes.close();
        clinic.close();
    }

    @BeforeEach
    void twoMappings(CapturedOutput log) {
        clinic.emptied().mapping("IPV", STAGE, "{}").mapping("HTS", STAGE, "{}");
        look();
        before = log.getOut().length();
    }

    @Test
    void whatIsEditedIsSaidInOneLine(CapturedOutput log) {
        look();
        assertThat(said(log)).as("nothing was edited").isEmpty();
        clinic.mapping("HTS", STAGE, "{\"openLatestCompletedEnrollment\": \"yes\"}").mapping("TB", STAGE, "{}");
        clinic.jdbc().update("DELETE FROM mapping WHERE program_name = 'IPV'");
        look();
        look();
        assertThat(said(log)).singleElement().asString().endsWith("INFO  mappings: HTS changed, TB added, IPV removed; what can be used of it counts from the next batch on");
    }

    @Test
    void anEditThatNothingCanBeSentByIsSaidWithTheReason(CapturedOutput log) throws IOException {
        routes.bean(CachedProgram.class).take(new ObjectMapper().readTree(getClass().getResourceAsStream("/dhis2/program.json")));
        clinic.mapping("HTS", STAGE.replace("TGvGDt6e6OM", "TGvGDt6eXXX"), "{}").mapping("TB", "{}", null);
        look();
        assertThat(said(log)).hasSize(3).first().asString().contains("HTS changed, TB added");
        assertThat(said(log).get(1)).contains("WARN ").contains("HTS").contains("names the program stage TGvGDt6eXXX, which the program");
        assertThat(said(log).get(2)).contains("WARN ").contains("TB");
    }

    @Test
    void anOutageOfTheDatabaseIsNoNews(CapturedOutput log) {
        clinic.jdbc().execute("ALTER TABLE mapping RENAME TO away");
        look();
        clinic.jdbc().execute("ALTER TABLE away RENAME TO mapping");
        look();
        assertThat(said(log)).isEmpty();
        assertThat(log.getOut().substring(before)).doesNotContain("ERROR", "WARN", "\tat ");
    }

    @Test
    void anOutageBetweenTheTwoReadsLosesNeitherTheEditNorItsReason(CapturedOutput log) {
        clinic.mapping("TB", "{}", null);
        clinic.jdbc().execute("ALTER TABLE mapping RENAME COLUMN config TO away");
        look();
        clinic.jdbc().execute("ALTER TABLE mapping RENAME COLUMN away TO config");
        assertThat(said(log)).isEmpty();
        look();
        look();
        assertThat(said(log)).hasSize(2);
        assertThat(said(log).get(0)).contains("TB added");
        assertThat(said(log).get(1)).contains("WARN ").contains("TB");
    }

    @Test
    void itIsLookedAtEachSecondByItself(CapturedOutput log) throws Exception {
        assertThat(routes.camel().getEndpoints()).filteredOn(SchedulerEndpoint.class::isInstance).singleElement()
                .extracting(look -> ((SchedulerEndpoint) look).getDelay()).isEqualTo(1000L);
        routes.camel().getRouteController().startRoute("watch-mappings");
        try {
            clinic.mapping("IPV", STAGE, "{}");
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !said(log).isEmpty());
        } finally {
            routes.camel().getRouteController().stopRoute("watch-mappings");
        }
        assertThat(said(log)).singleElement().asString().contains("IPV changed");
    }

    private static void look() {
        routes.send("direct:look-at-mappings", Map.of(), null);
    }

    private List<String> said(CapturedOutput log) {
        return log.getOut().substring(before).lines().filter(line -> line.contains(" mappings: ")).toList();
    }
}
