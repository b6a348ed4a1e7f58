package org.martsync.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * Keeps what is wrong with the settings and goes on, with the values that ship and invented ones in the place of what is
 * missing, so that the routes can be looked at too.
 */
public final class CollectSettingProblems implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    private static final Map<String, Object> INVENTED = Map.of("analytics.server", "localhost", "analytics.database", "invented",
            "analytics.user", "invented", "dhis2.url", "http://localhost", "dhis2.user", "invented", "dhis2.password", "invented",
            "dhis2.program", "Invented001", "site.org-unit", "Invented002");

    private final List<String> problems = new ArrayList<>();

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        ConfigurableEnvironment settings = event.getEnvironment();
        problems.addAll(CheckSettings.problems(settings, Path.of("routes")));
        if (!problems.isEmpty()) {
            shipped().forEach(source -> settings.getPropertySources().addAfter("commandLineArgs", source));
            settings.getPropertySources().addFirst(new MapPropertySource("invented", INVENTED));
        }
        problems.addAll(UnknownSettings.warnings(settings));
    }

    /** One sentence each. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    private static List<PropertySource<?>> shipped() {
        try {
            return new YamlPropertySourceLoader().load("shipped", new ClassPathResource("application.yaml"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** After the files have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
