package org.martsync.page;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many events arrived in DHIS2 on each of the last days, as the bars of a plot {@value #WIDTH} wide and
 * {@value #HEIGHT} high.
 */
public record Arrivals(List<Bar> bars, long today, long all, long most) {

    static final int WIDTH = 600;
    static final int HEIGHT = 120;
    private static final int GAP = 4;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEE d MMM", Locale.ENGLISH);

    /** A day; {@code x}, {@code y}, {@code width} and {@code height} are those of its bar, from the upper left corner. */
    public record Bar(LocalDate date, String day, long events, int x, int y, int width, int height) {
    }

    /** Reads the rows of {@code routes/sql/page-arrivals.sql}. */
    static Arrivals of(List<Map<String, Object>> rows) {
        long most = rows.stream().mapToLong(Arrivals::events).max().orElse(0);
        int step = WIDTH / rows.size();
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            LocalDate date = ((java.sql.Date) rows.get(i).get("day")).toLocalDate();
            long events = events(rows.get(i));
            // a day with few events is no empty day
            int height = events == 0 ? 0 : Math.max(2, (int) (HEIGHT * events / most));
            bars.add(new Bar(date, DAY.format(date), events, i * step + GAP / 2, HEIGHT - height, step - GAP, height));
        }
        return new Arrivals(bars, bars.get(bars.size() - 1).events(), bars.stream().mapToLong(Bar::events).sum(), most);
    }

    private static long events(Map<String, Object> row) {
        return ((Number) row.get("arrived")).longValue();
    }
}
