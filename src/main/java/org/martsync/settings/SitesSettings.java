package org.martsync.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The settings {@code sites.<name>.<setting>}: for each site what differs from the other settings, which are those of all.
 *
 * <p>A site is a pair of a clinic's database and a DHIS2 server.
 */
public final class SitesSettings {

    private static final String SITES = "sites";
    private static final Bindable<Map<String, Object>> TREE = Bindable.mapOf(String.class, Object.class);

    private final List<String> given;
    private final Map<String, Map<String, String>> sites = new TreeMap<>();

    private SitesSettings(List<String> given, ConfigurableEnvironment environment) {
        this.given = given;
        Binder.get(environment).bind(SITES, TREE).orElse(Map.of()).forEach((name, settings) -> {
            Map<String, String> flat = new LinkedHashMap<>();
            flatten("", settings, flat);
            sites.put(name, flat);
        });
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

    private static void flatten(String name, Object value, Map<String, String> flat) {
        if (value instanceof Map<?, ?> below) {
            below.forEach((key, one) -> flatten(name.isEmpty() ? String.valueOf(key) : name + "." + key, one, flat));
        } else {
            flat.put(name, String.valueOf(value));
        }
    }

    /** In the order of the alphabet; empty where the program serves one site, as most do. */
    public List<String> names() {
        return List.copyOf(sites.keySet());
    }

    /** What is set for this site and not for all, by name. */
    public Map<String, String> of(String site) {
        return Map.copyOf(sites.get(site));
    }

    /** The arguments with which this site's program is started: the given ones, and in their place what is set for the site. */
    public List<String> arguments(String site) {
        Map<String, String> own = sites.get(site);
        return Stream.concat(
                given.stream().filter(one -> !one.startsWith("--" + SITES + ".") && !own.containsKey(name(one))),
                own.entrySet().stream().map(one -> "--" + one.getKey() + "=" + one.getValue())).collect(Collectors.toList());
    }

    /** All settings of this site, as its program reads them. */
    public ConfigurableEnvironment environment(String site) {
        return read(arguments(site).toArray(String[]::new));
    }

    private static String name(String argument) {
        return argument.replaceFirst("^--", "").replaceFirst("=.*$", "");
    }
}
