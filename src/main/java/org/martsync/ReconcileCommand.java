package org.martsync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;
import org.martsync.database.JsonValue;
import org.martsync.reconcile.BrokenOff;
import org.martsync.reconcile.Reconcile.Repair;
import org.martsync.reconcile.Reconciliation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what of the synced events is not in DHIS2 as the clinic holds it, and queues again what is missing there. */
@Command(name = "reconcile", sortOptions = false, header = "Proves that what is synced is in DHIS2 as the clinic holds it.", description = {
    "%nReads back from DHIS2 all that the clinic's database holds as synced, and names what is missing there, was deleted, differs, "
            + "is there twice, or is there and did not come from here. Writes nothing in DHIS2. May be started beside the running "
            + "program. Broken off, it goes on where it was when it is started again within a day. What it prints quotes "
            + "patients' values.%n"},
        footer = {"%nExit code: 0 when all is as it should be, 1 when something was found, 2 when a setting or an option is wrong, "
                + "3 and 4 as at a start, 5 when DHIS2 or the database does not answer."})
final class ReconcileCommand implements Callable<Integer> {

    private static final int FOUND = 1;
    private static final int NO_ANSWER = 5;
    private static final int SHOWN = 20;
    private static final int EXAMPLES = 3;
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(names = "--since", paramLabel = "DATE", description = "only events of encounters of this day and later, like 2026-01-31; "
            + "those without a known date too")
    private LocalDate since;

    @Option(names = "--repair", description = "queues again what is missing in DHIS2 and was not deleted there, so that the next run "
            + "sends it; asks before. What was changed in DHIS2 is never overwritten")
    private boolean repair;

    @Option(names = "--yes", description = "with --repair: does not ask")
    private boolean yes;

    @Option(names = "--restart", description = "begins anew, where one was broken off")
    private boolean restart;

    @Option(names = "--json", description = "one JSON object instead of text")
    private boolean json;

    @Mixin
    private GivenSettings given;

    private final UnaryOperator<String> person;

    /** Asks at the terminal, if there is one. */
    ReconcileCommand() {
        this(System.console() == null ? null : question -> System.console().readLine("%s", question));
    }

    /** @param person puts a question and returns the answer, null at the end of the input; null where nobody can be asked */
    ReconcileCommand(UnaryOperator<String> person) {
        this.person = person;
    }

    @Override
    public Integer call() {
        return ProgramAtRest.run(given.ofSite(), this::reconcile);
    }

    int reconcile(ProducerTemplate routes) {
        try {
            Reconciliation reconciliation = routes.requestBody("direct:reconcile",
                    new Reconciliation(Instant.now().truncatedTo(ChronoUnit.MILLIS), since, restart), Reconciliation.class);
            List<Map<String, Object>> found = report(routes, reconciliation);
            if (!json) {
                System.out.println(text(reconciliation, found));
            }
            Repair repaired = repair ? repair(routes, reconciliation, found) : null;
            if (json) {
                System.out.println(json(reconciliation, found, repaired));
            } else if (repaired != null) {
                System.out.println(repaired.outcome());
            }
            return found.isEmpty() ? 0 : FOUND;
        } catch (RuntimeException broken) {
            System.err.println("The comparison broke off: " + inWords(broken) + ".");
            System.err.println("What was compared is kept: start it again within a day and it goes on there.");
            return NO_ANSWER;
        }
    }

    private static String inWords(Throwable broken) {
        BrokenOff off = ObjectHelper.getException(BrokenOff.class, broken);
        return off != null ? off.getMessage().replaceFirst("\\.$", "") : ProgramAtRest.inWords(broken);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> report(ProducerTemplate routes, Reconciliation reconciliation) {
        return (List<Map<String, Object>>) routes.requestBody("direct:reconcile-report", reconciliation);
    }

    /** Returns what was done, or null where nothing was. */
    private Repair repair(ProducerTemplate routes, Reconciliation reconciliation, List<Map<String, Object>> found) {
        long repairable = found.stream().mapToLong(group -> number(group, "repairable")).sum();
        if (repairable == 0 || !yes && !agreed(repairable)) {
            return null;
        }
        return routes.requestBodyAndHeader("direct:reconcile-repair", reconciliation, "who",
                "command line (" + System.getProperty("user.name") + ")", Repair.class);
    }

    private boolean agreed(long repairable) {
        if (person == null) {
            System.err.println("Nothing is queued: there is no terminal to ask at. With --yes it is done without being asked.");
            return false;
        }
        String answer = person.apply("Queue " + repairable + " events again that are missing in DHIS2? The next run sends them. [y/N] ");
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }

    private static long number(Map<String, Object> group, String column) {
        return ((Number) group.get(column)).longValue();
    }

    // ---- for people

    private static String text(Reconciliation reconciliation, List<Map<String, Object>> found) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%d events%s compared with DHIS2:%s", reconciliation.events(),
                reconciliation.since() == null ? "" : " since " + reconciliation.since(), found.isEmpty() ? " all are there as the clinic holds them." : ""));
        for (Map<String, Object> group : found) {
            text.append(String.format(Locale.ROOT, "%n%6d  %s%s%n", number(group, "findings"), sentence(group), ids(JsonValue.read(group.get("events")))));
            int examples = 0;
            for (JsonNode detail : JsonValue.read(group.get("details"))) {
                if (examples++ < EXAMPLES) {
                    text.append("        ").append(example(detail)).append('\n');
                }
            }
        }
        return text.toString().stripTrailing();
    }

    private static String sentence(Map<String, Object> group) {
        String field = String.valueOf(group.get("field"));
        return switch (group.get("thing") + " " + group.get("kind")) {
            case "event missing" -> "events are missing in DHIS2, and nobody deleted them there; --repair can have "
                    + number(group, "repairable") + " of them sent again";
            case "event deleted" -> "events were deleted in DHIS2. Such a one never comes back under its UID, so it is not repaired: "
                    + "if it is still wanted, enter it in DHIS2 by hand or record the encounter anew";
            case "event misplaced" -> "events are in DHIS2 where their patient does not show them, under a deleted enrolment or another person. "
                    + "Look them up there by their UID";
            case "event changed" -> "events differ in " + field + ". Changed in DHIS2 since, or the mapping was: correct it where it is wrong; "
                    + "an edit in the clinic overwrites DHIS2";
            case "event duplicated" -> "events are in DHIS2 beside one of ours of the same enrolment, stage and day, and did not come from here. "
                    + "Delete one of the two there";
            case "event unknown" -> "events of our patients are in DHIS2 and did not come from here";
            case "event not_compared" -> "events cannot be compared, as they could not be sent any more";
            case "enrolment missing" -> "enrolments are missing in DHIS2; the patient's next event makes another";
            case "enrolment deleted" -> "enrolments were deleted in DHIS2; the patient's next event makes another";
            case "enrolment changed" -> "enrolments with events of ours differ in " + field + ". Changed in DHIS2 since"
                    + (field.equals("status") ? "" : ", or in the clinic, which does not change it there") + ": correct it where it is wrong";
            case "person missing" -> "people are missing in DHIS2; their next event looks for them anew";
            case "person deleted" -> "people were deleted in DHIS2; their next event looks for them anew";
            case "person changed" -> "people differ in " + field + ". Changed in DHIS2 since: correct it where it is wrong";
            case "person duplicated" -> "people have somebody beside them in DHIS2 with a unique value of theirs, or all values they are searched by. Merge the two there";
            default -> group.get("thing") + " " + group.get("kind");
        };
    }

    private static String ids(JsonNode events) {
        List<String> shown = new ArrayList<>();
        events.forEach(event -> shown.add(event.asText()));
        return shown.isEmpty() ? "" : (shown.size() == 1 ? " (event " : " (events ") + String.join(", ", shown.subList(0, Math.min(SHOWN, shown.size())))
                + (shown.size() > SHOWN ? ", …; all with --json)" : ")");
    }

    private static String example(JsonNode detail) {
        StringBuilder example = new StringBuilder(detail.has("event") ? "event " + detail.get("event").asText() + ", " : "")
                .append(detail.path("dhis2").asText("no UID"));
        if (detail.has("ours")) {
            example.append(": '").append(detail.get("ours").asText()).append("' here, '").append(detail.path("theirs").asText()).append("' in DHIS2");
        } else if (detail.has("theirs")) {
            example.append(": ").append(detail.get("theirs").asText());
        }
        return example.append(detail.has("reason") ? ": " + detail.get("reason").asText() : "").toString();
    }

    // ---- for machines

    private static String json(Reconciliation reconciliation, List<Map<String, Object>> found, Repair repaired) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("compared", reconciliation.events());
        told.put("since", reconciliation.sinceText());
        told.put("findings", found.stream().map(ReconcileCommand::json).toList());
        if (repaired != null) {
            told.put("queued", repaired.queued());
        }
        try {
            return JSON.writeValueAsString(told);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names, numbers and texts can be written as JSON", e);
        }
    }

    private static Map<String, Object> json(Map<String, Object> group) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("thing", group.get("thing"));
        told.put("kind", group.get("kind"));
        if (group.get("field") != null) {
            told.put("field", group.get("field"));
        }
        told.put("count", group.get("findings"));
        told.put("repairable", group.get("repairable"));
        told.put("events", JsonValue.read(group.get("events")));
        told.put("details", JsonValue.read(group.get("details")));
        return told;
    }
}
