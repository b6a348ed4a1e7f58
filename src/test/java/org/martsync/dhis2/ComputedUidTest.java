package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Another recipe would make every object that has no tracker yet a second time; these UIDs were computed elsewhere. */
class ComputedUidTest {

    private static final String SITE = "DoA0vsy8Da5";

    @Test
    void theRecipeStaysAsItIs() {
        assertThat(ComputedUid.ofTrackedEntity(SITE, "P-000001")).isEqualTo("yJYrcNO8Ec2");
        assertThat(ComputedUid.ofTrackedEntity(SITE, "Été-7")).isEqualTo("cO905t0gVde");
        assertThat(ComputedUid.ofTrackedEntity(SITE, "P-000001", "LabClient01")).isEqualTo("PShItzDxkv8");
        assertThat(ComputedUid.ofEnrolment(SITE, "yJYrcNO8Ec2", "vatFxlZR2lj")).isEqualTo("b1kzRWnSDNW");
        assertThat(ComputedUid.ofEvent(SITE, "1001", "TGvGDt6e6OM")).isEqualTo("Ef1jwyMfR1g");
        assertThat(ComputedUid.after("Ef1jwyMfR1g")).isEqualTo("zBzWyjntTj3");
    }

    @Test
    void computedUidsHaveTheFormThatDhis2Demands() {
        assertThat(IntStream.range(0, 2_000).mapToObj(i -> ComputedUid.ofEvent(SITE, "" + i, "TGvGDt6e6OM")))
                .allMatch(uid -> uid.matches("[A-Za-z][A-Za-z0-9]{10}")).doesNotHaveDuplicates()
                .allMatch(ComputedUid::wellFormed);
    }

    @Test
    void whatHasAnotherFormIsNoUid() {
        assertThat(new String[] {null, "", "Ef1jwyMfR1", "Ef1jwyMfR1gg", "1f1jwyMfR1g", "Ef1jwyMfR1é", "Ef1jwyMfR1 ", "Ef1-wyMfR1g"})
                .noneMatch(ComputedUid::wellFormed);
    }
}
