package org.martsync;

import java.util.Arrays;
import org.martsync.settings.CheckSettingsAtStart;
import org.martsync.settings.WhyNotStarted;
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
     * <p>With {@code validate} as the first argument it looks at routes and settings, and ends; with {@code rehearse} it says
     * what would become of the pending events, and ends.
     *
     * @param args settings as {@code --name=value}; they win over the environment and the files
     */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("validate")) {
            System.exit(Validate.run(Arrays.copyOfRange(args, 1, args.length)));
        }
        if (args.length > 0 && args[0].equals("rehearse")) {
            System.exit(RehearseCommand.run(Arrays.copyOfRange(args, 1, args.length)));
        }
        try {
            application().run(args);
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
