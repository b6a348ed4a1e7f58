package org.martsync.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementTest {

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes/sql"))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void nothingIsWrongWithOneThatShips(Path file) throws IOException {
        assertThat(new Statement(file, Files.readString(file)).problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            SELECT (1                          | x.sql, line 1: ( is never closed
            SELECT;;((1) + 2                   | x.sql, line 3: ( is never closed
            SELECT 1)                          | x.sql, line 1: ) closes nothing
            SELECT;ARRAY[1, (2]                | x.sql, line 2: ] closes a (
            SELECT 'It''s                      | x.sql, line 1: the text in ' never ends
            SELECT E'It\\'s'                    |
            SELECT E'It\\'                      | x.sql, line 1: the text in ' never ends
            SELECT 'a\\'                        |
            SELECT "a                          | x.sql, line 1: the text in " never ends
            SELECT $t$ ( ' $t$                 |
            SELECT $t$ $$                      | x.sql, line 1: the text in $t$ never ends
            SELECT /* ( */ 1 -- '              |
            SELECT 1;/* (                      | x.sql, line 2: the comment /* is never closed
            SELECT ')', ")", :#${a('b(')}      |
            -- only a comment                  | x.sql: holds no statement
            """)
    void whatIsLeftOpenIsToldWithItsLine(String text, String problem) {
        assertThat(new Statement(Path.of("x.sql"), text.replace(';', '\n')).problems()).map(Problem::toString)
                .isEqualTo(problem == null ? List.of() : List.of(problem));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n \n", "/* nothing */"})
    void anEmptyFileIsTold(String text) {
        assertThat(new Statement(Path.of("x.sql"), text).problems()).map(Problem::reason).containsExactly("holds no statement");
    }

    @Test
    void whatARouteGivesIsToldFromWhatItFillsIn() {
        Statement statement = new Statement(Path.of("x.sql"), """
                -- :#not ${this}
                SELECT ${body.columns}::text, :#${variable.run}::int
                FROM ${body.table} WHERE id IN (:#in:ids) OR id = :#one
                """);
        assertThat(statement.gaps()).containsExactly("body.columns", "body.table");
        assertThat(statement.parameters()).containsExactly(new Statement.Parameter("${variable.run}", 2),
                new Statement.Parameter("ids", 3), new Statement.Parameter("one", 3));
        String filled = statement.filled(Map.of("body.columns", "a", "body.table", "b"));
        assertThat(Statement.prepared(filled)).isEqualToIgnoringWhitespace("SELECT a::text, ?::int FROM b WHERE id IN (?) OR id = ?");
        assertThat(Statement.numbered(filled)).contains("id IN ($2) OR id = $3");
    }
}
