package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What DHIS2 says of each object of one import.
 *
 * <p>Stored is only what stands in {@code bundleReport}: HTTP 200 comes even when every object was refused, and an
 * event under a refused patient may get no error at all (recordings 034, 035).
 */
public final class ImportReport {

    /** The kinds of objects, as DHIS2 names them in its reports. */
    public enum Kind { TRACKED_ENTITY, ENROLLMENT, EVENT }

    /**
     * One error of one object.
     *
     * @param code such as E1125
     * @param message DHIS2's own words
     * @param args what the message speaks of: UIDs, values; their order depends on the code
     */
    public record Fault(String code, String message, List<String> args) {
    }

    private final Set<String> stored = new HashSet<>();
    private final Map<String, List<Fault>> faults = new HashMap<>();

    private ImportReport() {
    }

    /** Reads the report of a synchronous import. */
    public static ImportReport read(JsonNode body) {
        ImportReport report = new ImportReport();
        body.path("bundleReport").path("typeReportMap").forEach(type -> type.path("objectReports").forEach(object -> {
            if (object.path("errorReports").isEmpty()) {
                report.stored.add(object.path("trackerType").asText() + object.path("uid").asText());
            }
        }));
        body.path("validationReport").path("errorReports").forEach(error -> {
            List<String> args = new ArrayList<>();
            error.path("args").forEach(arg -> args.add(arg.asText()));
            report.faults.computeIfAbsent(error.path("trackerType").asText() + error.path("uid").asText(),
                    key -> new ArrayList<>()).add(new Fault(error.path("errorCode").asText(),
                    error.path("message").asText(), args));
        });
        return report;
    }

    /** Whether an object was stored, new or updated. */
    public boolean stored(Kind kind, String uid) {
        return stored.contains(kind + uid);
    }

    /** Whether anything was stored. */
    public boolean storedAny() {
        return !stored.isEmpty();
    }

    /** Whether DHIS2 holds anything against an object, be it that its parent is refused. */
    public boolean refused(Kind kind, String uid) {
        return faults.containsKey(kind + uid);
    }

    /** Returns what DHIS2 holds against an object itself; E5000, which only points to a refused parent, left out. */
    public List<Fault> faults(Kind kind, String uid) {
        return faults.getOrDefault(kind + uid, List.of()).stream().filter(fault -> !"E5000".equals(fault.code())).toList();
    }
}
