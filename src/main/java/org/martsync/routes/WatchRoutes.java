package org.martsync.routes;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.SmartLifecycle;

/**
 * Takes up edited files of {@code routes/} and {@code routes.d/} while the program runs. An edit is judged when its file has
 * stayed the same from one look to the next, as editors write in several steps. What cannot be used is refused with a
 * line in the log, and what was before goes on running.
 */
final class WatchRoutes implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger("routes");
    /** An edit is taken up by the second look after it. */
    static final Duration BETWEEN_LOOKS = Duration.ofMillis(400);

    private final RouteFiles files;
    private final LiveRoutes live;
    private final CheckRoutes check;
    private final TryOut tryOut;
    private final TryStatements tryStatements;
    private final Set<String> told = new TreeSet<>();
    private ScheduledExecutorService looks;
    private Map<Path, List<Object>> seen;
    private Map<Path, List<Object>> judged;

    WatchRoutes(RouteFiles files, LiveRoutes live, CheckRoutes check, TryOut tryOut, TryStatements tryStatements) {
        this.files = files;
        this.live = live;
        this.check = check;
        this.tryOut = tryOut;
        this.tryStatements = tryStatements;
    }

    /** One look; an edit that cannot be exchanged yet is judged again in the next. */
    void look() {
        if (live.running() == null) {
            return; // the start has not come to the routes yet
        }
        try {
            Map<Path, List<Object>> now = files.stamps();
            if (!now.equals(seen)) {
                seen = now;
            } else if (!now.equals(judged)) {
                Map<Path, String> texts = files.read();
                if (files.stamps().equals(now) && judge(texts)) {
                    judged = now;
                    told.clear();
                }
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (Exception unexpected) {
            tell("routes/ cannot be watched: " + Problem.oneLine(unexpected.toString()));
        }
    }

    private boolean judge(Map<Path, String> texts) throws Exception {
        Map<Path, String> wanted = new LinkedHashMap<>(texts);
        RouteSet set = RouteSet.of(wanted, files.directories());
        try {
            for (List<Problem> problems = problems(set); !problems.isEmpty(); problems = problems(set)) {
                problems.forEach(problem -> tell(problem + "; what was before goes on running"));
                if (!withoutEdits(wanted, problems)) {
                    return true;
                }
                set = RouteSet.of(wanted, files.directories());
            }
        } catch (SQLException away) {
            tell("an edited file cannot be judged while the analytics database cannot be asked");
            return false;
        }
        return takeUp(set);
    }

    private List<Problem> problems(RouteSet set) throws SQLException {
        List<Problem> problems = new ArrayList<>(check.problems(set));
        if (problems.isEmpty()) {
            problems.addAll(live.notBeforeTheNextStart(set));
        }
        if (problems.isEmpty()) {
            List<RoutePart> changed = live.changed(set);
            problems.addAll(tryStatements.problems(changed, live.running()));
            problems.addAll(changed.isEmpty() ? List.of() : tryOut.problems(set, changed));
        }
        return problems;
    }

    /** Puts the running text in the place of a broken edit; where none of the broken files was edited, of all. Whether there was an edit left. */
    private boolean withoutEdits(Map<Path, String> wanted, List<Problem> problems) {
        Map<Path, String> running = live.running().texts();
        Set<Path> edited = new TreeSet<>(wanted.keySet());
        edited.addAll(running.keySet());
        edited.removeIf(file -> Objects.equals(wanted.get(file), running.get(file)));
        Set<Path> broken = problems.stream().map(Problem::file).filter(edited::contains).collect(Collectors.toSet());
        for (Path file : broken.isEmpty() ? edited : broken) {
            if (running.containsKey(file)) {
                wanted.put(file, running.get(file));
            } else {
                wanted.remove(file);
            }
        }
        return !edited.isEmpty();
    }

    private boolean takeUp(RouteSet set) throws Exception {
        RouteSet before = live.running();
        Set<Path> edited = new TreeSet<>(set.texts().keySet());
        edited.addAll(before.texts().keySet());
        edited.removeIf(file -> Objects.equals(set.texts().get(file), before.texts().get(file)));
        if (edited.isEmpty()) {
            return true;
        }
        String names = edited.stream().map(Path::toString).collect(Collectors.joining(", "));
        String routes = live.changed(set).stream().map(RoutePart::id).collect(Collectors.joining(", "));
        try {
            Set<String> busy = live.exchange(set);
            if (!busy.isEmpty()) {
                tell(names + ": waits for the end of the run, which " + String.join(", ", busy) + " is a part of");
                return false;
            }
        } catch (InterruptedException stopping) {
            throw stopping;
        } catch (Exception refused) {
            tell(names + ": " + Problem.oneLine(refused.getMessage()) + "; what was before goes on running");
            return true;
        }
        Set<String> gone = new TreeSet<>(before.routes().keySet());
        gone.removeAll(set.routes().keySet());
        LOG.info("{} is live: {}{}", names, routes.isEmpty() ? "no route differs" : "routes " + routes,
                gone.isEmpty() ? "" : "; gone: " + String.join(", ", gone));
        set.replaced().stream().filter(one -> !before.replaced().contains(one)).forEach(LOG::info);
        return true;
    }

    private void tell(String sentence) {
        if (told.add(sentence)) {
            LOG.warn(sentence);
        }
    }

    @Override
    public void start() {
        Map<String, String> inEachLogLine = MDC.getCopyOfContextMap();
        looks = Executors.newSingleThreadScheduledExecutor(look -> {
            Thread thread = new Thread(() -> {
                if (inEachLogLine != null) {
                    MDC.setContextMap(inEachLogLine);
                }
                look.run();
            }, "watch-routes");
            thread.setDaemon(true);
            return thread;
        });
        looks.scheduleWithFixedDelay(this::look, BETWEEN_LOOKS.toMillis(), BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        looks.shutdownNow();
        looks = null;
    }

    @Override
    public boolean isRunning() {
        return looks != null;
    }
}
