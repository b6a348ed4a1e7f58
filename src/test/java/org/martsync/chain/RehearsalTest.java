package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.martsync.dhis2.StandInFaults.holding;

import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.RunningProgram;
import org.martsync.dhis2.ComputedUid;
import org.martsync.rehearse.Rehearsal;
import org.martsync.rehearse.Rehearsal.Ending;
import org.martsync.rehearse.Rehearsal.Tried;

/** What a rehearsal says where DHIS2 answers with no report. */
class RehearsalTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with();

    @Test
    void theEventForWhichDhis2RefusesAWholePostIsFoundAndItsNeighboursPass() {
        chain.patients(4);
        chain.visitOfEach(4, "x");
        int bad = chain.visit(3, "breaks it");
        String uid = ComputedUid.ofEvent(RunningProgram.SITE, chain.clinic.event(bad).encounterId(), WholeChain.VISIT);
        chain.dhis2.fail(Integer.MAX_VALUE, holding(uid)).with(500, "could not execute statement");

        Rehearsal rehearsal = rehearse("");

        assertThat(rehearsal.outcomes().get(bad).ending()).isEqualTo(Ending.REJECTED);
        assertThat(rehearsal.outcomes().get(bad).reason()).contains("HTTP 500");
        assertThat(rehearsal.count(Ending.CREATED)).isEqualTo(4);
        assertThat(chain.dhis2.store().trackedEntities()).isEmpty();
        assertThat(chain.clinic.log()).isEmpty();
    }

    @Test
    void aConfigIsTriedWithTheMappingAsItIsOrWithAnotherBesideIt() {
        chain.patients(1);
        int visit = chain.visit(1, "x");
        String elsewhere = "{\"program\": \"NoProgram01\"}";

        assertThat(rehearse("Visit", new Tried(null, "{}")).outcomes().get(visit).ending()).isEqualTo(Ending.CREATED);
        assertThat(rehearse("Visit", new Tried(null, elsewhere)).outcomes().get(visit).reason()).contains("NoProgram01");
        assertThat(rehearse("Visit", new Tried("{}", null)).outcomes().get(visit).ending()).isEqualTo(Ending.REJECTED);
        String asItIs = chain.clinic.jdbc().queryForObject("SELECT mapping_json::text FROM mapping WHERE program_name = 'Visit'", String.class);
        assertThat(rehearse("Visit", new Tried(asItIs, elsewhere)).outcomes().get(visit).reason()).contains("NoProgram01");
    }

    @Test
    void aMappingThatCannotBeUsedIsRehearsedAsItIsThoughItOnceCouldBe() {
        chain.patients(1);
        chain.visit(1, "x");
        chain.program.run();
        int visit = chain.visit(1, "y");
        assertThat(rehearse("Visit", new Tried("{}", null)).outcomes().get(visit).reason()).contains("names no program stage");
    }

    @Test
    void aMappingThatTheClinicDoesNotHaveIsNoRehearsal() {
        chain.patients(1);
        chain.visit(1, "x");
        assertThatThrownBy(() -> rehearse("Vist")).hasRootCauseMessage("There is no mapping named 'Vist'; there are HTS, Patient, Visit.");
    }

    private static Rehearsal rehearse(String mapping) {
        return rehearse(mapping, null);
    }

    private static Rehearsal rehearse(String mapping, Tried tried) {
        Rehearsal rehearsal = new Rehearsal(mapping, 1000, tried);
        chain.program.bean(ProducerTemplate.class).requestBody("direct:rehearse-events", rehearsal);
        return rehearsal;
    }
}
