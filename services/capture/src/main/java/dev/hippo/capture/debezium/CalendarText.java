// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import java.time.LocalDate;

/** Dates and times of numbers, as PostgreSQL writes them: without zeros at the end of a second's parts, the years before the first marked. */
final class CalendarText {
    private static final long MICROS_A_DAY = 86_400_000_000L;
    private static final int MICROS_A_SECOND = 1_000_000;

    private CalendarText() {}

    /** Of days since 1970. */
    static String date(long days) {
        LocalDate date = LocalDate.ofEpochDay(days);
        return day(date) + era(date);
    }

    private static String day(LocalDate date) {
        int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
        return padded(year, 4) + "-" + padded(date.getMonthValue(), 2) + "-" + padded(date.getDayOfMonth(), 2);
    }

    private static String era(LocalDate date) {
        return date.getYear() > 0 ? "" : " BC";
    }

    /** Of microseconds since midnight, the end of the day with it. */
    static String time(long micros) {
        long seconds = micros / MICROS_A_SECOND;
        String whole = padded(seconds / 3_600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2);
        long part = micros % MICROS_A_SECOND;
        return part == 0 ? whole : whole + "." + padded(part, 6).replaceAll("0+$", "");
    }

    /** Of microseconds since 1970. */
    static String dateTime(long micros) {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(micros, MICROS_A_DAY));
        return day(date) + "T" + time(Math.floorMod(micros, MICROS_A_DAY)) + era(date);
    }

    private static String padded(long number, int digits) {
        String text = Long.toString(number);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }
}
