package org.martsync.words;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The sentences that data clerks read in the log, in the site's language: {@code words/<language>.properties} in the jar, in
 * UTF-8, before which go those of a site's own file. {@code {0}}, {@code {1}} stand for what is filled in.
 *
 * <p>A program speaks one language from its start on, so that this is known to the whole program and handed to nobody: the
 * sentences are made deep in what decides, far from all settings.
 */
public final class Words {

    /** The languages that there is a file for. */
    public static final Set<String> LANGUAGES = Set.of("en", "fr", "pt");

    private static final String ENGLISH = "en";
    private static final Pattern PLACE = Pattern.compile("\\{(\\d)}");

    private static volatile Properties spoken = shipped(ENGLISH);

    private Words() {
    }

    /**
     * The sentence, or part of one, of that name.
     *
     * @param values what is filled in, the first at {@code {0}}
     */
    public static String say(String name, Object... values) {
        String pattern = spoken.getProperty(name);
        if (pattern == null) {
            throw new IllegalArgumentException("no words are named " + name);
        }
        if (values.length == 0) {
            return pattern;
        }
        return PLACE.matcher(pattern).replaceAll(place -> Matcher.quoteReplacement(String.valueOf(values[Integer.parseInt(place.group(1))])));
    }

    /** The same part of a sentence between several things: {@code one, another or a third}. */
    public static String or(List<String> things) {
        return things.stream().collect(Collectors.joining(" " + say("or") + " "));
    }

    /** The same with and. */
    public static String and(List<String> things) {
        return things.stream().collect(Collectors.joining(" " + say("and") + " "));
    }

    /**
     * Speaks another language from now on.
     *
     * @param own a site's own words, which go first; may be missing, and was looked at by {@link #problems} before
     */
    public static void speak(String language, Path own) {
        Properties words = shipped(language);
        if (Files.exists(own)) {
            words.putAll(read(own));
        }
        spoken = words;
    }

    /** What is wrong with a site's own file of words, a sentence each; nothing where there is none. */
    public static List<String> problems(Path own) {
        List<String> problems = new ArrayList<>();
        if (!Files.exists(own)) {
            return problems;
        }
        Properties words;
        try {
            words = read(own);
        } catch (UncheckedIOException | IllegalArgumentException unreadable) {
            return List.of("The file " + own + " cannot be read: it must be lines of name=sentence in UTF-8.");
        }
        Properties ours = shipped(ENGLISH);
        for (String name : new TreeSet<>(words.stringPropertyNames())) {
            if (!ours.containsKey(name)) {
                problems.add("The file " + own + " has words for " + name + ", which there is not; words/en.properties in the jar has all names.");
                continue;
            }
            Set<String> places = places(words.getProperty(name));
            places.removeAll(places(ours.getProperty(name)));
            if (!places.isEmpty()) {
                problems.add("The words for " + name + " in " + own + " have " + String.join(", ", places) + ", for which there is nothing to fill in.");
            }
        }
        return problems;
    }

    /** The places in a sentence where something is filled in. */
    static Set<String> places(String sentence) {
        return PLACE.matcher(sentence).results().map(result -> result.group()).collect(Collectors.toCollection(TreeSet::new));
    }

    static Properties shipped(String language) {
        try (Reader words = new InputStreamReader(Words.class.getResourceAsStream("/words/" + language + ".properties"), StandardCharsets.UTF_8)) {
            return loaded(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Properties read(Path file) {
        try {
            return loaded(new StringReader(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Properties loaded(Reader words) throws IOException {
        Properties loaded = new Properties();
        loaded.load(words);
        return loaded;
    }
}
