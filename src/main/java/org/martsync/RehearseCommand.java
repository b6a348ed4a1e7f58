package org.martsync;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;
import org.martsync.rehearse.NoSuchMapping;
import org.martsync.rehearse.Rehearsal;
import org.martsync.rehearse.Rehearsal.Ending;
import org.martsync.rehearse.Rehearsal.Outcome;
import org.martsync.rehearse.Rehearsal.Tried;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says what would become of the pending events, without writing anything in DHIS2 or in the database. */
@Command(name = "rehearse", sortOptions = false, header = "Says what would become of the pending events.", description = {
    "%nDoes with the pending events all that a run does, but asks DHIS2 only what it would say (importMode=VALIDATE), and "
            + "writes nothing, neither there nor in the database. May be started beside the running program. What it prints "
            + "quotes patients' values.%n"},
        footer = {"%nExit code: 0 when all would be stored, 1 when some would not, 2 when a setting or an option is wrong, "
                + "3 and 4 as at a start, 5 when DHIS2 or the database does not answer."})
final class RehearseCommand implements Callable<Integer> {

    private static final int NOT_ALL = 1;
    private static final int WRONG = 2;
    private static final int NO_ANSWER = 5;
    private static final int SHOWN = 5;
    // the database takes nothing behind the object either
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

    @Option(names = "--mapping", paramLabel = "NAME", defaultValue = "", description = "only the events of this mapping; with Patient those of all, as each "
            + "brings its patient")
    private String mapping;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "10000", description = "about so many events, ${DEFAULT-VALUE} without it")
    private int limit;

    @Option(names = "--new", paramLabel = "FILE", description = "rehearses twice: with the mapping as it is, and with the mapping_json in "
            + "this file in its place, and says which events would pass with one and not with the other; needs --mapping")
    private Path newMapping;

    @Option(names = "--new-config", paramLabel = "FILE", description = "the same for the mapping's config (searchable, comparable, program, …): "
            + "alone, or beside --new")
    private Path newConfig;

    @Option(names = "--each", description = "a line for each event too: its mapping, what would become of it, and why; with --json that "
            + "is there always")
    private boolean each;

    @Option(names = "--json", description = "one JSON object instead of text")
    private boolean json;

    @Mixin
    private GivenSettings given;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        boolean compares = newMapping != null || newConfig != null;
        if (compares && mapping.isEmpty()) {
            throw wrong((newMapping == null ? "--new-config" : "--new") + " needs --mapping=NAME: the name of the mapping whose place the file takes.");
        }
        if (limit < 1) {
            throw wrong("--limit must be a number from 1 on, not " + limit + ".");
        }
        Tried tried = compares ? new Tried(read("--new", newMapping), read("--new-config", newConfig)) : null;
        return ProgramAtRest.run(given.ofSite(), routes -> rehearse(routes, tried));
    }

    /** Returns a JSON object as it is written in a file, null where none is given. */
    private String read(String option, Path file) {
        if (file == null) {
            return null;
        }
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException unreadable) {
            throw wrong("The file " + file + " of " + option + " cannot be read.");
        }
        if (!isObject(text)) {
            throw wrong("The file " + file + " of " + option + " holds no JSON object. Give it what stands in the mapping's column "
                    + (file == newMapping ? "mapping_json" : "config") + ", changed.");
        }
        return text;
    }

    private static boolean isObject(String text) {
        try {
            return JSON.readTree(text).isObject();
        } catch (JsonProcessingException notJson) {
            return false;
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    private int rehearse(ProducerTemplate routes, Tried tried) {
        Rehearsal now = new Rehearsal(mapping, limit, null);
        Rehearsal then = tried == null ? null : new Rehearsal(mapping, limit, tried);
        try {
            routes.requestBody("direct:rehearse-events", now);
            if (then != null) {
                routes.requestBody("direct:rehearse-events", then);
            }
        } catch (RuntimeException broken) {
            NoSuchMapping noSuch = ObjectHelper.getException(NoSuchMapping.class, broken);
            if (noSuch != null) {
                System.err.println(noSuch.getMessage());
                return WRONG;
            }
            System.err.println("The rehearsal broke off: " + ProgramAtRest.inWords(broken) + ".");
            return NO_ANSWER;
        }
        if (json) {
            printJson(now, then);
        } else {
            printText(now, then);
        }
        Rehearsal last = then == null ? now : then;
        return last.allPass() ? 0 : NOT_ALL;
    }

    private void printText(Rehearsal now, Rehearsal then) {
        if (then == null) {
            printText("", now);
            return;
        }
        printText("With the mapping as it is: ", now);
        System.out.println();
        printText("With the new one: ", then);
        List<Integer> more = then.passMoreThan(now);
        List<Integer> fewer = now.passMoreThan(then);
        System.out.printf(Locale.ROOT, "%nWith the new mapping %d more events pass%s, %d fail%s.%n", more.size(), ids(more), fewer.size(), ids(fewer));
    }

    private void printText(String which, Rehearsal rehearsal) {
        System.out.println(text(which, rehearsal));
        if (each) {
            rehearsal.outcomes().values().forEach(one -> System.out.println("event " + one.id() + "  " + one.mapping() + "  " + inWord(one)
                    + (one.reason() == null ? "" : ": " + one.reason().replaceAll("\\R", " "))));
        }
    }

    private static String inWord(Outcome outcome) {
        return outcome.ending().name().toLowerCase(Locale.ROOT);
    }

    private static String text(String which, Rehearsal rehearsal) {
        StringBuilder text = new StringBuilder(which).append(String.format(Locale.ROOT,
                "%d events rehearsed, %d would be created, %d updated, %d rejected", rehearsal.outcomes().size(),
                rehearsal.count(Ending.CREATED), rehearsal.count(Ending.UPDATED), rehearsal.count(Ending.REJECTED)));
        if (rehearsal.count(Ending.LEFT) > 0) {
            text.append(String.format(Locale.ROOT, ", %d left for later", rehearsal.count(Ending.LEFT)));
        }
        rehearsal.rejectedByReason().forEach((reason, events) -> text.append(String.format(Locale.ROOT, "%n%6d  %s%n        for example event %d: %s",
                events.size(), reason, events.get(0).id(), events.get(0).reason())));
        return text.toString();
    }

    private static String ids(List<Integer> events) {
        return events.isEmpty() ? "" : events.stream().limit(SHOWN).map(String::valueOf)
                .collect(Collectors.joining(", ", " (", events.size() > SHOWN ? ", …)" : ")"));
    }

    private static void printJson(Rehearsal now, Rehearsal then) {
        Map<String, Object> told = json(now);
        if (then != null) {
            told.put("new", json(then));
            told.put("passWithNewOnly", then.passMoreThan(now));
            told.put("failWithNewOnly", now.passMoreThan(then));
        }
        try {
            JSON.writeValue(System.out, told);
        } catch (IOException e) {
            throw new UncheckedIOException("names, numbers and texts can be written as JSON", e);
        }
        System.out.println();
    }

    /** The lists are iterators, so that each event is made into JSON when it is its turn, and none is held as text. */
    private static Map<String, Object> json(Rehearsal rehearsal) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("rehearsed", rehearsal.outcomes().size());
        told.put("created", rehearsal.count(Ending.CREATED));
        told.put("updated", rehearsal.count(Ending.UPDATED));
        told.put("rejected", rehearsal.count(Ending.REJECTED));
        told.put("left", rehearsal.count(Ending.LEFT));
        told.put("rejections", rehearsal.outcomes().values().stream().filter(outcome -> outcome.ending() == Ending.REJECTED)
                .map(RehearseCommand::json).iterator());
        told.put("events", rehearsal.outcomes().values().stream().map(outcome -> {
            Map<String, Object> event = json(outcome);
            event.put("outcome", inWord(outcome));
            return event;
        }).iterator());
        return told;
    }

    private static Map<String, Object> json(Outcome outcome) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("event", outcome.id());
        told.put("mapping", outcome.mapping());
        told.put("reason", outcome.reason());
        return told;
    }
}
