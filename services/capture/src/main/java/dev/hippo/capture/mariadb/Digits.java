// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import java.util.Arrays;

/** Writes the texts of decimals, dates and times, without a string between. The bytes count until the next {@link #begin}. Not thread-safe. */
final class Digits {
    /** Digits in four bytes of a decimal, and bytes that fewer take. */
    private static final int DIGITS_IN_WORD = 9;

    private static final int[] BYTES_OF_DIGITS = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
    private static final int MONTHS = 13;
    private static final int MICROS = 6;

    private byte[] text = new byte[96];
    private int length;

    void begin() {
        length = 0;
    }

    byte[] bytes() {
        return text;
    }

    int length() {
        return length;
    }

    void put(char c) {
        if (length == text.length) {
            text = Arrays.copyOf(text, 2 * length);
        }
        text[length++] = (byte) c;
    }

    /** A number with at least so many digits. */
    void number(long value, int digits) {
        long power = 1;
        for (int i = 1; i < digits; i++) {
            power *= 10;
        }
        while (value / power >= 10) {
            power *= 10;
        }
        for (; power > 0; power /= 10) {
            put((char) ('0' + value / power % 10));
        }
    }

    /** How many bytes a decimal takes in a row. */
    static int decimalLength(int precision, int scale) {
        int whole = precision - scale;
        return whole / DIGITS_IN_WORD * 4
                + BYTES_OF_DIGITS[whole % DIGITS_IN_WORD]
                + scale / DIGITS_IN_WORD * 4
                + BYTES_OF_DIGITS[scale % DIGITS_IN_WORD];
    }

    /** A decimal with all digits behind its point. */
    void decimal(byte[] row, int from, int precision, int scale) {
        // the first bit is the sign turned round; of a negative number all bits are
        int mask = (row[from] & 0x80) != 0 ? 0 : 0xFF;
        if (mask != 0) {
            put('-');
        }
        int whole = precision - scale;
        int place = from;
        int begin = length;
        int first = BYTES_OF_DIGITS[whole % DIGITS_IN_WORD];
        if (first > 0) {
            significant(big(row, place, first, mask, /* signAt= */ from), begin);
            place += first;
        }
        for (int i = 0; i < whole / DIGITS_IN_WORD; i++, place += 4) {
            long word = big(row, place, 4, mask, /* signAt= */ from);
            if (length > begin) {
                number(word, DIGITS_IN_WORD);
            } else {
                significant(word, begin);
            }
        }
        if (length == begin) {
            put('0');
        }
        if (scale == 0) {
            return;
        }
        put('.');
        for (int i = 0; i < scale / DIGITS_IN_WORD; i++, place += 4) {
            number(big(row, place, 4, mask, /* signAt= */ from), DIGITS_IN_WORD);
        }
        int last = scale % DIGITS_IN_WORD;
        if (last > 0) {
            number(big(row, place, BYTES_OF_DIGITS[last], mask, /* signAt= */ from), last);
        }
    }

    private void significant(long value, int begin) {
        if (value != 0 || length > begin) {
            number(value, 1);
        }
    }

    private static long big(byte[] row, int from, int count, int mask, int signAt) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            int next = (row[i] ^ mask) & 0xFF;
            value = value << 8 | (i == signAt ? next ^ 0x80 : next);
        }
        return value;
    }

    /** A date of three bytes. */
    void date(byte[] row, int from) {
        int value = (row[from] & 0xFF) | (row[from + 1] & 0xFF) << 8 | (row[from + 2] & 0xFF) << 16;
        day(value >> 9, value >> 5 & 15, value & 31);
    }

    private void day(long year, int month, int day) {
        number(year, 4);
        put('-');
        number(month, 2);
        put('-');
        number(day, 2);
    }

    private void clock(int hour, int minute, int second) {
        number(hour, 2);
        put(':');
        number(minute, 2);
        put(':');
        number(second, 2);
    }

    private void fraction(long micros, int digits) {
        if (digits > 0) {
            put('.');
            number(micros / power(MICROS - digits), digits);
        }
    }

    private static int power(int exponent) {
        int power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }

    /** How many bytes a fraction of a second takes in a row. */
    static int fractionLength(int digits) {
        return (digits + 1) / 2;
    }

    /** A fraction of a second as it lies in a row, in microseconds. */
    static int micros(byte[] row, int from, int digits) {
        int bytes = fractionLength(digits);
        return (int) plain(row, from, bytes) * power(MICROS - 2 * bytes);
    }

    static long plain(byte[] row, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = value << 8 | (row[i] & 0xFF);
        }
        return value;
    }

    /** A date and time as a number: {@code year*13+month}, day, hour, minute and second in bits. */
    static long dateTime(byte[] row, int from) {
        return plain(row, from, 5) - 0x80_0000_0000L;
    }

    static int year(long dateTime) {
        return (int) (dateTime >> 22) / MONTHS;
    }

    static int month(long dateTime) {
        return (int) (dateTime >> 22) % MONTHS;
    }

    static int day(long dateTime) {
        return (int) (dateTime >> 17) & 31;
    }

    static int secondOfDay(long dateTime) {
        return ((int) (dateTime >> 12) & 31) * 3600 + ((int) (dateTime >> 6) & 63) * 60 + ((int) dateTime & 63);
    }

    /** A date and time without a zone. */
    void dateTime(byte[] row, int from, int digits) {
        long value = dateTime(row, from);
        day(year(value), month(value), day(value));
        put('T');
        clock((int) (value >> 12) & 31, (int) (value >> 6) & 63, (int) value & 63);
        fraction(micros(row, from + 5, digits), digits);
    }

    /** A duration of up to 838 hours in either direction. */
    void time(byte[] row, int from, int digits) {
        int bytes = fractionLength(digits);
        long value = plain(row, from, 3 + bytes) - (0x80_0000L << (8 * bytes));
        if (value < 0) {
            put('-');
            value = -value;
        }
        int seconds = (int) (value >> (8 * bytes));
        clock((seconds >> 12) & 0x3FF, (seconds >> 6) & 63, seconds & 63);
        long micros = (value & ((1L << (8 * bytes)) - 1)) * power(MICROS - 2 * bytes);
        fraction(micros, digits);
    }

    /** Sixteen bytes of a UUID in the order of its text. */
    void uuid(byte[] value) {
        for (int i = 0; i < value.length; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                put('-');
            }
            put(Character.forDigit(value[i] >> 4 & 15, 16));
            put(Character.forDigit(value[i] & 15, 16));
        }
    }
}
