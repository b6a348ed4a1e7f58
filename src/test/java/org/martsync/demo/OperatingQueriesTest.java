package org.martsync.demo;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.martsync.clinic.Clinic;

import static org.assertj.core.api.Assertions.assertThat;

/** The queries of {@code docs/operating.md}, on the demo's clinic. */
class OperatingQueriesTest {

    private static final Pattern QUERY = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyQueryWorks() throws IOException {
        List<String> queries = QUERY.matcher(Files.readString(Path.of("docs/operating.md"))).results()
                .map((MatchResult found) -> found.group(1)).toList();
        assertThat(queries).hasSizeGreaterThanOrEqualTo(5);
        try (Clinic clinic = Clinic.installed().migrated()) {
            DemoClinic.fill(clinic);
            queries.forEach(query -> assertThatCode(() -> clinic.jdbc().execute(query)).as(query).doesNotThrowAnyException());
        }
    }
}
