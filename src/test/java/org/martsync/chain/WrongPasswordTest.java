package org.martsync.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.martsync.dhis2.StandInFaults;
import org.martsync.sync.Run;

/** A wrong password is shown to DHIS2 once a run, however many workers there are and however fresh the metadata is. */
class WrongPasswordTest {

    @RegisterExtension
    private static final WholeChain chain = WholeChain.with("dhis2.metadata-max-age=1h", "sync.batch-patients=2", "sync.workers=4");

    @Test
    void aPasswordThatIsWrongSinceTheLastRunIsShownOnceARunAndNoEventsFault() {
        chain.patients(40);
        List<Integer> events = new ArrayList<>(List.of(chain.visit(1, "x")));
        assertThat(chain.program.run().synced()).isEqualTo(1);
        events.addAll(chain.visitOfEach(40, "y"));
        chain.dhis2.endSessions();
        StandInFaults.Fault wrong = chain.dhis2.failAlways(request -> true).with(401, "Unauthorized");

        for (int runs = 1; runs <= 2; runs++) {
            Run run = chain.program.run();

            assertThat(wrong.struck()).isEqualTo(runs);
            assertThat(run.stopped()).contains("DHIS2 refused the login (HTTP 401). Check dhis2.user and dhis2.password");
            assertThat(run.waiting()).isEqualTo(40);
        }

        chain.dhis2.heal();
        chain.program.run();
        chain.assertOnlyTheseStandInDhis2(events);
        events.forEach(event -> chain.assertEvent(event).hasFailed(0));
    }

    @Test
    void theWorkersShareTheSessionOfTheFirstRequest() {
        chain.patients(40);
        chain.visitOfEach(40, "x");
        chain.dhis2.endSessions();

        chain.program.run();

        assertThat(chain.dhis2.passwordChecks()).isEqualTo(1);
    }
}
