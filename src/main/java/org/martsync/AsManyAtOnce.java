package org.martsync;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;

/**
 * Lets so many exchanges at a time through the steps that a {@code policy:} step holds; the others wait for their turn in
 * the order in which they came. All stays in the exchange's own thread, to which its transaction is bound.
 *
 * <p>In place of Camel's throttle, whose mode ConcurrentRequests Camel 4.18.0 cannot write as XML, so that the console
 * shows no routes at all. The permits are the bean's and not the route's: they outlast the exchange of a route.
 */
final class AsManyAtOnce implements Policy {

    private final Semaphore permits;

    AsManyAtOnce(int many) {
        // in turn, because a batch that waits holds its patients' claims
        permits = new Semaphore(many, true);
    }

    @Override
    public void beforeWrap(Route route, NamedNode step) {
        // the steps stay as they are
    }

    /** The steps return when all they lead to is done, or broken off: only then, and in any case, comes the next one's turn. */
    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> {
            await();
            try {
                steps.process(exchange);
            } finally {
                permits.release();
            }
        };
    }

    private void await() {
        try {
            permits.acquire();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException("stopped while waiting for its turn", stopping);
        }
    }
}
