package org.martsync.operate;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.martsync.check.Checkup;
import org.martsync.check.Report;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.sync.AfterFailure;
import org.martsync.sync.BatchSize;
import org.martsync.sync.Run;
import org.martsync.sync.Runs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedOperationParameter;
import org.springframework.jmx.export.annotation.ManagedResource;

/**
 * What an operator can see and do, in the console (as an MBean) and over HTTP. Each deed is a route of
 * {@code routes/operate.camel.yaml} or {@code retrigger.camel.yaml}, and leaves a row in {@code sync_audit}, also where it
 * was refused or broke off.
 */
@ManagedResource(objectName = "mart-dhis2-sync:name=Operations", description = "What an operator can see and do")
public class Operations {

    private static final Logger LOG = LoggerFactory.getLogger("operate");

    /** Fewer than the command looks at, as somebody waits before a page. */
    private static final int CHECKED_EVENTS = 2_000;
    private static final int CHECKED_ROWS = 200;

    private final ProducerTemplate routes;
    private final Runs runs;
    private final BatchSize size;
    private final Dhis2Server dhis2;
    private final SignedIn signedIn;
    private final Clock clock;

    Operations(ProducerTemplate routes, Runs runs, BatchSize size, Dhis2Server dhis2, SignedIn signedIn, Clock clock) {
        this.routes = routes;
        this.runs = runs;
        this.size = size;
        this.dhis2 = dhis2;
        this.signedIn = signedIn;
        this.clock = clock;
    }

    @ManagedAttribute(description = "Whether a run is going on in this program")
    public boolean isRunning() {
        return runs.current() != null;
    }

    @ManagedAttribute(description = "Whether the schedule rests, on every machine, because somebody paused it")
    public boolean isPaused() {
        return ask("direct:read-pause", null) != null;
    }

    @ManagedAttribute(description = "How the last run of this program went, as the log has it")
    public String getLastRun() {
        Run last = runs.last();
        return last == null ? "none since the start" : last.summary();
    }

    @ManagedAttribute(description = "How the events of the last run of this program ended; waiting is -1 when nobody could count them")
    public Map<String, Long> getLastRunOutcomes() {
        Run last = runs.last();
        Map<String, Long> outcomes = new LinkedHashMap<>();
        if (last != null) {
            outcomes.put("synced", last.synced());
            outcomes.put("rejected", last.rejected());
            outcomes.put("waiting", last.waiting());
        }
        return outcomes;
    }

    @ManagedAttribute(description = "How many events are pending now, by mapping; (unknown) for names that are no mapping's")
    @SuppressWarnings("unchecked")
    public Map<String, Long> getPendingByMapping() {
        Map<String, Long> pending = new TreeMap<>();
        ((List<Map<String, Object>>) ask("direct:count-pending-now", null)).forEach(row -> pending.put(
                row.get("mapping") == null ? "(unknown)" : (String) row.get("mapping"), ((Number) row.get("pending")).longValue()));
        return pending;
    }

    @ManagedAttribute(description = "Whether DHIS2 answered the last request, and if not, why")
    public String getDhis2Reachable() {
        Dhis2Server.Ending last = dhis2.last();
        return last == null ? "not asked yet" : last.problem() == null ? "yes" : "no: " + last.problem();
    }

    @ManagedAttribute(description = "How many events a batch may have now; fewer after DHIS2 was slow or refused a batch")
    public int getBatchSize() {
        return size.events();
    }

    @ManagedOperation(description = "Begins a run at once, also while paused. It tries every pending event once.")
    public Receipt runNow() {
        return act("runNow", "direct:run-now", null);
    }

    @ManagedOperation(description = "Lets no run begin by itself any more, on any machine and also after a restart, until resume. A run that is going on goes on.")
    public Receipt pause() {
        return act("pause", "direct:pause", null);
    }

    @ManagedOperation(description = "Ends a pause: runs begin by the schedule again.")
    public Receipt resume() {
        return act("resume", "direct:resume", null);
    }

    @ManagedOperation(description = "Ends the run of this program after the batches on their way. What is left waits for the next run.")
    public Receipt stopRun() {
        return act("stopRun", "direct:stop-run", null);
    }

    @ManagedOperation(description = "Has a pending event tried again at once, with the other pending events of its patient.")
    @ManagedOperationParameter(name = "eventId", description = "the event's id in events_to_sync")
    public Receipt retrigger(int eventId) {
        return act("retrigger " + eventId, "direct:retrigger", eventId);
    }

    /**
     * Has the events tried again that the page shows as one group.
     *
     * @param mapping name of their mapping
     * @param group what {@code direct:retrigger-group} takes
     */
    public Receipt retriggerGroup(String mapping, Object group) {
        return act("retriggerFailed " + mapping, "direct:retrigger-group", group);
    }

    /** @throws IllegalArgumentException with a sentence that says what is wrong with a parameter */
    @ManagedOperation(description = "Has rejected events tried again at once; who was tried longest ago comes first.")
    @ManagedOperationParameter(name = "mapping", description = "name of their mapping; empty for all")
    @ManagedOperationParameter(name = "since", description = "only those tried since then, like 2026-01-31 or 2026-01-31T08:00; empty for all")
    @ManagedOperationParameter(name = "reasonContains", description = "only those whose reason contains this; empty for all")
    @ManagedOperationParameter(name = "limit", description = "how many at most, 1 to 1000")
    public Receipt retriggerFailed(String mapping, String since, String reasonContains, int limit) {
        try {
            return act("retriggerFailed", "direct:retrigger-failed", new FailedEvents(mapping, since, reasonContains, limit));
        } catch (IllegalArgumentException wrong) {
            refused("retriggerFailed", wrong.getMessage());
            throw wrong;
        }
    }

    @ManagedOperation(description = "Sends an event again that is synced.")
    @ManagedOperationParameter(name = "eventId", description = "the event's id in events_to_sync")
    public Receipt resend(int eventId) {
        return act("resend " + eventId, "direct:resend", eventId);
    }

    /** Has the key {@code problem} and little else where there is no such event. */
    @ManagedOperation(description = "Tells everything known of an event, with what would be sent of it now. Nothing is sent or changed. Patients' data only for who may see them.")
    @ManagedOperationParameter(name = "eventId", description = "the event's id in events_to_sync")
    @SuppressWarnings("unchecked")
    public Map<String, Object> explain(int eventId) {
        return (Map<String, Object>) ask("direct:explain-event", eventId);
    }

    @ManagedOperation(description = "Looks for what would hold events back: DHIS2, rights, clocks, mappings, values, patients. Nothing is sent or changed. Patients' data only for who may see them.")
    @ManagedOperationParameter(name = "mapping", description = "name of the only mapping to look at; empty for all")
    public Map<String, Object> check(String mapping) {
        return report(mapping).asMap();
    }

    /** What {@link #check} finds, to be shown to whoever asks. */
    public Report report(String mapping) {
        Checkup checkup = new Checkup(clock.instant(), mapping == null ? "" : mapping.strip(), CHECKED_EVENTS, CHECKED_ROWS);
        return new Report((Checkup) ask("direct:check", checkup), clock.getZone(), signedIn.maySeePatients());
    }

    @ManagedOperation(description = "The last 100 things that people had the program do, the newest first: at, who, what, asked, queued, outcome, and of what was refused more than once in an hour, how many times and when last (times, last).")
    @SuppressWarnings("unchecked")
    public List<Map<String, Object>> audit() {
        return (List<Map<String, Object>>) ask("direct:read-audit", null);
    }

    /**
     * Keeps in the audit what somebody asked for and did not get.
     *
     * @param what the operation, with the event it was for
     * @param why the sentence they are told, without a patient's data
     */
    void refused(String what, String why) {
        keep("direct:keep-refused", what, "Refused: " + why);
    }

    private Receipt act(String what, String route, Object body) {
        try {
            return (Receipt) routes.requestBody(route, body);
        } catch (CamelExecutionException e) {
            // it may have been done before something after it failed
            String outcome = "It broke off: " + AfterFailure.inWords(e) + ". Look what has come of it before you ask for it again.";
            keep("direct:keep-unmet", what, outcome);
            throw new OperationFailed(outcome);
        }
    }

    private void keep(String route, String what, String outcome) {
        try {
            routes.requestBodyAndHeaders(route, outcome, Map.of("what", what, "at", clock.instant().toString()));
        } catch (RuntimeException e) {
            // whatever it is, people are told what they are to be told
            LOG.warn("{}, {}: {} The audit does not have it: {}", signedIn.name(), what, outcome, AfterFailure.inWords(e));
        }
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
