package org.martsync.stress;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes into a clinic as the flattener does, one transaction an encounter: adds visits, and edits them by deleting
 * and inserting their form rows and queueing them again. Some edits clear fields, one in fifty takes its time.
 *
 * <p>Each lock it has to wait for longer than a patience is counted, and the transaction is done again.
 */
final class Flattener {

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String STAGE = "VtStage0001";

    private record Visit(int event, int encounter, int patient) {
    }

    private final StressClinic world;
    private final int patients;
    private final Random random;
    private final Duration patience;
    private final List<Visit> visits = new ArrayList<>();
    private int writes;
    private int waits;
    private int version;

    /** Prepares a writer on patients 1 to {@code patients}, who waits for no lock longer than its patience. */
    Flattener(StressClinic world, int patients, Random random, Duration patience) {
        this.world = world;
        this.patients = patients;
        this.random = random;
        this.patience = patience;
    }

    /** Writes so many times a second, for a while; what is late is caught up with. */
    void write(int perSecond, Duration time) throws Exception {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (Connection connection = world.clinic.dataSource().getConnection()) {
            connection.createStatement().execute("SET lock_timeout = " + patience.toMillis());
            connection.setAutoCommit(false);
            Future<?> writing = clock.scheduleAtFixedRate(() -> write(connection), 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
            try {
                writing.get(time.toMillis(), TimeUnit.MILLISECONDS); // ends by itself only when it fails
            } catch (TimeoutException timeIsUp) {
                clock.shutdown();
                clock.awaitTermination(1, TimeUnit.MINUTES);
            }
        } finally {
            clock.shutdownNow();
        }
    }

    /** How many transactions were written. */
    int writes() {
        return writes;
    }

    /** How many times a lock was waited for longer than the patience. */
    int waits() {
        return waits;
    }

    private void write(Connection connection) {
        Visit visit = visits.isEmpty() || random.nextInt(10) == 0 ? null : visits.get(random.nextInt(visits.size()));
        int encounter = visit == null ? world.nextEncounter() : visit.encounter();
        int patient = visit == null ? 1 + random.nextInt(patients) : visit.patient();
        String[] answers = {"version " + ++version, mayBeEmpty(String.valueOf(random.nextInt(1000))), mayBeEmpty("true"), mayBeEmpty("2024-02-29")};
        boolean slow = random.nextInt(50) == 0;
        while (true) {
            try {
                if (visit == null) {
                    visits.add(add(connection, encounter, patient, answers));
                } else {
                    edit(connection, visit, answers, slow);
                }
                connection.commit();
                writes++;
                return;
            } catch (SQLException e) {
                rollBack(connection);
                if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                    throw new IllegalStateException("the flattener was broken off", e);
                }
                waits++;
            }
        }
    }

    private String mayBeEmpty(String answer) {
        int chance = random.nextInt(6);
        return chance == 0 ? null : chance == 1 ? "" : answer;
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Visit add(Connection connection, int encounter, int patient, String[] answers) throws SQLException {
        run(connection, "INSERT INTO encounter (encounter_id, uuid, patient_id, encounter_date_created, org_unit) VALUES (?, gen_random_uuid(), ?, ?, ?)",
                encounter, patient, Timestamp.valueOf(StressClinic.MORNING), StressClinic.HOME);
        form(connection, encounter, patient, answers);
        run(connection, "INSERT INTO event_tracker (event_id, encounter_id, program_stage) VALUES (NULL, ?, ?)", encounter, STAGE);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO events_to_sync (patient_id, program_id, encounter_id) VALUES (?, 'Visit', ?) RETURNING id")) {
            insert.setString(1, String.valueOf(patient));
            insert.setString(2, String.valueOf(encounter));
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return new Visit(row.getInt(1), encounter, patient);
            }
        }
    }

    private void edit(Connection connection, Visit visit, String[] answers, boolean slow) throws SQLException {
        boolean queueFirst = random.nextBoolean();
        if (queueFirst) {
            queue(connection, visit);
        }
        run(connection, "DELETE FROM visit_form WHERE encounter_id = ?", visit.encounter());
        if (slow) {
            connection.createStatement().execute("SELECT pg_sleep(0.05)");
        }
        form(connection, visit.encounter(), visit.patient(), answers);
        if (!queueFirst) {
            queue(connection, visit);
        }
    }

    private static void queue(Connection connection, Visit visit) throws SQLException {
        run(connection, "UPDATE events_to_sync SET synced = false WHERE id = ?", visit.event());
    }

    private static void form(Connection connection, int encounter, int patient, String[] answers) throws SQLException {
        run(connection, "INSERT INTO visit_form (f_long, f_text, f_number, f_yes, f_date, encounter_id, patient_id, date_created, instance_id) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)", StressClinic.mark(encounter), answers[0], answers[1], answers[2], answers[3],
                encounter, patient, Timestamp.valueOf(StressClinic.MORNING));
    }

    private static void run(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }
}
