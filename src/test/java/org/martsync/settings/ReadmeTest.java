package org.martsync.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of settings in {@code README.md} is that of {@code config/application.yaml}. */
class ReadmeTest {

    private static final Pattern OLD_NAME = Pattern.compile("\\$\\{([A-Z_]+):(.*)}");
    private static final Pattern OTHER_SETTING = Pattern.compile("\\$\\{([a-z.-]+)}");
    private static final Pattern LINE = Pattern.compile("( *)([\\w-]+):\\s*(.*)");

    @Test
    void everySettingStandsInTheTableWithItsOldNameAndDefaultAndNoneElse() throws IOException {
        assertThat(inTheReadme()).isNotEmpty().containsExactlyElementsOf(inTheFile());
    }

    /** The beginning of the table's rows: name, old name, default. */
    private static List<String> inTheReadme() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("README.md"));
        return lines.subList(lines.indexOf("### Settings"), lines.indexOf("### Exit codes")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|"))
                .map(cells -> cells[1].strip() + " " + cells[2].strip() + " " + cells[3].strip())
                .toList();
    }

    private static List<String> inTheFile() throws IOException {
        List<String> rows = new ArrayList<>();
        List<String> path = new ArrayList<>();
        StringBuilder comment = new StringBuilder();
        for (String line : Files.readAllLines(Path.of("config/application.yaml"))) {
            Matcher setting = LINE.matcher(line);
            if (line.contains("the program's inside")) {
                break;
            } else if (line.strip().startsWith("#")) {
                comment.append(line);
            } else if (setting.matches()) {
                path.subList(setting.group(1).length() / 2, path.size()).clear();
                path.add(setting.group(2));
                if (!setting.group(3).isEmpty()) {
                    rows.add(row(String.join(".", path), setting.group(3).replace("\"", ""), comment.indexOf("Required") >= 0));
                }
                comment.setLength(0);
            } else {
                comment.setLength(0);
            }
        }
        return rows;
    }

    private static String row(String name, String value, boolean required) {
        Matcher old = OLD_NAME.matcher(value);
        Matcher other = OTHER_SETTING.matcher(value);
        String oldName = old.matches() ? "`" + old.group(1) + "`" : "";
        String text = old.matches() ? old.group(2) : value;
        String byDefault = other.matches() ? "as `" + other.group(1) + "`"
                : !text.isEmpty() ? "`" + text + "`" : required ? "required" : "none";
        return "`" + name + "` " + oldName + " " + byDefault;
    }
}
