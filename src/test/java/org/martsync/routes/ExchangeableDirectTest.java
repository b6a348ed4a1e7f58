package org.martsync.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class ExchangeableDirectTest {

    @Test
    void allWhoCallARouteWhileItIsExchangedGetTheNewOne() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(2);
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.disableJMX();
            camel.addComponent("direct", new ExchangeableDirect());
            camel.addRoutes(answering("old"));
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:caller").to("direct:called");
                }
            });
            camel.start();
            ProducerTemplate call = camel.createProducerTemplate();
            assertThat(call.requestBody("direct:caller", "")).isEqualTo("old");

            camel.getRouteController().stopRoute("called");
            camel.removeRoute("called");
            CompletableFuture<Object> first = called(callers, call);
            CompletableFuture<Object> second = called(callers, call);
            camel.addRoutes(answering("new"));

            assertThat(first.get()).isEqualTo("new");
            assertThat(second.get()).isEqualTo("new");
        } finally {
            callers.shutdownNow();
        }
    }

    /** Returns when the call waits for the route, or is over. */
    private static CompletableFuture<Object> called(ExecutorService callers, ProducerTemplate call) {
        AtomicReference<Thread> caller = new AtomicReference<>();
        CompletableFuture<Object> answer = CompletableFuture.supplyAsync(() -> {
            caller.set(Thread.currentThread());
            return call.requestBody("direct:caller", "");
        }, callers);
        await().until(() -> answer.isDone() || caller.get() != null && caller.get().getState() == Thread.State.TIMED_WAITING);
        return answer;
    }

    private static RouteBuilder answering(String text) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:called").id("called").setBody(constant(text));
            }
        };
    }
}
