package org.martsync.schedule;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.TimeZone;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.quartz.CronExpression;
import org.quartz.CronTrigger;
import org.quartz.SchedulerException;
import org.quartz.Trigger;

/**
 * Makes the route {@code schedule} do what the database says.
 *
 * <p>It looks each time at what Quartz and the route really do, not at what it did last: a route that was reloaded after
 * an edit, or stopped by hand, is brought back in the next round. A changed expression needs the <em>endpoint</em>
 * stopped, too: Camel's Quartz consumer only pauses its trigger when its route stops, and resumes it with the old
 * expression (and makes up at once for the tick missed in between).
 *
 * <p>Quartz knows the time of the next tick only, computed at the last one. A clock that was ahead and is put right
 * would rest until it comes to that time again, so the next tick is looked at, too.
 */
public class ApplySchedule {

    private static final String ROUTE = "schedule";

    private final String job;
    private final CamelContext camel;
    /** Of a clock that nobody sets. */
    private final long startedNanos = System.nanoTime();
    private Schedule told;

    /** @param job the row's name, for the sentences */
    public ApplySchedule(String job, CamelContext camel) {
        this.job = job;
        this.camel = camel;
    }

    /**
     * Brings the route to what is wanted.
     *
     * @return a sentence for the log when there is something new to say, else null
     * @throws Exception when Camel cannot stop or start the route
     */
    public synchronized String apply(Schedule wanted) throws Exception {
        Schedule before = told;
        told = wanted;
        if (wanted instanceof Schedule.Unknown unknown) {
            return before instanceof Schedule.Unknown ? null
                    : "analytics_cron_job cannot be read (" + unknown.why() + "); the schedule stays as it is";
        }
        Route route = camel.getRoute(ROUTE);
        if (route == null || !(route.getEndpoint() instanceof QuartzEndpoint clock)) {
            told = new Schedule.Rests("the route '" + ROUTE + "' is not loaded; nothing will run until routes/ holds it again");
            return told.equals(before) ? null : sentence(told, null);
        }
        boolean changed = wanted instanceof Schedule.Fires fires ? fire(clock, fires) : rest(clock);
        if (before instanceof Schedule.Unknown) {
            return "analytics_cron_job can be read again; " + sentence(wanted, clock);
        }
        if (!wanted.equals(before)) {
            return sentence(wanted, clock);
        }
        return changed ? "set right again; " + sentence(wanted, clock) : null;
    }

    /** When a run begins by itself next, or null when {@link #whyNot} says why none does. */
    public synchronized Instant next() throws SchedulerException {
        Route route = camel.getRoute(ROUTE);
        if (!(told instanceof Schedule.Fires) || route == null || !(route.getEndpoint() instanceof QuartzEndpoint clock)) {
            return null;
        }
        Trigger trigger = clock.getComponent().getScheduler().getTrigger(clock.getTriggerKey());
        return trigger == null || trigger.getNextFireTime() == null ? null : trigger.getNextFireTime().toInstant();
    }

    /** Why no run begins by itself, a sentence without a full stop. */
    public synchronized String whyNot() {
        return told instanceof Schedule.Rests rests ? rests.why()
                : told instanceof Schedule.Unknown unknown ? "analytics_cron_job cannot be read (" + unknown.why() + ")"
                : "the schedule has not been read yet";
    }

    private boolean fire(QuartzEndpoint clock, Schedule.Fires wanted) throws Exception {
        if (isStarted() && isTicking(clock, wanted)) {
            return false;
        }
        rest(clock);
        clock.setCron(wanted.cron());
        clock.setTriggerParameters(Map.of("timeZone", TimeZone.getTimeZone(wanted.zone()).getID()));
        clock.setTriggerStartDelay(Math.max(0, wanted.startDelay().minus(sinceStart()).toMillis()));
        clock.start();
        camel.getRouteController().startRoute(ROUTE);
        return true;
    }

    private boolean rest(QuartzEndpoint clock) throws Exception {
        boolean wasGoing = isStarted();
        if (!camel.getRouteController().getRouteStatus(ROUTE).isStopped()) {
            camel.getRouteController().stopRoute(ROUTE);
        }
        clock.stop();
        return wasGoing;
    }

    private boolean isStarted() {
        return camel.getRouteController().getRouteStatus(ROUTE).isStarted();
    }

    private boolean isTicking(QuartzEndpoint clock, Schedule.Fires wanted) throws SchedulerException {
        var quartz = clock.getComponent().getScheduler();
        return quartz.getTrigger(clock.getTriggerKey()) instanceof CronTrigger trigger
                && trigger.getCronExpression().equals(wanted.cron())
                && trigger.getTimeZone().equals(TimeZone.getTimeZone(wanted.zone()))
                && !isLate(trigger, wanted)
                && quartz.getTriggerState(clock.getTriggerKey()) != Trigger.TriggerState.PAUSED
                && quartz.getTriggerState(clock.getTriggerKey()) != Trigger.TriggerState.ERROR;
    }

    /** Whether the trigger waits for a later tick than the next one. A tick that is due this second may be on its way. */
    private boolean isLate(CronTrigger trigger, Schedule.Fires wanted) {
        if (trigger.getNextFireTime() == null || sinceStart().compareTo(wanted.startDelay()) < 0) {
            return false;
        }
        try {
            CronExpression expression = new CronExpression(wanted.cron());
            expression.setTimeZone(TimeZone.getTimeZone(wanted.zone()));
            Date next = expression.getNextValidTimeAfter(new Date(System.currentTimeMillis() + 1000));
            return next != null && trigger.getNextFireTime().after(next);
        } catch (ParseException e) {
            throw new IllegalStateException("a schedule that fires has a well formed expression", e);
        }
    }

    private Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    private String sentence(Schedule schedule, QuartzEndpoint clock) throws SchedulerException {
        if (!(schedule instanceof Schedule.Fires fires)) {
            return ((Schedule.Rests) schedule).why();
        }
        Trigger trigger = clock.getComponent().getScheduler().getTrigger(clock.getTriggerKey());
        String next = trigger == null || trigger.getNextFireTime() == null ? "never"
                : trigger.getNextFireTime().toInstant().atZone(fires.zone()).toOffsetDateTime().toString();
        return job + " fires at " + fires.cron() + " (" + fires.zone() + "), next " + next;
    }
}
