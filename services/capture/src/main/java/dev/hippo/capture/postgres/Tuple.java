// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import java.util.Arrays;

/** A row's values, each a piece of a message's bytes. Used again for the next row. Not thread-safe. */
final class Tuple {
    private static final int NULL = -1;
    private static final int UNCHANGED = -2;

    private byte[] bytes = {};
    private int[] from = new int[16];
    private int[] to = new int[16];
    private int columns;

    /** Reads the part of a message that is a row; gives the place behind it. */
    int read(byte[] message, int at) {
        bytes = message;
        columns = Bytes.shortAt(message, at);
        room(columns);
        int next = at + 2;
        for (int i = 0; i < columns; i++) {
            byte kind = message[next++];
            if (kind == 't') {
                int length = Bytes.intAt(message, next);
                next += 4;
                from[i] = next;
                next += length;
                to[i] = next;
            } else {
                from[i] = kind == 'u' ? UNCHANGED : NULL;
            }
        }
        return next;
    }

    /** Reads a line of COPY in its text format. The line is changed. */
    void readLine(byte[] line) {
        bytes = line;
        columns = 0;
        int end = line.length > 0 && line[line.length - 1] == '\n' ? line.length - 1 : line.length;
        int at = 0;
        while (at <= end) {
            room(columns + 1);
            int start = at;
            int write = at;
            boolean none = end - at >= 2 && line[at] == '\\' && line[at + 1] == 'N';
            for (; at < end && line[at] != '\t'; at++) {
                line[write++] = line[at] == '\\' ? escaped(line[++at]) : line[at];
            }
            from[columns] = none ? NULL : start;
            to[columns] = write;
            columns++;
            at++;
        }
    }

    private static byte escaped(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0B;
            default -> letter;
        };
    }

    private void room(int count) {
        if (from.length < count) {
            from = Arrays.copyOf(from, 2 * count);
            to = Arrays.copyOf(to, 2 * count);
        }
    }

    /**
     * Takes what did not change from the row before, which is of the same message.
     *
     * @param whole whether a column that it does not have is NULL; else it is not told
     */
    void fill(Tuple before, boolean whole) {
        for (int i = 0; i < columns; i++) {
            if (from[i] == UNCHANGED && (whole || before.has(i))) {
                from[i] = before.from[i];
                to[i] = before.to[i];
            }
        }
    }

    int columns() {
        return columns;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Whether there is a text. */
    boolean has(int column) {
        return from[column] >= 0;
    }

    boolean unchanged(int column) {
        return from[column] == UNCHANGED;
    }

    int from(int column) {
        return from[column];
    }

    int to(int column) {
        return to[column];
    }

    /** Whether the text there is another's; what did not change is not. */
    boolean differs(Tuple other, int column) {
        if (unchanged(column) || other.unchanged(column)) {
            return false;
        }
        if (!has(column) || !other.has(column)) {
            return has(column) != other.has(column);
        }
        return !Arrays.equals(bytes, from[column], to[column], other.bytes, other.from[column], other.to[column]);
    }
}
