package org.martsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.component.sql.SqlEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class SqlPreparedOnceTest {

    private final DefaultCamelContext camel = new DefaultCamelContext();

    @TempDir
    private Path place;

    @BeforeEach
    void start() {
        camel.addComponent("sql", new SqlPreparedOnce(new DriverManagerDataSource()));
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    @Test
    void theParametersOfAFileAreCountedAndNotItsTextsAndRemarks() throws Exception {
        Path file = Files.writeString(place.resolve("some.sql"), """
                -- is it :#this?
                SELECT 'why? :', a::text FROM t WHERE a = :#${variable.one} AND b = :#two AND c ~ '^.?$';
                DELETE FROM t WHERE a = :#${properties:three}
                """);

        assertThat(count("sql:file:" + file)).isEqualTo(3);
        assertThat(count("sql:SELECT 1")).isZero();
    }

    @Test
    void whatARouteSaysOfItGoesBefore() throws Exception {
        assertThat(count("sql:formTable?parametersCount=2")).isEqualTo(2);
    }

    @Test
    void aListOfValuesIsLeftToTheDriver() throws Exception {
        assertThat(count("sql:SELECT 1 FROM t WHERE a IN (:#in:ids)")).isZero();
    }

    private int count(String uri) {
        return camel.getEndpoint(uri, SqlEndpoint.class).getParametersCount();
    }
}
