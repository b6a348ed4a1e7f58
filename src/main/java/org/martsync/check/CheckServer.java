package org.martsync.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.martsync.dhis2.Dhis2Refuses;
import org.martsync.dhis2.Dhis2Server;
import org.martsync.dhis2.Expiry;
import org.martsync.dhis2.ProgramMetadata;
import org.martsync.dhis2.Programs;
import org.martsync.dhis2.ServerInfo;
import org.martsync.dhis2.Site;
import org.martsync.event.Mappings;
import org.martsync.mapping.Mapping;

/** Looks at what DHIS2 says of itself, of the user, the site and the programs, and at the clocks. Called by {@code routes/check.camel.yaml}. */
public final class CheckServer {

    /** What a request and the seconds that DHIS2 leaves out may take. */
    private static final Duration APART = Duration.ofMinutes(2);

    private static final String SHARE = "Share it with the user in DHIS2: data, view and capture.";

    private static final String GIVE_AUTHORITY = "Give the user a role with the authority " + Expiry.AUTHORITY + " in DHIS2, or let the program close later.";

    private static final String NOTHING_MORE = "Nothing more could be looked at.";

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
     * Notes that DHIS2 did not answer, or that a person must put something right before it does, so that nothing more can be
     * looked at.
     *
     * @param why in a sentence
     */
    public void noAnswer(Checkup checkup, Exception failure, String why) {
        Code code = Code.DHIS2_NO_ANSWER;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Dhis2Refuses refuses) {
                code = codeOf(refuses.wrong());
            }
        }
        checkup.add(Finding.of(code, why.endsWith(".") ? why : why + ".", NOTHING_MORE));
    }

    private static Code codeOf(Dhis2Refuses.Wrong wrong) {
        return switch (wrong) {
            case LOGIN -> Code.LOGIN_REFUSED;
            case RIGHTS -> Code.RIGHTS_REFUSED;
            case ADDRESS -> Code.ADDRESS_WRONG;
            case PROGRAM_UNKNOWN -> Code.PROGRAM_UNKNOWN;
            case PROGRAM_UNUSABLE -> Code.PROGRAM_UNUSABLE;
            case VERSION -> Code.VERSION_TOO_OLD;
            case ANSWER -> Code.ANSWER_UNUSABLE;
        };
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
        checkup.add(Finding.of(Code.DATABASE_NO_ANSWER, "The database did not answer: " + why + ".", NOTHING_MORE));
    }

    /** Takes the answer of {@code GET /api/system/info} (recording 001). */
    public void server(Checkup checkup, JsonNode answer) {
        ServerInfo info = ServerInfo.read(host, answer);
        checkup.server(info);
        if (info.warning() != null && !info.tooOld()) {
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
        Set<String> authorities = new HashSet<>();
        me.path("authorities").forEach(authority -> authorities.add(authority.asText()));
        checkup.authorities(authorities);
        if (authorities.contains(Checkup.ALL)) {
            checkup.add(Finding.of(Code.SUPERUSER, "The user " + name + " may do everything in DHIS2.",
                    "Give this program a user of its own, who may only write to its program below its org unit."));
        }
        if (!within(checkup, "site.org-unit", site.orgUnit(), units, me.path("organisationUnits"))) {
            checkup.add(Finding.of(Code.ORG_UNIT_OUT_OF_REACH, "The user " + name + " may not write in the site's org unit " + site.orgUnit() + ".",
                    "Give the user that org unit, or one above it, in DHIS2."));
        }
        // who has no org units to search in searches in those to write in
        JsonNode searched = me.path("teiSearchOrganisationUnits").isEmpty() ? me.path("organisationUnits") : me.path("teiSearchOrganisationUnits");
        Stream<JsonNode> places = site.country().isBlank() ? StreamSupport.stream(searched.spliterator(), false)
                : withId(units.path("organisationUnits"), site.country()).stream();
        if (!places.allMatch(place -> isWithin(place, me.path("organisationUnits")))) {
            checkup.searchesAfar();
        }
        if (!site.country().isBlank() && !within(checkup, "dhis2.country-org-unit", site.country(), units, searched)) {
            checkup.add(Finding.of(Code.ORG_UNIT_OUT_OF_REACH, "The user " + name + " may not search for people in the org unit " + site.country()
                    + " of dhis2.country-org-unit.", "Give the user that org unit to search in, or one above it, in DHIS2."));
        }
    }

    /** Whether one of some org units is this one or above it; an unknown one is a finding of its own. */
    private static boolean within(Checkup checkup, String setting, String uid, JsonNode units, JsonNode some) {
        Optional<JsonNode> unit = withId(units.path("organisationUnits"), uid);
        if (unit.isPresent()) {
            return isWithin(unit.get(), some);
        }
        checkup.add(Finding.of(Code.ORG_UNIT_UNKNOWN, "DHIS2 has no org unit " + uid + ", or this user may not see it.", "Correct " + setting + "."));
        return true;
    }

    private static boolean isWithin(JsonNode unit, JsonNode some) {
        List<String> path = List.of((unit.path("path").asText("") + "/" + unit.path("id").asText()).split("/"));
        return StreamSupport.stream(some.spliterator(), false).anyMatch(one -> path.contains(one.path("id").asText()));
    }

    /** Takes what DHIS2 says of the user's rights in the configured program and of its being assigned to the site's org unit. */
    public void rights(Checkup checkup, ProgramMetadata program, JsonNode answer) {
        JsonNode there = answer.path("programs").path(0);
        if (there.isMissingNode()) {
            checkup.add(Finding.of(Code.PROGRAM_NOT_IN_ORG_UNIT, "The program " + program.label() + " is not assigned to the site's org unit " + site.orgUnit() + ".",
                    "Assign it in DHIS2's maintenance, or correct site.org-unit."));
            return;
        }
        Map<String, Code> closed = new LinkedHashMap<>();
        closed(closed, there, "The program " + program.label(), "E1091", "E1096");
        closed(closed, there.path("trackedEntityType"), "The tracked entity type of the program " + program.label(), "E1001", "E1104");
        there.path("programStages").forEach(stage -> closed(closed, stage, "The program stage " + stage.path("displayName").asText(), "E1095", null));
        closed.forEach((what, code) -> checkup.add(Finding.of(code, what, SHARE)));
        expiry(checkup, program, Expiry.read(there));
    }

    /** Notes of a program that closes its events after a time what of them this user cannot have changed. */
    private void expiry(Checkup checkup, ProgramMetadata program, Expiry expiry) {
        if (!checkup.knowsAuthorities()) {
            return;
        }
        boolean may = checkup.has(Expiry.AUTHORITY);
        boolean exempt = may && (checkup.server() == null || Expiry.exempts(checkup.server()));
        LocalDate openFrom = exempt ? null : expiry.openFrom(LocalDate.now(clock));
        boolean noneCompleted = !may && expiry.completedDays() > 0 && checkup.server() != null && Expiry.demandsCompletion(checkup.server());
        Closing closing = new Closing(program, expiry, openFrom, may ? "Update DHIS2: only since 2.40.12, 2.41.8 and 2.42.5 it takes them from who has the authority "
                + Expiry.AUTHORITY + ". Or let the program close its periods later." : GIVE_AUTHORITY, noneCompleted);
        checkup.closes(closing);
        if (!may && expiry.closesPeriods()) {
            missing(checkup, "DHIS2 refuses events of " + closing.periods() + (openFrom == null ? "" : ", which are those of before " + openFrom) + " (E1047).");
        }
        if (!may && expiry.completedDays() > 0) {
            missing(checkup, noneCompleted ? "DHIS2 refuses each event of the program " + program.label() + " that is completed, as it is sent without the date of completion (E1042)."
                    : "DHIS2, from 2.43.1 on and in later patches of older versions, refuses changes of an event of the program " + program.label() + " that was completed there more than " + expiry.completedDays() + " days ago (E1043).");
        }
    }

    private static void missing(Checkup checkup, String sentence) {
        checkup.add(new Finding(Code.AUTHORITY_MISSING, null, Expiry.AUTHORITY, "The user lacks the authority " + Expiry.AUTHORITY + ", so that " + sentence, GIVE_AUTHORITY, 0, null));
    }

    /** Where events go by the config of their mappings, and not to the configured program in the site's org unit. */
    public List<Place> elsewhere(Checkup checkup, Mappings mappings, Programs programs) {
        Map<String, Place> places = new TreeMap<>();
        for (Mapping mapping : mappings.all()) {
            String orgUnit = mapping.orgUnit() == null ? site.orgUnit() : mapping.orgUnit();
            if (!mapping.patientMapping() && checkup.concerns(mapping.name()) && (mapping.in(programs) != programs.main() || !orgUnit.equals(site.orgUnit()))) {
                places.computeIfAbsent(orgUnit, unit -> new Place(unit, new ArrayList<>(), programs)).mappings().add(mapping);
            }
        }
        return List.copyOf(places.values());
    }

    /** Takes what DHIS2 says of the user's rights in the programs of a place, as far as they are assigned to its org unit. */
    public void rightsElsewhere(Checkup checkup, Place place, JsonNode answer) {
        for (Mapping mapping : place.mappings()) {
            ProgramMetadata program = mapping.in(place.all());
            Optional<JsonNode> there = withId(answer.path("programs"), program.id());
            if (there.isEmpty()) {
                hold(checkup, mapping, Code.PROGRAM_NOT_IN_ORG_UNIT, "the program " + program.label() + " is not assigned to the org unit " + place.orgUnit() + ".",
                        "Assign it in DHIS2's maintenance, or correct the mapping's config.");
                continue;
            }
            Map<String, Code> closed = new LinkedHashMap<>();
            closed(closed, there.get(), "the program " + program.label(), "E1091", "E1096");
            if (!program.hasSamePeopleAs(place.all().main())) {
                closed(closed, there.get().path("trackedEntityType"), "the tracked entity type of the program " + program.label(), "E1001", "E1104");
            }
            withId(there.get().path("programStages"), mapping.stage()).ifPresent(stage -> closed(closed, stage,
                    "the stage " + program.stages().get(mapping.stage()).label() + " of the program " + program.label(), "E1095", null));
            closed.forEach((what, code) -> hold(checkup, mapping, code, what, SHARE));
            expiry(checkup, program, Expiry.read(there.get()));
        }
    }

    private static Optional<JsonNode> withId(JsonNode list, String id) {
        return StreamSupport.stream(list.spliterator(), false).filter(one -> one.path("id").asText().equals(id)).findFirst();
    }

    private static void hold(Checkup checkup, Mapping mapping, Code code, String sentence, String advice) {
        checkup.holdAllOf(mapping);
        checkup.add(new Finding(code, mapping.name(), null, sentence, advice, checkup.pendingOf(mapping.name()), null));
    }

    /**
     * Where DHIS2 says nothing of rights, none are missed: the first event will tell.
     *
     * @param write the code with which DHIS2 refuses what may not be written, by the error codes of its documentation
     * @param read that for what may not be read, null where it does not ask
     */
    private static void closed(Map<String, Code> sentences, JsonNode object, String name, String write, String read) {
        JsonNode data = object.path("access").path("data");
        if (!data.path("write").asBoolean(true)) {
            sentences.put(name + " is not open to this user for writing data (" + write + ").", Code.NO_RIGHT_TO_WRITE);
        }
        if (read != null && !data.path("read").asBoolean(true)) {
            sentences.put(name + " is not open to this user for reading data (" + read + ").", Code.NO_RIGHT_TO_READ);
        }
    }
}
