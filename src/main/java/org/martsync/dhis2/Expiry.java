package org.martsync.dhis2;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.Map;

/**
 * How long a program takes changes of its events from a user without the authority {@link #AUTHORITY}.
 *
 * <p>From DHIS2's documentation (the error codes of its tracker API; expiry days in "Configure programs") and the sources of its
 * import ({@code DateValidator}; dhis2-core pull requests 18881, 19297 and 24305); not tried on a real server. Patches before 2.39.8
 * and 2.40.7 refuse more: whatever is of before the present period.
 *
 * @param completedDays for how many days after its completion an event may be changed; 0 for ever
 * @param periodType the periods that are closed, such as {@code Monthly}; empty where none are
 * @param periodDays how many days after its end a period is closed; 0 for never
 */
public record Expiry(int completedDays, String periodType, int periodDays) {

    public static final String AUTHORITY = "F_EDIT_EXPIRED";

    private static final Map<String, DayOfWeek> WEEKS = Map.of("Weekly", DayOfWeek.MONDAY, "WeeklyWednesday", DayOfWeek.WEDNESDAY,
            "WeeklyThursday", DayOfWeek.THURSDAY, "WeeklyFriday", DayOfWeek.FRIDAY, "WeeklySaturday", DayOfWeek.SATURDAY, "WeeklySunday", DayOfWeek.SUNDAY);

    private record Months(int length, int first) {
    }

    private static final Map<String, Months> MONTHS = Map.ofEntries(Map.entry("Monthly", new Months(1, 1)), Map.entry("BiMonthly", new Months(2, 1)),
            Map.entry("Quarterly", new Months(3, 1)), Map.entry("QuarterlyNov", new Months(3, 11)), Map.entry("SixMonthly", new Months(6, 1)),
            Map.entry("SixMonthlyApril", new Months(6, 4)), Map.entry("SixMonthlyNov", new Months(6, 11)), Map.entry("Yearly", new Months(12, 1)),
            Map.entry("FinancialApril", new Months(12, 4)), Map.entry("FinancialJuly", new Months(12, 7)), Map.entry("FinancialOct", new Months(12, 10)),
            Map.entry("FinancialNov", new Months(12, 11)));

    /** Reads it from what DHIS2 says of a program. */
    public static Expiry read(JsonNode program) {
        return new Expiry(program.path("completeEventsExpiryDays").asInt(), program.path("expiryPeriodType").asText(""), program.path("expiryDays").asInt());
    }

    /** Whether events of past periods are refused (E1047). */
    public boolean closesPeriods() {
        return !periodType.isEmpty() && periodDays > 0;
    }

    /**
     * The first day whose events are still taken.
     *
     * @return null where no period is closed, or of a type whose periods are not known here
     */
    public LocalDate openFrom(LocalDate today) {
        LocalDate start = closesPeriods() ? startOf(today) : null;
        while (start != null && !today.isAfter(start.minusDays(1).plusDays(periodDays))) {
            start = startOf(start.minusDays(1));
        }
        return start;
    }

    private LocalDate startOf(LocalDate day) {
        if (periodType.equals("Daily")) {
            return day;
        }
        if (WEEKS.containsKey(periodType)) {
            return day.with(TemporalAdjusters.previousOrSame(WEEKS.get(periodType)));
        }
        Months months = MONTHS.get(periodType);
        if (months == null) {
            return null;
        }
        int past = Math.floorMod(day.getMonthValue() - months.first(), months.length());
        return day.withDayOfMonth(1).minusMonths(past);
    }

    /** Whether a server takes events of closed periods from who has the authority: since 2.40.12, 2.41.8 and 2.42.5 (DHIS2-19579). */
    public static boolean exempts(ServerInfo server) {
        Integer release = server.release();
        return release == null || release >= 43 || release == 42 && server.patch() >= 5 || release == 41 && server.patch() >= 8
                || release == 40 && server.patch() >= 12;
    }

    /** Whether a server refuses completed events without their date of completion (E1042), which we send none with: up to 2.41. */
    public static boolean demandsCompletion(ServerInfo server) {
        return server.release() != null && server.release() <= 41;
    }
}
