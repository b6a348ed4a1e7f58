package org.martsync.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.martsync.MartSync;
import org.martsync.dhis2.Dhis2StandIn;

/** Starts a command as a person does, on the demo's clinic: a process of its own. */
final class CommandLine {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    record End(int exitCode, String out, String err) {

        /** What was printed, which must be one JSON object and nothing else. */
        JsonNode json() throws JsonProcessingException {
            return JSON.readTree(out);
        }
    }

    private CommandLine() {
    }

    /** Gives a place the routes, so that commands are started there. */
    static void routesTo(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, place.resolve(file.toString()));
            }
        }
    }

    /**
     * Waits for the command to end.
     *
     * @param place where it is started when it has a folder {@code routes}; what it prints is kept there
     * @param options go before the settings of the same name
     */
    static End run(Demo demo, Path place, String name, String... options) throws IOException, InterruptedException {
        URI database = URI.create(demo.clinic().jdbcUrl().substring("jdbc:".length()));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), MartSync.class.getName(), name));
        List<String> settings = List.of(
                "--analytics.server=" + database.getHost() + ":" + database.getPort(),
                "--analytics.database=" + database.getPath().substring(1),
                "--analytics.user=" + demo.clinic().user(), "--analytics.password=" + demo.clinic().password(),
                "--dhis2.url=" + demo.dhis2().url(), "--dhis2.user=" + Dhis2StandIn.USER,
                "--dhis2.program=" + DemoProgram.PROGRAM, "--dhis2.country-org-unit=" + DemoProgram.COUNTRY, "--site.org-unit=" + DemoProgram.SITE,
                "--dhis2.password=" + Dhis2StandIn.PASSWORD);
        settings.stream().filter(setting -> Stream.of(options).noneMatch(option -> option.startsWith(setting.substring(0, setting.indexOf('=') + 1))))
                .forEach(command::add);
        command.addAll(List.of(options));
        Path out = place.resolve("out");
        Path err = place.resolve("err");
        Process process = new ProcessBuilder(command).directory(Files.exists(place.resolve("routes")) ? place.toFile() : null)
                .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new End(process.waitFor(), Files.readString(out), Files.readString(err));
    }
}
