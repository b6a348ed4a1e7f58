package org.martsync.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.StreamSupport;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.ServerInfo;
import org.martsync.dhis2.Site;

/** Looks at what DHIS2 says of itself, of the user, the site and the program, and at the clocks. Called by {@code routes/check.camel.yaml}. */
public final class CheckServer {

    /** What a request and the seconds that DHIS2 leaves out may take. */
    private static final Duration APART = Duration.ofMinutes(2);

    private static final String NO_SUCH_TABLE = "42P01";

    private final Site site;
    private final Clock clock;
    private final String host;

    public CheckServer(Site site, Dhis2Server dhis2, Clock clock) {
        this.site = site;
        this.host = dhis2.host();
        this.clock = clock;
    }

    /**
     * Notes that DHIS2 did not answer, or not as it should, so that nothing more can be looked at.
     *
     * @param why in a sentence
     */
    public void noAnswer(Checkup checkup, String why) {
        checkup.add(Finding.of(Code.DHIS2_NO_ANSWER, why.endsWith(".") ? why : why + ".", "Nothing more could be looked at."));
    }

    /**
     * Notes that the database did not answer a statement.
     *
     * @param why in a few words
     */
    public void noRows(Checkup checkup, Exception failure, String why) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && NO_SUCH_TABLE.equals(sql.getSQLState())) {
                checkup.add(Finding.of(Code.DATABASE_NOT_PREPARED, "The database lacks tables of this program.", "Start the program once, which makes them."));
                return;
            }
        }
        checkup.add(Finding.of(Code.DATABASE_NO_ANSWER, "The database did not answer: " + why + ".", "Nothing more could be looked at."));
    }

    /** Takes the answer of {@code GET /api/system/info} (recording 001). */
    public void server(Checkup checkup, JsonNode answer) {
        ServerInfo info = ServerInfo.read(host, answer);
        checkup.server(info);
        if (info.warning() != null) {
            checkup.add(Finding.of(Code.VERSION, info.warning(), "The limits in the README say which versions were tried."));
        }
        try {
            Instant theirs = LocalDateTime.parse(answer.path("serverDate").asText()).atZone(ZoneId.of(info.timeZone())).toInstant();
            compare(checkup, Code.CLOCK_OF_DHIS2, "DHIS2's server", theirs);
        } catch (DateTimeException unreadable) {
            // it says no time: then none can be wrong
        }
    }

    /** Takes the database's {@code now()}. */
    public void database(Checkup checkup, Timestamp now) {
        compare(checkup, Code.CLOCK_OF_DATABASE, "the database's server", now.toInstant());
    }

    private void compare(Checkup checkup, Code code, String whose, Instant theirs) {
        Duration apart = Duration.between(clock.instant(), theirs);
        if (apart.abs().compareTo(APART) > 0) {
            checkup.add(Finding.of(code, "The clock of " + whose + " is " + apart.abs().toMinutes() + " minutes "
                    + (apart.isNegative() ? "behind" : "ahead of") + " ours.", "Set both by a time server: of what is in the future, DHIS2 refuses some."));
        }
    }

    /** Takes the answer of {@code GET /api/me} (recording 002) and that to the query for the org units of the settings with their paths. */
    public void user(Checkup checkup, JsonNode me, JsonNode units) {
        String name = me.path("username").asText();
        for (JsonNode authority : me.path("authorities")) {
            if ("ALL".equals(authority.asText())) {
                checkup.add(Finding.of(Code.SUPERUSER, "The user " + name + " may do everything in DHIS2.",
                        "Give this program a user of its own, who may only write to its program below its org unit."));
            }
        }
        if (!within(checkup, "site.org-unit", site.orgUnit(), units, me.path("organisationUnits"))) {
            checkup.add(Finding.of(Code.ORG_UNIT_OUT_OF_REACH, "The user " + name + " may not write in the site's org unit " + site.orgUnit() + ".",
                    "Give the user that org unit, or one above it, in DHIS2."));
        }
        // who has no org units to search in searches in those to write in
        JsonNode searched = me.path("teiSearchOrganisationUnits").isEmpty() ? me.path("organisationUnits") : me.path("teiSearchOrganisationUnits");
        if (!site.country().isBlank() && !within(checkup, "dhis2.country-org-unit", site.country(), units, searched)) {
            checkup.add(Finding.of(Code.ORG_UNIT_OUT_OF_REACH, "The user " + name + " may not search for people in the org unit " + site.country()
                    + " of dhis2.country-org-unit.", "Give the user that org unit to search in, or one above it, in DHIS2."));
        }
    }

    /** Whether one of some org units is this one or above it; an unknown one is a finding of its own. */
    private static boolean within(Checkup checkup, String setting, String uid, JsonNode units, JsonNode some) {
        for (JsonNode unit : units.path("organisationUnits")) {
            if (unit.path("id").asText().equals(uid)) {
                List<String> path = List.of(unit.path("path").asText("").split("/"));
                return StreamSupport.stream(some.spliterator(), false).anyMatch(one -> path.contains(one.path("id").asText()));
            }
        }
        checkup.add(Finding.of(Code.ORG_UNIT_UNKNOWN, "DHIS2 has no org unit " + uid + ", or this user may not see it.", "Correct " + setting + "."));
        return true;
    }

    /** Takes what DHIS2 says of the user's rights in the program and of its being assigned to the site's org unit. */
    public void rights(Checkup checkup, JsonNode answer) {
        JsonNode program = answer.path("programs").path(0);
        if (program.isMissingNode()) {
            checkup.add(Finding.of(Code.PROGRAM_NOT_IN_ORG_UNIT, "The program is not assigned to the site's org unit " + site.orgUnit() + ".",
                    "Assign it in DHIS2's maintenance, or correct site.org-unit."));
            return;
        }
        closed(checkup, program, "The program");
        closed(checkup, program.path("trackedEntityType"), "The program's tracked entity type");
        program.path("programStages").forEach(stage -> closed(checkup, stage, "The program stage " + stage.path("displayName").asText()));
    }

    /** Where DHIS2 says nothing of rights, none are missed: the first event will tell. */
    private static void closed(Checkup checkup, JsonNode object, String name) {
        JsonNode write = object.path("access").path("data").path("write");
        if (write.isBoolean() && !write.asBoolean()) {
            checkup.add(Finding.of(Code.NO_RIGHT_TO_WRITE, name + " is not open to this user for writing data.",
                    "Share it with the user in DHIS2: data, view and capture."));
        }
    }
}
