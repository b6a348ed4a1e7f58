package org.martsync.page;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.martsync.operate.OperationFailed;
import org.martsync.sites.OneSite;
import org.martsync.sites.SideBySide;

/** Looks how all sites are. */
final class Glances {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final Duration ARRIVALS_MAY_BE_OLD = Duration.ofSeconds(20);

    /** @param nanos when they were counted, by a clock that nobody sets */
    private record Counted(Arrivals arrivals, long nanos) {
    }

    private final SideBySide<Glance> sites;
    /** Counting them reads 30 days of the log, and the page is looked at every other second. */
    private final Map<String, Counted> counted = new ConcurrentHashMap<>();

    Glances(List<OneSite> sites) {
        this.sites = new SideBySide<>(sites, this::glance, (site, problem) -> Glance.of(site.name(), problem), LONGEST_WAIT);
    }

    List<Glance> all() {
        return List.copyOf(sites.answers().values());
    }

    private Glance glance(OneSite site) {
        try {
            Now now = site.part(TellNow.class).tell();
            Counted last = counted.get(site.name());
            if (last == null || isOld(last)) {
                last = new Counted(site.part(Figures.class).arrivals(), System.nanoTime());
                counted.put(site.name(), last);
            }
            Arrivals arrivals = last.arrivals();
            return new Glance(site.name(), now, arrivals.today(), arrivals.all(), now.problem());
        } catch (OperationFailed unknown) {
            return Glance.of(site.name(), unknown.getMessage());
        }
    }

    private static boolean isOld(Counted before) {
        return System.nanoTime() - before.nanos() > ARRIVALS_MAY_BE_OLD.toNanos();
    }
}
