package org.martsync.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecideScheduleTest {

    private static final ZoneId HARARE = ZoneId.of("Africa/Harare");

    private final DecideSchedule decide = new DecideSchedule("dhisSyncJob", HARARE,
            Clock.fixed(Instant.parse("2026-11-24T08:00:00Z"), HARARE));

    @Test
    void anEnabledRowFiresInTheSitesTimeZone() {
        assertThat(decide.decide(row("0 45 * ? * *", true, new BigDecimal("5"))))
                .isEqualTo(new Schedule.Fires("0 45 * ? * *", HARARE, Duration.ofMillis(5)));
    }

    @Test
    void blanksAroundTheExpressionDoNotMatter() {
        assertThat(decide.decide(row(" 0 45 * ? * * ", true, null)))
                .isEqualTo(new Schedule.Fires("0 45 * ? * *", HARARE, Duration.ZERO));
    }

    @Test
    void aStartDelayBelowZeroIsNone() {
        assertThat(decide.decide(row("0 45 * ? * *", true, new BigDecimal("-20"))))
                .isEqualTo(new Schedule.Fires("0 45 * ? * *", HARARE, Duration.ZERO));
    }

    @Test
    void noRowMeansNoRun() {
        assertThat(decide.decide(null)).isEqualTo(
                new Schedule.Rests("no row named 'dhisSyncJob' in analytics_cron_job; nothing will run until there is one"));
    }

    @Test
    void aDisabledRowMeansNoRun() {
        assertThat(why(row("0 45 * ? * *", false, null))).startsWith("dhisSyncJob is disabled (enabled is false");
    }

    @Test
    void enabledLeftEmptyCountsAsDisabled() {
        assertThat(why(row("0 45 * ? * *", null, null))).startsWith("dhisSyncJob is disabled (enabled is null");
    }

    @Test
    void anEmptyExpressionMeansNoRun() {
        assertThat(why(row(null, true, null))).contains("has no expression");
        assertThat(why(row("  ", true, null))).contains("has no expression");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 0 25 * * ?", "*/5 * * * *", "every hour", "0 0 1 * *", "0 0 1 1 * 1", "0 0 L#9 ? * X", "0"})
    void aMalformedExpressionIsToldWithItsReason(String expression) {
        assertThat(why(row(expression, true, null)))
                .startsWith("dhisSyncJob's '" + expression + "' is no Quartz cron expression (")
                .endsWith("); corrected it will be taken up");
    }

    @Test
    void anExpressionOfThePastMeansNoRun() {
        assertThat(why(row("0 0 1 1 1 ? 2020", true, null))).contains("names no time in the future");
    }

    @Test
    void theReasonOfAnOutageIsOneLineFromItsRoot() {
        Exception outage = new IllegalStateException("wrapped", new SQLException("Connection to clinic:5432 refused.\n Check it."));
        assertThat(decide.unknown(outage)).isEqualTo(new Schedule.Unknown("Connection to clinic:5432 refused. Check it."));
    }

    private String why(Map<String, Object> row) {
        return ((Schedule.Rests) decide.decide(row)).why();
    }

    private static Map<String, Object> row(String expression, Boolean enabled, BigDecimal startDelay) {
        Map<String, Object> row = new HashMap<>();
        row.put("expression", expression);
        row.put("enabled", enabled);
        row.put("start_delay", startDelay);
        return row;
    }
}
