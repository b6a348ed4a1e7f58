package org.martsync.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The files that the routes are made of, as they lie on disk: those of some patterns, and the statements in {@code sql/} beside them. */
final class RouteFiles {

    private static final String SCHEME = "file:";

    private final List<Path> patterns = new ArrayList<>();

    /** @param patterns like {@code file:routes/*.camel.yaml,file:routes.d/*.camel.yaml}; {@code false} means none */
    RouteFiles(String patterns) {
        for (String pattern : patterns.split(",")) {
            if (pattern.strip().startsWith(SCHEME)) {
                this.patterns.add(Path.of(pattern.strip().substring(SCHEME.length())));
            }
        }
    }

    /** Where they lie; a later one holds what replaces files of an earlier one. */
    List<Path> directories() {
        Set<Path> directories = new LinkedHashSet<>();
        patterns.forEach(pattern -> directories.add(directory(pattern)));
        return List.copyOf(directories);
    }

    /** Their texts, in the order of the patterns. */
    Map<Path, String> read() {
        Map<Path, String> texts = new LinkedHashMap<>();
        list().forEach(file -> {
            try {
                texts.put(file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            } catch (NoSuchFileException gone) {
                // between two looks; it is missed in the next
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        });
        return texts;
    }

    /** What tells whether somebody wrote a file: when, how long it is, and which file it is. */
    Map<Path, List<Object>> stamps() {
        Map<Path, List<Object>> stamps = new LinkedHashMap<>();
        list().forEach(file -> {
            try {
                BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
                stamps.put(file, List.of(is.lastModifiedTime(), is.size(), String.valueOf(is.fileKey())));
            } catch (NoSuchFileException gone) {
                // as it is no more
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        });
        return stamps;
    }

    private Set<Path> list() {
        Set<Path> files = new LinkedHashSet<>();
        patterns.forEach(pattern -> files.addAll(found(directory(pattern), pattern.getFileName().toString())));
        directories().forEach(directory -> files.addAll(found(directory.resolve("sql"), "*.sql")));
        return files;
    }

    /** Without what begins with a point, which is an editor's. */
    private static Set<Path> found(Path directory, String names) {
        Set<Path> found = new TreeSet<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, names)) {
                for (Path file : files) {
                    if (!file.getFileName().toString().startsWith(".")) {
                        found.add(directory.toString().isEmpty() ? file.getFileName() : file);
                    }
                }
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        return found;
    }

    private static Path directory(Path pattern) {
        return pattern.getParent() == null ? Path.of("") : pattern.getParent();
    }
}
