package org.martsync.reconcile;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.martsync.sync.Run;

/** A comparison of what is synced with what DHIS2 holds: of which events, and how far it got. Its pages may be of several threads. */
public final class Reconciliation {

    private final Instant name;
    private final LocalDate since;
    private final boolean restart;
    private Run run;
    private long id;
    private String after = "";
    private long events;
    private List<Page> pages = List.of();
    private boolean through;

    /**
     * @param name the moment for which it is made
     * @param since only events of encounters of this day and later; null for all
     * @param restart whether one that was broken off is left alone and this one begins at the beginning
     */
    public Reconciliation(Instant name, LocalDate since, boolean restart) {
        this.name = name;
        this.since = since;
        this.restart = restart;
    }

    public Instant name() {
        return name;
    }

    public LocalDate since() {
        return since;
    }

    /** {@code yyyy-MM-dd}, empty for all. */
    public String sinceText() {
        return since == null ? "" : since.toString();
    }

    public boolean restart() {
        return restart;
    }

    void with(Run run) {
        this.run = run;
    }

    Run run() {
        return run;
    }

    /** Takes where it begins: the row of {@code routes/sql/reconcile-begin.sql}, null where another program does it already. */
    void begin(Map<String, Object> row) {
        if (row == null) {
            through = true;
            return;
        }
        id = ((Number) row.get("id")).longValue();
        after = (String) row.get("after");
        events = ((Number) row.get("events")).longValue();
    }

    /** Its row in {@code sync_reconcile}; 0 where another program does it. */
    public long id() {
        return id;
    }

    /** Whether there may be more to compare. */
    public boolean goesOn() {
        return !through && !run.isStopped();
    }

    /** The patient up to whom it got. */
    public String after() {
        return after;
    }

    void take(List<Page> next) {
        pages = next;
        through = next.isEmpty();
    }

    /** The pages that are compared now. */
    public List<Page> pages() {
        return pages;
    }

    /** The patient up to whom it gets with these pages. */
    public String reached() {
        return pages.isEmpty() ? after : pages.get(pages.size() - 1).last();
    }

    /** How many events these pages compared. */
    public long comparedNow() {
        return pages.stream().mapToLong(Page::compared).sum();
    }

    void saved() {
        after = reached();
        events += comparedNow();
        pages = List.of();
    }

    /** How many events were compared, before it was broken off too. */
    public long events() {
        return events;
    }
}
