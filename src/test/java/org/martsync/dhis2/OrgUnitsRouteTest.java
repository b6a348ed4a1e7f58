package org.martsync.dhis2;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The routes of {@code routes/org-units.camel.yaml}: the codes of encounters and the UIDs they stand for. */
@ExtendWith(OutputCaptureExtension.class)
class OrgUnitsRouteTest {

    private static Clinic clinic;
    private static Dhis2StandIn dhis2;
    private static RouteFixture routes;

    @BeforeAll
    static void start() {
        clinic = Clinic.installed().migrated();
        dhis2 = Dhis2StandIn.start();
        routes = load(false);
    }

    private static RouteFixture load(boolean refresh) {
        return RouteFixture.load("org-units", clinic, List.of("org-units.refresh=" + refresh), RouteFixture.askingDhis2(dhis2));
    }

    @AfterAll
    static void stop() {
        routes.close();
        dhis2.close();
        clinic.close();
    }

    @BeforeEach
    void anUntouchedClinic() {
        clinic.emptied();
        dhis2.forgetEverything();
    }

    @Test
    void codesAndUidsAreAddedAndPutRightInOneRequestAndOneStatement() {
        clinic.orgUnit("ZW_01", "WrongUid001").orgUnit("GONE", "GoneUnit001");
        int before = routes.statements().size();

        routes.send("direct:read-org-units", Map.of(), null);

        assertThat(uid("ZW_01")).isEqualTo("zjiCmkAyHCv");
        assertThat(uid("ZW")).isEqualTo("TwUzWzgDAST");
        assertThat(uid("GONE")).as("what DHIS2 no longer has stays").isEqualTo("GoneUnit001");
        assertThat(dhis2.requests()).isEqualTo(1);
        assertThat(routes.statements()).hasSize(before + 1);
    }

    @Test
    void everyOrgUnitIsAskedForAndNotTheFirstPageOnly() {
        routes.send("direct:read-org-units", Map.of(), null);

        assertThat(count()).isGreaterThan(50);
    }

    @Test
    void whatIsAlreadyRightIsLeftAlone(CapturedOutput log) {
        routes.send("direct:read-org-units", Map.of(), null);
        routes.send("direct:read-org-units", Map.of(), null);

        assertThat(log).contains("org units: 0 new or changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"organisationUnits\": []}", "{}", "[]", "{\"organisationUnits\": null}", "{\"organisationUnits\": {\"id\": 1}}",
        "{\"organisationUnits\": [{\"id\": \"\", \"code\": \"ZW\"}, {\"code\": \"ZW\"}, {\"id\": \"x\"}]}", "<html>", ""})
    void anEmptyOrBrokenAnswerEmptiesNothing(String answer) {
        clinic.orgUnit("ZW", "TwUzWzgDAST");
        dhis2.fail(1, request -> true).with(200, "application/json", answer);

        try {
            routes.send("direct:read-org-units", Map.of(), null);
        } catch (RuntimeException told) {
            assertThat(told).isNotNull();
        }

        assertThat(uid("ZW")).isEqualTo("TwUzWzgDAST");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void switchedOffNothingIsAsked() {
        assertThat(routes.camel().getRouteController().getRouteStatus("refresh-org-units")).isEqualTo(ServiceStatus.Stopped);
        assertThat(dhis2.requests()).isZero();
    }

    @Test
    void switchedOnTheyAreReadAtTheStart(CapturedOutput log) {
        try (RouteFixture refreshing = load(true)) {
            await().atMost(ofSeconds(10)).until(() -> log.getOut().contains("new or changed"));
            assertThat(refreshing.camel().getRouteController().getRouteStatus("refresh-org-units")).isEqualTo(ServiceStatus.Started);
        }
        assertThat(uid("ZW")).isEqualTo("TwUzWzgDAST");
    }

    @Test
    void anOutageAtTheStartIsToldInOneLineAndWhatIsKnownStays(CapturedOutput log) {
        clinic.orgUnit("ZW", "TwUzWzgDAST");
        dhis2.failAlways(request -> true).with(503, "down");
        try (RouteFixture refreshing = load(true)) {
            await().atMost(ofSeconds(10)).until(() -> log.getOut().contains("org units were not refreshed: DHIS2 answered HTTP 503; the ones known stay in use"));
        }
        assertThat(count()).isEqualTo(1);
        assertThat(log).doesNotContain("\tat ");
    }

    private static String uid(String code) {
        return clinic.jdbc().queryForObject("SELECT id FROM orgunit_tracker WHERE orgunit = ?", String.class, code);
    }

    private static int count() {
        return clinic.jdbc().queryForObject("SELECT count(*) FROM orgunit_tracker", Integer.class);
    }
}
