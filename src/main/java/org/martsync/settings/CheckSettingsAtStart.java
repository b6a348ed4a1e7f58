package org.martsync.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.martsync.words.Words;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Stops the start as soon as the settings are known and before anything uses them, if they will not do; takes the
 * {@code /} from the end of {@code dhis2.url}, says which language the log speaks, and warns of names that look like a setting but are none.
 *
 * <p>{@link org.martsync.MartSync} adds it to the application; it is not registered for every context, so that a test
 * may start a part of the program with a part of the settings.
 */
public class CheckSettingsAtStart implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    /** Looks at the settings; {@link WrongSettings} carries one sentence a problem. */
    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        ConfigurableEnvironment environment = event.getEnvironment();
        List<String> problems = CheckSettings.problems(environment, Path.of("routes"));
        if (!problems.isEmpty()) {
            throw new WrongSettings(problems);
        }
        Words.speak(environment.getRequiredProperty("words.language").strip(), CheckSettings.OWN_WORDS);
        withoutSlashAtTheEnd(environment);
        UnknownSettings.warnings(environment).forEach(LoggerFactory.getLogger("settings")::warn);
    }

    private static void withoutSlashAtTheEnd(ConfigurableEnvironment environment) {
        String url = environment.getRequiredProperty("dhis2.url").strip().replaceAll("/+$", "");
        environment.getPropertySources().addFirst(new MapPropertySource("settings in one form", Map.of("dhis2.url", url)));
    }

    /** After the files have been read and the log has been set up. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
