package org.martsync;

import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.martsync.sync.Run;
import org.martsync.turns.Turns;

/**
 * Lets the request of a run (variable run) through the steps that a {@code policy:} step holds when it is its turn among all sites.
 * What has its turn already, from such a step around this one, goes on. At once goes too what belongs to no run (the health probe,
 * the greeting at the start, the refresh of the org units) or to a person's question.
 */
final class InTurn implements Policy, AutoCloseable {

    private static final String HAS_TURN = InTurn.class.getName();

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
            if (run == null || !run.inTurn() || exchange.getProperty(HAS_TURN) != null) {
                steps.process(exchange);
                return;
            }
            try (Turns.Turn turn = turns.await(run::isStopped)) {
                exchange.setProperty(HAS_TURN, true);
                steps.process(exchange);
            } finally {
                exchange.removeProperty(HAS_TURN);
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
