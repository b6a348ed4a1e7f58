package org.martsync.dhis2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpiryTest {

    @ParameterizedTest
    @CsvSource({
        // DHIS2's own example: what is of October can be changed until the 10th of November
        "Monthly, 10, 2026-11-10, 2026-10-01", "Monthly, 10, 2026-11-11, 2026-11-01", "Monthly, 40, 2026-11-09, 2026-09-01",
        "Daily, 1, 2026-11-26, 2026-11-25", "Weekly, 3, 2026-11-26, 2026-11-23", "Weekly, 4, 2026-11-26, 2026-11-16",
        "WeeklySunday, 1, 2026-11-26, 2026-11-22", "BiMonthly, 1, 2026-12-31, 2026-11-01", "Quarterly, 1, 2026-11-26, 2026-10-01",
        "QuarterlyNov, 1, 2026-01-15, 2025-11-01", "SixMonthlyApril, 1, 2026-02-28, 2025-10-01", "Yearly, 365, 2026-11-26, 2025-01-01",
        "FinancialJuly, 1, 2026-06-30, 2025-07-01"})
    void aPeriodIsClosedSoManyDaysAfterItsEnd(String type, int days, LocalDate today, LocalDate openFrom) {
        assertThat(new Expiry(0, type, days).openFrom(today)).isEqualTo(openFrom);
    }

    @Test
    void nothingIsClosedWithoutPeriodOrDays() throws Exception {
        assertThat(Expiry.read(new ObjectMapper().readTree("{\"id\": \"Program0001\"}"))).isEqualTo(new Expiry(0, "", 0));
        assertThat(new Expiry(0, "", 10).openFrom(LocalDate.EPOCH)).isNull();
        assertThat(new Expiry(0, "Monthly", 0).openFrom(LocalDate.EPOCH)).isNull();
        assertThat(new Expiry(0, "BiWeekly", 3).openFrom(LocalDate.EPOCH)).as("of a type that is not known here").isNull();
    }

    @ParameterizedTest
    @CsvSource({"2.38.7, false, true", "2.40.11, false, true", "2.40.12, true, true", "2.41.8, true, true", "2.42.4.1, false, false",
        "2.42.5, true, false", "2.43.0, true, false", "3.1.0, true, false", "'', true, false"})
    void theAuthorityHelpsAndTheCompletionIsDemandedByVersion(String version, boolean exempts, boolean demands) {
        ServerInfo server = new ServerInfo("dhis2.example.org", version, "");
        assertThat(Expiry.exempts(server)).isEqualTo(exempts);
        assertThat(Expiry.demandsCompletion(server)).isEqualTo(demands);
    }
}
