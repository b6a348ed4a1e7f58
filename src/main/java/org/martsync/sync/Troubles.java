package org.martsync.sync;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Knows which troubles there are, and which of them was told by which way (mail, webhook). What could not be told is told
 * after the next run, if it is still true then.
 *
 * <p>Kept in memory, because the database may be what is away: a program that starts anew has told nothing yet.
 */
public final class Troubles {

    private final String site;
    private final int limit;
    private final int sample;
    private final Map<Trouble, Notice> now = new EnumMap<>(Trouble.class);
    private final Map<String, Map<Trouble, Notice>> told = new HashMap<>();
    private long tried;
    private long rejected;
    private Run last;
    private String lastShare = "";

    /**
     * @param site the name of the site ({@code site.id})
     * @param limit share of rejected events from which on it is too large, in percent
     * @param sample of how many events the share is taken at least
     */
    public Troubles(String site, int limit, int sample) {
        this.site = site;
        this.limit = limit;
        this.sample = sample;
    }

    /** Takes how a run ended. One that somebody ended, or that had nothing to do, says nothing of either trouble. */
    public synchronized void after(Run run) {
        last = run;
        if (run.trouble() != null) {
            begins(run.trouble(), run.stopped());
        } else if (run.stopped() == null && !run.isIdle()) {
            now.remove(Trouble.RUN_STOPPED);
            now.remove(Trouble.DHIS2_AWAY);
        }
        tried += run.firstTries();
        rejected += run.firstRejected();
        if (tried >= sample) {
            judgeShare();
        }
    }

    private void judgeShare() {
        double share = 100.0 * rejected / tried;
        lastShare = String.format(Locale.ROOT, "%d of the last %d events that were tried for the first time were rejected (%.0f %%; the limit is %d %%).",
                rejected, tried, share, limit);
        if (share > limit) {
            begins(Trouble.MANY_FAILURES, lastShare + " Table log says why of each.");
        } else {
            now.remove(Trouble.MANY_FAILURES);
        }
        tried = 0;
        rejected = 0;
    }

    private void begins(Trouble trouble, String facts) {
        Notice before = now.get(trouble);
        now.put(trouble, new Notice(trouble, false, site, before == null ? last.ended() : before.since(), last.name(), facts));
    }

    /** Returns what is to be told that way: what has begun and was not told yet, and what was told and is over. */
    public synchronized List<Notice> untold(String way) {
        Map<Trouble, Notice> known = told.getOrDefault(way, Map.of());
        List<Notice> notices = new ArrayList<>();
        for (Trouble trouble : Trouble.values()) {
            Notice current = now.get(trouble);
            Notice before = known.get(trouble);
            if (current != null && before == null) {
                notices.add(current);
            } else if (current == null && before != null) {
                notices.add(new Notice(trouble, true, site, before.since(), last.name(),
                        trouble == Trouble.MANY_FAILURES ? lastShare : last.summary() + "."));
            }
        }
        return notices;
    }

    /** Remembers that a notice was told that way. */
    public synchronized void told(String way, Notice notice) {
        Map<Trouble, Notice> known = told.computeIfAbsent(way, any -> new EnumMap<>(Trouble.class));
        if (notice.over()) {
            known.remove(notice.trouble());
        } else {
            known.put(notice.trouble(), notice);
        }
    }
}
