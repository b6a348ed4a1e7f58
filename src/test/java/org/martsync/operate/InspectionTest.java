package org.martsync.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultInflightRepository;
import org.apache.camel.spi.BacklogDebugger;
import org.apache.camel.spi.BacklogTracer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class InspectionTest {

    /** Breaks when it is to forget, so many times. */
    private static final class Flight extends DefaultInflightRepository {

        private volatile int breaks;

        @Override
        public Collection<InflightExchange> browse() {
            if (breaks > 0) {
                breaks--;
                throw new IllegalStateException("Tendai");
            }
            return super.browse();
        }
    }

    private final Flight flight = new Flight();
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final CountDownLatch go = new CountDownLatch(1);
    private volatile long nanos = Long.MAX_VALUE - 1; // it may begin anywhere
    private final Inspection inspection = new Inspection(Duration.ofMinutes(15), Clock.fixed(Instant.parse("2026-01-01T08:00:00Z"), ZoneOffset.UTC), () -> nanos);

    @BeforeEach
    void start() throws Exception {
        camel.setInflightRepository(flight);
        inspection.beforeApplicationStart(camel);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:outer").routeId("outer").errorHandler(noErrorHandler()).to("direct:inner").id("to-inner");
                from("direct:inner").routeId("inner").errorHandler(noErrorHandler())
                        .setVariable("first", constant("1")).id("first")
                        .process(this::second).id("second");
                from("direct:again").routeId("again").loop(200).id("loop").setVariable("x", constant("1")).id("looped").end();
            }

            private void second(Exchange exchange) throws Exception {
                if ("waits".equals(exchange.getMessage().getBody())) {
                    go.await();
                } else if (!"good".equals(exchange.getMessage().getBody())) {
                    throw new IllegalStateException("around", new NumberFormatException("For input string: " + exchange.getMessage().getBody()));
                }
            }
        });
        camel.start();
    }

    @AfterEach
    void stop() throws Exception {
        go.countDown();
        inspection.close();
        camel.close();
    }

    @Test
    void nothingIsKeptWhileItIsOff(CapturedOutput log) {
        Exchange sent = send("direct:outer", "good");
        inspection.look();
        assertThat(sent.getProperty(ExchangePropertyKey.MESSAGE_HISTORY)).isNull();
        assertThat(tracer().getTraceCounter()).isZero();
        assertThat(tracer().getLatestMessageHistory()).isEmpty();
        assertThat(camel.getInflightRepository().isInflightBrowseEnabled()).isFalse();
        assertThat(inspection.failures()).isEmpty();
        assertThat(log.getOut()).doesNotContain("inspected");
    }

    @Test
    void tracingEndsByItself(CapturedOutput log) {
        tracer().setEnabled(true);
        inspection.look();
        send("direct:outer", "good");
        assertThat(inspection.isOn()).isTrue();
        assertThat(inspection.getUntil()).isEqualTo("2026-01-01T08:15:00Z");
        assertThat(tracer().getQueueSize()).isPositive();

        pass(Duration.ofMinutes(15).minusMillis(1));
        assertThat(tracer().isEnabled()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(tracer().isEnabled()).isFalse();
        assertThat(tracer().getQueueSize()).isZero();
        assertThat(inspection.isOn()).isFalse();
        assertThat(inspection.getUntil()).isEmpty();
        assertThat(said(log)).containsExactly("exchanges are inspected until 2026-01-01T08:15:00Z",
                "exchanges are no longer inspected: 900 s (console.inspect-for) are over");
    }

    @Test
    void itEndsWithTheTracingThatBeganIt(CapturedOutput log) {
        tracer().setEnabled(true);
        inspection.look();
        tracer().setEnabled(false);
        inspection.look();
        assertThat(inspection.isOn()).isFalse();
        assertThat(said(log)).hasSize(2).last().isEqualTo("exchanges are no longer inspected");
    }

    @Test
    void anEndThatBreaksOffLeavesNoTracingBehindAndIsTriedAgain(CapturedOutput log) {
        inspection.afterApplicationStart(camel);
        tracer().setEnabled(true);
        debugger().enableDebugger();
        inspection.look();
        send("direct:outer", "good");
        flight.breaks = 2;
        assertThatThrownBy(inspection::switchOff).hasMessage("Tendai");
        assertThat(tracer().isEnabled()).isFalse();
        assertThat(tracer().getQueueSize()).isZero();
        assertThat(debugger().isEnabled()).isFalse();

        await().until(() -> !inspection.isOn());
        assertThat(flight.isInflightBrowseEnabled()).isFalse();
        assertThat(said(log)).containsExactly("exchanges are inspected until 2026-01-01T08:15:00Z",
                "exchanges that are inspected: a look broke (java.lang.IllegalStateException); it is tried again every 1 s",
                "exchanges are no longer inspected");
        assertThat(log.getOut()).doesNotContain("Tendai");
    }

    @Test
    void aTracerThatBreaksHoldsNoBatchUpAndIsSwitchedOffByTheNextLook() {
        BacklogTracer real = tracer();
        AtomicInteger breaks = new AtomicInteger(1);
        camel.getCamelContextExtension().addContextPlugin(BacklogTracer.class, (BacklogTracer) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BacklogTracer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("setEnabled") && breaks.getAndDecrement() > 0) {
                        throw new IllegalStateException("Tendai");
                    }
                    return method.invoke(real, arguments);
                }));
        real.setEnabled(true);
        debugger().enableDebugger();
        inspection.look();
        nanos += Duration.ofMinutes(15).toNanos();
        assertThatThrownBy(inspection::look).hasMessage("Tendai");
        assertThat(debugger().isEnabled()).isFalse();
        assertThat(real.isEnabled()).isTrue();

        inspection.look();
        assertThat(real.isEnabled()).isFalse();
        assertThat(inspection.isOn()).isFalse();
    }

    @Test
    void switchingOffEndsATracingThatWasNotSeenYet(CapturedOutput log) {
        tracer().setEnabled(true);
        inspection.switchOff();
        assertThat(tracer().isEnabled()).isFalse();
        assertThat(said(log)).isEmpty();
    }

    @Test
    void whatABreakpointHoldsGoesOnAtTheEnd() {
        debugger().enableDebugger();
        debugger().addBreakpoint("second");
        inspection.look();
        CompletableFuture<Exchange> held = CompletableFuture.supplyAsync(() -> send("direct:outer", "good"));
        await().until(() -> debugger().getSuspendedBreakpointNodeIds().contains("second"));

        pass(Duration.ofMinutes(15));
        assertThat(held).succeedsWithin(Duration.ofSeconds(10)).satisfies(exchange -> assertThat(exchange.isFailed()).isFalse());
        assertThat(debugger().isEnabled()).isFalse();
        assertThat(debugger().getBreakpoints()).isEmpty();
        assertThat(send("direct:outer", "good").isFailed()).isFalse();
    }

    @Test
    void aStopOfTheProgramLetsGoOnWhatABreakpointHolds() {
        debugger().enableDebugger();
        debugger().addBreakpoint("second");
        CompletableFuture<Exchange> held = CompletableFuture.supplyAsync(() -> send("direct:outer", "good"));
        await().until(() -> debugger().getSuspendedBreakpointNodeIds().contains("second"));
        inspection.close();
        assertThat(held).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void whereAnExchangeFailedIsKeptWithItsStepsAndNothingOfWhatWasInIt() {
        inspection.switchOn();
        Exchange failed = send("direct:outer", "Tendai");
        send("direct:outer", "good");
        assertThat(inspection.failures()).singleElement().satisfies(row -> {
            assertThat(row).containsEntry("at", "2026-01-01T08:00:00Z").containsEntry("exchange", failed.getExchangeId())
                    .containsEntry("route", "inner").containsEntry("step", "second").containsEntry("failure", "java.lang.NumberFormatException");
            assertThat(steps(row)).hasSize(3).satisfiesExactly(one -> assertThat(one).startsWith("outer / to-inner: "),
                    two -> assertThat(two).startsWith("inner / first: ").endsWith(" ms"), three -> assertThat(three).startsWith("inner / second: "));
            assertThat(row.toString()).doesNotContain("Tendai");
        });
        inspection.switchOff();
        send("direct:outer", "again");
        assertThat(inspection.failures()).as("kept to be read").hasSize(1);
        inspection.switchOn();
        assertThat(inspection.failures()).isEmpty();
    }

    @Test
    void noMoreThanTheLastFailuresAndStepsAreKept() {
        inspection.switchOn();
        for (int i = 0; i < FailedSteps.FAILURES + 5; i++) {
            send("direct:outer", "bad " + i);
        }
        assertThat(inspection.failures()).hasSize(FailedSteps.FAILURES);
        Exchange long200 = send("direct:again", "good");
        assertThat(long200.getProperty(ExchangePropertyKey.MESSAGE_HISTORY, List.class)).hasSize(FailedSteps.STEPS);
    }

    @Test
    void whatIsInFlightIsListedAndForgottenAtTheEnd() {
        inspection.switchOn();
        CompletableFuture<Exchange> waits = CompletableFuture.supplyAsync(() -> send("direct:outer", "waits"));
        await().until(() -> camel.getInflightRepository().browse().size() == 1);
        inspection.switchOff();
        assertThat(camel.getInflightRepository().size()).as("on its way still").isEqualTo(1);
        go.countDown();
        assertThat(waits).succeedsWithin(Duration.ofSeconds(10));
        assertThat(camel.getInflightRepository().size()).isZero();
        inspection.switchOn();
        assertThat(camel.getInflightRepository().browse()).isEmpty();
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        inspection.look();
    }

    private Exchange send(String route, String body) {
        return camel.createProducerTemplate().send(route, exchange -> exchange.getMessage().setBody(body));
    }

    private BacklogTracer tracer() {
        return camel.getCamelContextExtension().getContextPlugin(BacklogTracer.class);
    }

    private BacklogDebugger debugger() {
        return camel.hasService(BacklogDebugger.class);
    }

    @SuppressWarnings("unchecked")
    private static List<String> steps(Map<String, Object> row) {
        return (List<String>) row.get("steps");
    }

    private static List<String> said(CapturedOutput log) {
        return log.getOut().lines().filter(line -> line.contains("inspected")).map(line -> line.replaceFirst(".*console *: ", "")).toList();
    }
}
