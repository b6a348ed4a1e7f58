package org.martsync.operate;

import java.lang.ref.WeakReference;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.MessageHistory;
import org.apache.camel.NamedNode;
import org.apache.camel.spi.MessageHistoryFactory;
import org.apache.camel.support.DefaultMessageHistory;
import org.apache.camel.support.service.ServiceSupport;
import org.springframework.core.NestedExceptionUtils;

/**
 * Keeps, while it is switched on, by which steps an exchange came to the one at which it failed, and how long each took.
 * Nothing of what is in an exchange: not even the message of what was thrown, as it may quote a patient's data.
 *
 * <p>Camel asks for a piece of history at each step; none is the cheapest answer, and that of one who is switched off.
 */
final class FailedSteps extends ServiceSupport implements MessageHistoryFactory {

    /** Failures kept, the oldest go first. */
    static final int FAILURES = 100;
    /** Steps kept of an exchange: a worker's goes through all its batches. */
    static final int STEPS = 50;

    private record Failure(WeakReference<Throwable> thrown, Map<String, Object> row) {
    }

    private final Clock clock;
    private final Deque<Failure> failures = new ArrayDeque<>();
    private volatile boolean on;
    private CamelContext camel;

    FailedSteps(Clock clock) {
        this.clock = clock;
    }

    /** Begins anew. */
    synchronized void on() {
        failures.clear();
        on = true;
    }

    /** What was kept can be read still. */
    void off() {
        on = false;
    }

    /** The newest first: {@code at}, {@code exchange}, {@code route}, {@code step}, {@code failure} (its kind) and {@code steps}, the last of them the one that failed. */
    synchronized List<Map<String, Object>> failures() {
        return failures.stream().map(Failure::row).toList();
    }

    @Override
    public MessageHistory newMessageHistory(String route, NamedNode step, Exchange exchange) {
        if (!on) {
            return null;
        }
        List<?> before = exchange.getProperty(ExchangePropertyKey.MESSAGE_HISTORY, List.class);
        while (before != null && before.size() >= STEPS) {
            before.remove(0);
        }
        return new Step(route, step, exchange);
    }

    /** The steps around the one that failed see the same, later. */
    private synchronized void note(Throwable thrown, Step step) {
        if (failures.stream().anyMatch(failure -> failure.thrown().get() == thrown)) {
            return;
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("at", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        row.put("exchange", step.exchange.getExchangeId());
        row.put("route", step.getRouteId());
        row.put("step", step.getNode().getId());
        row.put("failure", thrown.getClass().getName());
        List<?> history = step.exchange.getProperty(ExchangePropertyKey.MESSAGE_HISTORY, List.class);
        row.put("steps", history == null ? List.of() : history.stream().map(MessageHistory.class::cast)
                .map(one -> one.getRouteId() + " / " + one.getNode().getId() + ": " + one.getElapsed() + " ms").toList());
        failures.addFirst(new Failure(new WeakReference<>(thrown), row));
        if (failures.size() > FAILURES) {
            failures.removeLast();
        }
    }

    private final class Step extends DefaultMessageHistory {

        private final Exchange exchange;

        Step(String route, NamedNode step, Exchange exchange) {
            super(route, step);
            this.exchange = exchange;
        }

        @Override
        public void nodeProcessingDone() {
            super.nodeProcessingDone();
            look();
        }

        @Override
        public void nodeProcessingDone(long spentInDebugger) {
            super.nodeProcessingDone(spentInDebugger);
            look();
        }

        private void look() {
            if (on && exchange.getException() != null) {
                note(NestedExceptionUtils.getMostSpecificCause(exchange.getException()), this);
            }
        }
    }

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }

    @Override
    public void setCamelContext(CamelContext camel) {
        this.camel = camel;
    }

    @Override
    public boolean isCopyMessage() {
        return false;
    }

    @Override
    public void setCopyMessage(boolean copy) {
        // never: it would keep what is in it
    }

    @Override
    public String getNodePattern() {
        return null;
    }

    @Override
    public void setNodePattern(String pattern) {
        // all steps
    }
}
