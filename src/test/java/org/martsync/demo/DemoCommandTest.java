package org.martsync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's first command. With more than one main class among the tests it must be told which one. */
class DemoCommandTest {

    @Test
    void springBootTestRunStartsTheDemo() throws IOException {
        assertThat(Files.readString(Path.of("README.md"))).contains("./mvnw spring-boot:test-run");
        assertThat(Files.readString(Path.of("pom.xml")).replaceAll("\\s+", ""))
                .contains("<id>default-cli</id><configuration><mainClass>" + Demo.class.getName() + "</mainClass>");
    }
}
