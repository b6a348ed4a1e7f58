package org.martsync;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.martsync.routes.ValidateRoutes;
import org.martsync.settings.CollectSettingProblems;
import org.martsync.settings.WhyNotStarted;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** Looks at {@code routes/}, {@code routes.d/}, {@code config/} and the settings, and says everything that is wrong, without a database or DHIS2. */
final class Validate {

    private static final int WRONG = 2;
    private static final String HELP = """
            java -jar mart-dhis2-sync.jar validate [--name=value ...]

            Looks at routes/, routes.d/, config/application.yaml and the settings in the directory it is started in, and says
            everything that is wrong, a line each on stderr. Needs neither the database nor DHIS2, and changes nothing.
            Settings may be given as at the start, for example --analytics.server=localhost.

            What it cannot see without the database: whether PostgreSQL understands the statements in sql/.

            Exit code: 0 when nothing is wrong, 2 otherwise.""";
    /** Nothing of the program but the parts that routes name, each made when it is asked for. */
    private static final List<String> AT_REST = List.of("--spring.flyway.enabled=false", "--spring.jmx.enabled=false",
            "--spring.quartz.auto-startup=false", "--camel.main.run-controller=false", "--camel.main.routes-collector-enabled=false",
            "--routes.watch=false", "--logging.level.root=WARN");

    private Validate() {
    }

    /** Returns the exit code. */
    static int run(String... arguments) {
        if (List.of(arguments).contains("--help")) {
            System.out.println(HELP);
            return 0;
        }
        List<String> problems = new ArrayList<>();
        String looked;
        try {
            looked = look(problems, arguments);
        } catch (RuntimeException unreadable) {
            WhyNotStarted why = WhyNotStarted.of(unreadable);
            if (why.sentences().isEmpty()) {
                throw unreadable;
            }
            problems.clear();
            // a settings file that cannot be read is left out, so that the rest is looked at all the same
            looked = look(problems, Stream.concat(Stream.of(arguments), Stream.of("--spring.config.location=classpath:/application.yaml"))
                    .toArray(String[]::new));
            problems.addAll(0, why.sentences());
        }
        problems.forEach(System.err::println);
        System.out.println(looked + (problems.isEmpty() ? "nothing is wrong" : problems.size() + " problems"));
        return problems.isEmpty() ? 0 : WRONG;
    }

    private static String look(List<String> problems, String... arguments) {
        CollectSettingProblems settings = new CollectSettingProblems();
        SpringApplication application = new SpringApplication(MartSync.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLazyInitialization(true);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.addListeners(settings);
        try (ConfigurableApplicationContext parts = application.run(
                Stream.concat(Stream.of(arguments), AT_REST.stream()).toArray(String[]::new))) {
            ValidateRoutes routes = parts.getBean(ValidateRoutes.class);
            problems.addAll(settings.problems());
            problems.addAll(routes.problems());
            return routes.looked();
        }
    }
}
