package org.martsync.health;

import java.time.Clock;
import java.time.Duration;
import org.apache.camel.ProducerTemplate;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.sync.Runs;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of {@code /actuator/health} that are ours; the names of the parts are those of the beans. */
@Configuration(proxyBeanMethods = false)
class HealthParts {

    private static final Duration LONGEST_WAIT_OF_A_PROBE = Duration.ofSeconds(3);

    @Bean
    HealthIndicator dhis2HealthIndicator(Dhis2Server server, ProducerTemplate routes, Clock clock) {
        return new Dhis2Health(server, () -> routes.asyncRequestBody("direct:read-server-info", (Object) null),
                LONGEST_WAIT_OF_A_PROBE, clock);
    }

    @Bean
    HealthIndicator lastRunHealthIndicator(Runs runs) {
        return new LastRunHealth(runs);
    }
}
