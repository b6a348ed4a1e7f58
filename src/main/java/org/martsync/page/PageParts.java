package org.martsync.page;

import java.time.Clock;
import java.time.ZoneId;
import org.apache.camel.ProducerTemplate;
import org.martsync.operate.Operations;
import org.martsync.schedule.ApplySchedule;
import org.martsync.sync.Runs;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.servlet.support.csrf.CsrfRequestDataValueProcessor;
import org.springframework.web.servlet.support.RequestDataValueProcessor;

/** What the pages are told by. */
@Configuration(proxyBeanMethods = false)
class PageParts {

    @Bean
    Figures figures(ProducerTemplate routes) {
        return new Figures(routes);
    }

    /** @param zone that of the schedule; empty means the machine's */
    @Bean
    TellTime tellTime(@Value("${schedule.time-zone}") String zone) {
        return new TellTime(Clock.system(zone.isBlank() ? ZoneId.systemDefault() : ZoneId.of(zone.strip())));
    }

    /** Adds the token to the forms of a site's pages; where there is one site only, the login does it. */
    @Bean
    @ConditionalOnExpression("!'${martsync.site:}'.isEmpty()")
    RequestDataValueProcessor requestDataValueProcessor() {
        return new CsrfRequestDataValueProcessor();
    }

    @Bean
    TellNow tellNow(Runs runs, ApplySchedule schedule, Operations operations, Figures figures, TellTime time) {
        return new TellNow(runs, schedule, operations, figures, time);
    }
}
