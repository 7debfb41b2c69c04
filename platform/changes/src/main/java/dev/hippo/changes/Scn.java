// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import com.google.protobuf.ByteString;
import dev.hippo.change.v1.Position;
import java.util.HexFormat;

/**
 * The place in a source's log behind a window (system change number). Ordered within one source: first by epoch, then by the bytes, unsigned. Immutable.
 *
 * @param epoch rises when the source begins a new history
 * @param log the place, in a form whose bytes have the order of the log
 */
public record Scn(long epoch, ByteString log) implements Comparable<Scn> {
    /** Before everything. */
    public static final Scn NONE = new Scn(0, ByteString.EMPTY);

    static Scn of(Position position) {
        return new Scn(position.getEpoch(), position.getLog());
    }

    @Override
    public int compareTo(Scn other) {
        int byEpoch = Long.compareUnsigned(epoch, other.epoch);
        return byEpoch != 0
                ? byEpoch
                : ByteString.unsignedLexicographicalComparator().compare(log, other.log);
    }

    /** Reads what {@link #toString} wrote. */
    static Scn parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' is no SCN");
        }
        return new Scn(
                Long.parseUnsignedLong(text.substring(0, colon)),
                ByteString.copyFrom(HexFormat.of().parseHex(text.substring(colon + 1))));
    }

    /** Epoch and log, {@code 0:00000000016b3748}. */
    @Override
    public String toString() {
        return Long.toUnsignedString(epoch) + ":" + HexFormat.of().formatHex(log.toByteArray());
    }
}
