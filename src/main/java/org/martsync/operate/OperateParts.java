package org.martsync.operate;

import java.time.Clock;
import java.time.Duration;
import javax.management.ObjectName;
import org.apache.camel.ProducerTemplate;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.sync.BatchSize;
import org.martsync.sync.Runs;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jmx.export.annotation.AnnotationJmxAttributeSource;
import org.springframework.jmx.export.naming.MetadataNamingStrategy;
import org.springframework.jmx.export.naming.ObjectNamingStrategy;

/** What an operator can do, and the steps of {@code routes/operate.camel.yaml}, {@code retrigger} and {@code explain} that are Java. */
@Configuration(proxyBeanMethods = false)
class OperateParts {

    @Bean
    Operations operations(ProducerTemplate routes, Runs runs, BatchSize size, Dhis2Server dhis2, SignedIn signedIn, Clock clock) {
        return new Operations(routes, runs, size, dhis2, signedIn, clock);
    }

    @Bean
    KeepRefusals keepRefusals(Operations operations) {
        return new KeepRefusals(operations);
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

    /** Where there are several sites, the MBeans of each have its name. */
    @Bean
    @ConditionalOnExpression("!'${martsync.site:}'.isEmpty()")
    ObjectNamingStrategy mbeanNames(@Value("${martsync.site:}") String site) {
        MetadataNamingStrategy names = new MetadataNamingStrategy(new AnnotationJmxAttributeSource());
        return (bean, key) -> ObjectName.getInstance(names.getObjectName(bean, key) + ",site=" + site);
    }

    @Bean
    SignedIn signedIn() {
        return new SignedIn();
    }
}
