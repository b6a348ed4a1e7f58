package org.martsync;

import org.martsync.settings.CheckSettingsAtStart;
import org.martsync.settings.WhyNotStarted;
import org.martsync.settings.SitesSettings;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Starts the program: settings are checked, the database is brought up to date, the routes in {@code routes/} begin.
 *
 * <p>What a person can put right (a setting, a database that does not answer) ends the start with sentences on
 * stderr and an exit code, see {@link WhyNotStarted}. The JVM is ended explicitly, because threads that are already
 * running would keep a program alive that never started.
 */
@SpringBootApplication
public class MartSync {

    /**
     * Runs until it is stopped.
     *
     * <p>With the name of a command as the first argument it does that and ends, see {@link Commands}.
     *
     * @param args settings as {@code --name=value}; they win over the environment and the files
     */
    public static void main(String[] args) {
        if (Commands.asked(args)) {
            System.exit(Commands.run(args));
        }
        try {
            SitesSettings sites = SitesSettings.of(args);
            (sites.names().isEmpty() ? application() : ManySites.application(sites)).run(args);
        } catch (RuntimeException notStarted) {
            System.exit(WhyNotStarted.exitCode(notStarted));
        }
    }

    /** The application as {@link #main} runs it, with its check of the settings. */
    public static SpringApplication application() {
        SpringApplication application = new SpringApplication(MartSync.class);
        application.addListeners(new CheckSettingsAtStart());
        return application;
    }
}
