package org.martsync.database;

/** Counts what {@code routes/retention.camel.yaml} deletes, portion by portion. */
public final class ForgetOldRows {

    /** What was deleted so far. Lives in one thread. */
    public static final class Forgotten {

        private long rows;
        private boolean goesOn = true;

        /** How many rows. */
        public long rows() {
            return rows;
        }

        /** Whether there may be more to delete. */
        public boolean goesOn() {
            return goesOn;
        }
    }

    public Forgotten begin() {
        return new Forgotten();
    }

    /** Takes how many rows the last portion had; the one that has none is the last. */
    public void take(Forgotten forgotten, int deleted) {
        forgotten.rows += deleted;
        forgotten.goesOn = deleted > 0;
    }
}
