package org.martsync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;
import org.martsync.rehearse.NoSuchMapping;
import org.martsync.rehearse.Rehearsal;
import org.martsync.rehearse.Rehearsal.Ending;
import org.martsync.rehearse.Rehearsal.Outcome;
import org.martsync.settings.WhyNotStarted;
import org.martsync.sync.AfterFailure;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** Says what would become of the pending events, without writing anything in DHIS2 or in the database. */
final class RehearseCommand {

    private static final int NOT_ALL = 1;
    private static final int WRONG = 2;
    private static final int NO_ANSWER = 5;
    private static final int LIMIT = 10_000;
    private static final int SHOWN = 5;
    private static final String HELP = """
            java -jar mart-dhis2-sync.jar rehearse [--mapping=NAME] [--limit=N] [--new=FILE] [--json] [--setting=value ...]

            Does with the pending events all that a run does, but asks DHIS2 only what it would say (importMode=VALIDATE), and
            writes nothing, neither there nor in the database. May be started beside the running program. What it prints
            quotes patients' values.

            --mapping=NAME  only the events of this mapping
            --limit=N       about so many events, 10000 without it
            --new=FILE      rehearses twice: with the mapping as it is, and with the mapping_json in this file in its place, and
                            says which events would pass with one and not with the other; needs --mapping
            --json          one JSON object instead of text

            Exit code: 0 when all would be stored, 1 when some would not, 2 when a setting or an option is wrong,
            3 and 4 as at a start, 5 when DHIS2 or the database does not answer.""";
    /** The program with nothing in it that begins by itself, and nothing on stdout but the answer. */
    private static final List<String> AT_REST = List.of("--spring.flyway.enabled=false", "--spring.jmx.enabled=false",
            "--spring.quartz.auto-startup=false", "--camel.main.run-controller=false", "--camel.main.auto-startup=false",
            "--routes.watch=false", "--logging.threshold.console=OFF", "--spring.main.lazy-initialization=true", "--console.password=unused");

    private RehearseCommand() {
    }

    /** What the command line asks for. */
    private record Asked(String mapping, int limit, String newMapping, boolean json, List<String> settings) {
    }

    /** Returns the exit code. */
    static int run(String... arguments) {
        if (List.of(arguments).contains("--help")) {
            System.out.println(HELP);
            return 0;
        }
        Asked asked;
        try {
            asked = read(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            return WRONG;
        }
        SpringApplication application = MartSync.application();
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        try (ConfigurableApplicationContext program = application.run(
                Stream.concat(asked.settings().stream().filter(setting -> AT_REST.stream().noneMatch(rest -> name(rest).equals(name(setting)))),
                        AT_REST.stream()).toArray(String[]::new))) {
            startWhatIsCalled(program.getBean(CamelContext.class));
            return rehearse(program.getBean(ProducerTemplate.class), asked);
        } catch (RuntimeException notStarted) {
            return WhyNotStarted.exitCode(notStarted);
        }
    }

    private static String name(String setting) {
        return setting.substring(0, setting.indexOf('='));
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

    private static int rehearse(ProducerTemplate routes, Asked asked) {
        Rehearsal now = new Rehearsal(asked.mapping(), asked.limit(), null);
        Rehearsal then = asked.newMapping() == null ? null : new Rehearsal(asked.mapping(), asked.limit(), asked.newMapping());
        try {
            routes.requestBody("direct:rehearse-events", now);
            if (then != null) {
                routes.requestBody("direct:rehearse-events", then);
            }
        } catch (RuntimeException broken) {
            NoSuchMapping noSuch = ObjectHelper.getException(NoSuchMapping.class, broken);
            if (noSuch != null) {
                System.err.println(noSuch.getMessage());
                return WRONG;
            }
            System.err.println("The rehearsal broke off: " + inWords(broken) + ".");
            return NO_ANSWER;
        }
        System.out.println(asked.json() ? json(now, then) : text(now, then));
        Rehearsal last = then == null ? now : then;
        return last.allPass() ? 0 : NOT_ALL;
    }

    private static String inWords(Throwable broken) {
        SQLException sql = ObjectHelper.getException(SQLException.class, broken);
        return sql != null && "42P01".equals(sql.getSQLState())
                ? "the database lacks tables of this program. Start the program once, which makes them" : AfterFailure.inWords(broken);
    }

    private static String text(Rehearsal now, Rehearsal then) {
        if (then == null) {
            return text("", now);
        }
        List<Integer> more = then.passMoreThan(now);
        List<Integer> fewer = now.passMoreThan(then);
        return text("With the mapping as it is: ", now) + "\n\n" + text("With the new one: ", then) + "\n\n"
                + String.format(Locale.ROOT, "With the new mapping %d more events pass%s, %d fail%s.", more.size(), ids(more), fewer.size(), ids(fewer));
    }

    private static String text(String which, Rehearsal rehearsal) {
        StringBuilder text = new StringBuilder(which).append(String.format(Locale.ROOT,
                "%d events rehearsed, %d would be created, %d updated, %d rejected", rehearsal.outcomes().size(),
                rehearsal.count(Ending.CREATED), rehearsal.count(Ending.UPDATED), rehearsal.count(Ending.REJECTED)));
        if (rehearsal.count(Ending.LEFT) > 0) {
            text.append(String.format(Locale.ROOT, ", %d left for later", rehearsal.count(Ending.LEFT)));
        }
        rehearsal.rejectedByReason().forEach((reason, events) -> text.append(String.format(Locale.ROOT, "%n%6d  %s%n        for example event %d: %s",
                events.size(), reason, events.get(0).id(), events.get(0).reason())));
        return text.toString();
    }

    private static String ids(List<Integer> events) {
        return events.isEmpty() ? "" : events.stream().limit(SHOWN).map(String::valueOf)
                .collect(Collectors.joining(", ", " (", events.size() > SHOWN ? ", …)" : ")"));
    }

    private static String json(Rehearsal now, Rehearsal then) {
        Map<String, Object> told = json(now);
        if (then != null) {
            told.put("new", json(then));
            told.put("passWithNewOnly", then.passMoreThan(now));
            told.put("failWithNewOnly", now.passMoreThan(then));
        }
        try {
            return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(told);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names, numbers and texts can be written as JSON", e);
        }
    }

    private static Map<String, Object> json(Rehearsal rehearsal) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("rehearsed", rehearsal.outcomes().size());
        told.put("created", rehearsal.count(Ending.CREATED));
        told.put("updated", rehearsal.count(Ending.UPDATED));
        told.put("rejected", rehearsal.count(Ending.REJECTED));
        told.put("left", rehearsal.count(Ending.LEFT));
        told.put("rejections", rehearsal.outcomes().values().stream().filter(outcome -> outcome.ending() == Ending.REJECTED)
                .map(RehearseCommand::json).toList());
        return told;
    }

    private static Map<String, Object> json(Outcome outcome) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("event", outcome.id());
        told.put("mapping", outcome.mapping());
        told.put("reason", outcome.reason());
        return told;
    }

    private static Asked read(String... arguments) {
        String mapping = "";
        int limit = LIMIT;
        String newMapping = null;
        boolean json = false;
        List<String> settings = new ArrayList<>();
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.startsWith("--mapping=")) {
                mapping = value;
            } else if (argument.startsWith("--limit=")) {
                limit = number(value);
            } else if (argument.startsWith("--new=")) {
                newMapping = file(value);
            } else if (argument.equals("--json")) {
                json = true;
            } else if (argument.startsWith("--") && argument.contains("=")) {
                settings.add(argument);
            } else {
                throw new IllegalArgumentException("'" + argument + "' is not understood: options are written --name=value, see rehearse --help.");
            }
        }
        if (newMapping != null && mapping.isEmpty()) {
            throw new IllegalArgumentException("--new needs --mapping=NAME: the name of the mapping whose place the file takes.");
        }
        return new Asked(mapping, limit, newMapping, json, settings);
    }

    private static int number(String value) {
        if (!value.matches("[1-9][0-9]{0,6}")) {
            throw new IllegalArgumentException("--limit must be a number from 1 to 9999999, not '" + value + "'.");
        }
        return Integer.parseInt(value);
    }

    private static String file(String name) {
        try {
            return Files.readString(Path.of(name));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("The file " + name + " of --new cannot be read.");
        }
    }
}
