package org.martsync.page;

import java.util.List;
import java.util.Map;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.martsync.operate.OperationFailed;
import org.martsync.sync.AfterFailure;
import org.martsync.sync.Run;

/** Asks the routes of {@code routes/page.camel.yaml}. What they cannot answer is an {@link OperationFailed}. */
final class Figures {

    /** How many events are pending, were rejected at their last try, and are left for the run that is going on. */
    record Counts(long pending, long rejected, long leftForRun) {
    }

    /** An event that a search found; {@code encounter} as the clinic has it. */
    public record Found(int id, String mapping, String encounter, boolean synced, boolean rejected) {
    }

    private final ProducerTemplate routes;

    Figures(ProducerTemplate routes) {
        this.routes = routes;
    }

    /** @param current the run that is going on, or null */
    @SuppressWarnings("unchecked")
    Counts counts(Run current) {
        Map<String, Object> row = (Map<String, Object>) ask("direct:page-counts", current == null ? "" : current.name().toString());
        return new Counts(number(row, "pending"), number(row, "rejected"), number(row, "left_for_run"));
    }

    Arrivals arrivals() {
        return Arrivals.of(rows("direct:page-arrivals", null));
    }

    /** The largest first. */
    List<FailureGroup> failures() {
        return rows("direct:page-failures", null).stream().map(FailureGroup::of).toList();
    }

    /** The newest first, at most 100. */
    List<Found> find(String sought) {
        return rows("direct:find-events", sought).stream().map(row -> new Found(((Number) row.get("id")).intValue(), (String) row.get("mapping"),
                (String) row.get("encounter_id"), (Boolean) row.get("synced"), (Boolean) row.get("rejected"))).toList();
    }

    /** What came of the last comparison with DHIS2, or null where there was none. */
    @SuppressWarnings("unchecked")
    Reconciled reconciled(TellTime time) {
        return Reconciled.of((Map<String, Object>) ask("direct:page-reconciled", null), time);
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> pause() {
        return (Map<String, Object>) ask("direct:read-pause", null);
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> rows(String route, Object body) {
        return (List<Map<String, Object>>) ask(route, body);
    }

    private static long number(Map<String, Object> row, String column) {
        return ((Number) row.get(column)).longValue();
    }

    private Object ask(String route, Object body) {
        try {
            return routes.requestBody(route, body);
        } catch (CamelExecutionException e) {
            // the cause may quote a patient's data
            throw new OperationFailed("It could not be done: " + AfterFailure.inWords(e) + ".");
        }
    }
}
