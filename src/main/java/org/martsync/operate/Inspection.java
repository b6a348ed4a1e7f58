package org.martsync.operate;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.debugger.DefaultBacklogDebugger;
import org.apache.camel.spi.BacklogDebugger;
import org.apache.camel.spi.BacklogTracer;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedResource;

/**
 * Looks at exchanges on their way for a while: which are in flight, which failed and where, and what Camel's tracing and
 * debugging show. Begins when somebody switches it on, here or by the console's own buttons for tracing and debugging,
 * and ends by itself, which lets go on whatever a breakpoint holds.
 *
 * <p>While it is off, it costs a step a few comparisons. Camel's tracer and debugger are built into the routes when these
 * are made, so they must stand by from the start.
 */
@ManagedResource(objectName = "mart-dhis2-sync:name=Inspection", description = "A look at exchanges on their way, for a while")
public class Inspection implements CamelContextConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger("console");
    /** Steps that tracing keeps until they are fetched; a batch has hundreds. */
    private static final int STEPS_TRACED = 1000;
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final Duration length;
    private final Clock clock;
    private final LongSupplier nanos;
    private final FailedSteps failedSteps;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(look -> {
        Thread thread = new Thread(look, "inspection");
        thread.setDaemon(true);
        return thread;
    });
    private CamelContext camel;
    private BacklogDebugger debugger;
    private boolean on;
    /** Whether it was switched on here, and not only by tracing or debugging, with which it ends then. */
    private boolean asked;
    /** Whether its end has begun: where that broke off, the next look goes on with it. */
    private boolean ending;
    private boolean troubled;
    private long since;
    private String until = "";

    /**
     * @param length after which it ends by itself
     * @param clock  for the times that people read
     * @param nanos  a clock that nobody sets, for the length
     */
    Inspection(Duration length, Clock clock, LongSupplier nanos) {
        this.length = length;
        this.clock = clock;
        this.nanos = nanos;
        this.failedSteps = new FailedSteps(clock);
    }

    @Override
    public void beforeApplicationStart(CamelContext starting) {
        camel = starting;
        camel.setBacklogTracingStandby(true);
        camel.setDebugStandby(true);
        camel.setMessageHistoryFactory(failedSteps);
        debugger = DefaultBacklogDebugger.createDebugger(camel);
        try {
            camel.addService(debugger);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        // making a debugger switches this on, and then a tracer that stands by copies every message at every step
        camel.setMessageHistory(false);
    }

    @Override
    public void afterApplicationStart(CamelContext started) {
        if (tracer() != null) {
            tracer().setBacklogSize(STEPS_TRACED);
        }
        watch.scheduleWithFixedDelay(this::lookAgain, BETWEEN_LOOKS.toMillis(), BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    @ManagedAttribute(description = "Whether exchanges are inspected now")
    public synchronized boolean isOn() {
        return on;
    }

    @ManagedAttribute(description = "When it ends by itself; empty while it is off")
    public synchronized String getUntil() {
        return until;
    }

    @ManagedOperation(description = "Lists from now on the exchanges in flight (Camel tab, Exchanges) and keeps where exchanges fail. Ends by itself. Tracing and debugging begin it too.")
    public synchronized void switchOn() {
        asked = true;
        if (!on) {
            begin();
        }
    }

    @ManagedOperation(description = "Ends it, with tracing and debugging. What a breakpoint holds goes on.")
    public synchronized void switchOff() {
        if (debugger != null) {
            end("");
        }
    }

    @ManagedOperation(description = "The last 100 failures since it was switched on, the newest first: at, exchange, route, step, kind of failure, and the steps that led there. Nothing of what was in the exchange.")
    public List<Map<String, Object>> failures() {
        return failedSteps.failures();
    }

    /** One exception and nobody would look any more: then tracing would stay on. Its message may quote. */
    private void lookAgain() {
        try {
            look();
            troubled = false;
        } catch (RuntimeException e) {
            if (!troubled) {
                LOG.warn("exchanges that are inspected: a look broke ({}); it is tried again every {} s", e.getClass().getName(), BETWEEN_LOOKS.toSeconds());
            }
            troubled = true;
        }
    }

    /** Follows what others switch, and ends what has lasted long enough. */
    synchronized void look() {
        if (ending) {
            end("");
        } else if (on && nanos.getAsLong() - since >= length.toNanos()) {
            end(": " + length.toSeconds() + " s (console.inspect-for) are over");
        } else if (on && !asked && !isUsed()) {
            end("");
        } else if (!on && isUsed()) {
            begin();
        }
    }

    private boolean isUsed() {
        return debugger.isEnabled() || tracer() != null && tracer().isEnabled();
    }

    private void begin() {
        on = true;
        since = nanos.getAsLong();
        until = clock.instant().plus(length).truncatedTo(ChronoUnit.SECONDS).toString();
        failedSteps.on();
        camel.getInflightRepository().setInflightBrowseEnabled(true);
        LOG.info("exchanges are inspected until {}", until);
    }

    /** What holds batches and shows patients' data goes first, each whatever becomes of the other. */
    private void end(String why) {
        ending = true;
        asked = false;
        until = "";
        try {
            letGo();
        } finally {
            try {
                endTracing();
            } finally {
                failedSteps.off();
                forgetInFlight();
            }
        }
        ending = false;
        if (on) {
            LOG.info("exchanges are no longer inspected{}", why);
        }
        on = false;
    }

    private void letGo() {
        try {
            debugger.resumeAll();
        } finally {
            debugger.disableDebugger();
        }
    }

    private void endTracing() {
        if (tracer() != null) {
            tracer().setEnabled(false);
            tracer().clear();
        }
    }

    /** Camel forgets those that are listed when they are done, but no more once listing is switched off. */
    private void forgetInFlight() {
        InflightRepository flight = camel.getInflightRepository();
        List<Exchange> listed = inFlight();
        do {
            flight.setInflightBrowseEnabled(true);
            listed.forEach(flight::remove);
            flight.setInflightBrowseEnabled(false);
            listed.forEach(flight::add);
            listed = inFlight();
        } while (!listed.isEmpty());
    }

    private List<Exchange> inFlight() {
        return camel.getInflightRepository().browse().stream().map(InflightRepository.InflightExchange::getExchange).toList();
    }

    /** Camel makes it with the first step of the first route. */
    private BacklogTracer tracer() {
        return camel.getCamelContextExtension().getContextPlugin(BacklogTracer.class);
    }

    /** A stop does not wait for what a breakpoint holds. */
    @EventListener(ContextClosedEvent.class)
    public void close() {
        watch.shutdownNow();
        switchOff();
    }
}
