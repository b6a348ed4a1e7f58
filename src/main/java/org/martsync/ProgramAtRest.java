package org.martsync;

import java.sql.SQLException;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;
import org.martsync.settings.Arguments;
import org.martsync.settings.WhyNotStarted;
import org.martsync.sync.AfterFailure;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** The program with nothing in it that begins by itself, and nothing on stdout but what a command prints. */
final class ProgramAtRest {

    private static final List<String> AT_REST = List.of("--spring.flyway.enabled=false", "--spring.jmx.enabled=false",
            "--spring.quartz.auto-startup=false", "--camel.main.run-controller=false", "--camel.main.auto-startup=false",
            "--routes.watch=false", "--logging.threshold.console=OFF", "--spring.main.lazy-initialization=true", "--console.password=unused");

    private ProgramAtRest() {
    }

    /**
     * Starts it, has a command call its routes, and ends it.
     *
     * @param settings as {@code --name=value}
     * @return the command's exit code, or that of a start that failed and told why
     */
    static int run(List<String> settings, ToIntFunction<ProducerTemplate> command) {
        SpringApplication application = MartSync.application();
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        try (ConfigurableApplicationContext program = application.run(Arguments.replaced(settings, AT_REST).toArray(String[]::new))) {
            startWhatIsCalled(program.getBean(CamelContext.class));
            return command.applyAsInt(program.getBean(ProducerTemplate.class));
        } catch (RuntimeException notStarted) {
            return WhyNotStarted.exitCode(notStarted);
        }
    }

    /** Says why a route that a command called did not come to its end. */
    static String inWords(Throwable broken) {
        SQLException sql = ObjectHelper.getException(SQLException.class, broken);
        return sql != null && "42P01".equals(sql.getSQLState())
                ? "the database lacks tables of this program. Start the program once, which makes them" : AfterFailure.inWords(broken);
    }

    /** What would fetch something by itself, be it ours or a site's, is left alone: another program may be waiting for it. */
    private static void startWhatIsCalled(CamelContext camel) {
        camel.getRoutes().stream().filter(route -> route.getEndpoint().getEndpointBaseUri().startsWith("direct:")).forEach(route -> {
            try {
                camel.getRouteController().startRoute(route.getRouteId());
            } catch (Exception notStarted) {
                throw new IllegalStateException(notStarted);
            }
        });
    }
}
