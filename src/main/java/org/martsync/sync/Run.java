package org.martsync.sync;

import com.fasterxml.jackson.core.JacksonException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.martsync.database.JsonValue;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2Unavailable;
import org.martsync.dhis2.Programs;
import org.martsync.event.Batch;
import org.martsync.event.Mappings;
import org.martsync.event.PendingEvent;
import org.martsync.mapping.Mapping;
import org.martsync.turns.TurnsUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * One run: a moment at which the schedule fired, what the clinic and DHIS2 looked like then, and how far it got.
 *
 * <p>Its name is the time of the schedule, the same on every node; an event that ends badly in it is not tried again
 * before the next. Shared by the workers.
 */
public final class Run {

    private static final Logger LOG = LoggerFactory.getLogger("sync");
    private static final String LOGIN_REFUSED = "28";
    private static final Duration BETWEEN_TRIES = Duration.ofMinutes(1);
    private static final String DATABASE_AWAY = "the database cannot answer";

    private final Instant name;
    private final Clock clock;
    private final Patience patience;
    private final BatchSize size;
    private final Measure measure;
    private final Instant started;
    private final boolean inTurn;

    private volatile Mappings mappings;
    /** Name to version of the rows in table {@code mapping} that the run has looked at last. */
    private Map<String, Object> versions = Map.of();
    private Instant notBefore = Instant.MIN;
    private volatile boolean prepared;
    private volatile String stopped;
    private volatile Trouble trouble;
    private final LongAdder synced = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder firstTries = new LongAdder();
    private final LongAdder firstRejected = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder deferrals = new LongAdder();
    /** Pass to the last patient whom any worker claimed in it. */
    private final Map<Integer, String> reached = new ConcurrentHashMap<>();
    private volatile long waiting;
    private volatile Instant ended;
    private Outage outage;

    /** @param inTurn whether its requests wait for their turns among all sites */
    Run(Instant name, BatchSize size, Patience patience, Clock clock, Measure measure, boolean inTurn) {
        this.name = name;
        this.size = size;
        this.patience = patience;
        this.clock = clock;
        this.measure = measure;
        this.started = clock.instant();
        this.inTurn = inTurn;
    }

    /** The moment at which the schedule fired. */
    public Instant name() {
        return name;
    }

    /** Whether its requests wait for their turns among all sites. */
    public boolean inTurn() {
        return inTurn;
    }

    public Limits limits() {
        return size.limits();
    }

    BatchSize size() {
        return size;
    }

    /** Whether the program's metadata and the mappings are still to be read. */
    public boolean preparing() {
        return !prepared && stopped == null;
    }

    /** Ends the preparing; a run with nothing to do needs no workers. */
    public void ready() {
        prepared = true;
        succeeded();
    }

    /** Takes the mappings as they are now, with the metadata they are checked against; batches on their way keep those of before. */
    public synchronized void takeMappings(List<Map<String, Object>> rows, Programs metadata) {
        mappings = Mappings.read(rows, metadata);
        versions = WatchMappings.versions(rows);
    }

    /**
     * Takes mappings that were edited since, unless that of the patients is another by it: by its columns people are claimed and
     * searched for, and two batches of a run that do it by others could make one person twice. Then none is taken.
     *
     * @return what to say when none was taken, else null
     */
    synchronized String takeEdited(List<Map<String, Object>> rows, Programs metadata) {
        Mappings edited = mappings.edited(rows, metadata);
        versions = WatchMappings.versions(rows);
        if (!Objects.equals(mappings.patient(), edited.patient())) {
            return "run " + name + " goes on by the mappings it has, as people are searched for by " + Mapping.PATIENT + ", which is another now. The next run takes them";
        }
        mappings = edited;
        return null;
    }

    /**
     * Whether the run has taken mappings, and is to look at these.
     *
     * @param rows with {@code program_name} and {@code version}
     */
    synchronized boolean isBehind(List<Map<String, Object>> rows) {
        return mappings != null && stopped == null && ended == null && !versions.equals(WatchMappings.versions(rows)) && !clock.instant().isBefore(notBefore);
    }

    /**
     * Decides what follows when edited mappings could not be taken: after an outage the run tries again in a minute; else it goes on
     * by those it has until they are edited once more, so that a password that DHIS2 refuses is not shown again and again.
     *
     * @param rows with {@code program_name} and {@code version}
     * @return what to say
     */
    synchronized String notTaken(List<Map<String, Object>> rows, Throwable failure) {
        String outage = outageSentence(failure);
        if (outage == null) {
            versions = WatchMappings.versions(rows);
            Throwable refusal = find(failure, Dhis2Refuses.class);
            return "run " + name + " goes on by the mappings it has: " + (refusal == null ? AfterFailure.inWords(failure) : refusal.getMessage());
        }
        Dhis2Unavailable unavailable = find(failure, Dhis2Unavailable.class);
        Duration asked = unavailable == null ? Duration.ZERO : unavailable.retryAfter();
        notBefore = clock.instant().plus(asked.compareTo(BETWEEN_TRIES) > 0 ? asked : BETWEEN_TRIES);
        return "run " + name + " goes on by the mappings it has for a minute at least, then it tries again to take the edited ones: " + outage;
    }

    /** The tables that the mappings name, as a JSON list. */
    public String tables() {
        return JsonValue.write(mappings.tables());
    }

    public Programs programs() {
        return mappings.programs();
    }

    public Mappings mappings() {
        return mappings;
    }

    /** Whether the run found nothing pending, and so has nothing to count at its end. */
    public boolean isIdle() {
        return prepared && mappings == null;
    }

    /** Returns the workers of a prepared run: none when it was stopped, or found nothing to do. */
    public List<Worker> workers() {
        return stopped != null || mappings == null ? List.of()
                : IntStream.range(0, limits().batches()).mapToObj(i -> new Worker(this)).toList();
    }

    /** Counts a batch whose transaction is through. */
    void count(Batch batch, Mappings goneBy) {
        synced.add(batch.stored().size());
        rejected.add(batch.rejected().size());
        long refused = batch.rejected().stream().filter(PendingEvent::firstTry).count();
        firstRejected.add(refused);
        firstTries.add(refused + batch.stored().stream().filter(PendingEvent::firstTry).count());
        if (batch.deferred() > 0) {
            defer();
        }
        measure.batch(batch, goneBy);
        succeeded();
    }

    /** Counts that some patient was left for later, because somebody else with the same searched values is on their way. */
    void defer() {
        deferrals.increment();
    }

    /** How often patients were left for later. */
    long deferrals() {
        return deferrals.sum();
    }

    /** Takes how far a worker got in a pass, and returns how far any did. */
    String reach(int pass, String patient) {
        return reached.merge(pass, patient, (one, other) -> isBehind(one, other) ? other : one);
    }

    /** Whether a patient comes before another in the order of {@code routes/sql/claim-batch.sql}, that of the bytes. */
    static boolean isBehind(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8)) < 0;
    }

    /** How many events have ended. */
    long settled() {
        return synced() + rejected();
    }

    /** Counts a request to DHIS2. */
    public void request() {
        requests.increment();
    }

    private synchronized void succeeded() {
        if (outage != null) {
            LOG.info("run {} goes on after an outage of {} s (tries in vain: {})", name, seconds(outage.lasted(clock.instant())), outage.tries());
            outage = null;
        }
    }

    /**
     * Decides what follows a failure that is not the events' own. An outage is said in the log once when it begins and
     * once when it is over, however long it lasts.
     *
     * @param failure what happened
     * @return how many milliseconds to wait before the next try, or -1 when the failure is no outage. A login that DHIS2 or
     *     the database refuses, and an outage that lasts longer than the patience stop the run
     */
    public synchronized long outage(Throwable failure) {
        Throwable cause = find(failure, Dhis2Refuses.class);
        if (cause != null) {
            stop(cause.getMessage());
            return 0;
        }
        TurnsUnavailable turns = find(failure, TurnsUnavailable.class);
        if (turns != null && !turns.passing()) {
            stop(turns.getMessage() + " Events that are left wait for the next run.");
            return 0;
        }
        SQLException sql = find(failure, SQLException.class);
        if (sql != null && sql.getSQLState() != null && sql.getSQLState().startsWith(LOGIN_REFUSED)) {
            stop("the database does not let this program in (SQL state " + sql.getSQLState()
                    + "); are analytics.user and analytics.password still right? Events that are left wait for the next run.");
            return 0;
        }
        String what = outageSentence(failure);
        if (what == null) {
            return -1;
        }
        Instant now = clock.instant();
        if (outage == null) {
            outage = new Outage(patience, now);
            LOG.warn("run {} waits: {}. It is tried again after growing pauses, for {} s at most", name, what, seconds(patience.limit()));
        }
        Dhis2Unavailable unavailable = find(failure, Dhis2Unavailable.class);
        Duration pause = outage.pause(now, unavailable == null ? Duration.ZERO : unavailable.retryAfter());
        if (pause.isZero()) {
            stop(what + "; waited " + seconds(outage.lasted(now)) + " s in vain. Events that are left wait for the next run.",
                    turns != null || what.startsWith(DATABASE_AWAY) ? Trouble.RUN_STOPPED : Trouble.DHIS2_AWAY);
        }
        return pause.isZero() ? 0 : Math.max(1, pause.toMillis());
    }

    /**
     * Ends the run if its routes were stopped under a batch: that is no fault of the batch, which stays pending.
     *
     * @param failure a rejected execution where they were
     * @return whether they were
     */
    boolean routesStopped(Throwable failure) {
        if (find(failure, RejectedExecutionException.class) == null) {
            return false;
        }
        stopAsAsked("its routes were stopped. Events that are left wait for the next run.");
        return true;
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f", time.toMillis() / 1000.0);
    }

    /** What cannot answer, in a few words without a patient's data; null where the failure is no outage. */
    static String outageSentence(Throwable failure) {
        Throwable unavailable = find(failure, Dhis2Unavailable.class);
        if (unavailable != null) {
            return unavailable.getMessage();
        }
        Throwable turns = find(failure, TurnsUnavailable.class);
        if (turns != null) {
            return turns.getMessage();
        }
        SQLException sql = find(failure, SQLException.class);
        if (sql != null) {
            String state = sql.getSQLState() == null ? "" : sql.getSQLState();
            if (state.isEmpty()) {
                return DATABASE_AWAY;
            }
            // connection, rollback, resources, lock, shut down by an operator, a failing disk; and a database that is
            // read-only for a while, or whose time limits for a transaction were met
            boolean passing = List.of("25006", "25P03", "25P04").contains(state)
                    || List.of("08", "40", "53", "55", "57", "58").contains(state.substring(0, 2));
            return passing ? DATABASE_AWAY + " (SQL state " + state + ")" : null;
        }
        if (find(failure, CannotGetJdbcConnectionException.class) != null
                || find(failure, CannotCreateTransactionException.class) != null
                || find(failure, TransientDataAccessException.class) != null) {
            return DATABASE_AWAY;
        }
        IOException io = find(failure, IOException.class);
        boolean network = io != null && !(io instanceof FileNotFoundException) && !(io instanceof FileSystemException)
                && !(io instanceof JacksonException);
        return network ? "DHIS2 cannot be reached (" + io.getClass().getSimpleName() + ")" : null;
    }

    private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    /** Ends the run after the batches that are on their way, for something that people should know of. */
    public void stop(String reason) {
        stop(reason, Trouble.RUN_STOPPED);
    }

    /** Ends the run after the batches that are on their way, because somebody wants it to. */
    void stopAsAsked(String reason) {
        stop(reason, null);
    }

    private synchronized void stop(String reason, Trouble why) {
        if (stopped == null) {
            stopped = reason;
            trouble = why;
        }
    }

    public boolean isStopped() {
        return stopped != null;
    }

    /**
     * Ends the run: from now on its numbers stay as they are.
     *
     * @param waiting how many events are pending still, those rejected in this run left out; -1 when nobody could tell
     */
    void end(long waiting) {
        this.waiting = waiting;
        ended = clock.instant();
    }

    /** When it ended, or null while it goes on. */
    public Instant ended() {
        return ended;
    }

    public long synced() {
        return synced.sum();
    }

    public long rejected() {
        return rejected.sum();
    }

    /** How many events were pending at the end, those rejected in this run left out; -1 when nobody could tell. */
    public long waiting() {
        return waiting;
    }

    /** How many events were tried that were never rejected before. */
    long firstTries() {
        return firstTries.sum();
    }

    /** How many of those were rejected. */
    long firstRejected() {
        return firstRejected.sum();
    }

    public long requests() {
        return requests.sum();
    }

    /** How long it took, or has taken so far; 0 where the clock was set back meanwhile. */
    public double seconds() {
        return Math.max(0, Duration.between(started, ended == null ? clock.instant() : ended).toMillis() / 1000.0);
    }

    public Instant started() {
        return started;
    }

    /** Why the run ended before its work was done, or null. */
    public String stopped() {
        return stopped;
    }

    /** Why it ended before its work was done, as far as people should know of it; null where it did not or somebody wanted it. */
    public Trouble trouble() {
        return trouble;
    }

    /** The line that the log gets at the end. */
    public String summary() {
        return String.format(Locale.ROOT, "run %s: %d events synced, %d rejected, %s waiting; %d requests; %.1f s%s", name,
                synced(), rejected(), waiting < 0 ? "an unknown number" : waiting, requests(), seconds(), stopped == null ? "" : "; stopped: " + stopped);
    }
}
