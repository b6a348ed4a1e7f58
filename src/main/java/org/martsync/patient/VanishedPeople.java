package org.martsync.patient;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.martsync.dhis2.Dhis2Answer;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.ImportReport;
import org.martsync.dhis2.ImportReport.Fault;
import org.martsync.dhis2.Site;

/**
 * People whom the trackers name and DHIS2 does not show: asked is whether it would make them under the UIDs they had
 * ({@code importMode=VALIDATE}, {@code importStrategy=CREATE}). Whom this user only may not see is refused as one who is there.
 */
public final class VanishedPeople {

    /** There is one of that UID (recording 037). */
    private static final String THERE = "E1002";

    private VanishedPeople() {
    }

    /**
     * Returns the body of the POST that asks.
     *
     * @param vanished the patients by the UIDs that the trackers have
     * @return null where nobody has vanished
     */
    public static Map<String, Object> question(Map<String, Patient> vanished, Site site) {
        List<Map<String, Object>> people = new ArrayList<>();
        vanished.forEach((uid, patient) -> people.add(Map.of("trackedEntity", uid, "trackedEntityType", patient.people().trackedEntityType(),
                "orgUnit", patient.ownOrgUnit(site))));
        return people.isEmpty() ? null : Map.of("trackedEntities", people);
    }

    /**
     * Returns what DHIS2 has against making them anew, by their UIDs; nothing of those whom it would make.
     *
     * @param answer a report
     * @throws Dhis2Refuses when DHIS2 stored what it was only asked about
     */
    public static Map<String, Fault> refused(Map<String, Patient> vanished, Dhis2Answer answer) {
        ImportReport report = ImportReport.read(answer.body());
        if (report.storedAny()) {
            throw new Dhis2Refuses("DHIS2 stored what it was only asked about (importMode=VALIDATE). Do no more with this DHIS2 before that is mended.");
        }
        Map<String, Fault> refused = new LinkedHashMap<>();
        vanished.keySet().forEach(uid -> report.faults(ImportReport.Kind.TRACKED_ENTITY, uid).stream().findFirst()
                .ifPresent(fault -> refused.put(uid, fault)));
        return refused;
    }

    /** Whether a person was refused because they are there. */
    public static boolean there(Fault fault) {
        return fault.code().equals(THERE);
    }
}
