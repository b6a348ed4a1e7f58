package org.martsync;

import java.util.List;
import org.martsync.settings.SitesSettings;
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

    @Option(names = "--site", paramLabel = "NAME", defaultValue = "", description = "which of several sites (settings sites.*)")
    private String site;

    /**
     * The settings as {@code --name=value}; where there are several sites, those of the one that is named.
     *
     * @throws ParameterException when one is written in another way, or a site is not named that must be; its message says how
     */
    List<String> ofSite() {
        SitesSettings sites = sites();
        if (site.isEmpty() && sites.names().isEmpty()) {
            return settings();
        }
        if (!sites.names().contains(site)) {
            throw new ParameterException(command.commandLine(), sites.names().isEmpty()
                    ? "There is one site only, which needs no --site: the settings have no sites.*."
                    : (site.isEmpty() ? "There are several sites" : "There is no site " + site) + ": name one with --site="
                            + String.join(" or --site=", sites.names()) + ".");
        }
        return sites.arguments(site);
    }

    /** Those of the several sites, if there are any. */
    SitesSettings sites() {
        return SitesSettings.of(settings().toArray(String[]::new));
    }

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
