package org.martsync.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/**
 * The route files, and those of the recipes, against the schema that Camel publishes for its YAML, by which Kaoto reads and writes them. The schema
 * allows short forms too, which Kaoto writes long; that there are none is held by {@code RoutesLintTest}.
 */
class KaotoTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern RECIPE = Pattern.compile("```yaml\\n(- route:\\n.*?)```", Pattern.DOTALL);
    private static JsonSchema camel;

    @BeforeAll
    static void readTheSchema() throws IOException {
        try (InputStream schema = KaotoTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            camel = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(JSON.readTree(schema));
        }
    }

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void theFileKeepsTheSchema(Path file) throws IOException {
        assertThat(against(Files.readString(file))).isEmpty();
    }

    static Stream<Arguments> recipes() throws IOException {
        List<Arguments> recipes = new ArrayList<>();
        for (String page : List.of("docs/cookbook.md", "docs/integrating.md")) {
            RECIPE.matcher(Files.readString(Path.of(page))).results()
                    .forEach(recipe -> recipes.add(Arguments.of(page, recipe.group(1).replaceFirst("(?s).*?description: (.*?)\n.*", "$1"), recipe.group(1))));
        }
        assertThat(recipes).hasSizeGreaterThanOrEqualTo(7);
        return recipes.stream();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("recipes")
    void aRecipeKeepsTheSchemaAndTheLongForms(String page, String description, String recipe) {
        assertThat(against(recipe)).isEmpty();
        assertThat(RoutesLint.problems(page, recipe)).isEmpty();
    }

    @Test
    void whatTheSchemaDoesNotKnowIsFound() throws IOException {
        String text = Files.readString(Path.of("routes/customise.camel.yaml"));
        assertThat(against(text.replace("loggingLevel: TRACE", "loggingLewel: TRACE"))).isNotEmpty();
    }

    private static List<String> against(String text) {
        List<?> routes = new Yaml().load(text);
        return camel.validate(JSON.valueToTree(routes)).stream().map(ValidationMessage::getMessage)
                .filter(message -> !isSwitchedBySetting(message, text)).toList();
    }

    /** The schema wants true or false where Camel also takes a setting, as two of our routes are switched on by one. */
    private static boolean isSwitchedBySetting(String message, String text) {
        return message.matches("\\$\\[\\d+]\\.route\\.autoStartup: string found, boolean expected")
                && text.contains("    autoStartup: \"{{");
    }
}
