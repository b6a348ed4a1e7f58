package org.martsync.routes;

import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Where routes come from: {@code routes/} and {@code routes.d/}, at the start and when they are edited. */
@Configuration(proxyBeanMethods = false)
class RouteParts {

    @Bean
    RouteFiles routeFiles(@Value("${camel.main.routes-include-pattern}") String patterns) {
        return new RouteFiles(patterns);
    }

    @Bean
    CheckRoutes checkRoutes(ApplicationContext beans) {
        return new CheckRoutes(name -> beans.containsBean(name) ? beans.getType(name) : null, beans.getEnvironment()::containsProperty);
    }

    @Bean
    BatchGate batchGate() {
        return new BatchGate();
    }

    @Bean
    LiveRoutes liveRoutes(CamelContext camel, BatchGate gate) {
        camel.addComponent("direct", new ExchangeableDirect());
        return new LiveRoutes(camel, gate);
    }

    @Bean
    CollectRoutes collectRoutes(ApplicationContext beans, RouteFiles files, CheckRoutes check, LiveRoutes live) {
        return new CollectRoutes(beans, files, check, live);
    }

    @Bean
    TryOut tryOut(ApplicationContext beans) {
        return new TryOut(beans);
    }

    /** Only what looks at the files asks for it. */
    @Bean
    @Lazy
    ValidateRoutes validateRoutes(RouteFiles files, CheckRoutes check, TryOut tryOut) {
        return new ValidateRoutes(files, check, tryOut);
    }

    @Bean
    TryStatements tryStatements(DataSource database) {
        return new TryStatements(database);
    }

    @Bean
    @ConditionalOnProperty("routes.watch")
    WatchRoutes watchRoutes(RouteFiles files, LiveRoutes live, CheckRoutes check, TryOut tryOut, TryStatements tryStatements) {
        return new WatchRoutes(files, live, check, tryOut, tryStatements);
    }
}
