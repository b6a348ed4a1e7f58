package org.martsync.health;

import org.martsync.sync.Run;
import org.martsync.sync.Runs;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/** Says how the last run ended: down when it stopped before its work was done. Rejected events are no illness. */
final class LastRunHealth implements HealthIndicator {

    private final Runs runs;

    LastRunHealth(Runs runs) {
        this.runs = runs;
    }

    @Override
    public Health health() {
        Run last = runs.last();
        Run current = runs.current();
        Health.Builder health = last == null ? Health.unknown() : last.isStopped() ? Health.down() : Health.up();
        if (last != null) {
            health.withDetail("run", last.name()).withDetail("ended", last.ended()).withDetail("seconds", last.seconds())
                    .withDetail("synced", last.synced()).withDetail("rejected", last.rejected())
                    .withDetail("waiting", last.waiting() < 0 ? "unknown" : last.waiting());
            if (last.isStopped()) {
                health.withDetail("stopped", last.stopped());
            }
        }
        if (current != null) {
            health.withDetail("goingOn", current.name());
        }
        return health.build();
    }
}
