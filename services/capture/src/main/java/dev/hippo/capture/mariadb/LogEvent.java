// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;

/** An event of the log. One object for all: it counts until the next event is read. Not thread-safe. */
final class LogEvent {
    static final int HEADER = 19;

    static final int QUERY = 2;
    static final int ROTATE = 4;
    static final int FORMAT = 15;
    static final int XID = 16;
    static final int TABLE_MAP = 19;
    static final int WRITE_ROWS = 23;
    static final int UPDATE_ROWS = 24;
    static final int DELETE_ROWS = 25;
    static final int HEARTBEAT = 27;
    static final int WRITE_ROWS_2 = 30;
    static final int UPDATE_ROWS_2 = 31;
    static final int DELETE_ROWS_2 = 32;
    static final int GTID = 33;
    static final int ANONYMOUS_GTID = 34;
    static final int XA_PREPARE = 38;
    static final int MARIADB_GTID = 162;

    private static final int IGNORABLE = 0x80;
    private static final int ARTIFICIAL = 0x20;

    private long second;
    private int type;
    private long server;
    private long length;
    private long next;
    private int flags;
    private byte[] body = new byte[0];
    private int end;

    void header(byte[] header) {
        second = little(header, 0, 4);
        type = header[4] & 0xFF;
        server = little(header, 5, 4);
        length = little(header, 9, 4);
        next = little(header, 13, 4);
        flags = (int) little(header, 17, 2);
    }

    /**
     * What is behind the header.
     *
     * @param upTo without the check sum
     */
    void body(byte[] bytes, int upTo) {
        body = bytes;
        end = upTo;
    }

    private static long little(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (bytes[from + i] & 0xFFL) << (8 * i);
        }
        return value;
    }

    /** By the server's clock, since 1970. */
    long second() {
        return second;
    }

    int type() {
        return type;
    }

    /** That wrote it first. */
    long server() {
        return server;
    }

    /** Bytes in the log. */
    long length() {
        return length;
    }

    /** Where in its file the next begins, in 32 bits. */
    long next() {
        return next;
    }

    byte[] body() {
        return body;
    }

    int end() {
        return end;
    }

    /** A number in the body. */
    long little(int from, int count) {
        return little(body, from, count);
    }

    /** Eight bytes of the body, the highest first. */
    long big(int from) {
        return Long.reverseBytes(little(from, 8));
    }

    /** Whether the server made it for the connection alone. */
    boolean isOutsideLog() {
        return next == 0 || type == HEARTBEAT || (flags & ARTIFICIAL) != 0;
    }

    /** @throws SourceFailure if it tells of something that must not be passed over */
    void checkPassable(LogPlace place) throws SourceFailure {
        String why = switch (type) {
            // stop, numbers for statements, ignorable, row's statements, lists and check points of GTIDs
            case 3, 5, 13, 14, HEARTBEAT, 28, 29, 35, 36, 37, 41, 160, 161, 163, 164 -> "";
            case 26 -> "the server lost events (incident)";
            case 17, 18 -> "rows were loaded by a statement; nobody may set binlog_format to other than ROW";
            case 39 -> "JSON was written in part; SET GLOBAL binlog_row_value_options = ''";
            case 40 -> "a transaction is compressed; SET GLOBAL binlog_transaction_compression = OFF";
            case 165, 166, 167, 168, 169, 170, 171 -> "events are compressed; SET GLOBAL log_bin_compress = OFF";
            default -> (flags & IGNORABLE) != 0 ? "" : "event type " + type + " is not known";
        };
        if (!why.isEmpty()) {
            throw new SourceFailure(
                    type == 26 ? Kind.GONE : Kind.SETTING,
                    "the server's binary log cannot be read at " + place + ": " + why + "; take a new snapshot");
        }
    }
}
