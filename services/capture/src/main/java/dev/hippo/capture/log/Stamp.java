// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** What the headers of one piece's records have in common, written once. Not thread-safe. */
final class Stamp {
    private final Piece piece;
    private final Instant capturedAt;
    private final String before;
    private final Header time;
    private final Header committedAt;

    Stamp(Piece piece, Instant capturedAt) {
        this.piece = piece;
        this.capturedAt = capturedAt;
        this.before = piece.transaction() + "/";
        this.time = header(EventHeaders.TIME, capturedAt.toString());
        this.committedAt = header(EventHeaders.COMMITTED_AT, piece.committedAt().toString());
    }

    static Header header(String name, String value) {
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
        return place(Integer.toString(piece.first() + number));
    }

    /** The transaction and a word for what is no change of it. */
    byte[] place(String word) {
        return (before + word).getBytes(StandardCharsets.UTF_8);
    }
}
