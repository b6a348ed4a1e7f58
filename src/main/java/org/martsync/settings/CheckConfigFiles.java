package org.martsync.settings;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Looks whether the files of {@code config/} that the program does not read itself, those for Prometheus and Grafana, are
 * YAML and JSON.
 */
public final class CheckConfigFiles {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private CheckConfigFiles() {
    }

    /** A sentence for each that is not, like "config/prometheus-alerts.yaml, line 12: is not YAML: ..."; none where there is no such directory. */
    public static List<String> problems(Path config) {
        List<String> problems = new ArrayList<>();
        for (Path file : files(config)) {
            try {
                String problem = file.toString().endsWith(".json") ? json(Files.readString(file)) : yaml(Files.readString(file));
                if (problem != null) {
                    problems.add(file + problem);
                }
            } catch (IOException unreadable) {
                problems.add(file + ": cannot be read, as it is no text or not for this user");
            }
        }
        return problems;
    }

    /** Without the settings, which the program has read before. */
    private static TreeSet<Path> files(Path config) {
        TreeSet<Path> files = new TreeSet<>();
        if (Files.isDirectory(config)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(config, "*.{yaml,yml,json}")) {
                found.forEach(files::add);
            } catch (IOException unreadable) {
                return files; // the settings in it are missed first
            }
        }
        files.removeIf(file -> file.getFileName().toString().startsWith("application"));
        return files;
    }

    private static String json(String text) {
        try {
            return JSON.readTree(text).isMissingNode() ? ": is empty" : null;
        } catch (JsonProcessingException broken) {
            return ", line " + broken.getLocation().getLineNr() + ": is not JSON: " + oneLine(broken.getOriginalMessage());
        }
    }

    private static String yaml(String text) {
        try {
            boolean[] holds = {false};
            new Yaml().composeAll(new StringReader(text)).forEach(document -> holds[0] = true);
            return holds[0] ? null : ": is empty";
        } catch (MarkedYAMLException broken) {
            return ", line " + (broken.getProblemMark().getLine() + 1) + ": is not YAML: " + oneLine(broken.getProblem());
        } catch (YAMLException broken) {
            return ": is not YAML: " + oneLine(broken.getMessage());
        }
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
