package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.RunningProgram;
import org.martsync.dhis2.TrackerStore.Enrolment;
import org.martsync.dhis2.TrackerStore.Event;
import org.martsync.dhis2.TrackerStore.TrackedEntity;
import org.martsync.reconcile.Reconcile.Repair;
import org.martsync.reconcile.Reconciliation;

/** Each thing that a comparison with DHIS2 can find, made on purpose and found by name. */
class ReconcileTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with();
    private Instant name = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void nothingComparedYet() {
        chain.clinic.jdbc().execute("TRUNCATE sync_reconcile CASCADE");
    }

    /** A clinic whose events have all arrived: patients 1 to 3 with two visits each. */
    private List<Integer> arrived() {
        chain.patients(3);
        List<Integer> events = List.of(
                chain.visit(1, Map.of("f_text", "one", "f_number", "1.50", "f_yes", "true", "f_date", "1990-01-01", "f_datetime", "2024-03-05 10:00:00",
                        "f_time", "9:05", "f_option", "Positive")),
                chain.visit(1, "two"), chain.visit(2, "three"), chain.visit(2, "four"), chain.visit(3, "five"), chain.visit(3, "six"));
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(events);
        return events;
    }

    @Test
    void whereNothingWasTouchedNothingIsFound() {
        arrived();
        assertThat(reconcile().events()).isEqualTo(6);
        assertThat(found()).isEmpty();
    }

    @Test
    void theSameValueInAnotherFormIsNoDifference() {
        int event = arrived().get(0);
        Event stored = chain.stored(event);
        Map<String, String> values = new HashMap<>(stored.dataValues());
        assertThat(values).containsKeys("VtElem00004", "VtElem00011", "VtElem00013", "VtElem00014");
        values.put("VtElem00004", "1.500");
        values.put("VtElem00011", "TRUE");
        values.put("VtElem00013", "1990-01-01T00:00:00.000");
        values.put("VtElem00014", "2024-03-05T10:00");
        chain.dhis2.store().put(changed(stored, values));
        reconcile();
        assertThat(found()).isEmpty();
    }

    @Test
    void whatIsNotThereIsMissingAndIsSentAgain() {
        List<Integer> events = arrived();
        Event lost = chain.stored(events.get(2));
        forget(lost.uid());
        Reconciliation reconciliation = reconcile();
        assertThat(found()).containsExactly("event missing " + events.get(2) + " " + lost.uid() + " repairable");

        Repair repaired = repair(reconciliation);

        assertThat(repaired.outcome()).isEqualTo("1 of 1 events that are missing in DHIS2 queued; the next run sends them.");
        assertThat(chain.clinic.jdbc().queryForMap("SELECT who, what, asked, queued FROM sync_audit ORDER BY id DESC LIMIT 1"))
                .containsEntry("who", "a clerk").containsEntry("what", "reconcile --repair").containsEntry("asked", 1).containsEntry("queued", 1);
        assertThat(chain.clinic.pendingCount()).isEqualTo(1);
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(events);
        reconcile();
        assertThat(found()).isEmpty();
    }

    @Test
    void whatSomebodyDeletedIsToldApartAndNotSentAgain() {
        List<Integer> events = arrived();
        String uid = chain.stored(events.get(3)).uid();
        chain.dhis2.store().deleteEvent(uid);
        Reconciliation reconciliation = reconcile();
        assertThat(found()).containsExactly("event deleted " + events.get(3) + " " + uid);
        assertThat(repair(reconciliation).queued()).isZero();
        assertThat(chain.clinic.pendingCount()).isZero();
    }

    @Test
    void whatAHealthWorkerChangedIsNamedWithBothValuesAndNeverSentAgain() {
        List<Integer> events = arrived();
        Event stored = chain.stored(events.get(1));
        Map<String, String> values = new HashMap<>(stored.dataValues());
        values.put(WholeChain.TEXT, "two and a half");
        chain.dhis2.store().put(new Event(stored.uid(), stored.enrolment(), stored.stage(), "zjiCmkAyHCv", "COMPLETED",
                stored.occurredAt().plusDays(1), null, null, values, false, null));
        Reconciliation reconciliation = reconcile();
        String which = "event changed " + events.get(1) + " " + stored.uid() + " ";
        assertThat(found()).containsExactlyInAnyOrder(
                which + "status: ACTIVE/COMPLETED", which + "org unit: " + RunningProgram.SITE + "/zjiCmkAyHCv", which + "date: 2024-03-05/2024-03-06",
                which + "VT TEXT (" + WholeChain.TEXT + "): two/two and a half");
        assertThat(repair(reconciliation).queued()).isZero();
    }

    @Test
    void aValueThatWasTakenAwayInDhis2IsAChange() {
        List<Integer> events = arrived();
        Event stored = chain.stored(events.get(1));
        chain.dhis2.store().put(changed(stored, Map.of()));
        reconcile();
        assertThat(found()).containsExactly("event changed " + events.get(1) + " " + stored.uid() + " VT TEXT (" + WholeChain.TEXT + "): two/");
    }

    @Test
    void aValueThatWasAddedInDhis2WhereTheClinicHoldsNoneIsAChange() {
        List<Integer> events = arrived();
        Event stored = chain.stored(events.get(1));
        Map<String, String> values = new HashMap<>(stored.dataValues());
        values.put(WholeChain.NUMBER, "9");
        values.put("VtElem00005", "which no column is mapped to");
        chain.dhis2.store().put(changed(stored, values));
        reconcile();
        assertThat(found()).containsExactly("event changed " + events.get(1) + " " + stored.uid() + " VT NUMBER (" + WholeChain.NUMBER + "): /9");
    }

    @Test
    void anotherEventOfTheSameDayAndStageIsADuplicateAndOneOfAnotherDayUnknown() {
        List<Integer> events = arrived();
        Event stored = chain.stored(events.get(5));
        chain.dhis2.store().put(new Event("DupEvent001", stored.enrolment(), stored.stage(), stored.orgUnit(), stored.occurredAt(), Map.of()));
        chain.dhis2.store().put(new Event("OwnEvent001", stored.enrolment(), stored.stage(), stored.orgUnit(), stored.occurredAt().plusDays(9), Map.of()));
        reconcile();
        assertThat(found()).satisfiesExactlyInAnyOrder(
                one -> assertThat(one).matches("event duplicated (" + events.get(4) + "|" + events.get(5) + ") DupEvent001 null: null/.* of 2024-03-05"),
                one -> assertThat(one).matches("event unknown null OwnEvent001 null: null/.* of 2024-03-14"));
    }

    @Test
    void aStageThatNoMappingFillsIsTheHealthWorkersOwn() {
        List<Integer> events = arrived();
        Event stored = chain.stored(events.get(5));
        chain.clinic.jdbc().update("DELETE FROM mapping WHERE program_name = 'HTS'");
        chain.dhis2.store().put(new Event("OwnEvent002", stored.enrolment(), WholeChain.HTS, stored.orgUnit(), stored.occurredAt(), Map.of()));
        reconcile();
        assertThat(found()).isEmpty();
    }

    @Test
    void peopleEnrolmentsAndTheirDoublesAreLookedAt() {
        List<Integer> events = arrived();
        TrackedEntity person = chain.personOf(events.get(0));
        Map<String, String> attributes = new HashMap<>(person.attributes());
        attributes.put(WholeChain.GENDER, "M".equals(attributes.get(WholeChain.GENDER)) ? "F" : "M");
        chain.dhis2.store().put(new TrackedEntity(person.uid(), person.type(), person.orgUnit(), attributes));
        chain.dhis2.store().put(new TrackedEntity("TwinPerson1", person.type(), person.orgUnit(), Map.of(WholeChain.UIC, person.attributes().get(WholeChain.UIC))));
        String enrolment = chain.enrolmentOf(events.get(2)).uid();
        String gone = chain.personOf(events.get(4)).uid();
        chain.dhis2.store().deleteEnrolment(enrolment);
        chain.dhis2.store().deleteTrackedEntity(gone);
        Reconciliation reconciliation = reconcile();
        assertThat(found()).satisfiesExactlyInAnyOrder(
                one -> assertThat(one).startsWith("person changed " + events.get(0) + " " + person.uid() + " ZW LM - Gender (" + WholeChain.GENDER + "): "),
                one -> assertThat(one).isEqualTo("person duplicated " + events.get(0) + " " + person.uid() + " null: null/TwinPerson1"),
                one -> assertThat(one).isEqualTo("enrolment deleted " + events.get(2) + " " + enrolment),
                one -> assertThat(one).startsWith("event deleted " + events.get(2)),
                one -> assertThat(one).startsWith("event deleted " + events.get(3)),
                one -> assertThat(one).isEqualTo("person deleted " + events.get(4) + " " + gone),
                one -> assertThat(one).startsWith("event deleted " + events.get(4)),
                one -> assertThat(one).startsWith("event deleted " + events.get(5)));
        assertThat(repair(reconciliation).queued()).isZero();
    }

    @Test
    void anEnrolmentThatWasCancelledInDhis2IsNamedAndOneThatWasCompletedIsNot() {
        List<Integer> events = arrived();
        Enrolment cancelled = chain.enrolmentOf(events.get(0));
        Enrolment completed = chain.enrolmentOf(events.get(2));
        chain.dhis2.store().put(changed(cancelled, "CANCELLED", cancelled.orgUnit(), cancelled.enrolledAt()));
        chain.dhis2.store().put(changed(completed, "COMPLETED", completed.orgUnit(), completed.enrolledAt()));

        Reconciliation reconciliation = reconcile();

        assertThat(found()).containsExactly("enrolment changed " + events.get(0) + " " + cancelled.uid() + " status: null/CANCELLED");
        assertThat(repair(reconciliation).queued()).isZero();
    }

    @Test
    void anEnrolmentOfOursWhoseDateOrOrgUnitWasChangedInDhis2IsNamedWithBoth() {
        List<Integer> events = arrived();
        Enrolment redated = chain.enrolmentOf(events.get(0));
        Enrolment moved = chain.enrolmentOf(events.get(2));
        chain.dhis2.store().put(changed(redated, "ACTIVE", redated.orgUnit(), redated.enrolledAt().plusDays(1)));
        chain.dhis2.store().put(changed(moved, "ACTIVE", "zjiCmkAyHCv", moved.enrolledAt()));

        Reconciliation reconciliation = reconcile();

        assertThat(found()).containsExactlyInAnyOrder("enrolment changed " + events.get(0) + " " + redated.uid() + " enrolment date: 2024-01-02/2024-01-03",
                "enrolment changed " + events.get(2) + " " + moved.uid() + " org unit: " + RunningProgram.SITE + "/zjiCmkAyHCv");
        assertThat(repair(reconciliation).queued()).isZero();
    }

    @Test
    void anEnrolmentThatIsAsARunMadeItOrAsItWasFoundIsNoFindingWhateverTheClinicGotToKnowSince() {
        chain.patients(3);
        chain.clinic.mapping("HTS", WholeChain.HTS_MAPPING, "{\"orgUnit\": \"zjiCmkAyHCv\"}");
        chain.inDhis2("FoundTe0001", "FoundEn0001", LocalDate.of(2020, 1, 1), Map.of(WholeChain.UIC, "UIC-000001", WholeChain.GENDER, "Female", WholeChain.BIRTHDATE, "1990-01-01"));
        chain.clinic.enrolled(2, LocalDate.of(2023, 6, 1));
        int found = chain.visit(1, "found by search");
        int enrolled = chain.visit(2, "enrolled before");
        int encounter = chain.encounter(3);
        chain.clinic.form("hts_form", encounter, 3, Map.of("h_place", "Clinic"), WholeChain.MORNING);
        int elsewhere = chain.clinic.pending(3, "HTS", encounter);
        chain.program.run();
        assertThat(chain.enrolmentOf(found).uid()).isEqualTo("FoundEn0001");
        assertThat(chain.enrolmentOf(enrolled).enrolledAt().toLocalDate()).isEqualTo("2023-06-01");
        assertThat(chain.enrolmentOf(chain.stored(elsewhere, WholeChain.HTS)).orgUnit()).isEqualTo("zjiCmkAyHCv");

        chain.clinic.enrolled(2, LocalDate.of(2019, 3, 4)).enrolled(3, LocalDate.of(2024, 8, 9));
        chain.visit(3, "of a mapping that names no org unit");
        chain.program.run();
        reconcile();

        assertThat(found()).isEmpty();
    }

    @Test
    void anEnrolmentThatGotTheDateOfItsFirstEventIsNoFindingWhenTheClinicLearnsOfTheRegistration() {
        chain.patients(1);
        chain.clinic.jdbc().update("UPDATE patient SET date_created = NULL");
        int event = chain.visit(1, "x");
        chain.program.run();
        assertThat(chain.enrolmentOf(event).enrolledAt().toLocalDate()).isEqualTo(WholeChain.MORNING.toLocalDate());

        chain.clinic.enrolled(1, LocalDate.of(2023, 6, 1));
        reconcile();

        assertThat(found()).isEmpty();
    }

    @Test
    void whoHasAUniqueValueOfAnotherIsNamedWhateverElseIsSearchedBy() {
        List<Integer> events = arrived();
        TrackedEntity person = chain.personOf(events.get(0));
        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING, "{\"searchable\": [\"uic\", \"patient_identifier\"], \"comparable\": []}");
        chain.dhis2.store().put(new TrackedEntity("TwinPerson1", person.type(), person.orgUnit(),
                Map.of(WholeChain.UIC, person.attributes().get(WholeChain.UIC), WholeChain.IDENTIFIER, "another")));
        chain.dhis2.store().put(new TrackedEntity("NoTwin00001", person.type(), person.orgUnit(),
                Map.of(WholeChain.UIC, "another", WholeChain.IDENTIFIER, person.attributes().get(WholeChain.IDENTIFIER))));
        chain.dhis2.resetCounts();

        reconcile();

        assertThat(found()).containsExactly("person duplicated " + events.get(0) + " " + person.uid() + " null: null/TwinPerson1");
        assertThat(chain.dhis2.requestLog().stream().filter(request -> request.query().contains(WholeChain.UIC)).count()).isEqualTo(1);
    }

    @Test
    void whereNothingIsUniqueNamesakesHaveAllValuesThatAreSearchedBy() {
        List<Integer> events = arrived();
        TrackedEntity person = chain.personOf(events.get(0));
        chain.clinic.mapping("Patient", WholeChain.PATIENT_MAPPING, "{\"searchable\": [\"patient_identifier\", \"gender\"], \"comparable\": []}");
        String identifier = person.attributes().get(WholeChain.IDENTIFIER);
        chain.dhis2.store().put(new TrackedEntity("TwinPerson1", person.type(), person.orgUnit(),
                Map.of(WholeChain.IDENTIFIER, identifier, WholeChain.GENDER, person.attributes().get(WholeChain.GENDER))));
        chain.dhis2.store().put(new TrackedEntity("NoTwin00001", person.type(), person.orgUnit(), Map.of(WholeChain.IDENTIFIER, identifier, WholeChain.GENDER, "Other")));

        reconcile();

        assertThat(found()).containsExactly("person duplicated " + events.get(0) + " " + person.uid() + " null: null/TwinPerson1");
    }

    @Test
    void whoWasMovedInDhis2IsNamedWithBothOrgUnitsBesideWhatElseDiffers() {
        List<Integer> events = arrived();
        TrackedEntity person = chain.personOf(events.get(0));
        Map<String, String> attributes = new HashMap<>(person.attributes());
        attributes.put(WholeChain.GENDER, "Male".equals(attributes.get(WholeChain.GENDER)) ? "Female" : "Male");
        chain.dhis2.store().put(new TrackedEntity(person.uid(), person.type(), "zjiCmkAyHCv", attributes));

        reconcile();

        assertThat(found()).satisfiesExactlyInAnyOrder(
                one -> assertThat(one).isEqualTo("person changed " + events.get(0) + " " + person.uid() + " org unit: " + RunningProgram.SITE + "/zjiCmkAyHCv"),
                one -> assertThat(one).startsWith("person changed " + events.get(0) + " " + person.uid() + " ZW LM - Gender"));
    }

    @Test
    void whoWasFoundInAnotherOrgUnitOrMovedInTheClinicIsAsItShouldBe() {
        chain.patients(2);
        chain.inDhis2("FoundTe0001", "FoundEn0001", LocalDate.of(2020, 1, 1), Map.of(WholeChain.UIC, "UIC-000001", WholeChain.GENDER, "Female", WholeChain.BIRTHDATE, "1990-01-01"));
        TrackedEntity found = chain.dhis2.store().trackedEntity("FoundTe0001").orElseThrow();
        chain.dhis2.store().put(new TrackedEntity(found.uid(), found.type(), "zjiCmkAyHCv", found.attributes()));
        int event = chain.visit(1, "x");
        chain.visit(2, "y");
        chain.program.run();
        assertThat(chain.personOf(event)).satisfies(person -> assertThat(person.uid() + " in " + person.orgUnit()).isEqualTo("FoundTe0001 in zjiCmkAyHCv"));
        chain.clinic.patientAgain(1).column("address1", "12 Main Street, which goes with the next event");
        chain.clinic.patientAgain(2).column("org_unit", "zjiCmkAyHCv");

        reconcile();

        assertThat(found()).isEmpty();
    }

    @Test
    void aDhis2ThatLostEverythingGetsEverythingAgain() {
        List<Integer> events = arrived();
        chain.dhis2.store().clear();
        Reconciliation reconciliation = reconcile();
        assertThat(found()).filteredOn(one -> one.startsWith("person missing ")).hasSize(3);
        assertThat(found()).filteredOn(one -> one.startsWith("event missing ") && one.endsWith(" repairable")).hasSize(6);
        assertThat(repair(reconciliation).queued()).isEqualTo(6);
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(events);
        reconcile();
        assertThat(found()).isEmpty();
    }

    @Test
    void whoIsOnlyOutOfSightIsNotMadeASecondTime() {
        List<Integer> events = arrived();
        TrackedEntity person = chain.personOf(events.get(4));
        Enrolment enrolment = chain.enrolmentOf(events.get(4));
        List<TrackedEntity> people = chain.dhis2.store().trackedEntities();
        List<Enrolment> enrolments = chain.dhis2.store().enrolments();
        List<Event> stored = chain.dhis2.store().events();
        chain.dhis2.store().clear();
        people.forEach(one -> chain.dhis2.store().put(new TrackedEntity(one.uid(), one.type(), one.uid().equals(person.uid()) ? "Elsewhere01" : one.orgUnit(), one.attributes())));
        enrolments.forEach(one -> chain.dhis2.store().put(new Enrolment(one.uid(), one.trackedEntity(), one.program(),
                one.uid().equals(enrolment.uid()) ? "Elsewhere01" : one.orgUnit(), one.enrolledAt())));
        stored.forEach(one -> chain.dhis2.store().put(new Event(one.uid(), one.enrolment(), one.stage(),
                one.enrolment().equals(enrolment.uid()) ? "Elsewhere01" : one.orgUnit(), one.occurredAt(), one.dataValues())));

        Reconciliation reconciliation = reconcile();

        assertThat(found()).hasSize(3).allMatch(one -> one.matches("(person|event) missing .*they are there, and this user may not see them"));
        assertThat(repair(reconciliation).queued()).isZero();
    }

    @Test
    void anEventUnderADeletedEnrolmentIsThereAndNotSeen() {
        List<Integer> events = arrived();
        Event stored = chain.stored(events.get(4));
        chain.dhis2.store().deleteEnrolment(stored.enrolment());
        chain.dhis2.store().put(stored);
        reconcile();
        assertThat(found()).filteredOn(one -> one.contains(stored.uid())).containsExactly("event misplaced " + events.get(4) + " " + stored.uid());
    }

    @Test
    void whatIsPendingOrWasEditedMeanwhileIsOnItsWayAndNoFinding() {
        List<Integer> events = arrived();
        chain.clinic.edit(events.get(0), "visit_form", Map.of("f_text", "edited"));
        chain.dhis2.onRequest(request -> {
            if (request.path().endsWith("trackedEntities")) {
                chain.clinic.edit(events.get(2), "visit_form", Map.of("f_text", "edited while it was compared"));
            }
        });
        reconcile();
        assertThat(found()).isEmpty();
    }

    @Test
    void anEventOfWhichNothingCanBeMadeAnyMoreIsThereAllTheSame() {
        List<Integer> events = arrived();
        chain.clinic.jdbc().update("DELETE FROM visit_form WHERE encounter_id = ?", chain.encounterOf(events.get(1)));
        chain.clinic.jdbc().update("DELETE FROM visit_form WHERE encounter_id = ?", chain.encounterOf(events.get(2)));
        forget(chain.stored(events.get(2)).uid());
        Reconciliation reconciliation = reconcile();
        assertThat(found()).satisfiesExactlyInAnyOrder(
                one -> assertThat(one).startsWith("event not_compared " + events.get(1)).contains("No form data found"),
                one -> assertThat(one).startsWith("event missing " + events.get(2)).contains("No form data found").doesNotContain("repairable"));
        assertThat(repair(reconciliation).queued()).isZero();
    }

    @Test
    void onlyThePeriodAskedForIsCompared() {
        List<Integer> events = arrived();
        forget(chain.stored(events.get(2)).uid());
        assertThat(reconcile(LocalDate.of(2024, 3, 6)).events()).isZero();
        assertThat(found()).isEmpty();
        assertThat(reconcile(LocalDate.of(2024, 3, 5)).events()).isEqualTo(6);
        assertThat(found()).hasSize(1);
    }

    @Test
    void whatWasBrokenOffByAnOutageGoesOnThereAndKeepsWhatItFound() {
        chain.patients(1500);
        chain.visitOfEach(1500, "x");
        chain.program.run();
        String first = chain.clinic.jdbc().queryForObject("SELECT event_id FROM event_tracker ORDER BY encounter_id LIMIT 1", String.class);
        forget(first);
        // what is read of the first pages passes, then DHIS2 is away
        chain.dhis2.failAlways(request -> request.query().contains(personAmongTheLast())).with(503, "away");
        assertThatThrownBy(this::reconcile).hasStackTraceContaining("DHIS2 answered HTTP 503; waited");
        String place = chain.clinic.jdbc().queryForObject("SELECT after FROM sync_reconcile", String.class);

        chain.dhis2.heal();
        chain.dhis2.resetCounts();
        Reconciliation goneOn = send(new Reconciliation(name = name.plusSeconds(1), null, false));

        assertThat(place).isNotEmpty();
        assertThat(goneOn.events()).isEqualTo(1500);
        assertThat(found()).hasSize(1).first().asString().contains(first);
        assertThat(chain.dhis2.requestLog().stream().filter(request -> request.query().startsWith("trackedEntities="))).hasSizeLessThan(4);
    }

    @Test
    void theSameTickGoesOnWhereItWasBrokenOffHalfAnHourAgo() {
        arrived();
        String place = "UPDATE sync_reconcile SET after = '1', events = 2, ended_at = NULL, at = now() - interval '%d minutes' WHERE name = '" + name + "'";
        LocalDate since = LocalDate.of(2024, 1, 1);
        long id = send(new Reconciliation(name, since, false)).id();
        chain.clinic.jdbc().update(place.formatted(29));
        assertThat(send(new Reconciliation(name, since, false)).id()).as("somebody is at it").isZero();
        chain.clinic.jdbc().update(place.formatted(31));

        Reconciliation goneOn = send(new Reconciliation(name, since, false));

        assertThat(goneOn.id()).isEqualTo(id);
        assertThat(goneOn.events()).as("with those of patients 2 and 3").isEqualTo(6);
        assertThat(chain.clinic.jdbc().queryForObject("SELECT count(*) FROM sync_reconcile WHERE ended_at IS NOT NULL", Integer.class)).isEqualTo(1);
    }

    @Test
    void whatEarlierOnesFoundIsForgottenInPortions() {
        arrived();
        chain.clinic.jdbc().execute("""
                INSERT INTO sync_reconcile (name, ended_at) VALUES ('2025-01-01', '2025-01-01');
                INSERT INTO sync_reconcile (name, at) VALUES ('2025-02-01', '2025-02-01');
                INSERT INTO sync_reconcile (name) VALUES ('2025-03-01');
                INSERT INTO sync_reconcile_finding (reconcile, thing, kind, repairable)
                  SELECT id, 'event', 'missing', true FROM sync_reconcile, generate_series(1, 2500);
                CREATE TABLE forgotten (portion bigint);
                CREATE FUNCTION note_forgotten() RETURNS trigger LANGUAGE plpgsql AS
                  'BEGIN INSERT INTO forgotten SELECT count(*) FROM gone; RETURN NULL; END';
                CREATE TRIGGER note_forgotten AFTER DELETE ON sync_reconcile_finding REFERENCING OLD TABLE AS gone
                  FOR EACH STATEMENT EXECUTE FUNCTION note_forgotten()""");
        try {
            send(new Reconciliation(name, LocalDate.of(2024, 1, 1), false));

            assertThat(chain.clinic.jdbc().queryForList("SELECT name::date::text FROM sync_reconcile ORDER BY id", String.class))
                    .as("one that can be gone on with stays").containsExactly("2025-03-01", "2026-01-01");
            assertThat(chain.clinic.jdbc().queryForList("SELECT portion FROM forgotten WHERE portion > 0", Long.class)).containsExactly(2000L, 2000L, 1000L);
        } finally {
            chain.clinic.jdbc().execute("DROP TABLE forgotten; DROP FUNCTION note_forgotten CASCADE");
        }
    }

    @Test
    void ofTwoProgramsAtOneTickOneCompares() {
        arrived();
        chain.clinic.jdbc().update("INSERT INTO sync_reconcile (name) VALUES (?::timestamptz)", name.toString());

        assertThat(send(new Reconciliation(name, null, false)).id()).isZero();

        assertThat(chain.clinic.jdbc().queryForList("SELECT after FROM sync_reconcile", String.class)).containsExactly("");
    }

    @Test
    void whoeverGoesOnWithTheSameOneIsFoundOut() {
        chain.patients(1200);
        chain.visitOfEach(1200, "x");
        chain.program.run();
        chain.dhis2.onRequest(request -> chain.clinic.jdbc().update("UPDATE sync_reconcile SET after = 'somebody else was here'"));
        assertThatThrownBy(this::reconcile).hasStackTraceContaining("another program goes on with the same comparison");
        assertThat(found()).isEmpty();
    }

    private static String personAmongTheLast() {
        return chain.clinic.jdbc().queryForObject("SELECT i.instance_id FROM instance_tracker i JOIN patient p ON p.patient_identifier = i.patient_id"
                + " ORDER BY p.patient_id::text COLLATE \"C\" DESC LIMIT 1", String.class);
    }

    private Reconciliation reconcile() {
        return reconcile(null);
    }

    private Reconciliation reconcile(LocalDate since) {
        name = name.plusSeconds(1);
        return send(new Reconciliation(name, since, true));
    }

    private static Reconciliation send(Reconciliation reconciliation) {
        return chain.program.bean(ProducerTemplate.class).requestBody("direct:reconcile", reconciliation, Reconciliation.class);
    }

    private static Repair repair(Reconciliation reconciliation) {
        return chain.program.bean(ProducerTemplate.class).requestBodyAndHeader("direct:reconcile-repair", reconciliation, "who", "a clerk", Repair.class);
    }

    /** What the last comparison found, one line each. */
    private static List<String> found() {
        return chain.clinic.jdbc().query("SELECT * FROM sync_reconcile_finding WHERE reconcile = (SELECT max(id) FROM sync_reconcile) ORDER BY id", (row, n) ->
                row.getString("thing") + " " + row.getString("kind") + " " + row.getString("event_id") + " " + row.getString("uid")
                        + (row.getString("theirs") == null ? "" : " " + row.getString("field") + ": " + row.getString("ours") + "/" + row.getString("theirs"))
                        + (row.getString("reason") == null ? "" : " because " + row.getString("reason")) + (row.getBoolean("repairable") ? " repairable" : ""));
    }

    private static Event changed(Event stored, Map<String, String> values) {
        return new Event(stored.uid(), stored.enrolment(), stored.stage(), stored.orgUnit(), stored.status(), stored.occurredAt(), null, null, values, false, null);
    }

    private static Enrolment changed(Enrolment stored, String status, String orgUnit, LocalDateTime enrolledAt) {
        return new Enrolment(stored.uid(), stored.trackedEntity(), stored.program(), orgUnit, status, enrolledAt, stored.occurredAt(), null, false, null);
    }

    /** As DHIS2 forgets who is restored from an older backup: without a mark that something was there. */
    private static void forget(String uid) {
        chain.dhis2.store().forget(uid);
    }
}
