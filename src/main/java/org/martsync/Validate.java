package org.martsync;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.martsync.routes.ValidateRoutes;
import org.martsync.settings.CheckConfigFiles;
import org.martsync.settings.CheckSitesAtStart;
import org.martsync.settings.CollectSettingProblems;
import org.martsync.settings.SitesSettings;
import org.martsync.settings.WhyNotStarted;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.core.env.ConfigurableEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks at {@code routes/} and {@code routes.d/} with their SQL files, at {@code config/} and the settings, and says everything that is wrong, without a database or DHIS2. */
@Command(name = "validate", header = "Looks at routes and settings.", description = {
    "%nLooks at routes/ and routes.d/ with their SQL files, at the files of config/ and at the settings in the directory it is "
            + "started in, and says everything that is wrong, a line each on stderr. Needs neither the database nor DHIS2, and changes nothing.",
    "Settings may be given as at the start, for example --analytics.server=localhost.",
    "Of the statements in sql/ it sees what is left open or missing, and values that no route gives. Whether PostgreSQL understands "
            + "them it cannot see; the running program asks it when a file is saved.%n"},
        footer = "%nExit code: 0 when nothing is wrong, 2 otherwise.")
final class Validate implements Callable<Integer> {

    private static final int WRONG = 2;
    /** Nothing of the program but the parts that routes name, each made when it is asked for. */
    private static final Map<String, Object> AT_REST = Map.of("spring.flyway.enabled", "false", "spring.jmx.enabled", "false",
            "spring.quartz.auto-startup", "false", "camel.main.run-controller", "false", "camel.main.routes-collector-enabled", "false",
            "routes.watch", "false");
    private static final List<String> QUIET = List.of("--logging.level.root=OFF", "--logging.level.org.springframework=OFF",
            "--logging.level.org.apache.camel=OFF");

    @Mixin
    private GivenSettings given;

    @Override
    public Integer call() {
        SitesSettings sites = given.sites();
        CollectSettingProblems settings = new CollectSettingProblems(AT_REST);
        List<String> unreadable = new ArrayList<>();
        List<Found> found = differingInRoutes(sites).stream().map(arguments -> look(settings, unreadable, arguments)).toList();
        List<String> ofSites = CheckSitesAtStart.problems(sites);
        List<String> problems = Stream.concat(Stream.of(unreadable, ofSites, CheckSitesAtStart.unknown(sites),
                        // what a site's settings were found to be is not said twice
                        settings.problems().stream().filter(one -> ofSites.stream().noneMatch(said -> said.endsWith(one))).toList()).flatMap(List::stream),
                Stream.concat(CheckConfigFiles.problems(Path.of("config")).stream(), found.stream().flatMap(one -> one.problems().stream())))
                .distinct().toList();
        problems.forEach(System.err::println);
        System.out.println(found.get(0).looked() + ", config/ and the settings: " + (problems.isEmpty() ? "nothing is wrong" : problems.size() + " problems"));
        return problems.isEmpty() ? 0 : WRONG;
    }

    /** The arguments of each start that reads other route files than those before: one, unless a site has files of its own. */
    private List<List<String>> differingInRoutes(SitesSettings sites) {
        Map<String, List<String>> byFiles = new LinkedHashMap<>();
        sites.names().forEach(site -> byFiles.putIfAbsent(sites.of(site).getOrDefault("camel.main.routes-include-pattern", ""), sites.arguments(site)));
        return sites.names().isEmpty() ? List.of(given.settings()) : List.copyOf(byFiles.values());
    }

    private static Found look(CollectSettingProblems settings, List<String> unreadable, List<String> arguments) {
        String[] used = arguments.toArray(String[]::new);
        while (true) {
            try {
                return look(settings, used);
            } catch (RuntimeException stopped) {
                if (!settings.takeIn(stopped)) {
                    WhyNotStarted why = WhyNotStarted.of(stopped);
                    if (why.sentences().isEmpty() || !unreadable.isEmpty()) {
                        throw stopped;
                    }
                    unreadable.addAll(why.sentences());
                    // a settings file that cannot be read is left out, so that the rest is looked at all the same
                    used = Stream.concat(arguments.stream(), Stream.of("--spring.config.location=classpath:/application.yaml"))
                            .toArray(String[]::new);
                }
            }
        }
    }

    /** What is wrong with the routes, and how many were looked at. */
    private record Found(List<String> problems, String looked) {
    }

    private static Found look(CollectSettingProblems settings, String... arguments) {
        SpringApplication application = new SpringApplication(MartSync.class, WebServerSettings.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLazyInitialization(true);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.addListeners(settings);
        application.addInitializers(context -> context.addBeanFactoryPostProcessor(parts -> readSettings(settings, parts, context.getEnvironment())));
        try (ConfigurableApplicationContext parts = run(application, Stream.concat(
                Stream.of(arguments).filter(argument -> !argument.startsWith("--logging.level.")), QUIET.stream()).toArray(String[]::new))) {
            ValidateRoutes routes = parts.getBean(ValidateRoutes.class);
            return new Found(routes.problems(), routes.looked());
        }
    }

    /** Reads the settings of all parts before any is made: Spring would do it one after the other, and stop at the first that is wrong. */
    private static void readSettings(CollectSettingProblems settings, ConfigurableListableBeanFactory parts, ConfigurableEnvironment given) {
        for (String part : parts.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
            ConfigurationProperties group = parts.findAnnotationOnBean(part, ConfigurationProperties.class, false);
            Class<?> type = parts.getType(part, false);
            while (group != null && type != null && settings.takeIn(failure(given, group.prefix(), type))) {
                // once more, as there may be another
            }
        }
    }

    /** What cannot be converted, or null; whether there is a conversion at all only the part itself knows. */
    private static RuntimeException failure(ConfigurableEnvironment given, String prefix, Class<?> type) {
        try {
            Binder.get(given).bind(prefix, Bindable.of(type));
            return null;
        } catch (RuntimeException unusable) {
            return NestedExceptionUtils.getMostSpecificCause(unusable) instanceof ConverterNotFoundException ? null : unusable;
        }
    }

    /** A start tells by itself why it failed, where here all is told at the end. */
    private static ConfigurableApplicationContext run(SpringApplication application, String... arguments) {
        PrintStream told = System.err;
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        try {
            return application.run(arguments);
        } finally {
            System.setErr(told);
        }
    }

    /** Reads the settings of the web server, which is not made here. */
    @EnableConfigurationProperties(ServerProperties.class)
    private static final class WebServerSettings {
    }
}
