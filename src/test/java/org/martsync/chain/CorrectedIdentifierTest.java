package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.chain.WholeChain.IDENTIFIER;
import static org.martsync.chain.WholeChain.UIC;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.dhis2.TrackerStore.Event;

/** A patient whose identifier was mistyped and is corrected in the clinic, after events of theirs were sent. */
class CorrectedIdentifierTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with();

    @Test
    void theyStayThePersonTheyWereWithTheirEnrolmentAndEvents() {
        chain.patients(2);
        int before = chain.visit(1, "before");
        int other = chain.visit(2, "another");
        chain.program.run();
        Event stood = chain.stored(before);
        String person = chain.personOf(before).uid();

        chain.clinic.patientAgain(1).identifier("P-corrected");
        chain.clinic.edit(before, "visit_form", Map.of("f_text", "edited"));
        int after = chain.visit(1, "after");
        chain.program.run();

        chain.assertOnlyTheseStandInDhis2(List.of(before, other, after));
        assertThat(chain.personOf(after).uid()).isEqualTo(person);
        assertThat(chain.personOf(after).attributes()).containsEntry(IDENTIFIER, "P-corrected");
        assertThat(chain.stored(before).uid()).isEqualTo(stood.uid());
        assertThat(chain.stored(before).enrolment()).isEqualTo(stood.enrolment());
        assertThat(chain.stored(before).dataValues()).containsValue("edited");
        assertThat(chain.clinic.instanceOf("P-corrected")).contains(person);
        assertThat(chain.clinic.instanceOf("P-000001")).isEmpty();

        chain.dhis2.resetCounts();
        chain.clinic.edit(after);
        chain.program.run();

        assertThat(chain.dhis2.requestLog()).as("known by the trackers, and not searched for").noneMatch(request -> request.query().contains("filter="));
        chain.assertOnlyTheseStandInDhis2(List.of(before, other, after));
    }

    @Test
    void theIdentifierOfBeforeMakesNobodyElseThatPersonWhoIsGivenItNext() {
        chain.patients(2);
        int one = chain.visit(1, "one");
        chain.program.run();
        String person = chain.personOf(one).uid();

        chain.clinic.patientAgain(1).identifier("P-corrected");
        chain.clinic.patientAgain(2).identifier("P-000001");
        int two = chain.visit(2, "two");
        chain.program.run();

        assertThat(chain.dhis2.store().trackedEntity(person).orElseThrow().attributes()).containsEntry(UIC, "UIC-000001");
        assertThat(chain.personOf(two).uid()).isNotEqualTo(person);
        assertThat(chain.personOf(two).attributes()).containsEntry(UIC, "UIC-000002");

        int later = chain.visit(1, "later");
        chain.clinic.edit(two);
        chain.program.run();

        chain.assertOnlyTheseStandInDhis2(List.of(one, two, later));
        assertThat(chain.personOf(later).uid()).isEqualTo(person);
        assertThat(chain.clinic.instanceOf("P-corrected")).contains(person);
        assertThat(chain.clinic.instanceOf("P-000001")).contains(chain.personOf(two).uid());
    }

    @Test
    void nobodyGetsTheUidOfWhomTheTrackersHaveUnderTheCorrectedIdentifierAlready() {
        chain.patients(2);
        int one = chain.visit(1, "one");
        chain.program.run();
        chain.clinic.patientAgain(1).identifier("P-corrected");
        int later = chain.visit(1, "later");
        chain.program.run();

        chain.clinic.patientAgain(2).identifier("P-000001");
        int two = chain.visit(2, "two");
        chain.program.run();
        int more = chain.visit(2, "more");
        chain.program.run();

        chain.assertOnlyTheseStandInDhis2(List.of(one, later, two, more));
        assertThat(chain.personOf(one).attributes()).containsEntry(UIC, "UIC-000001");
        assertThat(chain.personOf(more).attributes()).containsEntry(UIC, "UIC-000002");
        assertThat(chain.personOf(two).uid()).isEqualTo(chain.personOf(more).uid());
    }

    @Test
    void twoPatientsWhoseIdentifiersAreExchangedStayWhoTheyWere() {
        chain.patients(2);
        int one = chain.visit(1, "one");
        int two = chain.visit(2, "two");
        chain.program.run();
        String first = chain.personOf(one).uid();
        String second = chain.personOf(two).uid();
        chain.clinic.jdbc().update("UPDATE patient SET patient_identifier = CASE patient_id WHEN 1 THEN 'P-000002' ELSE 'P-000001' END");

        int more = chain.visit(1, "more");
        int another = chain.visit(2, "another");
        chain.program.run();

        assertThat(chain.personOf(more).uid()).isEqualTo(first);
        assertThat(chain.personOf(another).uid()).isEqualTo(second);
        assertThat(chain.dhis2.store().trackedEntities()).hasSize(2);
    }

    @Test
    void nobodyIsThePersonOfAPatientWhoLostTheirIdentifierToThem() {
        chain.patients(2);
        int one = chain.visit(1, "one");
        chain.program.run();
        String person = chain.personOf(one).uid();

        chain.clinic.jdbc().update("UPDATE patient SET patient_identifier = CASE patient_id WHEN 2 THEN 'P-000001' END");
        int two = chain.visit(2, "two");
        chain.program.run();

        assertThat(chain.personOf(two).uid()).isNotEqualTo(person);
        assertThat(chain.dhis2.store().trackedEntity(person).orElseThrow().attributes()).containsEntry(UIC, "UIC-000001");
    }

    @Test
    void nobodyGetsTheUidOfAPatientWhoLeftTheClinicUnderACorrectedIdentifier() {
        chain.patients(2);
        int one = chain.visit(1, "one");
        chain.program.run();
        String person = chain.personOf(one).uid();
        chain.clinic.patientAgain(1).identifier("P-corrected");
        chain.visit(1, "later");
        chain.program.run();

        chain.clinic.jdbc().update("DELETE FROM patient WHERE patient_id = 1");
        chain.clinic.patientAgain(2).identifier("P-000001");
        int two = chain.visit(2, "two");
        chain.program.run();

        assertThat(chain.personOf(two).uid()).isNotEqualTo(person);
        assertThat(chain.dhis2.store().trackedEntity(person).orElseThrow().attributes()).containsEntry(UIC, "UIC-000001");
    }
}
