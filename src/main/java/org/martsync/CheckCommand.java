package org.martsync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.camel.ProducerTemplate;
import org.martsync.check.Checkup;
import org.martsync.check.Report;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says what would hold events back, before the first one leaves. */
@Command(name = "check", sortOptions = false, header = "Says what would hold events back, before the first one leaves.", description = {
    "%nLooks at DHIS2, the user's rights, the clocks, the mappings beside DHIS2's metadata and the database, the values of the "
            + "pending events and of the newest forms, and the patients. Writes nothing, and asks DHIS2 only a few questions; "
            + "rehearse asks it of each event. What it prints quotes patients' values.%n"},
        footer = {"%nExit code: 0 when nothing holds an event back, 1 when something does (a refused login or an unknown program too), "
                + "2 when a setting or an option is wrong, 3 and 4 as at a start, 5 when DHIS2 or the database does not answer, so that "
                + "asking again later may help."})
final class CheckCommand implements Callable<Integer> {

    private static final int HOLDS_BACK = 1;
    private static final int WRONG = 2;
    private static final int NO_ANSWER = 5;

    @Option(names = "--mapping", paramLabel = "NAME", defaultValue = "", description = "only this mapping, its events and forms")
    private String mapping;

    @Option(names = "--events", paramLabel = "N", defaultValue = "10000", description = "looks at about so many pending events, ${DEFAULT-VALUE} without it")
    private int events;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "1000",
            description = "looks beside them at the newest encounters of each form, at most so many, ${DEFAULT-VALUE} without it")
    private int rows;

    @Option(names = "--html", paramLabel = "FILE", description = "writes the report to this file, as one page for people, too")
    private Path html;

    @Option(names = "--json", description = "one JSON object instead of text")
    private boolean json;

    @Mixin
    private GivenSettings given;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        if (events < 1 || rows < 0) {
            throw new ParameterException(command.commandLine(), events < 1 ? "--events must be a number from 1 on, not " + events + "."
                    : "--rows must be a number from 0 on, not " + rows + ".");
        }
        return ProgramAtRest.run(given.ofSite(), this::check);
    }

    private int check(ProducerTemplate routes) {
        Checkup checkup = new Checkup(Clock.systemUTC().instant(), mapping, events, rows);
        try {
            routes.requestBody("direct:check", checkup);
        } catch (RuntimeException broken) {
            System.err.println("The check broke off: " + ProgramAtRest.inWords(broken) + ".");
            return NO_ANSWER;
        }
        Report report = new Report(checkup, ZoneId.systemDefault(), true);
        System.out.println(json ? report.json() : report.text());
        if (html != null && !written(report, routes)) {
            return WRONG;
        }
        return !checkup.complete() ? NO_ANSWER : checkup.good() ? 0 : HOLDS_BACK;
    }

    private boolean written(Report report, ProducerTemplate routes) {
        ITemplateEngine templates = routes.getCamelContext().getRegistry().findSingleByType(ITemplateEngine.class);
        Context context = new Context(Locale.ENGLISH);
        context.setVariable("report", report);
        try {
            Files.writeString(html, templates.process("report", context));
            return true;
        } catch (IOException unwritable) {
            System.err.println("The file " + html + " of --html cannot be written.");
            return false;
        }
    }
}
