package org.martsync.demo;

import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Counts what the program sends to the database, at the driver: one for each execution, a batch being one. */
public final class SqlStatements implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private final AtomicInteger count = new AtomicInteger();

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DataSource dataSource
                        ? ProxyDataSourceBuilder.create(dataSource)
                                .afterQuery((execution, queries) -> count.incrementAndGet()).build()
                        : bean;
            }
        });
    }

    public void reset() {
        count.set(0);
    }

    public int count() {
        return count.get();
    }
}
