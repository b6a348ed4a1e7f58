package org.martsync.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code config/application.yaml} is the card file of the settings. */
class SettingsFileTest {

    @Test
    void everySettingHasACommentAboveIt() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("config/application.yaml"));
        List<String> bare = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            boolean isSetting = lines.get(i).matches("\\s+\\S+: \\S.*") && !lines.get(i).strip().startsWith("#");
            if (isSetting && !lines.get(i - 1).strip().matches("# [A-Z].*|# .*\\.")) {
                bare.add(lines.get(i));
            }
        }
        assertThat(bare).isEmpty();
    }

    @Test
    void noSecretHasAValue() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("config/application.yaml"));
        assertThat(lines).filteredOn(line -> line.matches("\\s+(password|token): .*"))
                .hasSize(8)
                .allSatisfy(line -> assertThat(line.strip()).matches("\\w+: \"(\\$\\{[\\w.]+(:)?})?\""));
    }
}
