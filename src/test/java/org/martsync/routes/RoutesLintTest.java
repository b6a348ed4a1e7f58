package org.martsync.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.util.ClassUtils;
import org.yaml.snakeyaml.Yaml;

/**
 * Holds the files of {@code routes/} against the rules of {@link RoutesLint} and {@link CheckRoutes}, and these rules
 * against broken files.
 */
class RoutesLintTest {

    private static final Path ROUTES = Path.of("routes");
    private static CheckRoutes check;

    @BeforeAll
    static void readWhatThereIs() throws IOException {
        Map<String, Class<?>> beans = beans();
        Set<String> settings = settings();
        check = new CheckRoutes(beans::get, settings::contains);
    }

    @Test
    void theRoutesKeepTheRules() {
        assertThat(problems(new RouteFiles("file:routes/*.camel.yaml").read())).isEmpty();
    }

    @Test
    void everyStatementIsUsed() throws IOException {
        RouteSet set = RouteSet.of(new RouteFiles("file:routes/*.camel.yaml").read(), List.of(ROUTES));
        assertThat(set.routes().values()).flatExtracting(route -> route.statements().keySet()).containsAll(statementsThereAre());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "id: good                    | `                              ` | routes/good.camel.yaml, line 1: a route without an id",
        "description: Does something for the test. | description: Does. | good: no description to speak of",
        "id: ask                     | `                              ` | good: step bean without an id",
        "id: ask                     | id: good                         | line 8: the id good is used twice (first in route good)",
        "{{dhis2.url}}               | {{dhis2.uri}}                    | line 25: no setting is named dhis2.uri",
        "file:routes/sql/any-pending.sql | file:routes/sql/no-such.sql  | line 28: there is no file routes/sql/no-such.sql",
        "ref: runs                   | ref: walks                       | line 8: no bean is named walks",
        "method: begin(              | method: start(                   | line 8: bean runs has no method start",
        "logName: sync               | loggingLevel: INFO               | good: log step say has no logName",
        "direct:good-too             | direct:nowhere                   | line 37: no route begins with direct:nowhere",
        "bean:cachedProgram?method=stale | bean:cachedProgram?method=old | line 20: bean cachedProgram has no method old",
        "#workers                    | #helpers                         | line 34: no bean is named helpers",
    })
    void whatBreaksARuleIsTold(String right, String wrong, String problem) {
        assertThat(right.isBlank()).isFalse();
        String broken = GOOD.replaceFirst(Pattern.quote(right), Matcher.quoteReplacement(wrong == null ? "" : wrong));
        assertThat(broken).isNotEqualTo(GOOD);

        assertThat(problems(broken)).anySatisfy(one -> assertThat(one).contains(problem));
    }

    @Test
    void aGoodFileHasNoProblem() {
        assertThat(problems(GOOD)).isEmpty();
    }

    @Test
    void anExpressionInShortIsTold() {
        String inShort = GOOD.replace("            expression:\n              simple:\n                expression: ${body}\n", "            simple: ${body}\n");
        assertThat(inShort).isNotEqualTo(GOOD);

        assertThat(problems(inShort)).anySatisfy(problem ->
                assertThat(problem).contains("good: step setBody keep: write expression, then the language, then expression"));
    }

    @Test
    void anExpressionHalfInShortIsTold() {
        String inShort = GOOD.replace("              simple:\n                expression: ${body}\n", "              simple: ${body}\n");
        assertThat(inShort).isNotEqualTo(GOOD);

        assertThat(problems(inShort)).anySatisfy(problem ->
                assertThat(problem).contains("good: step setBody keep: write expression, then the language, then expression"));
    }

    @Test
    void aStepInShortIsTold() {
        String inShort = GOOD.replace("            uri: direct:good-too\n", "").replace("        - to:\n            id: next\n", "        - to: direct:good-too\n");
        assertThat(inShort).isNotEqualTo(GOOD);

        assertThat(problems(inShort)).anySatisfy(problem ->
                assertThat(problem).contains("good: step to is written in short"));
    }

    @Test
    void anIdUsedInTwoFilesIsTold() {
        Map<Path, String> both = new LinkedHashMap<>();
        both.put(ROUTES.resolve("a.camel.yaml"), GOOD);
        both.put(ROUTES.resolve("b.camel.yaml"), GOOD.replace("id: good", "id: best").replace("direct:good", "direct:best"));

        assertThat(problems(both)).contains("routes/b.camel.yaml, line 8: the id ask is used twice (first in route good)");
    }

    private static List<String> problems(String text) {
        return problems(Map.of(ROUTES.resolve("good.camel.yaml"), text));
    }

    private static List<String> problems(Map<Path, String> texts) {
        List<String> problems = new ArrayList<>();
        check.problems(RouteSet.of(texts, List.of(ROUTES))).forEach(problem -> problems.add(problem.toString()));
        texts.forEach((file, text) -> {
            if (file.toString().endsWith(".yaml")) {
                problems.addAll(RoutesLint.problems(file.toString(), text));
            }
        });
        return problems;
    }

    private static List<Path> statementsThereAre() throws IOException {
        try (Stream<Path> files = Files.list(ROUTES.resolve("sql"))) {
            return files.sorted().toList();
        }
    }

    /** The beans of our own configurations and components, by their names. */
    private static Map<String, Class<?>> beans() {
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(true);
        Map<String, Class<?>> beans = new HashMap<>();
        scan.findCandidateComponents("org.martsync").forEach(component -> {
            Class<?> type = ClassUtils.resolveClassName(component.getBeanClassName(), null);
            if (type.getProtectionDomain().getCodeSource().getLocation().getPath().contains("test-classes")) {
                return;
            }
            String name = type.getSimpleName();
            beans.put(Character.toLowerCase(name.charAt(0)) + name.substring(1), type);
            for (Method method : type.getDeclaredMethods()) {
                Bean bean = method.getAnnotation(Bean.class);
                if (bean != null) {
                    List<String> names = bean.value().length == 0 ? List.of(method.getName()) : List.of(bean.value());
                    names.forEach(one -> beans.put(one, method.getReturnType()));
                }
            }
        });
        return beans;
    }

    private static Set<String> settings() throws IOException {
        Set<String> names = new HashSet<>();
        flatten("", new Yaml().load(Files.readString(Path.of("config/application.yaml"))), names);
        return names;
    }

    private static void flatten(String prefix, Object value, Set<String> names) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, one) -> flatten(prefix.isEmpty() ? String.valueOf(key) : prefix + "." + key, one, names));
        } else {
            names.add(prefix);
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
