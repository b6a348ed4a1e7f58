package org.martsync.settings;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

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
        unknown(sites).forEach(LoggerFactory.getLogger("settings")::warn);
    }

    /** Everything that is wrong, one sentence each. */
    public static List<String> problems(SitesSettings sites) {
        List<String> problems = new ArrayList<>(sites.problems());
        Map<String, String> turns = new HashMap<>();
        Map<String, String> queues = new HashMap<>();
        Map<String, String> uids = new HashMap<>();
        Map<String, List<String>> wrong = new LinkedHashMap<>();
        for (String name : sites.names()) {
            if (!NAME.matcher(name).matches()) {
                problems.add("The site " + name + " (sites." + name + ") must have a name of small letters, digits and -, at most 30, the first a letter.");
                continue;
            }
            sites.of(name).keySet().stream().filter(setting -> FOR_ALL.contains(setting.split("\\.")[0])).sorted().forEach(setting ->
                    problems.add("The setting sites." + name + "." + setting + " has no effect for one site; set " + setting + " for all."));
            ConfigurableEnvironment settings = sites.environment(name);
            List<String> own = CheckSettings.problems(settings, Path.of("routes"));
            own.forEach(problem -> wrong.computeIfAbsent(problem, any -> new ArrayList<>()).add(name));
            if (own.isEmpty()) {
                String sameQueue = queues.putIfAbsent(host(settings, "analytics.server", "5432") + " " + together(settings, "analytics.database", "analytics.own-schema"), name);
                String sameUids = uids.putIfAbsent(dhis2(settings) + " " + together(settings, "site.id"), name);
                String where = together(settings, "turns.limit").equals("0") ? "nowhere"
                        : host(settings, "turns.server", "5432") + " " + together(settings, "turns.database", "turns.schema", "turns.limit");
                if (!turns.computeIfAbsent(dhis2(settings), any -> where).equals(where)) {
                    problems.add("Site " + name + " goes to the same DHIS2 as others, but takes its turns elsewhere or by another turns.limit, so they would not be "
                            + "counted together: set turns.limit, turns.server and turns.database for all, and not below a site.");
                }
                if (sameQueue != null) {
                    problems.add("Sites " + sameQueue + " and " + name + " would share one queue, and each event would reach one of them only: "
                            + "give one of them another analytics.own-schema, or take it out.");
                } else if (sameUids != null) {
                    problems.add("Sites " + sameUids + " and " + name + " would give different events the same UIDs in one DHIS2: "
                            + "give each a site.id of its own, and leave that of a site which has sent events as it is.");
                }
            }
        }
        problems.addAll(said(wrong, sites));
        return problems;
    }

    /** Names that look like a setting of a site and are none, one sentence each. */
    public static List<String> unknown(SitesSettings sites) {
        Map<String, List<String>> unknown = new LinkedHashMap<>();
        sites.names().forEach(name -> UnknownSettings.warnings(sites.environment(name)).forEach(warning ->
                unknown.computeIfAbsent(warning, any -> new ArrayList<>()).add(name)));
        List<String> all = said(unknown, sites);
        sites.strangers().forEach(variable -> all.add("The variable " + variable + " is no setting of a site: it would be SITES_, the site's name and "
                + "the setting, with _ for - and ."));
        return all;
    }

    /** What is so at all of them is said once. */
    private static List<String> said(Map<String, List<String>> ofSites, SitesSettings sites) {
        List<String> said = new ArrayList<>();
        ofSites.forEach((sentence, names) -> said.addAll(names.size() == sites.names().size() ? List.of(sentence)
                : names.stream().map(name -> "Site " + name + ": " + sentence).toList()));
        return said;
    }

    private static String dhis2(ConfigurableEnvironment settings) {
        URI url = URI.create(together(settings, "dhis2.url"));
        int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return url.getHost().toLowerCase(Locale.ROOT) + ":" + port + url.getPath();
    }

    private static String host(ConfigurableEnvironment settings, String name, String port) {
        String host = together(settings, name).toLowerCase(Locale.ROOT);
        return host.matches(".*:\\d+") ? host : host + ":" + port;
    }

    private static String together(ConfigurableEnvironment settings, String... names) {
        return Stream.of(names).map(settings::getRequiredProperty).map(value -> value.strip().replaceAll("/+$", "")).collect(Collectors.joining(" "));
    }

    /** After the log has been set up. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
