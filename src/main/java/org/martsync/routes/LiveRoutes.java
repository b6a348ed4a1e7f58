package org.martsync.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;

/** The routes that run, and their exchange for edited ones: only what differs is stopped, when nothing is on its way through it. */
final class LiveRoutes {

    private static final Set<String> EXCHANGEABLE = Set.of("routeConfiguration", "beans");

    private final CamelContext camel;
    private final BatchGate gate;
    private final Set<String> busyAllRun = new TreeSet<>();
    private volatile RouteSet running;

    LiveRoutes(CamelContext camel, BatchGate gate) {
        this.camel = camel;
        this.gate = gate;
    }

    /** What runs; null before the start. */
    RouteSet running() {
        return running;
    }

    void started(RouteSet set) {
        running = set;
    }

    /** The routes of a set that are new or differ from what runs. A change of what holds for many is one of each. */
    List<RoutePart> changed(RouteSet wanted) {
        boolean all = !same(running.others(), wanted.others());
        return wanted.routes().values().stream().filter(route -> all || !route.sameAs(running.routes().get(route.id()))).toList();
    }

    /** What cannot be exchanged while the program runs. */
    List<Problem> notBeforeTheNextStart(RouteSet wanted) {
        List<RoutePart> before = fixed(running);
        return same(before, fixed(wanted)) ? List.of() : Stream.concat(fixed(wanted).stream(), before.stream())
                .filter(part -> before.stream().noneMatch(part::sameAs) || fixed(wanted).stream().noneMatch(part::sameAs))
                .map(part -> new Problem(part.file(), part.line(), "a change of " + part.kind() + " counts from the next start")).toList();
    }

    private static List<RoutePart> fixed(RouteSet set) {
        return set.others().stream().filter(part -> !EXCHANGEABLE.contains(part.kind())).toList();
    }

    private static boolean same(List<RoutePart> some, List<RoutePart> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (!some.get(i).sameAs(others.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Exchanges what differs, between two batches.
     *
     * @return the ids of the routes to be exchanged that a run keeps busy from its beginning to its end: nothing was
     *     exchanged then; empty when all is done
     * @throws Exception when Camel refuses a route all the same; what was before runs again
     */
    Set<String> exchange(RouteSet wanted) throws Exception {
        Set<String> out = new TreeSet<>(running.routes().keySet());
        Set<String> in = changed(wanted).stream().map(RoutePart::id).collect(Collectors.toCollection(TreeSet::new));
        out.removeIf(id -> wanted.routes().containsKey(id) && !in.contains(id));
        Set<String> busy = out.stream().filter(busyAllRun::contains).filter(this::busy).collect(Collectors.toCollection(TreeSet::new));
        if (!busy.isEmpty()) {
            return busy;
        }
        gate.close();
        try {
            busy = out.stream().filter(this::busy).collect(Collectors.toCollection(TreeSet::new));
            if (!busy.isEmpty()) {
                busyAllRun.addAll(busy);
                return busy;
            }
            exchange(out, in, wanted);
            running = wanted;
            return Set.of();
        } finally {
            gate.open();
        }
    }

    private boolean busy(String route) {
        return camel.getInflightRepository().size(route) > 0;
    }

    private void exchange(Set<String> out, Set<String> in, RouteSet wanted) throws Exception {
        try {
            remove(out);
            configure(running, wanted);
            add(in, wanted.routes());
        } catch (Exception refused) {
            remove(in);
            configure(wanted, running);
            add(out, running.routes());
            throw refused;
        }
    }

    private void configure(RouteSet before, RouteSet after) throws Exception {
        if (!same(before.others(), after.others())) {
            Model model = camel.getCamelContextExtension().getContextPlugin(Model.class);
            for (RouteConfigurationDefinition old : new ArrayList<>(model.getRouteConfigurationDefinitions())) {
                model.removeRouteConfiguration(old);
            }
            for (RoutePart part : after.others()) {
                if (EXCHANGEABLE.contains(part.kind())) {
                    PluginHelper.getRoutesLoader(camel).loadRoutes(part.resource());
                }
            }
        }
    }

    private void remove(Set<String> ids) throws Exception {
        Model model = camel.getCamelContextExtension().getContextPlugin(Model.class);
        for (String id : ids) {
            RouteDefinition route = model.getRouteDefinition(id);
            if (route != null) {
                model.removeRouteDefinition(route);
            }
        }
    }

    private void add(Set<String> ids, Map<String, RoutePart> parts) throws Exception {
        for (String id : ids) {
            PluginHelper.getRoutesLoader(camel).loadRoutes(parts.get(id).resource());
        }
    }
}
