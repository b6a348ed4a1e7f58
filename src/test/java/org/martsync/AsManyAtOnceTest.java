package org.martsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AsManyAtOnceTest {

    private final ExecutorService batches = Executors.newFixedThreadPool(8);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
    private final CountDownLatch go = new CountDownLatch(1);
    private final DefaultCamelContext camel = new DefaultCamelContext();

    @BeforeEach
    void start() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:send").errorHandler(noErrorHandler())
                        .process(exchange -> waiting.add(Thread.currentThread()))
                        .setProperty("thread", () -> Thread.currentThread().getName())
                        .policy(new AsManyAtOnce(2))
                            .process(exchange -> waiting.remove(Thread.currentThread()))
                            .to("direct:post")
                        .end()
                        .process(exchange -> done.incrementAndGet());
                from("direct:post").errorHandler(noErrorHandler()).process(this::post);
            }

            private void post(Exchange exchange) throws Exception {
                assertThat(exchange.getProperty("thread")).isEqualTo(Thread.currentThread().getName());
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                try {
                    if (exchange.getMessage().getBody().equals("breaks")) {
                        throw new IllegalStateException("broken");
                    }
                    go.await();
                } finally {
                    inside.decrementAndGet();
                }
            }
        });
        camel.start();
    }

    @AfterEach
    void stop() throws Exception {
        go.countDown();
        batches.shutdownNow();
        camel.close();
    }

    @Test
    void neverMoreThanSoManyAreInsideAndNobodyIsForgotten() throws Exception {
        List<Future<Exchange>> sent = sendSix();
        await().until(() -> inside.get() == 2 && waiting.size() == 4);
        go.countDown();
        for (Future<Exchange> one : sent) {
            assertThat(one.get().getException()).isNull();
        }
        assertThat(done).hasValue(6);
        assertThat(most).hasValue(2);
    }

    @Test
    void whatBreaksInsideGivesItsPermitBack() {
        for (int i = 0; i < 10; i++) {
            assertThat(send("breaks").getException()).hasMessage("broken");
        }
        go.countDown();
        assertThat(send("good").getException()).isNull();
    }

    @Test
    void whoIsStoppedWhileWaitingTakesNoPermitAway() throws Exception {
        List<Future<Exchange>> sent = sendSix();
        await().until(() -> inside.get() == 2 && waiting.size() == 4);
        List.copyOf(waiting).forEach(Thread::interrupt);
        go.countDown();
        int stopped = 0;
        for (Future<Exchange> one : sent) {
            stopped += one.get().getException() instanceof RejectedExecutionException ? 1 : 0;
        }
        assertThat(stopped).isEqualTo(4);
        assertThat(done).hasValue(2);
        assertThat(send("good").getException()).isNull();
        assertThat(send("good").getException()).isNull();
    }

    private List<Future<Exchange>> sendSix() {
        List<Future<Exchange>> sent = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            sent.add(batches.submit(() -> send("good")));
        }
        return sent;
    }

    private Exchange send(String body) {
        return camel.createProducerTemplate().send("direct:send", exchange -> exchange.getMessage().setBody(body));
    }
}
