package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerInfoTest {

    private static ServerInfo of(String version) {
        return new ServerInfo("dhis2.example.org", version, "Etc/UTC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.38.0", "2.40.9", "2.38-rc1", "2.41.0", "2.42.4.1", "2.43-SNAPSHOT", "2.41", "43.1.0"})
    void theseVersionsAreKnown(String version) {
        assertThat(of(version).warning()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.37.9", "2.9", "1.0"})
    void nothingIsSentToAnOlderOne(String version) {
        assertThat(of(version).warning()).startsWith("DHIS2 " + version + " is older than 2.38");
        assertThatThrownBy(() -> TrackerDialect.of(of(version))).isInstanceOf(Dhis2Refuses.class).hasMessageContaining("Update DHIS2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.44.0", "2.50", "44", "3.1"})
    void aNewerOneIsWarnedOfAndAskedAsTheNewest(String version) {
        assertThat(of(version).warning()).startsWith("DHIS2 " + version + " is newer than 2.43");
        assertThat(TrackerDialect.of(of(version))).isEqualTo(TrackerDialect.V41);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "master", "2.x"})
    void anUnreadableOneIsToldAndAskedAsTheNewest(String version) {
        assertThat(of(version).warning()).startsWith("DHIS2 at dhis2.example.org does not tell a version that can be read");
        assertThat(TrackerDialect.of(of(version))).isEqualTo(TrackerDialect.V41);
    }

    @ParameterizedTest
    @CsvSource({"2.38.7,V38", "2.39.9.1,V38", "2.40.0.1,V38", "2.40-SNAPSHOT,V38", "2.40.1,V40_1", "2.40.11,V40_1", "2.41.0,V41", "2.43.0,V41"})
    void eachReleaseHasItsRowOfTheTable(String version, TrackerDialect dialect) {
        assertThat(TrackerDialect.of(of(version))).isEqualTo(dialect);
    }

    @Test
    void anAnswerWithoutTheListOfItsVersionSaysNothingOfWhoIsThere() {
        ObjectNode ofAnother = JsonNodeFactory.instance.objectNode();
        ofAnother.putArray("trackedEntities");

        assertThat(TrackedEntity.readAll(TrackerDialect.V41, ofAnother)).isEmpty();
        assertThatThrownBy(() -> TrackedEntity.readAll(TrackerDialect.V38, ofAnother)).isInstanceOf(Dhis2Refuses.class)
                .hasMessageContainingAll("another version", "set dhis2.ask-version to true", "newer mart-dhis2-sync");
    }
}
