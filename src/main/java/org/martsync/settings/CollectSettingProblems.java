package org.martsync.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps what is wrong with the settings and goes on, with values that would do in the place of those that are wrong or
 * missing, so that all the others and the routes can be looked at too.
 */
public final class CollectSettingProblems implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    private final Set<String> unusable = new LinkedHashSet<>();
    private final Map<String, Object> instead;
    private List<String> problems = List.of();

    /** @param fixed settings that have these values whatever is set */
    public CollectSettingProblems(Map<String, Object> fixed) {
        instead = new HashMap<>(fixed);
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        ConfigurableEnvironment settings = event.getEnvironment();
        CheckSettings check = CheckSettings.of(settings, Path.of("routes"));
        problems = new ArrayList<>(check.problems());
        problems.addAll(UnknownSettings.warnings(settings));
        check.examples().forEach(instead::putIfAbsent);
        settings.getPropertySources().addFirst(new MapPropertySource("in the place of what is wrong", instead));
    }

    /**
     * Takes in what a part of the program could not be made for, and puts a value in its place that would do.
     *
     * @return whether it was a setting that is not known to be wrong yet: then the part can be asked for again
     */
    public boolean takeIn(Throwable failure) {
        UnusableSetting setting = UnusableSetting.in(failure).orElse(null);
        if (setting == null || instead.put(setting.name(), setting.instead()) != null) {
            return false;
        }
        return unusable.add(setting.sentence());
    }

    /** One sentence each. */
    public List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        all.addAll(unusable);
        return all;
    }

    /** After the files have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
