package org.martsync.words;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {

    /** Names stand as texts before the values they are filled with; those of values are handed on first. */
    private static final Pattern NAME = Pattern.compile("\"([a-z]+(?:[.-][a-z]+)+|and|or)\"");

    @TempDir
    private Path place;

    @AfterEach
    void english() {
        Words.speak("en", place.resolve("none"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fr", "pt"})
    void eachLanguageSaysEverythingWithTheSameThingsFilledIn(String language) {
        Properties english = Words.shipped("en");
        Properties other = Words.shipped(language);
        assertThat(other.stringPropertyNames()).isEqualTo(english.stringPropertyNames());
        assertThat(english.stringPropertyNames()).allSatisfy(name ->
                assertThat(Words.places(other.getProperty(name))).as(name).isEqualTo(Words.places(english.getProperty(name))));
    }

    @Test
    void everySentenceIsSaidSomewhere() throws IOException {
        Set<String> said = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                NAME.matcher(Files.readString(source)).results().forEach(name -> said.add(name.group(1)));
            }
        }
        assertThat(said).containsAll(Words.shipped("en").stringPropertyNames());
    }

    @Test
    void whatIsFilledInStaysAsItIs() {
        assertThat(Words.say("columns.says", "column a$1 of form b\\c", "'{1} $2'")).isEqualTo("column a$1 of form b\\c says '{1} $2'");
    }

    @Test
    void aSiteSaysSomeThingsInItsOwnWords() throws IOException {
        Path own = Files.write(place.resolve("words.properties"), "value.no-number = n'est pas un chiffre é\n".getBytes(StandardCharsets.UTF_8));
        assertThat(Words.problems(own)).isEmpty();
        Words.speak("fr", own);
        assertThat(Words.say("value.no-number")).isEqualTo("n'est pas un chiffre é");
        assertThat(Words.say("value.not-whole")).isEqualTo("n'est pas un nombre entier");
    }

    @Test
    void wordsForNothingAndPlacesForNothingAreTold() throws IOException {
        Path own = Files.writeString(place.resolve("words.properties"), "value.nonumber = x\nvalue.no-number = {0} no\nform.compulsory = {0} {3}\n");
        assertThat(Words.problems(own)).satisfiesExactly(
                one -> assertThat(one).contains("form.compulsory").contains("{3}"),
                two -> assertThat(two).contains("value.no-number").contains("{0}"),
                three -> assertThat(three).contains("value.nonumber"));
        assertThat(Words.problems(place.resolve("none"))).isEmpty();
        Path broken = Files.writeString(place.resolve("broken.properties"), "value.no-number = \\u00\n");
        assertThat(Words.problems(broken)).singleElement().asString().contains("cannot be read");
    }
}
