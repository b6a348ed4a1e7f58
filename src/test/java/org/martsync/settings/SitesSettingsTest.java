package org.martsync.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

class SitesSettingsTest {

    private final Map<String, Object> file = new LinkedHashMap<>();
    private final Map<String, Object> variables = new LinkedHashMap<>();

    private SitesSettings read(String... arguments) {
        StandardEnvironment environment = new StandardEnvironment();
        MutablePropertySources sources = environment.getPropertySources();
        sources.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                new MapPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        sources.addFirst(new SimpleCommandLinePropertySource(arguments));
        sources.addLast(new MapPropertySource("file", file));
        return new SitesSettings(List.of(arguments), environment);
    }

    @Test
    void aSiteMayDifferInNothing() {
        file.put("sites.district", "");
        file.put("sites.national.analytics.own-schema", "national");

        SitesSettings sites = read("--dhis2.url=http://a");

        assertThat(sites.names()).containsExactly("district", "national");
        assertThat(sites.arguments("district")).containsExactly("--dhis2.url=http://a");
        assertThat(sites.arguments("national")).containsExactly("--dhis2.url=http://a", "--analytics.own-schema=national");
        assertThat(sites.problems()).isEmpty();
    }

    @Test
    void somethingElseInTheirPlaceIsToldAndNotTakenForASetting() {
        file.put("sites.north", "db.example.org");

        assertThat(read().problems()).containsExactly("The setting sites.north is 'db.example.org', but below it must stand settings of the site, "
                + "for example sites.north.analytics.database.");
    }

    @Test
    void theEnvironmentAddsSettingsWhoseNamesHaveDashesToSitesWhoseNamesHave() {
        file.put("sites.north-east.analytics.database", "ne");
        file.put("sites.north.analytics.database", "n");
        variables.put("SITES_NORTH_EAST_ANALYTICS_PASSWORD", "secret");
        variables.put("SITES_NORTH_SITE_ORG_UNIT", "MI1IuAEaaYc");
        variables.put("SITES_NORTH_ANALYTICS_OWN_SCHEMA", "north");

        SitesSettings sites = read();

        assertThat(sites.names()).containsExactly("north", "north-east");
        assertThat(sites.of("north-east")).containsOnly(Map.entry("analytics.database", "ne"), Map.entry("analytics.password", "secret"));
        assertThat(sites.of("north")).containsOnly(Map.entry("analytics.database", "n"), Map.entry("site.org-unit", "MI1IuAEaaYc"),
                Map.entry("analytics.own-schema", "north"));
        assertThat(sites.strangers()).isEmpty();
    }

    @Test
    void argumentsWinOverTheEnvironmentAndThatOverTheFiles() {
        file.put("sites.north.analytics.ownSchema", "of-the-file");
        variables.put("SITES_NORTH_ANALYTICS_OWN_SCHEMA", "of-the-environment");
        assertThat(read().of("north")).containsOnly(Map.entry("analytics.own-schema", "of-the-environment"));

        assertThat(read("--sites.north.analytics.own-schema=of-the-arguments").of("north")).containsEntry("analytics.own-schema", "of-the-arguments");
    }

    @Test
    void variablesOfOthersMakeNoSite() {
        variables.put("SITES_DIR", "/var/www");
        assertThat(read().names()).isEmpty();

        file.put("sites.north.analytics.database", "n");
        SitesSettings sites = read();
        assertThat(sites.names()).containsExactly("north");
        assertThat(sites.strangers()).containsExactly("SITES_DIR");
    }
}
