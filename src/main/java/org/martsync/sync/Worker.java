package org.martsync.sync;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.martsync.database.JsonValue;
import org.martsync.dhis2.Site;
import org.martsync.event.Batch;
import org.martsync.event.Mappings;
import org.martsync.patient.Patient;
import org.martsync.words.Words;

/**
 * Takes batch after batch of a run, in the order of the patients, until there is none left.
 *
 * <p>What breaks a batch other than an outage is closed in on: the batch is cut down to one patient, and if that one
 * breaks alone, their events are rejected with what was said. Lives in one thread.
 */
public final class Worker {

    private final Run run;
    private String after = "";
    private int pass;
    /**
     * The last patient whom this worker kept from the others without taking them: in a batch that broke, or locked
     * and found to be too much for the batch. Up to there nobody else comes by in this pass.
     */
    private String owed = "";
    /** Patients in a batch at most while this worker closes in on one that breaks. */
    private int patients;
    private BatchSize.Reason tooMuch;
    private String givenUp;
    private String giveUp;
    private boolean done;
    private long settledBefore;
    private long deferralsBefore;
    private String claimed;
    /** Those that the batch goes by from its claim on; an edit counts from the next. */
    private Mappings mappings;
    private Batch batch;

    Worker(Run run) {
        this.run = run;
        this.patients = run.limits().patients();
        this.mappings = run.mappings();
    }

    public Run run() {
        return run;
    }

    /** Whether there may be another batch to take. */
    public boolean busy() {
        return !done && !run.isStopped();
    }

    /** Begins another batch, which goes by the mappings as they are now. */
    public void begin() {
        mappings = run.mappings();
    }

    /** The patient after whom the next batch begins. */
    public String after() {
        return after;
    }

    /** How many patients the next batch may have. */
    public int patients() {
        return Math.min(patients, run.size().patients());
    }

    /** How many events the next batch may have. */
    public int events() {
        return run.size().events();
    }

    /**
     * How many pending rows a claim looks at, so that its cost does not grow with their number: more than a batch,
     * because some may be another's.
     */
    public int walk() {
        return 2 * run.limits().events();
    }

    /** The columns of table patient whose values are locked beside the patients, as a JSON list. */
    public String searchable() {
        var patientMapping = mappings.patient();
        return JsonValue.write(patientMapping == null ? List.of() : patientMapping.searchable());
    }

    /** The tracked entity types of which a patient may become a person, beside that of the configured program, as a JSON list. */
    public String otherTypes() {
        return JsonValue.write(mappings.programs().types().keySet().stream().skip(1).toList());
    }

    /**
     * Takes the row of {@code routes/sql/claim-batch.sql}.
     *
     * @param row {@code claimed} the patients as a JSON list or null, {@code deferred} whether some wait for another
     *     worker, {@code locked} the last patient locked, taken or not, or null, {@code last} the last patient tried, or
     *     looked at when none could be tried, or null, {@code walked} how many rows were looked at
     */
    public void take(Map<String, Object> row) {
        batch = null;
        tooMuch = null;
        claimed = (String) row.get("claimed");
        boolean deferred = Boolean.TRUE.equals(row.get("deferred"));
        if (deferred) {
            run.defer();
        }
        if (row.get("locked") != null) {
            owe((String) row.get("locked"));
        }
        if (claimed != null) {
            run.reach(pass, last(claimed));
        } else {
            String last = (String) row.get("last");
            boolean moreBehind = deferred || ((Number) row.get("walked")).intValue() >= walk();
            if (moreBehind && last != null) {
                after = last;
            } else {
                passed();
            }
        }
    }

    /**
     * At the end of the patients: once more from the start, if since the last start some patient of the run was left
     * for later and some event was settled, by whichever worker, which may have freed that patient. The worker who kept
     * them waiting comes by here after its batch, when both is true. A pass in which nobody settles anything is the last.
     * Whom another program keeps waiting is left to that one.
     */
    private void passed() {
        long settled = run.settled();
        long deferrals = run.deferrals();
        if (deferrals > deferralsBefore && settled > settledBefore) {
            after = "";
            pass++;
            owed = "";
            settledBefore = settled;
            deferralsBefore = deferrals;
        } else {
            done = true;
        }
    }

    private void owe(String patient) {
        if (Run.isBehind(owed, patient)) {
            owed = patient;
        }
    }

    /** The claimed patients as a JSON list, or null. */
    public String claimed() {
        return claimed;
    }

    /** Puts the batch together from what was read of the claimed patients and their events. */
    public Batch assemble(List<Map<String, Object>> eventRows, List<Map<String, Object>> patientRows, Site site) {
        // another worker may have the patient by now, and this is the next one
        batch = claimed.equals(givenUp) ? Batch.givenUp(eventRows, patientRows, mappings, mappings.programs(), site, giveUp)
                : Batch.of(eventRows, patientRows, mappings, mappings.programs(), site);
        return batch;
    }

    /** Takes how DHIS2 answered a request of the batch, from which follows how large the next one may be. */
    void answered(int status, Duration took) {
        BatchSize.Reason reason = run.size().reason(status, took);
        tooMuch = reason == null || tooMuch == BatchSize.Reason.TOO_LARGE ? tooMuch : reason;
    }

    /**
     * Goes on behind the batch, whose transaction is through: where the furthest of the workers is, since all before
     * that is done or in the hands of one of them.
     */
    public void committed() {
        if (batch == null) {
            return;
        }
        run.count(batch, mappings);
        after = last(claimed);
        if (!Run.isBehind(after, owed)) {
            after = run.reach(pass, after);
        }
        givenUp = null;
        claimed = null;
        patients = Math.min(run.limits().patients(), patients * 2);
        if (tooMuch != null) {
            run.size().shrink(tooMuch, patients(batch), batch.events().size());
        } else if (!batch.stored().isEmpty()) {
            run.size().grow(patients(batch), batch.events().size());
        }
        batch = null;
    }

    /** Patients of the clinic: one who is a person of two tracked entity types counts once, as in a claim. */
    private static int patients(Batch batch) {
        return (int) batch.patients().stream().map(Patient::id).distinct().count();
    }

    private static String last(String claim) {
        JsonNode list = JsonValue.read(claim);
        return list.get(list.size() - 1).asText();
    }

    /**
     * Decides what follows a batch that broke.
     *
     * @return how many milliseconds to wait before the next try
     */
    public long failed(Throwable failure) {
        String broken = claimed;
        Batch tried = batch;
        if (broken != null) {
            owe(last(broken));
        }
        claimed = null;
        batch = null;
        if (run.routesStopped(failure)) {
            return 0;
        }
        long pause = run.outage(failure);
        if (pause >= 0) {
            BatchSize.Reason reason = tooMuch == null ? BatchSize.reason(failure) : tooMuch;
            if (reason != null) {
                run.size().shrink(reason, tried == null ? patients() : patients(tried), tried == null ? events() : tried.events().size());
            }
            return pause;
        }
        if (patients() > 1) {
            patients = fewer();
            run.size().closedIn();
        } else if (broken == null) {
            run.stop("no patient can be claimed: " + AfterFailure.place(failure));
        } else if (!broken.equals(givenUp)) {
            givenUp = broken;
            giveUp = Words.say("event.unexpected", AfterFailure.inWords(failure));
        } else {
            // not even the rejection could be written: nothing is lost, the events stay pending
            after = last(broken);
            givenUp = null;
        }
        return 0;
    }

    private int fewer() {
        return Math.min(patients() / 4 + 1, Math.max(1, patients() - 1));
    }
}
