package org.martsync.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;

class CheckSettingsTest {

    private static final String BCRYPT = "$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

    private static final Map<String, Object> ENOUGH = Map.of("analytics.server", "localhost:5432", "analytics.database", "analytics",
            "analytics.user", "martsync", "dhis2.url", "https://dhis2.example.org/zw/", "dhis2.user", "martsync",
            "dhis2.password", "secret", "dhis2.program", "IXDlIUrGz3l", "site.org-unit", "MI1IuAEaaYc");

    @TempDir private Path place;

    @Test
    void whatIsRequiredIsEnough() throws IOException {
        assertThat(problems(ENOUGH)).isEmpty();
    }

    @Test
    void everyMissingSettingIsNamedWithItsOldNamePurposeAndAnExample() throws IOException {
        assertThat(problems(Map.of())).hasSize(8)
                .contains("The setting dhis2.url (environment: DHIS_URI) is missing: it is the address of the DHIS2 server, "
                        + "for example https://dhis2.example.org/zw.")
                .contains("The setting site.org-unit is missing: it is the UID of this site's org unit in DHIS2, for example MI1IuAEaaYc.");
    }

    @Test
    void theOldEnvironmentNamesAreUnderstood() throws IOException {
        assertThat(problems(Map.of("ANALYTICS_DB_SERVER", "db", "POSTGRES_DB_NAME", "analytics", "ANALYTICS_DB_USER", "u",
                "DHIS_URI", "http://dhis2:8080/", "DHIS_USER", "u", "DHIS_PASSWORD", "p", "DHIS_PROGRAM_ID", "IXDlIUrGz3l",
                "SITE_ORG_UNIT", "x", "site.org-unit", "MI1IuAEaaYc"))).isEmpty();
    }

    @Test
    void whereTheTurnsAreIsAsTheAnalyticsDatabaseAndIsLookedAtWhereItDiffers() throws IOException {
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.put("analytics.server", "a b");
        assertThat(problems(settings)).singleElement().asString().contains("analytics.server");

        settings.putAll(Map.of("analytics.server", "localhost", "turns.limit", "-1", "turns.server", "db/turns", "turns.database", "a?b", "turns.user", " "));
        assertThat(problems(settings)).satisfiesExactly(one -> assertThat(one).contains("turns.limit").contains("a whole number from 0 to 1000"),
                two -> assertThat(two).contains("turns.server").contains("a host name or host:port"),
                three -> assertThat(three).contains("turns.database"), four -> assertThat(four).contains("turns.user is missing"));
    }

    @Test
    void parametersOfAConnectionAreNamesWithValues() throws IOException {
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.put("analytics.parameters", "sslmode=verify-full&sslrootcert=/etc/mart-dhis2-sync/db.crt");
        assertThat(problems(settings)).isEmpty();

        settings.put("analytics.parameters", "?sslmode=verify-full");
        assertThat(problems(settings)).as("those of the turns are the same, and told once").singleElement().asString()
                .contains("analytics.parameters").contains("like name=value&name=value");

        settings.putAll(Map.of("analytics.parameters", "", "turns.parameters", "tls"));
        assertThat(problems(settings)).singleElement().asString().contains("turns.parameters");
    }

    @ParameterizedTest
    @CsvSource({"sslMode=verify-full, does not know", "' sslmode=verify-full', not like name=value", "host=elsewhere, does not know", "user=other, sets itself",
        "password=se%20cret, sets itself", "PGHOST=elsewhere, sets itself", "currentSchema=elsewhere, sets itself", "sslpassword=se cret, not like name=value",
        "sslmode=verify-full&, not like name=value"})
    void aParameterThatWouldCountForNothingOrForTooMuchIsRefusedAndNotQuoted(String parameters, String why) throws IOException {
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.put("analytics.parameters", parameters);
        assertThat(problems(settings)).singleElement().asString().startsWith("The setting analytics.parameters has ").contains(why).doesNotContain("cret");
    }

    @Test
    void anAddressOfASitesOwnWithoutTheParametersIsTold() throws IOException {
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.put("spring.flyway.url", "jdbc:postgresql://db/clinic?currentSchema=public");
        assertThat(problems(settings)).isEmpty();
        settings.put("analytics.parameters", "sslmode=verify-full");
        assertThat(problems(settings)).singleElement().asString().startsWith("The setting spring.flyway.url in your settings file lacks ${analytics.parameters}");
    }

    @Test
    void aWrongLineOfTheConsolesUsersIsNamedByItsNumberAndNotQuoted() throws IOException {
        Path users = Files.writeString(place.resolve("users"), """
                # a comment

                nurse look,act a pass phrase
                clerk admin hidden-1
                clerk look
                nurse look hidden-2
                admin look,act,patients hidden-3
                nightly look {token}5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5
                hourly look {token}hidden-4
                daily look {TOKEN}5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5
                weekly look {BCrypt}hidden-5
                monthly look {sha256}hidden-6
                yearly look {noop}{TOKEN}hidden-7
                clerk-2 look {bcrypt}%1$s
                clerk-3 look hidden{X}
                clerk-4 look {bcrypt}hidden-8
                """.formatted(BCRYPT));
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.putAll(Map.of("console.user", "admin", "console.users", users.toString()));
        assertThat(problems(settings)).hasSize(9).noneMatch(problem -> problem.contains("hidden") || problem.contains("5994"))
                .satisfiesExactly(one -> assertThat(one).startsWith("Line 4 of").contains("must be a name, roles out of look, act and patients"),
                        two -> assertThat(two).startsWith("Line 5 of"), three -> assertThat(three).startsWith("Line 6 of").endsWith("in use already."),
                        four -> assertThat(four).startsWith("Line 7 of").endsWith("in use already."),
                        five -> assertThat(five).startsWith("Line 9 of").contains("SHA-256 of the token"),
                        six -> assertThat(six).startsWith("Line 10 of").contains("must have {bcrypt}, {noop} or {token} in small letters"),
                        seven -> assertThat(seven).startsWith("Line 11 of"), eight -> assertThat(eight).startsWith("Line 12 of"),
                        nine -> assertThat(nine).startsWith("Line 16 of").contains("what bcrypt has made of the password"));
        settings.put("console.users", place.resolve("none").toString());
        assertThat(problems(settings)).singleElement().asString().contains("(console.users) cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{BCrypt}hidden", "{sha256}hidden", "{}hidden", "{argon2}$argon2id$hidden", "{scrypt}$e0801$hidden", "{pbkdf2@SpringSecurity_v5_8}hidden",
        "{SHA-256}hidden", "{MD5}hidden", "{ldap}{SSHA}hidden"})
    void aPasswordOfTheConsoleInAnUnknownFormIsNotTakenAsItStands(String password) throws IOException {
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.put("console.password", password);
        assertThat(problems(settings)).singleElement().asString().contains("console.password must have {bcrypt} or {noop}").doesNotContain("hidden");
        settings.put("console.password", "{noop}" + password);
        assertThat(problems(settings)).isEmpty();
    }

    @Test
    void whatCannotBeAHashIsNotTakenForOneWithWhichNobodyCouldSignIn() throws IOException {
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.put("console.password", "{bcrypt}" + BCRYPT);
        assertThat(problems(settings)).isEmpty();
        settings.put("console.password", "{bcrypt}hidden");
        assertThat(problems(settings)).singleElement().asString().startsWith("The setting console.password must have behind {bcrypt} what bcrypt has made of the password")
                .doesNotContain("hidden");
    }

    @Test
    void aTokenTakesThePlaceOfUserAndPassword() throws IOException {
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.keySet().removeAll(List.of("dhis2.user", "dhis2.password"));
        assertThat(problems(settings)).hasSize(2).allSatisfy(p -> assertThat(p).contains("(or set dhis2.token)"));
        settings.put("dhis2.token", "d2pat_x");
        assertThat(problems(settings)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "analytics.server|db/clinic", "analytics.server|jdbc:postgresql://db", "analytics.database|a?b", "analytics.schema|a b",
        "dhis2.url|dhis2.example.org", "dhis2.url|ftp://dhis2.example.org", "dhis2.url|https://u:p@dhis2.example.org",
        "dhis2.url|https://dhis2.example.org/api", "dhis2.url|https://dhis2.example.org/api/", "dhis2.url|https://a b",
        "dhis2.program|1XDlIUrGz3l", "dhis2.program|IXDlIUrGz3", "dhis2.country-org-unit|Zimbabwe", "site.org-unit|MI1IuAEaaYc2",
        "dhis2.connect-timeout|0", "dhis2.connect-timeout|10s", "dhis2.response-timeout|x", "dhis2.metadata-max-age|10",
        "dhis2.metadata-max-age|0s", "dhis2.ask-version|maybe", "retention.log|29d", "retention.audit|forever", "retention.reconcile|7d", "sync.workers|0", "sync.workers|four", "sync.workers|65", "sync.workers|5", "sync.ahead|-1",
        "sync.batch-patients|-1", "sync.batch-events|99999999999", "sync.event-status|DONE", "sync.patience|10 m",
        "sync.first-pause|soon", "sync.longest-pause|1w", "sync.duplicate-check|yes", "sync.duplicate-column|a b",
        "schedule.time-zone|Africa/Nowhere", "schedule.reread|30", "org-units.refresh|daily", "org-units.every|daily",
        "reconcile.schedule|02:10", "reconcile.days|0",
        "notify.failures-limit|101", "notify.failures-of|0", "notify.mail.to|the lab", "notify.mail.to|a@b.example; c@d.example",
        "notify.mail.server|smtp://mail", "notify.mail.encryption|yes", "notify.webhook|hooks.example/a", "console.inspect-for|15", "server.port|99999"})
    void aWrongValueIsNamed(String name, String value) throws IOException {
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.put(name, value);
        assertThat(problems(settings)).singleElement().asString().startsWith("The setting ").contains(" must be ").endsWith(".");
    }

    @Test
    void moreWorkersNeedMoreConnections() throws IOException {
        Map<String, Object> settings = new HashMap<>(ENOUGH);
        settings.put("sync.workers", "8");
        assertThat(problems(settings)).singleElement().asString().contains("spring.datasource.hikari.maximum-pool-size")
                .contains("at least 2 x (sync.workers + sync.ahead) + 6").contains("for example 26");
        settings.put("spring.datasource.hikari.maximum-pool-size", "26");
        assertThat(problems(settings)).isEmpty();
    }

    @Test
    void theRoutesMustBeThere() throws IOException {
        StandardEnvironment settings = environment(ENOUGH);
        assertThat(CheckSettings.problems(settings, place.resolve("nowhere"))).singleElement().asString()
                .startsWith("The directory ").contains("nowhere is missing");
        assertThat(CheckSettings.problems(settings, place)).singleElement().asString().contains("holds no route file (*.camel.yaml)");
    }

    @Test
    void aSlipOfThePenIsToldWithWhatWasMeant() throws IOException {
        assertThat(UnknownSettings.warnings(environment(Map.of("sync.worker", "3", "sync.batchEvents", "7", "consul.user", "x"))))
                .containsExactly("The setting sync.worker is unknown and has no effect (is sync.workers meant?); "
                        + "config/application.yaml in the jar names all there are.");
    }

    @Test
    void ofOneOfSeveralSitesItIsToldOnceForAllAndNotAtEachTryToStartIt() throws IOException {
        assertThat(UnknownSettings.warnings(environment(Map.of("sync.worker", "3", "martsync.site", "north")))).isEmpty();
    }

    private List<String> problems(Map<String, Object> settings) throws IOException {
        Path routes = Files.createDirectories(place.resolve("routes"));
        Files.writeString(routes.resolve("some.camel.yaml"), "");
        return CheckSettings.problems(environment(settings), routes);
    }

    /** The shipped defaults under these settings, without those of this machine. */
    private static StandardEnvironment environment(Map<String, Object> settings) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().addLast(new MapPropertySource("given", settings));
        new YamlPropertySourceLoader().load("shipped", new FileSystemResource("config/application.yaml"))
                .forEach(environment.getPropertySources()::addLast);
        return environment;
    }
}
