package org.martsync.sync;

import java.util.List;
import java.util.Map;
import org.martsync.dhis2.Site;
import org.martsync.event.Batch;

/** Takes what the database gave a worker, and lets the worker go on when the batch is through. */
public final class ClaimBatch {

    private final Site site;

    public ClaimBatch(Site site) {
        this.site = site;
    }

    /** Lets the worker begin another batch. */
    public void begin(Worker worker) {
        worker.begin();
    }

    /** Takes the row of {@code routes/sql/claim-batch.sql}. */
    public void take(Worker worker, Map<String, Object> row) {
        worker.take(row);
    }

    /** Puts the batch of the claimed patients together. */
    public Batch assemble(Worker worker, List<Map<String, Object>> eventRows, List<Map<String, Object>> patientRows) {
        return worker.assemble(eventRows, patientRows, site);
    }

    /** Counts the batch and goes on behind it: its transaction is through. */
    public void committed(Worker worker) {
        worker.committed();
    }
}
