package org.martsync.sites;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.security.concurrent.DelegatingSecurityContextExecutor;

/**
 * Asks all sites the same, each on a thread of its own and for whoever asks: one whose database does not answer keeps nobody
 * waiting for long. As long as a site has not answered it is not asked once more.
 *
 * @param <T> what they answer
 */
public final class SideBySide<T> {

    private static final Executor ASKERS = new DelegatingSecurityContextExecutor(Executors.newCachedThreadPool(ask -> {
        Thread thread = new Thread(ask, "ask-site");
        thread.setDaemon(true);
        return thread;
    }));

    private final List<OneSite> sites;
    private final Function<OneSite, T> question;
    private final BiFunction<OneSite, String, T> inItsPlace;
    private final Duration longestWait;
    private final String late;
    private final Map<String, CompletableFuture<T>> asking = new ConcurrentHashMap<>();

    /**
     * @param question is asked of a site that runs
     * @param inItsPlace makes an answer out of the sentence that says why a site gave none
     * @param longestWait for all together
     */
    public SideBySide(List<OneSite> sites, Function<OneSite, T> question, BiFunction<OneSite, String, T> inItsPlace, Duration longestWait) {
        this(sites, question, inItsPlace, longestWait, "");
    }

    /** @param late what follows from it that a site has not answered by then, as the end of a sentence */
    public SideBySide(List<OneSite> sites, Function<OneSite, T> question, BiFunction<OneSite, String, T> inItsPlace, Duration longestWait, String late) {
        this.sites = sites;
        this.question = question;
        this.inItsPlace = inItsPlace;
        this.longestWait = longestWait;
        this.late = late;
    }

    /** The answers by the sites' names, in their order. */
    public Map<String, T> answers() {
        long end = System.nanoTime() + longestWait.toNanos();
        sites.forEach(site -> asking.compute(site.name(), (name, before) -> before != null && !before.isDone() ? before
                : CompletableFuture.supplyAsync(() -> ask(site), ASKERS)));
        Map<String, T> answers = new LinkedHashMap<>();
        sites.forEach(site -> answers.put(site.name(), await(site, end - System.nanoTime())));
        return answers;
    }

    private T ask(OneSite site) {
        String problem = site.problem();
        if (problem != null) {
            return inItsPlace.apply(site, problem);
        }
        try {
            return question.apply(site);
        } catch (RuntimeException broken) {
            if (site.problem() == null) {
                throw broken;
            }
            // stopped meanwhile
            return inItsPlace.apply(site, site.problem());
        }
    }

    private T await(OneSite site, long nanos) {
        try {
            return asking.get(site.name()).get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException stillAsking) {
            return inItsPlace.apply(site, "It has not answered within " + longestWait.toSeconds() + " s" + late + ".");
        } catch (ExecutionException unexpected) {
            // what it says may quote
            return inItsPlace.apply(site, "It could not be asked (" + unexpected.getCause().getClass().getSimpleName() + ").");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return inItsPlace.apply(site, "The program stops.");
        }
    }
}
