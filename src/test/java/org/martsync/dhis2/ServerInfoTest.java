package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerInfoTest {

    @ParameterizedTest
    @ValueSource(strings = {"2.41.0", "2.42.4.1", "2.43-SNAPSHOT", "2.41", "43.1.0", "44"})
    void theseVersionsAreFit(String version) {
        assertThat(new ServerInfo("dhis2.example.org", version, "Etc/UTC").warning()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.40.9", "2.9", "1.0", "2.38-rc1"})
    void olderOnesAreNamed(String version) {
        assertThat(new ServerInfo("dhis2.example.org", version, "Etc/UTC").warning()).startsWith("DHIS2 " + version + " is older than 2.41");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "master", "2.x"})
    void anUnreadableOneIsToldToo(String version) {
        assertThat(new ServerInfo("dhis2.example.org", version, "").warning())
                .startsWith("DHIS2 at dhis2.example.org does not tell a version that can be read");
    }
}
