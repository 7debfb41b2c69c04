// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** What the headers of one piece's records have in common, written once. Not thread-safe. */
final class Stamp {
    /** How many headers all records of a topic have. */
    static final int COMMON = 4;

    private final Piece piece;
    private final Instant capturedAt;
    private final byte[] before;
    private final Header time;
    private final Header committedAt;

    Stamp(Piece piece, Instant capturedAt) {
        this.piece = piece;
        this.capturedAt = capturedAt;
        this.before = (piece.transaction() + "/").getBytes(StandardCharsets.UTF_8);
        this.time = header(EventHeaders.TIME, capturedAt.toString());
        this.committedAt = header(EventHeaders.COMMITTED_AT, piece.committedAt().toString());
    }

    /**
     * The headers that all records of a topic have.
     *
     * @param room for so many others, from {@link #COMMON} on
     */
    static Header[] headers(String source, String type, int room) {
        Header[] all = new Header[COMMON + room];
        all[0] = header(EventHeaders.SPEC_VERSION, "1.0");
        all[1] = header(EventHeaders.SOURCE, source);
        all[2] = header(EventHeaders.TYPE, type);
        all[3] = header(EventHeaders.CONTENT_TYPE, "application/protobuf");
        return all;
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    Piece piece() {
        return piece;
    }

    Instant capturedAt() {
        return capturedAt;
    }

    /** When it was captured. */
    Header time() {
        return time;
    }

    /** When it was committed, by the source's clock. */
    Header committedAt() {
        return committedAt;
    }

    /** The transaction and the place of one of the piece's changes in it, the same whenever it is told. */
    byte[] place(int number) {
        int place = piece.first() + number;
        int digits = 1;
        for (int rest = place / 10; rest > 0; rest /= 10) {
            digits++;
        }
        byte[] all = Arrays.copyOf(before, before.length + digits);
        int rest = place;
        for (int i = all.length - 1; i >= before.length; i--) {
            all[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return all;
    }

    /** The transaction and a word for what is no change of it. */
    byte[] place(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(before, before.length + bytes.length);
        System.arraycopy(bytes, 0, all, before.length, bytes.length);
        return all;
    }
}
