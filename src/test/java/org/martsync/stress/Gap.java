package org.martsync.stress;

import static org.martsync.dhis2.StandInFaults.gets;
import static org.martsync.dhis2.StandInFaults.path;
import static org.martsync.dhis2.StandInFaults.posts;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.martsync.dhis2.StandInFaults;

/** A place on the way of a batch, or of a start, at which the program is made to stand still so that it can be killed there. */
enum Gap {

    MIGRATION(world -> writing(world, "INSERT INTO events_to_sync (program_id) VALUES ('of a transaction that stays open')")),
    AFTER_THE_CLAIM(world -> writing(world, "LOCK TABLE encounter IN ACCESS EXCLUSIVE MODE")),
    SEARCH_ON_ITS_WAY(world -> held(world.dhis2.holdUnprocessed(1, gets().and(path("/api/tracker"))))),
    SEARCH_ANSWERED(world -> writing(world, "LOCK TABLE visit_form IN ACCESS EXCLUSIVE MODE")),
    POST_ON_ITS_WAY(world -> held(world.dhis2.holdUnprocessed(1, posts()))),
    POST_STORED_NOT_ANSWERED(world -> held(world.dhis2.hold(1, posts()))),
    ANSWER_READ(world -> writing(world, "LOCK TABLE instance_tracker IN SHARE MODE")),
    HALF_SETTLED(world -> writing(world, "LOCK TABLE log IN SHARE MODE")),
    BEFORE_THE_MARKS(world -> writing(world, "LOCK TABLE events_to_sync IN SHARE MODE")),
    COMMIT_ON_ITS_WAY(Gap::committing),
    SCHEDULE_BEING_READ(world -> writing(world, "LOCK TABLE analytics_cron_job IN ACCESS EXCLUSIVE MODE"));

    /** What makes the program stand still. */
    interface Hold {

        /** Tells whether the program has come to the place. */
        boolean reached();

        /** Lets go on what is still on its way, now that the program is dead. */
        void release();
    }

    private static final String WAITING = """
            SELECT count(*) > 0 FROM pg_stat_activity
            WHERE application_name = 'mart-dhis2-sync' AND datname = current_database() AND wait_event_type = 'Lock'""";

    private final Function<StressClinic, Hold> hold;

    Gap(Function<StressClinic, Hold> hold) {
        this.hold = hold;
    }

    /** Prepares the place; call it while no program runs. */
    Hold hold(StressClinic world) {
        return hold.apply(world);
    }

    private static Hold held(StandInFaults.Held held) {
        return hold(() -> held.arrived() > 0, held::release);
    }

    /** Keeps a transaction open that has run a statement, for which the program has to wait. */
    private static Hold writing(StressClinic world, String statement) {
        try {
            Connection connection = world.clinic.dataSource().getConnection();
            connection.setAutoCommit(false);
            connection.createStatement().execute(statement);
            return hold(() -> waits(world), () -> {
                try (connection) {
                    connection.rollback();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets the commit of a batch wait inside PostgreSQL, which ends it although nobody waits for the answer any more. */
    private static Hold committing(StressClinic world) {
        world.clinic.jdbc().execute("""
                CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF current_setting('application_name') = 'mart-dhis2-sync' THEN
                    PERFORM pg_advisory_xact_lock_shared(4711);
                  END IF;
                  RETURN NULL;
                END $$;
                CREATE CONSTRAINT TRIGGER stand_still AFTER UPDATE ON events_to_sync
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stand_still()""");
        Hold lock = writing(world, "SELECT pg_advisory_xact_lock(4711)");
        return hold(lock::reached, () -> {
            lock.release();
            world.clinic.jdbc().execute("DROP TRIGGER stand_still ON events_to_sync; DROP FUNCTION stand_still()");
        });
    }

    private static boolean waits(StressClinic world) {
        return Boolean.TRUE.equals(world.clinic.jdbc().queryForObject(WAITING, Boolean.class));
    }

    private static Hold hold(BooleanSupplier reached, Runnable release) {
        return new Hold() {
            @Override
            public boolean reached() {
                return reached.getAsBoolean();
            }

            @Override
            public void release() {
                release.run();
            }
        };
    }
}
