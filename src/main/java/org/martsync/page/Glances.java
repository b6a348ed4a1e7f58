package org.martsync.page;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.martsync.operate.OperationFailed;
import org.martsync.sites.OneSite;

/** Asks all sites how they are, side by side: one whose database does not answer keeps nobody waiting for long. */
final class Glances {

    private final List<OneSite> sites;
    private final Executor askers;
    private final Duration longestWait;
    private final Map<String, CompletableFuture<Glance>> asking = new ConcurrentHashMap<>();

    /**
     * @param askers on whose threads they are asked, never more than one a site
     * @param longestWait for all together
     */
    Glances(List<OneSite> sites, Executor askers, Duration longestWait) {
        this.sites = sites;
        this.askers = askers;
        this.longestWait = longestWait;
    }

    List<Glance> all() {
        long end = System.nanoTime() + longestWait.toNanos();
        sites.forEach(site -> asking.compute(site.name(), (name, before) -> before != null && !before.isDone() ? before
                : CompletableFuture.supplyAsync(() -> glance(site), askers)));
        return sites.stream().map(site -> answer(site, end - System.nanoTime())).toList();
    }

    private Glance answer(OneSite site, long nanos) {
        try {
            return asking.get(site.name()).get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException stillAsking) {
            return Glance.of(site.name(), "Its database has not answered for " + longestWait.toSeconds() + " s.");
        } catch (ExecutionException unexpected) {
            return Glance.of(site.name(), "It could not be asked.");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Glance.of(site.name(), "The program stops.");
        }
    }

    private static Glance glance(OneSite site) {
        TellNow tellNow = site.part(TellNow.class);
        if (tellNow == null) {
            return Glance.of(site.name(), site.problem());
        }
        try {
            Now now = tellNow.tell();
            Arrivals arrivals = site.part(Figures.class).arrivals();
            return new Glance(site.name(), now, arrivals.today(), arrivals.all(), now.problem());
        } catch (OperationFailed unknown) {
            return Glance.of(site.name(), unknown.getMessage());
        }
    }
}
