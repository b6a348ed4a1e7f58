package org.martsync;

import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.martsync.sync.Run;
import org.martsync.turns.Turns;

/**
 * Lets the request of a run (variable run) through the steps that a {@code policy:} step holds when it is its turn among all sites.
 * At once goes what belongs to no run (the health probe, the greeting at the start, the refresh of the org units) or to a person's question.
 */
final class InTurn implements Policy, AutoCloseable {

    private final Turns turns;

    /** @param turns null where there is no limit: then the steps stay as they are */
    InTurn(Turns turns) {
        this.turns = turns;
    }

    @Override
    public void beforeWrap(Route route, NamedNode step) {
        // the steps stay as they are
    }

    /** The steps return when all they lead to is done, or broken off: only then, and in any case, the turn is given back. */
    @Override
    public Processor wrap(Route route, Processor steps) {
        return turns == null ? steps : exchange -> {
            Run run = exchange.getVariable("run", Run.class);
            if (run == null || !run.inTurn()) {
                steps.process(exchange);
                return;
            }
            try (Turns.Turn turn = turns.await(run::isStopped)) {
                steps.process(exchange);
            }
        };
    }

    @Override
    public void close() {
        if (turns != null) {
            turns.close();
        }
    }
}
