package org.martsync.schedule;

import java.time.Clock;
import java.time.ZoneId;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The steps of {@code routes/schedule.camel.yaml} that are Java. */
@Configuration(proxyBeanMethods = false)
class ScheduleParts {

    /** @param zone an id like {@code Africa/Harare}; empty means the machine's time zone */
    @Bean
    DecideSchedule decideSchedule(@Value("${schedule.job}") String job, @Value("${schedule.time-zone}") String zone) {
        ZoneId where = zone.isBlank() ? ZoneId.systemDefault() : ZoneId.of(zone.strip());
        return new DecideSchedule(job, where, Clock.system(where));
    }

    @Bean
    ApplySchedule applySchedule(@Value("${schedule.job}") String job, CamelContext camel) {
        return new ApplySchedule(job, camel);
    }
}
