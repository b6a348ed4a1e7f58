package org.martsync.dhis2;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Keeps the faults that a test asked for, and applies them to the requests they are meant for.
 *
 * <p>Of several faults for one request the one asked for first is applied; delays come on top.
 */
public final class StandInFaults {

    /** Where in the life of a request a fault strikes. */
    enum Kind { ANSWER, RESET_BEFORE, RESET_AFTER, CUT, BROKEN, TRICKLE }

    /** One field that each tracked entity, each enrolment and each event must have, and has once. */
    private static final Pattern OBJECT = Pattern.compile("\"(trackedEntityType|enrolledAt|programStage)\"\\s*:");

    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final List<Delay> delays = new CopyOnWriteArrayList<>();
    private final List<Held> held = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch healed = new CountDownLatch(1);

    /** Requests to store something. */
    public static Predicate<Dhis2StandIn.Request> posts() {
        return request -> request.method().equals("POST");
    }

    /** Requests to read something. */
    public static Predicate<Dhis2StandIn.Request> gets() {
        return request -> request.method().equals("GET");
    }

    /** Requests whose path, without the query, begins so. */
    public static Predicate<Dhis2StandIn.Request> path(String beginning) {
        return request -> request.path().startsWith(beginning);
    }

    /** Requests which hold a text in their body, for instance the UID of one event. */
    public static Predicate<Dhis2StandIn.Request> holding(String text) {
        return request -> request.text().contains(text);
    }

    Fault fault(int times, Predicate<Dhis2StandIn.Request> which) {
        return new Fault(this, times, which);
    }

    Delay delay(Predicate<Dhis2StandIn.Request> which) {
        return new Delay(this, which);
    }

    Held hold(int times, Predicate<Dhis2StandIn.Request> which, boolean processed) {
        Held holder = new Held(times, which, processed);
        held.add(holder);
        return holder;
    }

    Optional<Fault> next(Dhis2StandIn.Request request) {
        return faults.stream().filter(fault -> fault.which.test(request) && fault.take()).findFirst();
    }

    /** Lets a request wait before it is processed, as the delays and holders say, or until all faults end. */
    void awaitBefore(Dhis2StandIn.Request request) throws InterruptedException {
        CountDownLatch end = healed;
        hold(request, false);
        long millis = delays.stream().filter(delay -> delay.which.test(request)).mapToLong(delay -> delay.of(request))
                .sum();
        if (millis > 0) {
            end.await(millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Lets a request wait between being processed and being answered. */
    void awaitAfter(Dhis2StandIn.Request request) throws InterruptedException {
        hold(request, true);
    }

    private void hold(Dhis2StandIn.Request request, boolean processed) throws InterruptedException {
        for (Held holder : held) {
            if (holder.processed == processed && holder.which.test(request) && holder.take()) {
                holder.hold();
            }
        }
    }

    void clear() {
        faults.clear();
        delays.clear();
        held.forEach(Held::release);
        held.clear();
        CountDownLatch end = healed;
        healed = new CountDownLatch(1);
        end.countDown();
    }

    /** A fault to be described; it is in force as soon as one of the {@code with} and {@code by} methods is called. */
    public static final class Fault {

        private final StandInFaults faults;
        private final Predicate<Dhis2StandIn.Request> which;
        private final AtomicInteger left;
        private final AtomicInteger taken = new AtomicInteger();
        private Kind kind;
        private StandInAnswer answer;
        private Duration time = Duration.ZERO;

        private Fault(StandInFaults faults, int times, Predicate<Dhis2StandIn.Request> which) {
            this.faults = faults;
            this.left = new AtomicInteger(times);
            this.which = which;
        }

        /** Answers so without processing the request. */
        public Fault with(int status, String contentType, String body) {
            return inForce(Kind.ANSWER, StandInAnswer.text(status, contentType, body));
        }

        /** Answers with an error as DHIS2 writes it, without processing the request. */
        public Fault with(int status, String message) {
            return inForce(Kind.ANSWER, StandInAnswer.error(status, message, null));
        }

        /** Answers 200 with a page of HTML, as a proxy in between would. */
        public Fault withHtml() {
            return with(200, "text/html;charset=utf-8", "<html><body>Down for maintenance</body></html>");
        }

        /** Answers 200 with nothing in it. */
        public Fault withEmptyBody() {
            return with(200, "application/json", "");
        }

        /** Sends the client to the login page. */
        public Fault withLoginRedirect() {
            return inForce(Kind.ANSWER, StandInAnswer.redirect("/login/"));
        }

        /** Answers 429 and says when to come again. */
        public Fault withTooManyRequests(Duration retryAfter) {
            return inForce(Kind.ANSWER, StandInAnswer.text(429, "text/plain", "Too many requests")
                    .with("Retry-After", String.valueOf(retryAfter.toSeconds())));
        }

        /** Resets the connection with nothing processed. */
        public Fault byResetBeforeProcessing() {
            return inForce(Kind.RESET_BEFORE, null);
        }

        /** Resets the connection after the request was processed and everything stored. */
        public Fault byResetAfterProcessing() {
            return inForce(Kind.RESET_AFTER, null);
        }

        /** Processes the request and ends the connection in the middle of the answer's body. */
        public Fault byCuttingTheAnswer() {
            return inForce(Kind.CUT, null);
        }

        /** Processes the request and breaks the connection in the answer's body, after its head has said 200. */
        public Fault byBreakingInTheAnswer() {
            return inForce(Kind.BROKEN, null);
        }

        /** Processes the request and lets the answer come in ten drops over a time. */
        public Fault byTrickling(Duration over) {
            time = over;
            return inForce(Kind.TRICKLE, null);
        }

        /** Tells how many requests it has struck. */
        public int struck() {
            return taken.get();
        }

        Kind kind() {
            return kind;
        }

        StandInAnswer answer() {
            return answer;
        }

        Duration time() {
            return time;
        }

        private Fault inForce(Kind kind, StandInAnswer answer) {
            this.kind = kind;
            this.answer = answer;
            faults.faults.add(this);
            return this;
        }

        private boolean take() {
            if (left.getAndUpdate(number -> Math.max(0, number - 1)) == 0) {
                return false;
            }
            taken.incrementAndGet();
            return true;
        }
    }

    /** A delay to be described; it is in force as soon as {@link #by} or {@link #byPerObject} is called. */
    public static final class Delay {

        private final StandInFaults faults;
        private final Predicate<Dhis2StandIn.Request> which;
        private long fixed;
        private double perObject;

        private Delay(StandInFaults faults, Predicate<Dhis2StandIn.Request> which) {
            this.faults = faults;
            this.which = which;
        }

        /** Answers so much later. */
        public Delay by(Duration time) {
            fixed = time.toMillis();
            return inForce();
        }

        /** Answers so much later for each tracked entity, enrolment and event in the request's body. */
        public Delay byPerObject(Duration time) {
            perObject = time.toNanos() / 1e6;
            return inForce();
        }

        private Delay inForce() {
            if (!faults.delays.contains(this)) {
                faults.delays.add(this);
            }
            return this;
        }

        private long of(Dhis2StandIn.Request request) {
            return fixed + (perObject == 0 ? 0
                    : Math.round(perObject * OBJECT.matcher(request.text()).results().count()));
        }
    }

    /** Holds requests back, accepted but not answered, until they are released. */
    public static final class Held {

        private final AtomicInteger left;
        private final Predicate<Dhis2StandIn.Request> which;
        private final boolean processed;
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicInteger arrived = new AtomicInteger();

        private Held(int times, Predicate<Dhis2StandIn.Request> which, boolean processed) {
            this.left = new AtomicInteger(times);
            this.which = which;
            this.processed = processed;
        }

        /** Tells how many requests have come to be held. */
        public int arrived() {
            return arrived.get();
        }

        /** Answers those that are held, and holds no more. */
        public void release() {
            left.set(0);
            released.countDown();
        }

        private boolean take() {
            return left.getAndUpdate(number -> Math.max(0, number - 1)) > 0;
        }

        private void hold() throws InterruptedException {
            arrived.incrementAndGet();
            released.await();
        }
    }
}
