package org.martsync;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What every command takes: {@code --help}, and settings for this once, as at a start. */
final class GivenSettings {

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--help", usageHelp = true, description = "prints this")
    private boolean help;

    /**
     * The settings as {@code --name=value}.
     *
     * @throws ParameterException when one is written in another way; its message says how
     */
    List<String> settings() {
        List<String> given = command.commandLine().getUnmatchedArguments();
        for (String one : given) {
            if (!one.matches("(?s)--[^=]+=.*")) {
                throw new ParameterException(command.commandLine(),
                        "'" + one + "' is not understood: options and settings are written --name=value, see " + command.name() + " --help.");
            }
        }
        return given;
    }
}
