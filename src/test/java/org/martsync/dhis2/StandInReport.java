package org.martsync.dhis2;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what an import refused and stored, and writes it as DHIS2's import report. */
final class StandInReport {

    enum Type { TRACKED_ENTITY, ENROLLMENT, EVENT, RELATIONSHIP }

    enum Done { CREATED, UPDATED, DELETED }

    private record Problem(String code, Type type, String uid, String message, List<String> args) {
    }

    private record Stored(String uid, Done done) {
    }

    private final List<Problem> problems = new ArrayList<>();
    private final Map<Type, Set<String>> refused = new EnumMap<>(Type.class);
    private final Map<Type, List<Stored>> stored = new EnumMap<>(Type.class);
    private final Map<Type, Integer> sent = new EnumMap<>(Type.class);

    StandInReport(StandInPayload payload) {
        for (Type type : Type.values()) {
            refused.put(type, new HashSet<>());
            stored.put(type, new ArrayList<>());
        }
        sent.put(Type.TRACKED_ENTITY, payload.trackedEntities.size());
        sent.put(Type.ENROLLMENT, payload.enrolments.size());
        sent.put(Type.EVENT, payload.events.size());
        sent.put(Type.RELATIONSHIP, 0);
    }

    /** Notes an error; {@code message} is a format for the arguments. */
    void refuse(Type type, String uid, String code, String message, String... args) {
        refused.get(type).add(uid);
        problems.add(new Problem(code, type, uid, String.format(message, (Object[]) args), List.of(args)));
    }

    void stored(Type type, String uid, Done done) {
        stored.get(type).add(new Stored(uid, done));
    }

    boolean isRefused(Type type, String uid) {
        return refused.get(type).contains(uid);
    }

    boolean hasProblems() {
        return !problems.isEmpty();
    }

    /** Writes the report of an import where each object stood for itself. */
    ObjectNode written() {
        ObjectNode report = withProblems("OK");
        int[] counts = new int[Done.values().length];
        ObjectNode types = report.putObject("bundleReport").putObject("typeReportMap");
        for (Type type : Type.values()) {
            int[] ofType = new int[Done.values().length];
            ObjectNode typeReport = types.putObject(type.name()).put("trackerType", type.name());
            ObjectNode stats = typeReport.putObject("stats");
            ArrayNode objects = typeReport.putArray("objectReports");
            for (Stored each : stored.get(type)) {
                ofType[each.done().ordinal()]++;
                counts[each.done().ordinal()]++;
                objects.addObject().put("trackerType", type.name()).put("uid", each.uid()).putArray("errorReports");
            }
            fill(stats, ofType, sent.get(type) - stored.get(type).size());
        }
        // an event below a refused tracked entity has no error and so is missing from these (recording 034)
        fill(report.putObject("stats"), counts, refused.values().stream().mapToInt(Set::size).sum());
        return report;
    }

    /** Writes the report of an import that stored nothing because one object was refused (recording 031). */
    ObjectNode writtenForAll() {
        ObjectNode report = withProblems("ERROR");
        fill(report.putObject("stats"), new int[3], sent.values().stream().mapToInt(Integer::intValue).sum());
        return report;
    }

    /** Writes the report of a validation (recordings 012, 014). */
    ObjectNode writtenForValidation() {
        ObjectNode report = withProblems("OK");
        report.putObject("bundleReport").putObject("typeReportMap");
        fill(report.putObject("stats"), new int[3], refused.values().stream().mapToInt(Set::size).sum());
        return report;
    }

    private ObjectNode withProblems(String status) {
        ObjectNode report = JsonNodeFactory.instance.objectNode().put("status", status);
        ObjectNode validation = report.putObject("validationReport");
        ArrayNode errors = validation.putArray("errorReports");
        for (Problem problem : problems) {
            ObjectNode error = errors.addObject().put("message", problem.message()).put("errorCode", problem.code())
                    .put("trackerType", problem.type().name()).put("uid", problem.uid());
            ArrayNode args = error.putArray("args");
            problem.args().forEach(args::add);
        }
        validation.putArray("warningReports");
        return report;
    }

    private static void fill(ObjectNode stats, int[] counts, int ignored) {
        stats.put("created", counts[0]).put("updated", counts[1]).put("deleted", counts[2]).put("ignored", ignored)
                .put("total", counts[0] + counts[1] + counts[2] + ignored);
    }
}
