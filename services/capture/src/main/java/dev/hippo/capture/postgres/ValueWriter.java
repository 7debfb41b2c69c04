// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.encode.ImageWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** From PostgreSQL's text of a value to a field of its contract. Not thread-safe. */
final class ValueWriter {
    /** All whole numbers of so many digits are doubles, and so are these powers of ten: one division of them is rounded right. */
    private static final int EXACT_DIGITS = 15;

    private static final double[] TENS = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    private byte[] binary = new byte[256];
    private byte[] element = new byte[256];

    /** The text may be changed in places, to what means the same. */
    void put(ImageWriter writer, int column, PgType type, byte[] text, int from, int to) throws UntellableValue {
        if (type.list()) {
            putList(writer, column, type, text, from, to);
        } else {
            putOne(writer, column, type, text, from, to);
        }
    }

    private void putOne(ImageWriter writer, int column, PgType type, byte[] text, int from, int to)
            throws UntellableValue {
        switch (type.form()) {
            case TEXT -> writer.putBytes(column, text, from, to - from);
            case WHOLE, UNSIGNED -> writer.putLong(column, whole(text, from, to));
            case BOOL -> writer.putBool(column, text[from] == 't');
            case DOUBLE -> writer.putDouble(column, real(text, from, to));
            case FLOAT -> writer.putDouble(column, Float.parseFloat(ascii(text, from, to)));
            case BYTEA -> putBinary(writer, column, text, from, to);
            case TIMESTAMP_WITH_ZONE -> TimeText.putInstant(writer, column, text, from, to);
            case TIMESTAMP -> putTimestamp(writer, column, text, from, to);
            case TIME_WITH_ZONE -> TimeText.putTimeWithZone(writer, column, text, from, to);
        }
    }

    private static String ascii(byte[] text, int from, int to) {
        return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Up to 64 bits, with or without a sign. */
    private static long whole(byte[] text, int from, int to) {
        boolean negative = text[from] == '-';
        long value = 0;
        for (int i = negative ? from + 1 : from; i < to; i++) {
            value = value * 10 + text[i] - '0';
        }
        return negative ? -value : value;
    }

    private static double real(byte[] text, int from, int to) {
        boolean negative = text[from] == '-';
        int digits = 0;
        int afterPoint = -1;
        long value = 0;
        for (int i = negative ? from + 1 : from; i < to; i++) {
            byte c = text[i];
            if (c == '.') {
                afterPoint = digits;
            } else if (c >= '0' && c <= '9' && digits < EXACT_DIGITS) {
                value = value * 10 + c - '0';
                digits++;
            } else {
                return Double.parseDouble(ascii(text, from, to));
            }
        }
        double exact = afterPoint < 0 ? value : value / TENS[digits - afterPoint];
        return negative ? -exact : exact;
    }

    private void putBinary(ImageWriter writer, int column, byte[] text, int from, int to) {
        // behind \x
        int count = (to - from) / 2 - 1;
        if (binary.length < count) {
            binary = new byte[Math.max(count, 2 * binary.length)];
        }
        for (int i = 0, at = from + 2; i < count; i++, at += 2) {
            binary[i] = (byte) (digit(text[at]) << 4 | digit(text[at + 1]));
        }
        writer.putBytes(column, binary, 0, count);
    }

    private static int digit(byte c) {
        return c <= '9' ? c - '0' : c - 'a' + 10;
    }

    /** {@code 2026-11-21 10:00:00} becomes {@code 2026-11-21T10:00:00}, of any year; infinity stays. */
    private static void putTimestamp(ImageWriter writer, int column, byte[] text, int from, int to)
            throws UntellableValue {
        if (writer.wantsInstant(column)) {
            TimeText.putInstant(writer, column, text, from, to);
            return;
        }
        for (int i = from; i < to && text[i] != 'T'; i++) {
            if (text[i] == ' ') {
                text[i] = 'T';
                break;
            }
        }
        writer.putBytes(column, text, from, to - from);
    }

    /** {@code {1,2,"with \" and ,"}}. */
    private void putList(ImageWriter writer, int column, PgType type, byte[] text, int from, int to)
            throws UntellableValue {
        if (text[from] != '{') {
            throw new UntellableValue(
                    "a list that does not count from 1, and a contract's lists have no other numbers; store it from 1, or as json");
        }
        for (int at = from + 1; at < to - 1; at++) {
            if (text[at] == '{') {
                throw new UntellableValue(
                        "a list of lists, and a contract has only lists of values; store it as json, or leave the column out");
            }
            at = text[at] == '"'
                    ? putQuoted(writer, column, type, text, at + 1)
                    : putPlain(writer, column, type, text, at, to - 1);
        }
    }

    /** Gives the place behind it. */
    private int putPlain(ImageWriter writer, int column, PgType type, byte[] text, int from, int end)
            throws UntellableValue {
        int at = from;
        while (at < end && text[at] != type.delimiter()) {
            at++;
        }
        if (at - from == 4
                && text[from] == 'N'
                && text[from + 1] == 'U'
                && text[from + 2] == 'L'
                && text[from + 3] == 'L') {
            throw new UntellableValue(
                    "a list with a NULL in it, and a contract's lists have none; take it out, or store the list as json");
        }
        putOne(writer, column, type, text, from, at);
        return at;
    }

    private int putQuoted(ImageWriter writer, int column, PgType type, byte[] text, int from) throws UntellableValue {
        int length = 0;
        int at = from;
        for (; text[at] != '"'; at++) {
            if (text[at] == '\\') {
                at++;
            }
            if (length == element.length) {
                element = Arrays.copyOf(element, 2 * length);
            }
            element[length++] = text[at];
        }
        putOne(writer, column, type, element, 0, length);
        return at + 1;
    }
}
