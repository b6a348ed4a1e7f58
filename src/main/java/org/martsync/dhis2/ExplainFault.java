package org.martsync.dhis2;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.martsync.words.Words;

/**
 * Says what DHIS2 holds against an object in words a data clerk can act on: what is the case and what to do in the site's
 * language, then DHIS2's own words, with display names beside ids, and its code.
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
        return Words.say(sentence(fault.code()), named(fault.message(), program), program.name()) + " [" + fault.code() + "]";
    }

    /**
     * The name of the sentence for a code, by the list of error codes in the documentation of DHIS2's tracker API: of those that
     * what is sent from here can bring about. 2.43 has E1007 and E1302 where E1084 and E1085 were.
     */
    private static String sentence(String code) {
        return switch (code) {
            case "E1000", "E1001", "E1003", "E1091", "E1095", "E1096", "E1099", "E1102", "E1104", "E1323", "E1324" -> "fault.access";
            case "E1005", "E1010", "E1013", "E1069" -> "fault.not-found";
            case "E1006", "E1019", "E1089", "E1304", "E1305" -> "fault.mapping";
            case "E1007", "E1009", "E1077", "E1084", "E1085", "E1302" -> "fault.value";
            case "E1011", "E1049", "E1070" -> "fault.org-unit";
            case "E1015" -> "fault.enrolled";
            case "E1016" -> "fault.enrolled-once";
            case "E1018", "E1090", "E1306", "E1317" -> "fault.registration";
            case "E1020", "E1021" -> "fault.date";
            case "E1029", "E1041" -> "fault.not-assigned";
            case "E1039" -> "fault.once";
            case "E1042", "E1043", "E1045", "E1047" -> "fault.closed";
            case "E1054", "E1055", "E1056", "E1057" -> "fault.category";
            case "E1064" -> "fault.unique";
            case "E1076", "E1301", "E1303", "E1314" -> "fault.compulsory";
            case "E1079", "E1127", "E1128" -> "fault.moved";
            case "E1082" -> "fault.event-deleted";
            case "E1083", "E1326" -> "fault.completed";
            case "E1113" -> "fault.enrolment-deleted";
            case "E1114" -> "fault.person-deleted";
            case "E1125" -> "fault.option";
            case "E1300", "E1307", "E1309", "E1319" -> "fault.rule";
            default -> "fault.other";
        };
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
