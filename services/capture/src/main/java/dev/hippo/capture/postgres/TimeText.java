// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.encode.ImageWriter;
import java.nio.charset.StandardCharsets;

/** Dates and times as PostgreSQL writes them with {@code datestyle=ISO}: {@code 2026-11-21 10:00:00.123456+05:45}. */
final class TimeText {
    private static final int LONGEST_FRACTION = 9;
    private static final int SECONDS_OF_DAY = 86_400;
    private static final int LAST_YEAR = 9_999;

    private final byte[] text;
    private final int to;
    private int at;

    private TimeText(byte[] text, int from, int to) {
        this.text = text;
        this.at = from;
        this.to = to;
    }

    /** Without a zone's offset it is taken as UTC's. */
    static void putInstant(ImageWriter writer, int column, byte[] text, int from, int to) throws UntellableValue {
        if (to - from < 19 || text[to - 1] == 'C' || text[from] == 'i' || text[from] == '-') {
            throw untellable(text, from, to);
        }
        new TimeText(text, from, to).put(writer, column, from);
    }

    private void put(ImageWriter writer, int column, int from) throws UntellableValue {
        int year = number();
        at++;
        int month = number();
        at++;
        int day = number();
        at++;
        if (year > LAST_YEAR || year < 1) {
            throw untellable(text, from, to);
        }
        long seconds = daysSince1970(year, month, day) * SECONDS_OF_DAY + secondsOfDay();
        int nanos = 0;
        if (at < to && text[at] == '.') {
            int digits = ++at;
            nanos = number();
            for (int i = at - digits; i < LONGEST_FRACTION; i++) {
                nanos *= 10;
            }
        }
        writer.putInstant(column, seconds - offset(), nanos);
    }

    private int secondsOfDay() {
        int hours = number();
        at++;
        int minutes = number();
        at++;
        return (hours * 60 + minutes) * 60 + number();
    }

    /** Nothing, {@code +05}, {@code +05:45} or {@code +05:41:16}. */
    private int offset() {
        if (at >= to) {
            return 0;
        }
        boolean west = text[at++] == '-';
        int seconds = number() * 3_600;
        for (int unit = 60; at < to && unit > 0; unit /= 60) {
            at++;
            seconds += number() * unit;
        }
        return west ? -seconds : seconds;
    }

    private int number() {
        int value = 0;
        for (; at < to && text[at] >= '0' && text[at] <= '9'; at++) {
            value = value * 10 + text[at] - '0';
        }
        return value;
    }

    /** In the calendar as it is now, also for the time before it began, as PostgreSQL does. */
    private static long daysSince1970(int year, int month, int day) {
        // years begin in March, so that the leap day is their last
        int y = month <= 2 ? year - 1 : year;
        int m = month <= 2 ? month + 9 : month - 3;
        return 365L * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    }

    private static UntellableValue untellable(byte[] text, int from, int to) {
        return new UntellableValue("the moment '" + new String(text, from, to - from, StandardCharsets.UTF_8)
                + "', and a contract tells moments of the years 1 to 9999 only; change the value");
    }

    /** With minutes in the offset: {@code 10:00:00+02} becomes {@code 10:00:00+02:00}. */
    static void putTimeWithZone(ImageWriter writer, int column, byte[] text, int from, int to) {
        byte sign = text[to - 3];
        if (sign != '+' && sign != '-') {
            writer.putBytes(column, text, from, to - from);
            return;
        }
        byte[] whole = new byte[to - from + 3];
        System.arraycopy(text, from, whole, 0, to - from);
        whole[to - from] = ':';
        whole[to - from + 1] = '0';
        whole[to - from + 2] = '0';
        writer.putBytes(column, whole, 0, whole.length);
    }
}
