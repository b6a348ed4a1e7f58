package org.martsync.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** Finds names in our groups of settings that {@code config/application.yaml} does not know, mostly slips of the pen. */
final class UnknownSettings {

    private static final Set<String> GROUPS = Set.of("analytics", "dhis2", "site", "sync", "turns", "schedule", "org-units", "routes", "notify", "console", "words", "retention", "reconcile");

    /** The names of all settings, by their {@link #plain} form. */
    static final Map<String, String> KNOWN = known();

    private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

    private UnknownSettings() {
    }

    /** One sentence a name; the environment's variables are left out, they belong to other programs too. */
    static List<String> warnings(ConfigurableEnvironment environment) {
        if (environment.containsProperty("martsync.site")) {
            // CheckSitesAtStart has told them of all sites; each of these may be tried again and again
            return List.of();
        }
        Set<String> unknown = new TreeSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> names
                    && !source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
                Arrays.stream(names.getPropertyNames())
                        .filter(name -> GROUPS.contains(name.split("\\.")[0]) && !KNOWN.containsKey(plain(name)))
                        .forEach(unknown::add);
            }
        }
        List<String> warnings = new ArrayList<>();
        unknown.forEach(name -> warnings.add("The setting " + name + " is unknown and has no effect"
                + nearest(name) + "; config/application.yaml in the jar names all there are."));
        return warnings;
    }

    private static Map<String, String> known() {
        Map<String, String> names = new TreeMap<>();
        try {
            for (PropertySource<?> file : new YamlPropertySourceLoader().load("known", new ClassPathResource("application.yaml"))) {
                for (String name : ((EnumerablePropertySource<?>) file).getPropertyNames()) {
                    names.put(plain(name), name);
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return names;
    }

    private static String nearest(String name) {
        return KNOWN.entrySet().stream()
                .filter(k -> DISTANCE.apply(plain(name), k.getKey()) <= 3)
                .min((a, b) -> DISTANCE.apply(plain(name), a.getKey()) - DISTANCE.apply(plain(name), b.getKey()))
                .map(k -> " (is " + k.getValue() + " meant?)").orElse("");
    }

    /** Spring takes batchEvents, batch_events and batch-events for one name. */
    static String plain(String name) {
        return name.toLowerCase(java.util.Locale.ROOT).replaceAll("[-_]", "");
    }
}
