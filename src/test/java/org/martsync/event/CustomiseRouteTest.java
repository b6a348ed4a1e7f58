package org.martsync.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.martsync.RouteFixture;
import org.martsync.clinic.Clinic;

/** The route of {@code routes/customise.camel.yaml} as it ships. */
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
}
