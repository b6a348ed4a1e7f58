package org.martsync.mapping;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Dates and times between the analytics database and DHIS2: the one place where they are read from and written as text.
 *
 * <p>Read are {@code yyyy-MM-dd} and date-times {@code yyyy-MM-dd} + {@code T} or blank + {@code HH[:mm[:ss[.f]]]}, with {@code Z},
 * {@code +02}, {@code +0200} or {@code +02:00} behind it or not; and the objects a JDBC driver gives. What DHIS2 takes is in
 * recordings 063-066 and, stricter, for attributes in 080: a date with a blank and a time behind it is refused there.
 *
 * <p>All hazards are in the quiet cases: DHIS2 stores {@code 1990-01-01 24:00:00} as a data value without a word, and a source's
 * empty date arrives as the year 0001. Neither passes here.
 */
public final class DateText {

    /** Years below are an empty date of the source ("0001-01-01") or a year typed with two digits ("0024"). */
    private static final int FIRST_YEAR = 1000;

    private static final int EARLIEST_YEAR = 1900;
    private static final int LATEST_YEAR = 9999;

    /** In milliseconds of 1970; some days early, as calendars and zones differ. */
    private static final long OUR_ERA = -62_136_000_000_000L;

    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("HH:mm");
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");
    private static final DateTimeFormatter NANOS = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSSSSS");

    private DateText() {
    }

    /**
     * The date part as {@code yyyy-MM-dd}, of a text, {@link java.sql.Timestamp}, {@link LocalDate} and their like.
     *
     * @throws NotConvertible when it is no date, a day that does not exist, a year below 1000, or a moment with a time zone whose
     *         date depends on where one stands (any but midnight)
     */
    public static String date(Object value) {
        String text = of(value).strip();
        Moment moment = read(text, "value.no-date");
        if (moment.offset() != null && !LocalTime.MIDNIGHT.equals(moment.time())) {
            throw NotConvertible.because(text, "value.zoned");
        }
        return moment.date().toString();
    }

    /**
     * The moment as {@code yyyy-MM-ddTHH:mm:ss.SSS}, with more digits where the value has them and with its time zone where it has
     * one; a date alone gets midnight, {@code T00:00:00.000}.
     *
     * @throws NotConvertible when it is neither date nor date-time, see {@link #date}
     */
    public static String dateTime(Object value) {
        Moment moment = read(of(value).strip(), "value.no-moment");
        String time = moment.time() == null ? "00:00:00.000" : written(moment.time());
        return moment.date() + "T" + time + (moment.offset() == null ? "" : moment.offset());
    }

    /**
     * The time of day as {@code HH:mm}, from {@code H:mm}, {@code HH:mm} or {@code HH:mm:ss[.f]}. Seconds are cut, as the time of
     * day is from a date: DHIS2 keeps a TIME to the minute and refuses more (recording 065).
     *
     * @throws NotConvertible when it is no time of day; {@code 24:00} and {@code AM}/{@code PM} are none
     */
    public static String time(Object value) {
        String text = of(value).strip();
        Scan scan = new Scan(text.indexOf(':') == 1 ? "0" + text : text);
        LocalTime time = scan.time();
        if (time == null || !scan.atEnd() || text.indexOf(':') < 0) {
            throw NotConvertible.because(text, "value.no-time");
        }
        return MINUTES.format(time);
    }

    /** The day of a date or time as JDBC gives it. One before our era keeps its sign, which the value's own conversion drops: 2001 BC would be 2001. */
    public static LocalDate day(java.util.Date value) {
        LocalDate day = value instanceof java.sql.Timestamp time ? time.toLocalDateTime().toLocalDate() : new java.sql.Date(value.getTime()).toLocalDate();
        return value.getTime() < OUR_ERA ? day.withYear(1 - day.getYear()) : day;
    }

    /**
     * Whether an event or an enrolment can be of a day. One of the years before 1900 is a slip, and of one of more than four digits
     * DHIS2 can read nothing and refuses the whole request with it (recordings 116, 348).
     */
    public static boolean canBeRight(LocalDate day) {
        return day.getYear() >= EARLIEST_YEAR && day.getYear() <= LATEST_YEAR;
    }

    /** The text of a date-like object, for readers here and for text fields; other objects' own text. */
    static String of(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof java.sql.Timestamp timestamp) {
            return of(day(timestamp).atTime(timestamp.toLocalDateTime().toLocalTime()));
        }
        if (value instanceof java.sql.Date date) {
            return day(date).toString();
        }
        if (value instanceof java.sql.Time time) {
            return of(time.toLocalTime());
        }
        if (value instanceof java.util.Date date) {
            return of(new java.sql.Timestamp(date.getTime()));
        }
        if (value instanceof LocalDateTime moment) {
            return moment.toLocalTime().equals(LocalTime.MIDNIGHT) ? moment.toLocalDate().toString()
                : moment.toLocalDate() + "T" + written(moment.toLocalTime());
        }
        if (value instanceof LocalTime time) {
            return written(time);
        }
        if (value instanceof ZonedDateTime moment) {
            return of(moment.toOffsetDateTime());
        }
        if (value instanceof OffsetDateTime moment) {
            return moment.toLocalDate() + "T" + written(moment.toLocalTime()) + moment.getOffset();
        }
        return String.valueOf(value);
    }

    private static String written(LocalTime time) {
        int nanos = time.getNano();
        return (nanos % 1_000_000 == 0 ? MILLIS : nanos % 1_000 == 0 ? MICROS : NANOS).format(time);
    }

    private record Moment(LocalDate date, LocalTime time, String offset) {
    }

    private static Moment read(String text, String orElse) {
        Scan scan = new Scan(text);
        int year = scan.number(4);
        int month = scan.take('-') ? scan.number(2) : -1;
        int day = scan.take('-') ? scan.number(2) : -1;
        if (year < 0 || month < 0 || day < 0) {
            throw NotConvertible.because(text, orElse);
        }
        if (year < FIRST_YEAR) {
            throw NotConvertible.because(text, "value.year", text.substring(0, 4));
        }
        if (month < 1 || month > 12 || day < 1 || day > Month.of(month).length(Year.isLeap(year))) {
            throw NotConvertible.because(text, "value.no-day");
        }
        LocalDate date = LocalDate.of(year, month, day);
        if (scan.atEnd()) {
            return new Moment(date, null, null);
        }
        LocalTime time = scan.take('T') || scan.take(' ') ? scan.time() : null;
        boolean zoned = time != null && !scan.atEnd();
        String offset = zoned ? scan.offset() : null;
        if (time == null || !scan.atEnd() || (zoned && offset == null)) {
            throw NotConvertible.because(text, "value.wrong-time");
        }
        return new Moment(date, time, offset);
    }

    /** Goes through a text from left to right; cheaper than a formatter, and no exception where a text is no date. */
    private static final class Scan {

        private final String text;
        private int at;

        Scan(String text) {
            this.text = text;
        }

        boolean atEnd() {
            return at == text.length();
        }

        boolean take(char wanted) {
            if (at < text.length() && text.charAt(at) == wanted) {
                at++;
                return true;
            }
            return false;
        }

        /** Exactly so many ASCII digits, or -1. */
        int number(int digits) {
            if (at + digits > text.length()) {
                return -1;
            }
            int number = 0;
            for (int i = 0; i < digits; i++) {
                int digit = text.charAt(at + i) - '0';
                if (digit < 0 || digit > 9) {
                    return -1;
                }
                number = number * 10 + digit;
            }
            at += digits;
            return number;
        }

        /** {@code HH[:mm[:ss[.f]]]}, or null; hour 24 is none. */
        LocalTime time() {
            int hour = number(2);
            int minute = take(':') ? number(2) : 0;
            int second = minute >= 0 && take(':') ? number(2) : 0;
            int nano = second >= 0 && take('.') ? fraction() : 0;
            boolean real = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60 && nano >= 0;
            return real ? LocalTime.of(hour, minute, second, nano) : null;
        }

        /** One to nine digits behind the point, in nanoseconds, or -1. */
        private int fraction() {
            int nanos = 0;
            int digits = 0;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9' && digits < 9) {
                nanos = nanos * 10 + text.charAt(at++) - '0';
                digits++;
            }
            for (int i = digits; i < 9; i++) {
                nanos *= 10;
            }
            return digits == 0 ? -1 : nanos;
        }

        /** {@code Z}, or {@code +HH[[:]mm]} written out as {@code +HH:mm}; null when it is neither. */
        String offset() {
            if (take('Z')) {
                return "Z";
            }
            int sign = take('+') ? 1 : take('-') ? -1 : 0;
            int hours = sign == 0 ? -1 : number(2);
            int minutes = hours >= 0 && atEnd() ? 0 : take(':') || hours >= 0 ? number(2) : -1;
            boolean real = hours >= 0 && hours < 18 && minutes >= 0 && minutes < 60;
            return real ? ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes).getId() : null;
        }
    }
}
