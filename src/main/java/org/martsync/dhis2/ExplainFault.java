package org.martsync.dhis2;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
            case "E1000", "E1003", "E1102" -> said + " Ask the DHIS2 administrator to give the user of this program access.";
            case "E1015" -> "The patient already has an active enrolment in " + program.name()
                    + " in DHIS2. Complete or remove one of them there.";
            case "E1018" -> said + " Fill it in the patient's registration.";
            case "E1020", "E1021" -> said + " Correct the date in the clinic's records.";
            case "E1029" -> said + " Ask the DHIS2 administrator to assign the program to the org unit.";
            case "E1039" -> "The stage can be filled only once for a patient and is filled already in DHIS2: " + said
                    + " Correct the event that is there, or remove one of the two.";
            case "E1064" -> said + " Another patient in DHIS2 has this value. Check whether they are the same person,"
                    + " and correct the value of one of them.";
            case "E1076", "E1303" -> said + " Fill it in the form.";
            case "E1082" -> "This event was deleted in DHIS2 and DHIS2 does not take it back. If it is still wanted,"
                    + " enter it there by hand, or record the encounter anew.";
            case "E1113" -> "The patient's enrolment was deleted in DHIS2 and DHIS2 does not take it back.";
            case "E1114" -> "The patient was deleted in DHIS2 and DHIS2 does not take the deleted one back.";
            case "E1125" -> said + " Choose one of the set's options, or add the option in DHIS2.";
            case "E1304", "E1305", "E1006" -> said + " Correct the mapping.";
            default -> said;
        };
        return sentence + " [" + fault.code() + "]";
    }

    private static String named(String message, ProgramMetadata program) {
        Matcher uid = UID.matcher(message);
        return uid.replaceAll(found -> Matcher.quoteReplacement(nameOf(found.group(1), program)));
    }

    private static String nameOf(String uid, ProgramMetadata program) {
        if (uid.equals(program.id())) {
            return program.name() + " (" + uid + ")";
        }
        Attribute attribute = program.attributes().get(uid);
        if (attribute != null) {
            return attribute.name() + " (" + uid + ")";
        }
        ProgramStage stage = program.stages().get(uid);
        if (stage != null) {
            return stage.name() + " (" + uid + ")";
        }
        return program.stages().values().stream()
                .map(one -> one.dataElements().get(uid))
                .filter(element -> element != null)
                .findFirst()
                .map(element -> element.name() + " (" + uid + ")")
                .orElse(uid);
    }
}
