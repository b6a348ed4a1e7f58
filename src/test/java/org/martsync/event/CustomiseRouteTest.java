package org.martsync.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;
import org.yaml.snakeyaml.Yaml;

/** The route of {@code routes/customise.camel.yaml} as it ships, and with the step that its description gives as an example. */
class CustomiseRouteTest {

    @Test
    void asItShipsItChangesNothingAndRejectsNothing() {
        Map<String, Object> event = new LinkedHashMap<>(Map.of("event", "Event000001", "status", "ACTIVE",
                "dataValues", List.of(Map.of("dataElement", "SqX8j4oFNN3", "value", "Static"))));
        Map<String, Object> before = new LinkedHashMap<>(event);
        Map<String, Object> headers = Map.of("program", "vatFxlZR2lj", "stage", "TGvGDt6e6OM", "mapping", "IPV", "orgUnit", RouteFixture.SITE);

        try (Clinic clinic = Clinic.installed(); RouteFixture routes = RouteFixture.load("customise", clinic, List.of())) {
            Exchange exchange = routes.send("direct:customise", Map.of(), headers, event);

            assertThat(exchange.getMessage().getBody()).isSameAs(event);
            assertThat(event).isEqualTo(before);
            assertThat(exchange.getMessage().getHeaders()).isEqualTo(headers);
        }
    }

    @Test
    void theStepInItsDescriptionHoldsBackTheEventsOfOneMapping() throws Exception {
        String shipped = Files.readString(Path.of("routes/customise.camel.yaml"));
        Map<?, ?> route = (Map<?, ?>) ((Map<?, ?>) ((List<?>) new Yaml().load(shipped)).get(0)).get("route");
        String description = (String) route.get("description");
        assertThat(description).contains("docs/integrating.md");
        String step = description.substring(description.indexOf("\n- ") + 1).indent(8);
        String edited = shipped.substring(0, shipped.indexOf("      steps:\n        - log:")) + "      steps:\n" + step;

        try (Clinic clinic = Clinic.installed(); RouteFixture routes = RouteFixture.load("customise", clinic, List.of())) {
            PluginHelper.getRoutesLoader(routes.camel()).updateRoutes(ResourceHelper.fromString("customise.camel.yaml", edited));

            assertThat(routes.send("direct:customise", Map.of(), Map.of("mapping", "IPV"), Map.of()).getMessage().getHeader("reject"))
                    .isEqualTo("IPV is not sent before the training in June.");
            assertThat(routes.send("direct:customise", Map.of(), Map.of("mapping", "HTS"), Map.of()).getMessage().getHeader("reject")).isNull();
        }
    }
}
