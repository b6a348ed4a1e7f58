package org.martsync.routes;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/** Lets the batches on their way come to their end and holds back the next ones, while routes are exchanged. */
final class BatchGate implements RoutePolicyFactory {

    private static final String ROUTE = "sync-batch";

    private int inside;
    private boolean closed;

    @Override
    public RoutePolicy createRoutePolicy(CamelContext camel, String route, NamedNode definition) {
        return !ROUTE.equals(route) ? null : new RoutePolicySupport() {
            @Override
            public void onExchangeBegin(Route entered, Exchange batch) {
                enter();
            }

            @Override
            public void onExchangeDone(Route left, Exchange batch) {
                leave();
            }
        };
    }

    /** Holds back what comes; returns when nobody is inside any more. */
    synchronized void close() throws InterruptedException {
        closed = true;
        while (inside > 0) {
            wait();
        }
    }

    synchronized void open() {
        closed = false;
        notifyAll();
    }

    private synchronized void enter() {
        while (closed) {
            try {
                wait();
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        inside++;
    }

    private synchronized void leave() {
        inside--;
        notifyAll();
    }
}
