package org.martsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the files of {@code routes/} against the rules of {@link RoutesLint}, and the rules against broken files. */
class RoutesLintTest {

    private static final Path ROUTES = Path.of("routes");

    @Test
    void theRoutesKeepTheRules() throws IOException {
        assertThat(new RoutesLint(files()).problems()).isEmpty();
    }

    @Test
    void everyStatementIsUsed() throws IOException {
        assertThat(new RoutesLint(files()).statements()).containsExactlyInAnyOrderElementsOf(statementsThereAre());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "id: good                    | `                              ` | route without an id",
        "description: Does something for the test. | description: Does. | good: no description to speak of",
        "id: ask                     | `                              ` | good: step bean without an id",
        "id: ask                     | id: good                         | good: this id is used twice",
        "{{dhis2.url}}               | {{dhis2.uri}}                    | good: no setting is named dhis2.uri",
        "file:routes/sql/any-pending.sql | file:routes/sql/no-such.sql  | good: there is no file routes/sql/no-such.sql",
        "ref: runs                   | ref: walks                       | good: no bean is named walks",
        "method: begin(              | method: start(                   | good: bean runs has no method start",
        "logName: sync               | loggingLevel: INFO               | good: log step say has no logName",
        "direct:good-too             | direct:nowhere                   | good: no route begins with direct:nowhere",
        "bean:cachedProgram?method=stale | bean:cachedProgram?method=old | good: bean cachedProgram has no method old",
        "#workers                    | #helpers                         | good: no bean is named helpers",
    })
    void whatBreaksARuleIsTold(String right, String wrong, String problem) {
        assertThat(right.isBlank()).isFalse();
        String broken = GOOD.replaceFirst(Pattern.quote(right), Matcher.quoteReplacement(wrong == null ? "" : wrong));
        assertThat(broken).isNotEqualTo(GOOD);

        assertThat(new RoutesLint(Map.of("good.camel.yaml", broken)).problems()).anySatisfy(one -> assertThat(one).contains(problem));
    }

    @Test
    void aGoodFileHasNoProblem() {
        assertThat(new RoutesLint(Map.of("good.camel.yaml", GOOD)).problems()).isEmpty();
    }

    @Test
    void anExpressionInShortIsTold() {
        String inShort = GOOD.replace("            expression:\n              simple:\n                expression: ${body}\n", "            simple: ${body}\n");
        assertThat(inShort).isNotEqualTo(GOOD);

        assertThat(new RoutesLint(Map.of("good.camel.yaml", inShort)).problems()).anySatisfy(problem ->
                assertThat(problem).contains("good: step setBody keep: write expression, then the language, then expression"));
    }

    @Test
    void anExpressionHalfInShortIsTold() {
        String inShort = GOOD.replace("              simple:\n                expression: ${body}\n", "              simple: ${body}\n");
        assertThat(inShort).isNotEqualTo(GOOD);

        assertThat(new RoutesLint(Map.of("good.camel.yaml", inShort)).problems()).anySatisfy(problem ->
                assertThat(problem).contains("good: step setBody keep: write expression, then the language, then expression"));
    }

    @Test
    void aStepInShortIsTold() {
        String inShort = GOOD.replace("            uri: direct:good-too\n", "").replace("        - to:\n            id: next\n", "        - to: direct:good-too\n");
        assertThat(inShort).isNotEqualTo(GOOD);

        assertThat(new RoutesLint(Map.of("good.camel.yaml", inShort)).problems()).anySatisfy(problem ->
                assertThat(problem).contains("good: step to is written in short"));
    }

    @Test
    void anIdUsedInTwoFilesIsTold() {
        assertThat(new RoutesLint(Map.of("a.camel.yaml", GOOD, "b.camel.yaml", GOOD)).problems())
                .anySatisfy(problem -> assertThat(problem).contains("this id is used twice").contains("ask"));
    }

    private static Map<String, String> files() throws IOException {
        try (Stream<Path> files = Files.list(ROUTES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).collect(Collectors.toMap(
                    file -> file.getFileName().toString(), RoutesLint::text));
        }
    }

    private static List<String> statementsThereAre() throws IOException {
        try (Stream<Path> files = Files.list(ROUTES.resolve("sql"))) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    private static final String GOOD = """
            - route:
                id: good
                description: Does something for the test.
                from:
                  uri: direct:good
                  steps:
                    - bean:
                        id: ask
                        ref: runs
                        method: begin(${header.run})
                    - setBody:
                        id: keep
                        expression:
                          simple:
                            expression: ${body}
                    - filter:
                        id: only-old
                        expression:
                          simple:
                            expression: ${bean:cachedProgram?method=stale}
                        steps:
                          - log:
                              id: say
                              logName: sync
                              message: at {{dhis2.url}}
                    - to:
                        id: look
                        uri: sql:file:routes/sql/any-pending.sql
                    - split:
                        id: each
                        expression:
                          simple:
                            expression: ${body}
                        executorService: "#workers"
                        steps:
                          - to:
                              id: one
                              uri: direct:good-too
                    - to:
                        id: next
                        uri: direct:good-too
            - route:
                id: good-too
                description: Does something else for the test.
                from:
                  uri: direct:good-too
                  steps:
                    - log:
                        id: say-too
                        logName: sync
                        message: done
            """;
}
