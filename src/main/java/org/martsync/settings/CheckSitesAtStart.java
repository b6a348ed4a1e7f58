package org.martsync.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/** Stops the start of a program for several sites if the settings of one of them will not do; each sentence says which. */
public final class CheckSitesAtStart implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,29}");
    /** There once for all sites. */
    private static final Set<String> FOR_ALL = Set.of("console", "server", "words", "logging", "sites", "hawtio");

    private final SitesSettings sites;

    public CheckSitesAtStart(SitesSettings sites) {
        this.sites = sites;
    }

    /** Looks at the settings; {@link WrongSettings} carries one sentence a problem. */
    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        List<String> problems = problems(sites);
        if (!problems.isEmpty()) {
            throw new WrongSettings(problems);
        }
    }

    /** Everything that is wrong, one sentence each. */
    public static List<String> problems(SitesSettings sites) {
        List<String> problems = new ArrayList<>();
        for (String name : sites.names()) {
            if (!NAME.matcher(name).matches()) {
                problems.add("The site " + name + " (sites." + name + ") must have a name of small letters, digits and -, at most 30, the first a letter.");
                continue;
            }
            sites.of(name).keySet().stream().filter(setting -> FOR_ALL.contains(setting.split("\\.")[0])).sorted().forEach(setting ->
                    problems.add("The setting sites." + name + "." + setting + " has no effect for one site; set " + setting + " for all."));
            CheckSettings.problems(sites.environment(name), Path.of("routes")).forEach(problem -> problems.add("Site " + name + ": " + problem));
        }
        return problems;
    }

    /** After the log has been set up. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
