package org.martsync.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The settings {@code sites.<name>.<setting>}: for each site what differs from the other settings, which are those of all.
 *
 * <p>A site is a pair of a clinic's database and a DHIS2 server. Which sites there are is said by the files and the
 * arguments. The environment may add settings of these: in its names a {@code -} and a {@code .} look alike, so that only
 * names that are known can be read from them, and variables of others may begin with SITES too.
 */
public final class SitesSettings {

    private static final String SITES = "sites.";
    private static final Set<String> ENVIRONMENT = Set.of(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);

    private final List<String> given;
    private final Map<String, Map<String, String>> sites = new TreeMap<>();
    private final Map<String, ConfigurableEnvironment> environments = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> strangers = new TreeSet<>();

    /** @param environment in which the arguments stand already */
    SitesSettings(List<String> given, ConfigurableEnvironment environment) {
        this.given = given;
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> names && !ENVIRONMENT.contains(source.getName())) {
                Stream.of(names.getPropertyNames()).filter(name -> name.startsWith(SITES)).forEach(name -> take(name, source.getProperty(name)));
            }
        }
        if (environment.getPropertySources().get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME) instanceof MapPropertySource variables) {
            takeVariables(variables.getSource(), argumentNames());
        }
    }

    /**
     * Reads them where settings are read at a start: these arguments, the environment, the files.
     *
     * @param given the arguments of the command line, {@code --name=value}
     */
    public static SitesSettings of(String... given) {
        try {
            return new SitesSettings(List.of(given), read(given));
        } catch (RuntimeException unreadable) {
            // a start reads them as well, and says what is wrong
            return new SitesSettings(List.of(given), new StandardEnvironment());
        }
    }

    /** The settings of a program that is started with these arguments. */
    private static ConfigurableEnvironment read(String... arguments) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        return environment;
    }

    /** What stands in a source that goes before is taken first, and stays. */
    private void take(String name, Object value) {
        String[] parts = name.split("\\.", 3);
        Map<String, String> own = sites.computeIfAbsent(parts[1], any -> new LinkedHashMap<>());
        if (parts.length == 3) {
            own.putIfAbsent(parts[2], String.valueOf(value));
        } else if (value != null && !value.toString().isBlank()) {
            problems.add("The setting " + name + " is '" + value + "', but below it must stand settings of the site, for example " + name + ".analytics.database.");
        }
    }

    private void takeVariables(Map<String, Object> variables, Set<String> arguments) {
        if (sites.isEmpty()) {
            return;
        }
        variables.keySet().stream().filter(name -> name.startsWith("SITES_")).forEach(strangers::add);
        for (String setting : UnknownSettings.KNOWN.values()) {
            sites.forEach((site, own) -> {
                String name = SITES + site + "." + setting;
                String variable = name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
                if (strangers.remove(variable) && !arguments.contains(name)) {
                    own.keySet().removeIf(one -> UnknownSettings.plain(one).equals(UnknownSettings.plain(setting)));
                    own.put(setting, String.valueOf(variables.get(variable)));
                }
            });
        }
    }

    private Set<String> argumentNames() {
        Set<String> names = new TreeSet<>();
        given.forEach(one -> names.add(Arguments.name(one)));
        return names;
    }

    /** In the order of the alphabet; empty where the program serves one site, as most do. */
    public List<String> names() {
        return List.copyOf(sites.keySet());
    }

    /** What is set for this site and not for all, by name. */
    public Map<String, String> of(String site) {
        return Map.copyOf(sites.get(site));
    }

    /** What cannot be understood at all, one sentence each. */
    List<String> problems() {
        return problems;
    }

    /** Variables of the environment that look like a setting of a site and are none. */
    Set<String> strangers() {
        return strangers;
    }

    /** The arguments with which this site's program is started: the given ones, and in their place what is set for the site. */
    public List<String> arguments(String site) {
        return Arguments.replaced(given.stream().filter(one -> !one.startsWith("--" + SITES)).toList(),
                sites.get(site).entrySet().stream().map(one -> "--" + one.getKey() + "=" + one.getValue()).toList());
    }

    /** All settings of this site, as its program reads them. */
    ConfigurableEnvironment environment(String site) {
        return environments.computeIfAbsent(site, any -> read(arguments(site).toArray(String[]::new)));
    }
}
