package org.martsync.turns;

import java.sql.SQLException;
import java.util.Set;

/** The database that keeps the turns gives none: nothing is counted against an event, and nothing is asked of DHIS2. */
public final class TurnsUnavailable extends RuntimeException {

    /** Login, database, schema, tables and rights: classes of SQL states that do not pass by themselves. */
    private static final Set<String> FOR_A_PERSON = Set.of("28", "3D", "3F", "42");

    private final boolean passing;

    private TurnsUnavailable(String sentence, boolean passing) {
        super(sentence);
        this.passing = passing;
    }

    /** Says it without the failure itself, whose kind would be taken for one of DHIS2 or of the analytics database. */
    static TurnsUnavailable because(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        boolean passing = state.length() < 2 || !FOR_A_PERSON.contains(state.substring(0, 2));
        String code = state.isEmpty() ? "" : " (SQL state " + state + ")";
        return new TurnsUnavailable(passing ? "the database with the turns (turns.server) cannot answer" + code + "; it may be away, or turns.parameters ask too much of it"
                : "the database with the turns does not let this program use it" + code + "; are turns.server, turns.database, turns.schema, "
                        + "turns.user, turns.password and turns.parameters right, and may that user create a table there?", passing);
    }

    /** Whether it passes by itself; if not, a person must put a setting or a right in order. */
    public boolean passing() {
        return passing;
    }
}
