package org.martsync.routes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.boot.CamelSpringBootRoutesCollector;
import org.apache.camel.support.PluginHelper;
import org.martsync.settings.WrongRoutes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;

/** Gives Camel the routes at the start: ours, and in the place of some of them the site's own. */
final class CollectRoutes extends CamelSpringBootRoutesCollector {

    private static final Logger LOG = LoggerFactory.getLogger("routes");

    private final RouteFiles files;
    private final CheckRoutes check;
    private final LiveRoutes live;

    CollectRoutes(ApplicationContext beans, RouteFiles files, CheckRoutes check, LiveRoutes live) {
        super(beans, false);
        this.files = files;
        this.check = check;
        this.live = live;
    }

    @Override
    public Collection<RoutesBuilder> collectRoutesFromDirectory(CamelContext camel, String excluded, String included) {
        RouteSet set = RouteSet.of(files.read(), files.directories());
        List<Problem> problems = check.problems(set);
        if (!problems.isEmpty()) {
            throw new WrongRoutes(problems.stream().map(Problem::toString).toList());
        }
        set.replaced().forEach(LOG::info);
        List<Resource> parts = Stream.concat(set.others().stream(), set.routes().values().stream()).map(RoutePart::resource).toList();
        Collection<RoutesBuilder> builders = new ArrayList<>();
        try {
            for (Resource part : parts) {
                builders.addAll(PluginHelper.getRoutesLoader(camel).findRoutesBuilders(part));
            }
        } catch (RuntimeException unreadable) {
            throw unreadable;
        } catch (Exception unreadable) {
            throw new IllegalStateException(unreadable);
        }
        live.started(set);
        return builders;
    }
}
