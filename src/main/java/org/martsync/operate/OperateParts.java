package org.martsync.operate;

import java.time.Clock;
import java.time.Duration;
import org.apache.camel.ProducerTemplate;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.sync.BatchSize;
import org.martsync.sync.Runs;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What an operator can do, and the steps of {@code routes/operate.camel.yaml}, {@code retrigger} and {@code explain} that are Java. */
@Configuration(proxyBeanMethods = false)
public class OperateParts {

    @Bean
    Operations operations(ProducerTemplate routes, Runs runs, BatchSize size, Dhis2Server dhis2, SignedIn signedIn, Clock clock) {
        return new Operations(routes, runs, size, dhis2, signedIn, clock);
    }

    @Bean
    Inspection inspection(@Value("${console.inspect-for}") Duration length, Clock clock) {
        return new Inspection(length, clock, System::nanoTime);
    }

    @Bean
    TellOperator tellOperator() {
        return new TellOperator();
    }

    @Bean
    ExplainEvent explainEvent(SignedIn signedIn) {
        return new ExplainEvent(signedIn);
    }

    @Bean
    SignedIn signedIn() {
        return new SignedIn();
    }
}
