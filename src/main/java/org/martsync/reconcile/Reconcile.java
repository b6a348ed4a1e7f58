package org.martsync.reconcile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.martsync.database.JsonValue;
import org.martsync.dhis2.Dhis2Answer;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.ExplainFault;
import org.martsync.dhis2.Site;
import org.martsync.dhis2.StoredPerson;
import org.martsync.dhis2.TrackedEntity;
import org.martsync.dhis2.TrackerSearch;
import org.martsync.event.Batch;
import org.martsync.mapping.Mapping;
import org.martsync.patient.Patient;
import org.martsync.patient.PeopleSearch;
import org.martsync.patient.VanishedPeople;
import org.martsync.reconcile.Finding.Kind;
import org.martsync.sync.AfterFailure;
import org.martsync.sync.Pause;
import org.martsync.sync.Run;

/** Takes a comparison with DHIS2 from page to page; called by {@code routes/reconcile.camel.yaml}. */
public final class Reconcile {

    private final Site site;
    private final Dhis2Server dhis2;

    public Reconcile(Site site, Dhis2Server dhis2) {
        this.site = site;
        this.dhis2 = dhis2;
    }

    /**
     * Begins a comparison, or goes on with it.
     *
     * @param row of {@code routes/sql/reconcile-begin.sql}, or null where another program does it
     */
    public void begin(Reconciliation reconciliation, Run run, Map<String, Object> row) {
        reconciliation.with(run);
        reconciliation.begin(row);
    }

    /** @param rows of {@code routes/sql/reconcile-pages.sql} */
    public List<Page> pages(Reconciliation reconciliation, List<Map<String, Object>> rows) {
        reconciliation.take(rows.stream().map(Page::new).toList());
        return reconciliation.pages();
    }

    /** @param rows of {@code routes/sql/reconcile-events.sql} */
    public void hold(Page page, Batch batch, List<Map<String, Object>> rows) {
        page.holds(batch, rows);
    }

    /** The questions for all that DHIS2 has of the page's people in each of its programs. */
    public List<String> askForPeople(Page page) {
        return page.programs().values().stream()
                .flatMap(program -> TrackerSearch.everythingOf(dhis2.dialect(), page.tracked(program), program.id()).stream()).toList();
    }

    public void takePeople(Page page, Dhis2Answer answer) {
        page.found(StoredPerson.readAll(dhis2.dialect(), answer.found()));
    }

    /** The questions for those who were not found: with a program only the enrolled are (recordings 126, 127). */
    public List<String> askOutside(Page page) {
        return TrackerSearch.everythingOf(dhis2.dialect(), page.notFound(), null);
    }

    public void takeOutside(Page page, Dhis2Answer answer) {
        page.foundOutside(StoredPerson.readAll(dhis2.dialect(), answer.found()));
    }

    /**
     * What is asked of DHIS2 of the people who have vanished: whether it would make them under the UIDs they had. Whom this user may
     * not see any more is refused then, and must not be made a second time.
     *
     * @return the body of a POST that only asks, or null where nobody has vanished
     */
    public Map<String, Object> askWhetherGone(Page page) {
        return VanishedPeople.question(page.vanished(), site);
    }

    /** @throws BrokenOff when DHIS2 does not say */
    public void takeWhetherGone(Page page, Dhis2Answer answer) {
        if (!answer.report()) {
            throw new BrokenOff("DHIS2 answered HTTP " + answer.status() + " to the question whether people are gone");
        }
        Map<String, Patient> vanished = page.vanished();
        VanishedPeople.refused(vanished, answer).forEach((uid, fault) -> page.notToBeMade(vanished.get(uid),
                "DHIS2 would not make the person anew: " + (VanishedPeople.there(fault)
                        ? "they are there, and this user may not see them" : ExplainFault.of(fault, vanished.get(uid).people()))));
    }

    /** Says of each patient who they are in DHIS2. */
    public void identify(Page page) {
        page.identify(site.eventStatus());
    }

    /** The questions for the events that were not found among their person's. */
    public List<String> askForEvents(Page page) {
        return page.notSeen().entrySet().stream()
                .flatMap(program -> TrackerSearch.eventsByUids(dhis2.dialect(), program.getValue(), program.getKey()).stream()).toList();
    }

    public void takeEvents(Page page, Dhis2Answer answer) {
        page.seenElsewhere(StoredPerson.readEvents(dhis2.dialect(), answer.found()));
    }

    /** The questions for everybody who has values that only one of the page's patients should have, see {@link ComparePage#ownValues}. */
    public List<PeopleSearch> askForNamesakes(Page page) {
        Mapping mapping = page.batch().patientMapping();
        if (mapping == null) {
            return List.of();
        }
        List<PeopleSearch> searches = new ArrayList<>();
        List<Map<Patient, Map<String, String>>> rounds = new ArrayList<>();
        for (Patient patient : page.batch().patients()) {
            int round = 0;
            for (Map<String, String> values : patient.inDhis2() == null ? List.<Map<String, String>>of() : ComparePage.ownValues(patient, mapping)) {
                if (dhis2.dialect().takes(values.values()) && TrackerSearch.fits(dhis2.dialect(), values)) {
                    if (round == rounds.size()) {
                        rounds.add(new LinkedHashMap<>());
                    }
                    rounds.get(round++).put(patient, values);
                }
            }
        }
        rounds.forEach(lookedFor -> searches.addAll(PeopleSearch.of(dhis2.dialect(), site.country(), lookedFor, false)));
        return searches;
    }

    public void takeNamesakes(Page page, PeopleSearch search, Dhis2Answer answer) {
        page.namesakes(search, TrackedEntity.readAll(dhis2.dialect(), answer.found()));
    }

    /** Compares what would be sent with what is there. */
    public void compare(Reconciliation reconciliation, Page page) {
        new ComparePage(page, reconciliation.run().mappings(), site, reconciliation.sinceText()).compare();
    }

    /** @param rows of {@code routes/sql/reconcile-trackers.sql} */
    public void takeTrackers(Page page, List<Map<String, Object>> rows) {
        page.cameFromHere(rows.stream().map(row -> (String) row.get("event_id")).collect(Collectors.toSet()));
    }

    /** The events of which something was found, for {@code routes/sql/reconcile-untouched.sql}; {@code []} where nothing was. */
    public String toLookAtAgain(Page page) {
        return JsonValue.write(page.versionsOfFindings().entrySet().stream().map(event -> Map.of("id", event.getKey(), "version", event.getValue())).toList());
    }

    /** @param rows of {@code routes/sql/reconcile-untouched.sql} */
    public void keepUntouched(Page page, List<Map<String, Object>> rows) {
        page.keepOnly(rows.stream().map(row -> ((Number) row.get("id")).intValue()).collect(Collectors.toSet()));
    }

    /** Lets go of what the comparison of a page needed. */
    public void done(Page page) {
        page.done();
    }

    /** What the pages found, for {@code routes/sql/reconcile-save.sql}. */
    public String found(Reconciliation reconciliation) {
        return JsonValue.write(reconciliation.pages().stream().flatMap(page -> page.findings().stream()).map(Reconcile::row).toList());
    }

    private static Map<String, Object> row(Finding finding) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("thing", finding.thing().toString());
        row.put("kind", finding.kind().toString());
        row.put("event", finding.event());
        row.put("uid", finding.uid());
        row.put("field", finding.field());
        row.put("ours", finding.ours());
        row.put("theirs", finding.theirs());
        row.put("reason", finding.reason());
        row.put("repairable", finding.repairable());
        return row;
    }

    /**
     * Goes on behind the pages that were compared.
     *
     * @param places how many places were moved on: 0 where another program did
     */
    public void saved(Reconciliation reconciliation, long places) {
        if (places == 0) {
            throw new BrokenOff("another program goes on with the same comparison; wait for it, or begin another with --restart");
        }
        reconciliation.saved();
    }

    /**
     * Decides what follows when a page could not be compared: an outage is waited for, everything else ends the comparison.
     *
     * @return the pause before it is tried again
     */
    public Pause failed(Reconciliation reconciliation, Exception failure) {
        long pause = failure instanceof BrokenOff ? -1 : reconciliation.run().outage(failure);
        if (pause < 0) {
            reconciliation.run().stop(inWords(failure));
        }
        return new Pause(reconciliation.run(), pause);
    }

    /** Why it was broken off, without a patient's data. */
    public String inWords(Exception failure) {
        return failure instanceof BrokenOff ? failure.getMessage() : AfterFailure.inWords(failure);
    }

    /** @throws BrokenOff when the comparison did not come to its end */
    public void through(Reconciliation reconciliation) {
        if (reconciliation.run().isStopped()) {
            throw new BrokenOff(reconciliation.run().stopped());
        }
    }

    /**
     * Tells of a comparison that ended in a sentence for the log.
     *
     * @param rows of {@code routes/sql/reconcile-counts.sql}
     */
    public String ended(Reconciliation reconciliation, List<Map<String, Object>> rows) {
        if (reconciliation.id() == 0) {
            return "another program on this database compares with DHIS2 this time";
        }
        Map<Kind, Long> found = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            found.put(kind, 0L);
        }
        rows.forEach(row -> found.merge(Kind.valueOf(((String) row.get("kind")).toUpperCase(Locale.ROOT)), ((Number) row.get("findings")).longValue(), Long::sum));
        String told = found.entrySet().stream().filter(kind -> kind.getValue() > 0)
                .map(kind -> kind.getKey().toString().replace('_', ' ') + ": " + kind.getValue()).collect(Collectors.joining(", "));
        return reconciliation.events() + " events compared with DHIS2; " + (told.isEmpty() ? "all as they should be" : told);
    }

    /** What came of a repair. */
    public record Repair(int asked, int queued, String outcome) {
    }

    /** @param row of {@code routes/sql/reconcile-repair.sql} */
    public Repair repaired(Map<String, Object> row) {
        int asked = ((Number) row.get("asked")).intValue();
        int queued = ((Number) row.get("queued")).intValue();
        return new Repair(asked, queued, queued + " of " + asked + " events that are missing in DHIS2 queued; the next run sends them."
                + (queued < asked ? " The others are pending already, or being edited." : ""));
    }
}
