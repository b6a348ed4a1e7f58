package org.martsync.sites;

import jakarta.servlet.ServletContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.springframework.boot.SpringApplication;
import org.springframework.context.SmartLifecycle;

/** All sites of this program, each running for itself: one that cannot start, or whose database or DHIS2 is away, holds up no other. */
public final class Sites implements SmartLifecycle {

    /** Each start keeps a core busy for some seconds. One that waits for a database lets the next go after a while. */
    private static final int START_AT_ONCE = 4;
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    private final List<OneSite> sites;
    private final Supplier<SpringApplication> program;
    private final ServletContext web;
    private final Duration betweenTries;
    private final Semaphore startAtOnce = new Semaphore(START_AT_ONCE, true);
    private ScheduledExecutorService starts;

    /**
     * @param program makes the program of a site, not yet started
     * @param web in which their pages are served
     * @param betweenTries how long after a start that failed it is tried again
     */
    public Sites(List<OneSite> sites, Supplier<SpringApplication> program, ServletContext web, Duration betweenTries) {
        this.sites = sites;
        this.program = program;
        this.web = web;
        this.betweenTries = betweenTries;
    }

    public List<OneSite> all() {
        return sites;
    }

    public Optional<OneSite> named(String name) {
        return sites.stream().filter(site -> site.name().equals(name)).findFirst();
    }

    @Override
    public synchronized void start() {
        starts = Executors.newScheduledThreadPool(sites.size() + 1, start -> new Thread(start, "start-site"));
        sites.forEach(site -> starts.execute(() -> tryToStart(site)));
    }

    private void tryToStart(OneSite site) {
        try {
            startAtOnce.acquire();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return;
        }
        AtomicBoolean inTurn = new AtomicBoolean(true);
        Runnable nextMayStart = () -> {
            if (inTurn.getAndSet(false)) {
                startAtOnce.release();
            }
        };
        later(nextMayStart, LONGEST_START);
        boolean started = site.start(program.get(), web);
        nextMayStart.run();
        if (!started) {
            later(() -> tryToStart(site), betweenTries);
        }
    }

    private synchronized void later(Runnable what, Duration after) {
        if (starts != null) {
            starts.schedule(what, after.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Ends all at the same time, as each may have batches on their way. A start that is going on ends by itself, as a site that was stopped. */
    @Override
    public void stop() {
        ScheduledExecutorService ending = noMoreStarts();
        ExecutorService stops = Executors.newFixedThreadPool(sites.size());
        try {
            CompletableFuture.allOf(sites.stream().map(site -> CompletableFuture.runAsync(site::stop, stops)).toArray(CompletableFuture[]::new)).join();
        } finally {
            stops.shutdown();
            ending.shutdownNow();
        }
    }

    private synchronized ScheduledExecutorService noMoreStarts() {
        ScheduledExecutorService ending = starts;
        starts = null;
        return ending;
    }

    @Override
    public synchronized boolean isRunning() {
        return starts != null;
    }
}
