package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.martsync.chain.WholeChain.IDENTIFIER;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.martsync.dhis2.TrackerStore.Event;

/** A patient whose identifier was mistyped and is corrected in the clinic, after events of theirs were sent. */
class CorrectedIdentifierTest {

    private static WholeChain chain;

    @BeforeAll
    static void start() {
        chain = WholeChain.start();
    }

    @AfterAll
    static void stop() {
        chain.close();
    }

    @BeforeEach
    void reset() {
        chain.reset();
    }

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
}
