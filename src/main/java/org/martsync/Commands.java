package org.martsync;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.UnmatchedArgumentException;

/** What the program does on the command line besides running. */
@Command(name = "java -jar mart-dhis2-sync.jar", subcommands = {Validate.class, CheckCommand.class, RehearseCommand.class, ReconcileCommand.class},
        header = "Brings patient events from a clinic's database into DHIS2.%n",
        description = "%nWithout a command it runs until it is stopped. Settings may be given with and without a command as --name=value; "
                + "they win over the environment and config/application.yaml.%n",
        footer = "%nEach command has --help.")
final class Commands implements Runnable {

    private static final int WRONG = 2;

    @Option(names = "--help", usageHelp = true, description = "prints this")
    private boolean help;

    /** Whether these arguments ask for something else than a start. */
    static boolean asked(String... arguments) {
        return arguments.length > 0 && (!arguments[0].startsWith("-") || arguments[0].equals("--help"));
    }

    /** Does what is asked; returns the exit code, 2 for what is not understood. */
    static int run(String... arguments) {
        CommandLine commands = new CommandLine(new Commands()).setUsageHelpAutoWidth(true).setParameterExceptionHandler((wrong, all) -> {
            System.err.println(wrong.getMessage());
            UnmatchedArgumentException.printSuggestions(wrong, wrong.getCommandLine().getErr());
            return WRONG;
        });
        // these are the settings, see GivenSettings
        commands.getSubcommands().values().forEach(command -> command.setUnmatchedArgumentsAllowed(true));
        return commands.execute(arguments);
    }

    @Override
    public void run() {
        // only --help gets here, which picocli answers
    }
}
