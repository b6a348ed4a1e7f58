package org.martsync.dhis2;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.martsync.words.Words;

/**
 * Says what DHIS2 holds against an object in words a data clerk can act on: display names with ids, what to do, and
 * DHIS2's own code at the end.
 */
public final class ExplainFault {

    private static final Pattern UID = Pattern.compile("`([A-Za-z][A-Za-z0-9]{10})`");

    private ExplainFault() {
    }

    /**
     * Returns the sentence for one error of an import report.
     *
     * @param fault the error
     * @param program whose metadata gives the names
     */
    public static String of(ImportReport.Fault fault, ProgramMetadata program) {
        String said = named(fault.message(), program);
        String sentence = switch (fault.code()) {
            case "E1000", "E1003", "E1102" -> Words.say("fault.access", said);
            case "E1015" -> Words.say("fault.enrolled", program.name());
            case "E1018" -> Words.say("fault.registration", said);
            case "E1020", "E1021" -> Words.say("fault.date", said);
            case "E1029" -> Words.say("fault.not-assigned", said);
            case "E1039" -> Words.say("fault.once", said);
            case "E1064" -> Words.say("fault.unique", said);
            case "E1076", "E1303" -> Words.say("fault.compulsory", said);
            case "E1082" -> Words.say("fault.event-deleted");
            case "E1113" -> Words.say("fault.enrolment-deleted");
            case "E1114" -> Words.say("fault.person-deleted");
            case "E1125" -> Words.say("fault.option", said);
            case "E1304", "E1305", "E1006" -> Words.say("fault.mapping", said);
            default -> said;
        };
        return sentence + " [" + fault.code() + "]";
    }

    private static String named(String message, ProgramMetadata program) {
        Matcher uid = UID.matcher(message);
        return uid.replaceAll(found -> Matcher.quoteReplacement(nameOf(found.group(1), program)));
    }

    private static String nameOf(String uid, ProgramMetadata program) {
        Stream<Labelled> ofStages = program.stages().values().stream().flatMap(stage -> Stream.concat(Stream.of(stage), stage.dataElements().values().stream()));
        return Stream.of(Stream.of(program), program.attributes().values().stream(), ofStages).<Labelled>flatMap(Function.identity())
                .filter(one -> one.id().equals(uid)).findFirst().map(Labelled::label).orElse(uid);
    }
}
